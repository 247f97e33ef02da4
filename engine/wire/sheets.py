"""What is the same in every answer under one rule book, serialised once: merging bytes costs a fifth of assigning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from cpq.v1 import common_pb2, pricing_pb2

from engine.catalog import BillingTiming, Charge, ChargeKind, Product, Sku
from engine.diagnostics import Span
from engine.pricing import PricePlan
from engine.pricing.compiled import Source
from engine.pricing.result import PricedLine, TraceRow
from engine.pricing.story import FlatStep, line_steps
from engine.wire.basics import price_text
from engine.wire.lengths import sized

CHARGE_KINDS: Mapping[ChargeKind, int] = {
    ChargeKind.ONE_TIME: common_pb2.CHARGE_KIND_ONE_TIME,
    ChargeKind.RECURRING: common_pb2.CHARGE_KIND_RECURRING,
    ChargeKind.USAGE: common_pb2.CHARGE_KIND_USAGE,
}
TIMINGS: Mapping[BillingTiming, int] = {
    BillingTiming.ADVANCE: common_pb2.BILLING_TIMING_ADVANCE,
    BillingTiming.ARREARS: common_pb2.BILLING_TIMING_ARREARS,
}
NO_PRODUCTS: Mapping[Sku, Product] = MappingProxyType({})


STEP = b"\x12"
"""Field 2 of a waterfall, messages."""
BEFORE, AFTER = b"\x22", b"\x2a"
"""Fields 4 and 5 of a step, texts."""
MOST_STORIES = 8_192
MOST_LINES = 8_192
_AMOUNTS = slice(PricedLine._fields.index("order_discount"), PricedLine._fields.index("gross") + 1)
"""The amounts of a line that order discounts and tax decide: discount, amount, net, tax and gross."""


class Texts(NamedTuple):
    """Numbers as they were written, by identity: lines share quantities, and unit prices under the same rules."""

    quantities: dict[int, str]
    prices: dict[int, str]


class _Line(NamedTuple):
    """A line as it was written, without its id; nothing was when it was met only once."""

    line: PricedLine
    digits: int
    written: bytes

    def is_like(self, line: PricedLine, digits: int) -> bool:
        """Whether a line says the same, as far as neither order discounts nor tax change it."""
        kept = self.line
        same = kept.unit is line.unit and kept.list_unit is line.list_unit and kept.cost == line.cost
        return same and kept.list_amount == line.list_amount and self.digits == digits


class Around(NamedTuple):
    """What a plain line says before its quantity, of its unit prices, and after its amounts; prices by identity."""

    list_unit: Decimal
    unit: Decimal
    digits: int
    named: bytes
    prices: bytes
    charge: bytes


class _Story(NamedTuple):
    """Steps as they were written, and what they tell of; while it is kept, nothing else has its identity."""

    list_unit: Decimal
    trace: tuple[TraceRow, ...]
    source: int
    digits: int
    written: bytes

    def is_of(self, line: PricedLine, digits: int) -> bool:
        """Whether these are the steps of a line."""
        same = self.trace is line.trace and self.list_unit is line.list_unit
        return same and self.source == line.source and self.digits == digits


class Sheets:
    """The parts of answers that a product or a rule decides alone; filled as they are asked for, never more of them
    than the book has products and rules, and of stories and lines ``MOST_STORIES`` and ``MOST_LINES``. Without a plan
    there are no rule names and no waterfall.
    """

    __slots__ = ("_around", "_lines", "_steps", "_stories", "_written", "plan", "products")

    def __init__(self, products: Mapping[Sku, Product] = NO_PRODUCTS, plan: PricePlan | None = None) -> None:
        self.plan = plan
        self.products = products
        self._written: dict[Sku, tuple[Decimal, int, bytes]] = {}
        self._around: dict[Sku, Around] = {}
        self._steps: dict[tuple[str, int], tuple[bytes, bytes]] = {}
        self._stories: dict[tuple[int, int, int], _Story] = {}
        self._lines: dict[tuple[Sku, int, int], _Line] = {}

    def fill_line(self, row: pricing_pb2.PricedLine, line: PricedLine, digits: int, texts: Texts) -> None:
        """Set a priced line. One that is met again, as known lines are, was written before: what differs is set."""
        if line.order_discount and line.unit is line.list_unit:
            # Nearly all of it is amounts of its own: to look for the rest costs more than to set it.
            _fill_line(row, line, digits, texts, self.product(line.sku, line.list_unit, digits))
            return
        key = line.sku, line.list_amount, id(line.unit)
        found = self._lines.get(key)
        if found is None or not found.is_like(line, digits):
            _fill_line(row, line, digits, texts, self.product(line.sku, line.list_unit, digits))
            if line.sku in self.products:
                if len(self._lines) >= MOST_LINES:
                    self._lines = {}
                self._lines[key] = _Line(line, digits, b"")
            return
        if not found.written:
            met = pricing_pb2.PricedLine()
            _fill_line(met, line, digits, texts, self.product(line.sku, line.list_unit, digits))
            met.id = ""
            found = self._lines[key] = _Line(line, digits, met.SerializeToString())
        row.MergeFromString(found.written)
        _fill_what_differs(row, line, found.line, texts)

    def product(self, sku: Sku, listed: Decimal, digits: int) -> bytes:
        """SKU, name, charge and list price of a priced line. The latest price is kept: most are those of the book."""
        found = self._written.get(sku)
        if found is not None and found[0] is listed and found[1] == digits:
            return found[2]
        row = pricing_pb2.PricedLine(sku=sku)
        row.list_unit_price = row.unit_price = price_text(listed, digits)
        product = self.products.get(sku)
        if product is not None:
            row.display_name = product.name
            fill_charge(row.charge, product.charge)
        written = row.SerializeToString()
        if product is not None:
            self._written[sku] = listed, digits, written
        return written

    def around(self, line: PricedLine, digits: int) -> Around:
        """What a plain line says that is the same in any quantity. The latest prices of a product are kept."""
        found = self._around.get(line.sku)
        if (
            found is None
            or found.list_unit is not line.list_unit
            or found.unit is not line.unit
            or found.digits != digits
        ):
            sheet = pricing_pb2.PricedLine.FromString(self.product(line.sku, line.list_unit, digits))
            named = pricing_pb2.PricedLine(sku=line.sku, display_name=sheet.display_name).SerializeToString()
            prices = pricing_pb2.PricedLine(list_unit_price=sheet.list_unit_price)
            prices.unit_price = price_text(line.unit, digits)
            charge = pricing_pb2.PricedLine(charge=sheet.charge).SerializeToString()
            found = Around(line.list_unit, line.unit, digits, named, prices.SerializeToString(), charge)
            if line.sku in self.products:
                self._around[line.sku] = found
        return found

    def story(self, line: PricedLine, digits: int) -> bytes:
        """The steps of a line before discounts on the order. They are told by identity: known lines share them, and all
        lines of a product that no rule acts on.
        """
        # Products of one price may share it: what decided it tells them apart.
        key = id(line.list_unit), id(line.trace), line.source
        found = self._stories.get(key)
        if found is not None and found.is_of(line, digits):
            return found.written
        assert self.plan is not None, "a story is told by a book"
        written = self.steps(line_steps(self.plan, line), digits)
        if len(self._stories) >= MOST_STORIES:
            self._stories = {}
        self._stories[key] = _Story(line.list_unit, line.trace, line.source, digits, written)
        return written

    def steps(self, steps: Iterable[FlatStep], digits: int) -> bytes:
        """Steps of a story."""
        found = b""
        for name, source, before, after in steps:
            head, tail = self._step(name, source)
            prices = (
                BEFORE + sized(price_text(before, digits).encode()) + AFTER + sized(price_text(after, digits).encode())
            )
            found += STEP + sized(head + prices + tail)
        return found

    def _step(self, name: str, source: Source) -> tuple[bytes, bytes]:
        """What stands before and after the prices of a waterfall step."""
        found = self._steps.get((name, source.number))
        if found is None:
            head = pricing_pb2.WaterfallStep(step=name, rule=source.id, place=place_of(source.span))
            tail = pricing_pb2.WaterfallStep(say=source.say)
            found = self._steps[name, source.number] = head.SerializeToString(), tail.SerializeToString()
        return found

    def rule(self, number: int) -> tuple[str, str]:
        """The id and the place of a rule."""
        if self.plan is None:
            return "", ""
        source = self.plan.source(number)
        return source.id, place_of(source.span)


def _fill_line(row: pricing_pb2.PricedLine, line: PricedLine, digits: int, texts: Texts, sheet: bytes) -> None:
    """Set a line: what the sheet of its product says, whose unit price is the list price, and then the rest."""
    # Taken apart in one go, which takes half the time of one by one.
    name, _s, quantity, list_unit, unit, listed, _l, off, amount, net, tax, gross, cost, _p, term, _o, _a, _t = line
    row.MergeFromString(sheet)
    row.id = name
    row.quantity = _quantity_text(quantity, texts)
    if unit is not list_unit:
        text = texts.prices.get(id(unit))
        if text is None:
            text = texts.prices[id(unit)] = price_text(unit, digits)
        row.unit_price = text
    row.list_amount = listed
    row.amount = amount
    row.net = net
    row.gross = gross
    row.term_net = term
    row.tax = tax
    if off:
        row.order_discount = off
    if cost is not None:
        row.cost = cost


def _fill_what_differs(row: pricing_pb2.PricedLine, line: PricedLine, written: PricedLine, texts: Texts) -> None:
    """Set what a line does not share with one as it was written."""
    row.id = line.id
    if line.quantity is not written.quantity:
        row.quantity = _quantity_text(line.quantity, texts)
    if line[_AMOUNTS] == written[_AMOUNTS] and line.term == written.term:
        return
    row.order_discount = line.order_discount
    row.amount = line.amount
    row.net = line.net
    row.gross = line.gross
    row.term_net = line.term
    row.tax = line.tax


def _quantity_text(quantity: Decimal, texts: Texts) -> str:
    text = texts.quantities.get(id(quantity))
    if text is None:
        text = texts.quantities[id(quantity)] = format(quantity, "f")
    return text


NO_BOOK = Sheets()
"""For answers that name no rules: the book is not at hand."""


def fill_charge(message: common_pb2.Charge, charge: Charge) -> None:
    """Set how a product is charged for."""
    message.kind = CHARGE_KINDS[charge.kind]  # type: ignore[assignment]
    message.timing = TIMINGS[charge.timing]  # type: ignore[assignment]
    fill_length(message, charge.period.length if charge.period is not None else 0)
    message.meter = charge.meter


def fill_length(message: common_pb2.Charge | pricing_pb2.PhaseTotal | pricing_pb2.RecurringTotal, length: int) -> None:
    """Set the length of a charge period, which is below zero in days."""
    message.period_months, message.period_days = max(length, 0), max(-length, 0)


def place_of(span: Span | None) -> str:
    """Where a rule is written: ``path:line:column``; empty when nobody knows."""
    return str(span) if span is not None and span.path else ""
