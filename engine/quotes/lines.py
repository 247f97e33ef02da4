"""Checks the lines of a request against the catalog and works out each line's total quantity and tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import NamedTuple, cast

from engine.catalog import Catalog, ChargeKind, LineId, Product, Sku
from engine.diagnostics import Code, Fault, Refusal, did_you_mean
from engine.money import EXACT
from engine.periods import months_between
from engine.pricing.request import STATED
from engine.quotes.request import NO_MORE, QuoteRequest, RequestedLine

NO_LINES = Code("QUO101")
TOO_MANY_LINES = Code("QUO102")
DUPLICATE_LINE = Code("QUO103")
UNKNOWN_SKU = Code("QUO104")
UNKNOWN_PARENT = Code("QUO105")
CYCLE = Code("QUO106")
BAD_QUANTITY = Code("QUO107")
DISCONTINUED = Code("QUO108")
BAD_TERM = Code("QUO109")
UNKNOWN_UNIT = Code("QUO110")
NOT_RAMPED = Code("QUO111")

LINES_MAX = 100_000
DEPTH_MAX = 8
QUANTITY_MAX = Decimal(1_000_000_000)
QUANTITY_DECIMALS_MAX = 6
TERM_MONTHS_MAX = 1_200


class ResolvedLine(NamedTuple):
    """A requested line with its product and its quantity over the whole quote, in the product's own unit.

    ``root`` is the line at the top of the tree that it is a part of; None for a line of its own. ``is_plain`` says that
    the line states nothing but product and quantity.
    """

    requested: RequestedLine
    product: Product
    quantity: Decimal
    root: RequestedLine | None = None
    is_plain: bool = False

    @property
    def id(self) -> LineId:
        """The id of the line."""
        return self.requested.id


_MAKE = cast("Callable[[tuple[object, ...]], ResolvedLine]", partial(tuple.__new__, ResolvedLine))
"""``ResolvedLine`` from all its fields in order, at half the cost of its keywords."""


def resolve(request: QuoteRequest, catalog: Catalog) -> tuple[ResolvedLine, ...] | Refusal:
    """Return the resolved lines in the order of the request, or a refusal with every fault of its lines."""
    if request.only_ends and not request.lines:
        return ()
    found = _sound(request, catalog)
    if found is not None:
        return found
    faults = tuple(_faults(request, catalog))
    assert faults, "a line that is not sound has a fault"
    return Refusal(faults)


def children_of(lines: Sequence[ResolvedLine]) -> Mapping[LineId, tuple[ResolvedLine, ...]]:
    """The parts of each line, in the order of the request; lines without parts are left out."""
    found: dict[LineId, list[ResolvedLine]] = {}
    for each in lines:
        if each.requested.parent is not None:
            found.setdefault(each.requested.parent, []).append(each)
    return {parent: tuple(parts) for parent, parts in found.items()}


def _sound(request: QuoteRequest, catalog: Catalog) -> tuple[ResolvedLine, ...] | None:
    """The resolved lines when nothing is wrong with any; the first doubt ends the look, and faults are listed."""
    lines, products = request.lines, catalog.products
    by_id = {each.id: each for each in lines}
    if not by_id or len(by_id) != len(lines) or len(by_id) > LINES_MAX or LineId("") in by_id:
        return None
    if any(_term_faults("", request.term_months)):
        return None
    fine: set[Decimal] = set()
    found: list[ResolvedLine | None] = []
    is_whole = True
    for line in lines:
        quantity = line.quantity
        if not (quantity.is_finite() and quantity in fine):
            if any(_quantity_faults(line, "")):
                return None
            fine.add(quantity)
        product = products.get(line.sku)
        if product is None or product.discontinued:
            return None
        if line[STATED:] == NO_MORE:
            found.append(_MAKE((line, product, quantity, None, True)))
        elif _has_own_faults(line, request, catalog, by_id):
            return None
        else:
            is_whole = False
            found.append(None)
    if is_whole:
        return tuple(cast("list[ResolvedLine]", found))
    return tuple([each or resolved(line, by_id, products) for each, line in zip(found, lines, strict=True)])


def _has_own_faults(
    line: RequestedLine, request: QuoteRequest, catalog: Catalog, by_id: Mapping[LineId, RequestedLine]
) -> bool:
    """Whether something is wrong with what only some lines state."""
    return (
        (line.says_more and any(_product_faults(line, "", catalog)))
        or (line.term_months is not None and any(_term_faults("", line.term_months)))
        or (line.end is not None and any(_end_faults(line, "", request, catalog)))
        or (line.parent is not None and any(_parent_faults(line, "", by_id)))
    )


def _faults(request: QuoteRequest, catalog: Catalog) -> Iterator[Fault]:
    if not request.lines:
        yield Fault(NO_LINES, "lines", "the request has no lines", "add at least one line")
    if len(request.lines) > LINES_MAX:
        yield Fault(TOO_MANY_LINES, "lines", f"the request has {len(request.lines)} lines; {LINES_MAX} are allowed")
        return
    yield from _term_faults("term_months", request.term_months)
    counts = Counter(each.id for each in request.lines)
    by_id = {each.id: each for each in request.lines}
    for at, line in enumerate(request.lines):
        place = f"lines[{at}]"
        if not line.id or counts[line.id] > 1:
            what = f"the line id `{line.id}` is used {counts[line.id]} times" if line.id else "the line has no id"
            yield Fault(DUPLICATE_LINE, f"{place}.id", what, "give every line an id of its own")
        yield from _product_faults(line, place, catalog)
        yield from _quantity_faults(line, place)
        yield from _term_faults(f"{place}.term_months", line.term_months)
        yield from _end_faults(line, place, request, catalog)
        yield from _parent_faults(line, place, by_id)


def _product_faults(line: RequestedLine, place: str, catalog: Catalog) -> Iterator[Fault]:
    product = catalog.product(line.sku)
    if product is None:
        hint = did_you_mean(line.sku, catalog.products)
        yield Fault(UNKNOWN_SKU, f"{place}.sku", f"unknown product `{line.sku}`", hint)
        return
    if product.discontinued:
        yield Fault(DISCONTINUED, f"{place}.sku", f"`{line.sku}` is discontinued")
    if line.segment and product.charge.kind is not ChargeKind.RECURRING:
        message = f"`{line.sku}` is not charged every period, so it has no segments"
        yield Fault(NOT_RAMPED, f"{place}.segment", message, "ramp recurring lines only")
    if line.segment_price is not None and not line.segment:
        message = "only the segment of a ramp has a price of its own"
        yield Fault(NOT_RAMPED, f"{place}.segment_price", message, "ramp the line, or give a manual discount")
    if product.factor(line.unit) is None:
        units = ", ".join(f"`{each}`" for each in (product.unit, *product.units))
        hint = did_you_mean(line.unit, (product.unit, *product.units)) or f"it is sold in {units}"
        yield Fault(UNKNOWN_UNIT, f"{place}.unit", f"`{line.sku}` is not sold in `{line.unit}`", hint)


def _quantity_faults(line: RequestedLine, place: str) -> Iterator[Fault]:
    quantity, field = line.quantity, f"{place}.quantity"
    if not quantity.is_finite():
        yield Fault(BAD_QUANTITY, field, "the quantity is not a number")
    elif quantity <= 0:
        yield Fault(BAD_QUANTITY, field, f"the quantity {quantity} is not above zero", "remove the line instead")
    elif quantity > QUANTITY_MAX:
        yield Fault(BAD_QUANTITY, field, f"the quantity {quantity} is above {QUANTITY_MAX:,}")
    elif -int(quantity.normalize(EXACT).as_tuple().exponent) > QUANTITY_DECIMALS_MAX:
        # Zeros at the end are no decimals: equal quantities are judged alike, however they are written.
        yield Fault(BAD_QUANTITY, field, f"the quantity {quantity:f} has more than {QUANTITY_DECIMALS_MAX} decimals")


def _term_faults(field: str, months: int | None) -> Iterator[Fault]:
    if months is not None and not 1 <= months <= TERM_MONTHS_MAX:
        yield Fault(BAD_TERM, field, f"a term of {months} months is not between 1 and {TERM_MONTHS_MAX}")


def _end_faults(line: RequestedLine, place: str, request: QuoteRequest, catalog: Catalog) -> Iterator[Fault]:
    """An end is for what is charged every period, with a start that acceptance does not move."""
    end, start, field = line.end, line.start or request.start, f"{place}.end"
    product = catalog.product(line.sku)
    if end is None or product is None:
        return
    if product.charge.kind is ChargeKind.ONE_TIME:
        yield Fault(BAD_TERM, field, f"`{line.sku}` is charged once, so it has no end", "leave it out")
    elif line.term_months is not None:
        yield Fault(BAD_TERM, field, "the line has both a term and an end", "give one of them")
    elif start is None:
        yield Fault(BAD_TERM, field, "an end needs a start", "give `start` on the line or the quote")
    elif end <= start:
        yield Fault(BAD_TERM, field, f"the line ends on {end}, and starts on {start}", "let it end on a later day")
    elif months_between(start, end) >= TERM_MONTHS_MAX:
        yield Fault(BAD_TERM, field, f"{start} to {end} is not within {TERM_MONTHS_MAX} months")


def _parent_faults(line: RequestedLine, place: str, by_id: Mapping[LineId, RequestedLine]) -> Iterator[Fault]:
    seen: list[LineId] = [line.id]
    parent = line.parent
    while parent is not None:
        above = by_id.get(parent)
        if above is None:
            if len(seen) == 1:
                hint = did_you_mean(parent, by_id)
                yield Fault(UNKNOWN_PARENT, f"{place}.parent", f"there is no line `{parent}`", hint)
            return
        if parent in seen or len(seen) >= DEPTH_MAX:
            what = "is a part of itself" if parent in seen else f"is nested deeper than {DEPTH_MAX} levels"
            yield Fault(CYCLE, f"{place}.parent", f"the line `{line.id}` {what}")
            return
        seen.append(parent)
        parent = above.parent


def resolved(
    line: RequestedLine, by_id: Mapping[LineId, RequestedLine], products: Mapping[Sku, Product]
) -> ResolvedLine:
    """A sound line with its product and total quantity; ``by_id`` has the lines above it."""
    product = products[line.sku]
    if line.parent is None and not line.unit:
        return ResolvedLine(line, product, line.quantity)
    quantity, above = _own_units(line, product), line
    while above.parent is not None:
        above = by_id[above.parent]
        quantity = EXACT.multiply(quantity, _own_units(above, products[above.sku]))
    return ResolvedLine(line, product, quantity, above if above is not line else None)


def _own_units(line: RequestedLine, product: Product) -> Decimal:
    """The quantity of a line in its product's own unit."""
    factor = product.factor(line.unit)
    assert factor is not None, "an unknown unit is refused before"
    if factor == 1:
        return line.quantity
    units = EXACT.multiply(line.quantity, factor)
    whole = units.to_integral_value()
    return whole if units == whole else units.normalize(EXACT)
