"""What a caller asks to be priced: proto and domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from itertools import repeat
from typing import cast

from cpq.v1 import pricing_pb2

from engine.application.content import Content
from engine.application.faults import TOO_MANY
from engine.catalog import LineId, Sku
from engine.diagnostics import Fault
from engine.pricing.models.ramp import ShortSegment
from engine.pricing.request import STATED, ManualDiscount, ManualKind, ManualOn, Replaces
from engine.quotes.ramp import Ramp, SegmentTerms
from engine.quotes.request import NO_MORE, NONE, QuoteRequest, RequestedLine
from engine.wire.basics import (
    Faults,
    check_own_id,
    decimal_text,
    fill_date,
    fill_value,
    need_decimal,
    read_date,
    read_decimal,
    read_key,
    read_values,
)
from engine.wire.headers import CUSTOMERS, read_header

USERS = "users"
ONE = Decimal(1)
YEAR = 12
MANY = 16
"""From so many lines on it pays to read them as columns."""
FRAME = 2
"""Bytes before a short text or message: what field it is, and how long."""
FRAMES = 4 * FRAME
"""Those of a line and of its three texts."""
_MAKE = cast("Callable[[tuple[object, ...]], RequestedLine]", partial(tuple.__new__, RequestedLine))
"""``RequestedLine`` from all its fields in order, at half the cost of its keywords."""
LONGEST_KEPT = 16
"""Quantities of so many letters are met again, mostly."""
MOST_CODES = 100
MOST_MANUAL = 1_000

TARGETS: Mapping[int, ManualOn] = {
    pricing_pb2.MANUAL_DISCOUNT_TARGET_LINE: ManualOn.LINE,
    pricing_pb2.MANUAL_DISCOUNT_TARGET_GROUP: ManualOn.GROUP,
    pricing_pb2.MANUAL_DISCOUNT_TARGET_TOTAL: ManualOn.TOTAL,
}
KINDS: Mapping[int, ManualKind] = {
    pricing_pb2.MANUAL_DISCOUNT_KIND_PERCENT: ManualKind.PERCENT,
    pricing_pb2.MANUAL_DISCOUNT_KIND_AMOUNT: ManualKind.AMOUNT,
    pricing_pb2.MANUAL_DISCOUNT_KIND_TARGET_PRICE: ManualKind.TARGET,
}
REPLACES: Mapping[int, Replaces] = {
    pricing_pb2.MANUAL_DISCOUNT_REPLACES_UNSPECIFIED: Replaces.NOTHING,
    pricing_pb2.MANUAL_DISCOUNT_REPLACES_NOTHING: Replaces.NOTHING,
    pricing_pb2.MANUAL_DISCOUNT_REPLACES_ORDER: Replaces.ORDER,
    pricing_pb2.MANUAL_DISCOUNT_REPLACES_ALL: Replaces.ALL,
    pricing_pb2.MANUAL_DISCOUNT_REPLACES_FINAL: Replaces.FINAL,
}
TARGET_NUMBERS = {value: number for number, value in TARGETS.items()}
KIND_NUMBERS = {value: number for number, value in KINDS.items()}
REPLACES_NUMBERS = {value: number for number, value in REPLACES.items()}


def read_content(message: pricing_pb2.QuoteContent, faults: Faults, *, most_lines: int) -> Content:
    """What is asked for; too many lines are one fault, and are not looked at."""
    if len(message.lines) > most_lines:
        text = f"{len(message.lines)} lines; {most_lines} are allowed in one request"
        faults.found.append(Fault(TOO_MANY, faults.path("lines"), text))
        return Content(lines=())
    if len(message.codes) > MOST_CODES:
        faults.invalid("codes", f"{len(message.codes)} codes; {MOST_CODES} are allowed")
    if len(message.manual_discounts) > MOST_MANUAL:
        faults.invalid("manual_discounts", f"{len(message.manual_discounts)} discounts; {MOST_MANUAL} are allowed")
    lines = _plain_lines(message)
    return Content(
        lines=read_lines(message.lines, faults, "lines") if lines is None else lines,
        **read_header(message, faults),
        codes=tuple(message.codes),
        manual=tuple(
            _read_manual(each, faults.at(f"manual_discounts[{n}]")) for n, each in enumerate(message.manual_discounts)
        ),
        start=read_date(message.start, "start", faults),
        ramps=read_ramps(message.lines, faults, "lines") if lines is None else {},
    )


def _plain_lines(message: pricing_pb2.QuoteContent) -> tuple[RequestedLine, ...] | None:
    """The lines of a large request when none states more than id, product and quantity, read as columns; else None.

    What is not looked at is told by its absence from the size: no line can take less room than its three texts, so
    lines that take no more in all have nothing else. The same goes for texts of more bytes than letters.
    """
    if len(message.lines) < MANY:
        return None
    names, skus, texts = zip(*[(each.id, each.sku, each.quantity) for each in message.lines], strict=True)
    size = len(names) * FRAMES + sum(map(len, names)) + sum(map(len, skus)) + sum(map(len, texts))
    if message.ByteSize() - _size_beside_lines(message) != size - FRAME * texts.count(""):
        return None
    quantities = {text: stated_quantity(text) for text in set(texts)}
    if "" in names or "" in skus or None in quantities.values() or not "".join(names).isprintable():
        return None
    columns = names, skus, map(quantities.__getitem__, texts), *map(repeat, NO_MORE)
    return tuple(map(_MAKE, zip(*columns, strict=False)))


@lru_cache(maxsize=4_096)
def _short_quantity(text: str) -> Decimal | None:
    """A quantity that is asked for again and again: the same number every time, so that it is written once, too."""
    return read_decimal(text, "", Faults()) if text else ONE


def stated_quantity(text: str) -> Decimal | None:
    """A quantity, 1 when it is not given; None when it is no number."""
    return _short_quantity(text) if len(text) <= LONGEST_KEPT else read_decimal(text, "", Faults())


def _size_beside_lines(message: pricing_pb2.QuoteContent) -> int:
    """How many bytes everything but the lines takes."""
    rest = pricing_pb2.QuoteContent()
    for field, value in message.ListFields():
        if field.name == "lines":
            continue
        if field.message_type is not None or field.is_repeated:
            getattr(rest, field.name).MergeFrom(value)
        else:
            setattr(rest, field.name, value)
    return rest.ByteSize()


def read_lines(messages: Sequence[pricing_pb2.LineInput], faults: Faults, field: str) -> tuple[RequestedLine, ...]:
    """Lines of a request. Most are five short texts, and are read as they are; equal quantities are read once.

    A message that is as long as its texts, with two bytes before each, states nothing else.
    """
    found = []
    for n, each in enumerate(messages):
        name, sku, text = each.id, each.sku, each.quantity
        quantity = stated_quantity(text)
        size, length = each.ByteSize(), 4 + len(name) + len(sku) + (len(text) + 2 if text else 0)
        parent = group = ""
        if size != length:
            parent, group = each.parent, each.group
            length += sum(len(part) + 2 for part in (parent, group) if part)
        if quantity is not None and name and sku and size == length and name.isprintable():
            line = RequestedLine(name, sku, quantity, parent or None, group)  # type: ignore[arg-type]
        else:
            line = read_line(each, faults.at(f"{field}[{n}]"))
        found.append(line)
    return tuple(found)


def read_line(message: pricing_pb2.LineInput, faults: Faults) -> RequestedLine:
    """One line; a quantity that is not given is 1."""
    if not message.id:
        faults.required("id")
    check_own_id(message.id, "id", faults)
    if not message.sku:
        faults.required("sku")
    if message.term_months < 0:
        faults.invalid("term_months", f"{message.term_months} is below zero")
    prior = read_decimal(message.prior_quantity, "prior_quantity", faults)
    return RequestedLine(
        id=LineId(message.id),
        sku=Sku(message.sku),
        quantity=need_decimal(message.quantity, "quantity", faults) if message.quantity else ONE,
        parent=LineId(message.parent) if message.parent else None,
        group=message.group,
        attributes=read_values(message.attributes, "attributes", faults),
        term_months=message.term_months or None,
        start=read_date(message.start, "start", faults) if message.HasField("start") else None,
        unit=message.unit,
        prior_quantity=prior or NONE,
        segment=message.segment,
        uplift_percent=_or_none(message.uplift_percent, "uplift_percent", faults),
        segment_price=read_decimal(message.segment_price, "segment_price", faults),
        end=read_date(message.end, "end", faults) if message.HasField("end") else None,
        past_counts=prior is None or bool(prior),
        anchor=read_date(message.anchor, "anchor", faults) if message.HasField("anchor") else None,
    )


def read_ramps(lines: Sequence[pricing_pb2.LineInput], faults: Faults, field: str) -> Mapping[LineId, Ramp]:
    """The ramps of lines that are to be cut into segments."""
    return {
        LineId(each.id): _read_ramp(each.ramp, faults.at(f"{field}[{n}].ramp"))
        for n, each in enumerate(lines)
        if each.HasField("ramp")
    }


def _read_ramp(message: pricing_pb2.Ramp, faults: Faults) -> Ramp:
    own: dict[int, SegmentTerms] = {}
    for n, each in enumerate(message.segments):
        place = faults.at(f"segments[{n}]")
        if each.number in own:
            place.invalid("number", f"segment {each.number} is there twice")
        own[each.number] = SegmentTerms(
            quantity=read_decimal(each.quantity, "quantity", place),
            uplift_percent=read_decimal(each.uplift_percent, "uplift_percent", place),
            unit_price=read_decimal(each.unit_price, "unit_price", place),
        )
    if message.segment_months < 0:
        faults.invalid("segment_months", f"{message.segment_months} is below zero")
    return Ramp(
        segment_months=message.segment_months or YEAR,
        short=ShortSegment.FIRST if message.short_segment_first else ShortSegment.LAST,
        uplift_percent=_or_none(message.uplift_percent, "uplift_percent", faults),
        own=own,
    )


def _or_none(text: str, field: str, faults: Faults) -> Decimal:
    """A number, or zero when it is not given."""
    return read_decimal(text, field, faults) or NONE


def _read_manual(message: pricing_pb2.ManualDiscount, faults: Faults) -> ManualDiscount:
    check_own_id(message.id, "id", faults)
    if message.on not in TARGETS:
        faults.required("on")
    if message.kind not in KINDS:
        faults.required("kind")
    if message.replaces not in REPLACES:
        faults.invalid("replaces", f"{message.replaces} is not known")
    if not message.reason.strip():
        faults.required("reason")
    return ManualDiscount(
        id=message.id,
        on=TARGETS.get(message.on, ManualOn.LINE),
        kind=KINDS.get(message.kind, ManualKind.PERCENT),
        value=need_decimal(message.value, "value", faults),
        reason=message.reason,
        author=read_key(message.author, USERS, "author", faults),
        target=message.target,
        replaces=REPLACES.get(message.replaces, Replaces.NOTHING),
    )


def fill_content(message: pricing_pb2.QuoteContent, request: QuoteRequest, customer: str) -> None:
    """Set what a stored request asks for."""
    fill_date(message.date, request.date)
    message.currency_code = request.currency
    if customer:
        message.customer = f"{CUSTOMERS}/{customer}"
    for facts, target in ((request.customer, message.customer_facts), (request.header, message.header)):
        for name, value in facts.items():
            fill_value(target[name], value)
    for line in request.lines:
        fill_line(message.lines.add(), line)
    message.codes.extend(request.codes)
    for manual in request.manual:
        _fill_manual(message.manual_discounts.add(), manual)
    message.term_months = request.term_months or 0
    if request.start is not None:
        fill_date(message.start, request.start)


def fill_line(message: pricing_pb2.LineInput, line: RequestedLine) -> None:
    """Set one line as it is asked for."""
    message.id, message.sku, message.quantity = line.id, line.sku, decimal_text(line.quantity)
    if line[STATED:] == NO_MORE:
        return
    message.parent, message.group = line.parent or "", line.group
    for name, value in line.attributes.items():
        fill_value(message.attributes[name], value)
    message.term_months = line.term_months or 0
    if line.start is not None:
        fill_date(message.start, line.start)
    message.unit, message.segment = line.unit, line.segment
    if line.prior_quantity or not line.past_counts:
        message.prior_quantity = decimal_text(line.prior_quantity)
    if line.uplift_percent:
        message.uplift_percent = decimal_text(line.uplift_percent)
    if line.segment_price is not None:
        message.segment_price = decimal_text(line.segment_price)
    if line.end is not None:
        fill_date(message.end, line.end)
    if line.anchor is not None:
        fill_date(message.anchor, line.anchor)


def _fill_manual(message: pricing_pb2.ManualDiscount, manual: ManualDiscount) -> None:
    message.id, message.target, message.reason = manual.id, manual.target, manual.reason
    message.on = TARGET_NUMBERS[manual.on]  # type: ignore[assignment]
    message.kind = KIND_NUMBERS[manual.kind]  # type: ignore[assignment]
    message.replaces = REPLACES_NUMBERS[manual.replaces]  # type: ignore[assignment]
    message.value, message.author = decimal_text(manual.value), f"{USERS}/{manual.author}"
