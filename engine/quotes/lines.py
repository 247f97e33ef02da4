"""Checks the lines of a request against the catalog and works out each line's total quantity and tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.catalog import Catalog, LineId, Product
from engine.diagnostics import Code, Fault, Refusal, did_you_mean
from engine.money import EXACT
from engine.quotes.request import QuoteRequest, RequestedLine

NO_LINES = Code("QUO101")
TOO_MANY_LINES = Code("QUO102")
DUPLICATE_LINE = Code("QUO103")
UNKNOWN_SKU = Code("QUO104")
UNKNOWN_PARENT = Code("QUO105")
CYCLE = Code("QUO106")
BAD_QUANTITY = Code("QUO107")
DISCONTINUED = Code("QUO108")
BAD_TERM = Code("QUO109")

LINES_MAX = 10_000
DEPTH_MAX = 8
QUANTITY_MAX = Decimal(1_000_000_000)
QUANTITY_DECIMALS_MAX = 6
TERM_MONTHS_MAX = 1_200


@dataclass(frozen=True, slots=True)
class ResolvedLine:
    """A requested line with its product and its quantity over the whole quote."""

    requested: RequestedLine
    product: Product
    quantity: Decimal

    @property
    def id(self) -> LineId:
        """The id of the line."""
        return self.requested.id


def resolve(request: QuoteRequest, catalog: Catalog) -> tuple[ResolvedLine, ...] | Refusal:
    """Return the resolved lines in the order of the request, or a refusal with every fault of its lines."""
    faults = tuple(_faults(request, catalog))
    if faults:
        return Refusal(faults)
    by_id = {each.id: each for each in request.lines}
    products = catalog.products
    return tuple(ResolvedLine(each, products[each.sku], _total(each, by_id)) for each in request.lines)


def children_of(lines: Sequence[ResolvedLine]) -> Mapping[LineId, tuple[ResolvedLine, ...]]:
    """The parts of each line, in the order of the request; lines without parts are left out."""
    found: dict[LineId, list[ResolvedLine]] = {}
    for each in lines:
        if each.requested.parent is not None:
            found.setdefault(each.requested.parent, []).append(each)
    return {parent: tuple(parts) for parent, parts in found.items()}


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
        yield from _parent_faults(line, place, by_id)


def _product_faults(line: RequestedLine, place: str, catalog: Catalog) -> Iterator[Fault]:
    product = catalog.product(line.sku)
    if product is None:
        hint = did_you_mean(line.sku, catalog.products)
        yield Fault(UNKNOWN_SKU, f"{place}.sku", f"unknown product `{line.sku}`", hint)
    elif product.discontinued:
        yield Fault(DISCONTINUED, f"{place}.sku", f"`{line.sku}` is discontinued")


def _quantity_faults(line: RequestedLine, place: str) -> Iterator[Fault]:
    quantity, field = line.quantity, f"{place}.quantity"
    if not quantity.is_finite():
        yield Fault(BAD_QUANTITY, field, "the quantity is not a number")
    elif quantity <= 0:
        yield Fault(BAD_QUANTITY, field, f"the quantity {quantity} is not above zero", "remove the line instead")
    elif quantity > QUANTITY_MAX:
        yield Fault(BAD_QUANTITY, field, f"the quantity {quantity} is above {QUANTITY_MAX:,}")
    elif -int(quantity.as_tuple().exponent) > QUANTITY_DECIMALS_MAX:
        yield Fault(BAD_QUANTITY, field, f"the quantity {quantity} has more than {QUANTITY_DECIMALS_MAX} decimals")


def _term_faults(field: str, months: int | None) -> Iterator[Fault]:
    if months is not None and not 1 <= months <= TERM_MONTHS_MAX:
        yield Fault(BAD_TERM, field, f"a term of {months} months is not between 1 and {TERM_MONTHS_MAX}")


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


def _total(line: RequestedLine, by_id: Mapping[LineId, RequestedLine]) -> Decimal:
    quantity, parent = line.quantity, line.parent
    while parent is not None:
        above = by_id[parent]
        quantity, parent = EXACT.multiply(quantity, above.quantity), above.parent
    return quantity
