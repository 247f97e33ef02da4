"""What approval rules read of a priced quote: the records ``quote``, ``customer`` and ``lines``, and their types."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal

from engine.catalog import Value
from engine.language.types import BOOLEAN, DATE, NUMBER, TEXT, ListType, MoneyType, Type, optional
from engine.money import Money, Rounding, divide_rounded
from engine.pricing.compiled import PricePlan
from engine.pricing.depth import Depth, depths
from engine.pricing.request import RequestLine
from engine.pricing.result import Priced, PricedLine, PricedTotals
from engine.quotes.request import QuoteRequest

PERCENT_DECIMALS = 4
LINES_NAMED = 5

QUOTE_TYPES: Mapping[str, Type] = {
    "date": DATE,
    "currency": TEXT,
    "codes": ListType(TEXT),
    "term_months": optional(NUMBER),
    "list": MoneyType(),
    "net": MoneyType(),
    "gross": MoneyType(),
    "one_time": MoneyType(),
    "tcv": MoneyType(),
    "acv": MoneyType(),
    "arr": MoneyType(),
    "mrr": MoneyType(),
    "discount": MoneyType(),
    "discount_pct": NUMBER,
    "margin": optional(MoneyType()),
    "margin_pct": optional(NUMBER),
    "manual_discount": BOOLEAN,
}
"""What approval rules read as ``quote.*`` beside the header; percents are written 15; no margin without costs."""

LINE_TYPES: Mapping[str, Type] = {
    "id": TEXT,
    "sku": TEXT,
    "qty": NUMBER,
    "group": TEXT,
    "list": MoneyType(),
    "unit": MoneyType(),
    "list_amount": MoneyType(),
    "net": MoneyType(),
    "discount_pct": NUMBER,
    "cost": optional(MoneyType()),
    "margin_pct": optional(NUMBER),
    "discountable": BOOLEAN,
}
"""What approval rules read of each of ``lines`` beside the facts of its product; amounts are those of the line."""


def line_facts(lines: Sequence[RequestLine], priced: Priced, plan: PricePlan) -> tuple[Mapping[str, Value], ...]:
    """The record of each line of a priced quote, as approval conditions read it."""
    by_id = {each.id: each for each in lines}
    found = depths(plan, priced.lines, priced.order_discounts, digits=priced.currency.exponent)
    told = zip(priced.lines, found, strict=True)
    return tuple(_line(by_id[each.id], each, priced, depth) for each, depth in told if each.id in by_id)


def no_margin(priced: Priced) -> str:
    """Why the margin of a quote is unknown; empty when it is not."""
    missing = priced.without_cost
    if not missing:
        return ""
    if len(missing) == len(priced.lines) + len(priced.gifts):
        return "the margin is unknown: no line has a cost"
    more = f" and {len(missing) - LINES_NAMED} more" if len(missing) > LINES_NAMED else ""
    return f"the margin is unknown: no cost for {', '.join(f'`{each}`' for each in missing[:LINES_NAMED])}{more}"


def header_facts(request: QuoteRequest, priced: Priced, wanted: Collection[str] | None = None) -> Mapping[str, Value]:
    """The record ``quote`` of a priced quote, as approval conditions read it; ``wanted`` names what they do."""
    told = _TOLD.items() if wanted is None else [(name, _TOLD[name]) for name in wanted if name in _TOLD]
    return {**request.header, **{name: tell(request, priced.totals) for name, tell in told}}


_TOLD: Mapping[str, Callable[[QuoteRequest, PricedTotals], Value]] = {
    "date": lambda request, _: request.date,
    "currency": lambda request, _: request.currency,
    "codes": lambda request, _: request.codes,
    "term_months": lambda request, _: None if request.term_months is None else Decimal(request.term_months),
    "list": lambda _, totals: totals.list.decimal,
    "net": lambda _, totals: totals.net.decimal,
    "gross": lambda _, totals: totals.gross.decimal,
    "one_time": lambda _, totals: totals.one_time.decimal,
    "tcv": lambda _, totals: totals.tcv.decimal,
    "acv": lambda _, totals: totals.acv.decimal,
    "arr": lambda _, totals: totals.arr.decimal,
    "mrr": lambda _, totals: totals.mrr.decimal,
    "discount": lambda _, totals: _taken_off(totals).decimal,
    "discount_pct": lambda _, totals: totals.discount_percent,
    "margin": lambda _, totals: None if totals.margin is None else totals.margin.decimal,
    "margin_pct": lambda _, totals: totals.margin_percent,
    "manual_discount": lambda request, _: bool(request.manual),
}


def _taken_off(totals: PricedTotals) -> Money:
    """What discounts take off by themselves: no surcharge makes it less."""
    plain = totals.list - totals.amount
    return plain if totals.offset is None else plain + totals.offset


def _line(asked: RequestLine, line: PricedLine, priced: Priced, depth: Depth) -> Mapping[str, Value]:
    return {
        **asked.facts,
        "id": line.id,
        "sku": line.sku,
        "qty": line.quantity,
        "group": asked.group,
        "list": line.list_unit,
        "unit": line.unit,
        "list_amount": priced.money(line.list_amount).decimal,
        "net": priced.money(line.net).decimal,
        "discount_pct": _percent(depth.taken, depth.base),
        "cost": None if line.cost is None else Money(line.cost, priced.currency).decimal,
        "margin_pct": None if line.cost is None else _percent(line.net - line.cost, line.net),
        "discountable": asked.discountable,
    }


def _percent(part: int, whole: int) -> Decimal:
    """``part`` of ``whole`` in percent, rounded half up to 4 decimals; 0 of nothing is 0."""
    if not whole:
        return Decimal(0)
    return Decimal(divide_rounded(100 * part * 10**PERCENT_DECIMALS, whole, Rounding.HALF_UP)).scaleb(-PERCENT_DECIMALS)
