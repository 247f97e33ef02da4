"""What a priced quote says to a rule test: every expectation by its path, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from engine.approvals.routed import Reason
from engine.diagnostics import Refusal, counted
from engine.money import Money
from engine.pricing import PricePlan
from engine.pricing.result import Priced, PricedLine
from engine.quotes.evaluation import PricedQuote
from engine.rulebook.rule_test import Expected

Observed = str | tuple[str, ...] | None
"""A value as text, a list of texts, or None for what is not known (a margin without costs)."""


def observe(outcome: PricedQuote | Refusal, path: str, plan: PricePlan) -> Observed:
    """What came out at a path such as ``total_net`` or ``lines/#0/unit_net``.

    Raises ``LookupError`` with a message when there is nothing at the path: a refusal, or no such line.
    """
    if path == "refused":
        return tuple(str(each.code) for each in outcome.faults) if isinstance(outcome, Refusal) else ()
    if isinstance(outcome, Refusal):
        raise LookupError(f"the request was refused: {outcome}")
    if path.startswith("lines/"):
        which, _, name = path.removeprefix("lines/").rpartition("/")
        return _LINE[name](_line(outcome.priced, which), outcome.priced, plan)
    return _WHOLE[path](outcome, plan)


def why(quote: PricedQuote, expected: Expected) -> str:
    """What led to an approval that nobody expected or an unknown margin; empty for anything else."""
    if expected.path == "margin_pct":
        return _without_margin(quote.priced)
    if expected.path != "approvals":
        return ""
    levels = ((f"{chain.chain}/{each.level}", each) for chain in quote.route.chains for each in chain.levels)
    return "; ".join(
        f"`{name}` is asked by {' and '.join(_asking(each, quote.priced) for each in level.reasons)}"
        for name, level in levels
        if name not in expected.values
    )


def _asking(reason: Reason, priced: Priced) -> str:
    """The row that asks, with what it looked at."""
    looked = [f"{each.expression} is {'unknown' if each.value is None else each.value}" for each in reason.facets]
    if reason.note:
        looked.append(_without_margin(priced))
    return f"`{reason.policy}`" + (f" ({', '.join(looked)})" if looked else "")


def _without_margin(priced: Priced) -> str:
    """Why the margin is unknown, by products: lines of tests seldom have ids. Empty where all have costs."""
    missing = set(priced.without_cost)
    sold = [*((each.id, each.sku) for each in priced.lines), *((each.id, each.sku) for each in priced.gifts)]
    names = dict.fromkeys(sku for name, sku in sold if name in missing)
    return f"the margin is unknown: no cost for {', '.join(f'`{each}`' for each in names)}" if names else ""


def _line(priced: Priced, which: str) -> PricedLine:
    if which.startswith("#"):
        number = int(which[1:])
        if number < len(priced.lines):
            return priced.lines[number]
        raise LookupError(f"there are no more than {counted(len(priced.lines), 'line')}")
    found = next((each for each in priced.lines if each.id == which), None)
    if found is None:
        raise LookupError(f"there is no line `{which}`")
    return found


def _shown(amount: Money | None) -> str | None:
    return None if amount is None else format(amount.decimal, "f")


def _number(value: Decimal | None) -> str | None:
    """Digits without needless zeros after the point; an amount keeps its own."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _minor(pick: Callable[[PricedLine], int | None]) -> Callable[[PricedLine, Priced, PricePlan], Observed]:
    """An amount of a line in minor units as text."""

    def read(line: PricedLine, priced: Priced, plan: PricePlan) -> Observed:
        del plan
        minor = pick(line)
        return None if minor is None else _shown(priced.money(minor))

    return read


def rule_names(numbers: Sequence[int], plan: PricePlan) -> tuple[str, ...]:
    """The ids of rules by their numbers."""
    return tuple(str(plan.sources[each].id) for each in numbers)


_LINE: Mapping[str, Callable[[PricedLine, Priced, PricePlan], Observed]] = {
    "list_unit": lambda line, priced, plan: _number(line.list_unit),
    "unit_net": lambda line, priced, plan: _number(line.unit),
    "list_amount": _minor(lambda line: line.list_amount),
    "net": _minor(lambda line: line.net),
    "order_discount": _minor(lambda line: line.order_discount),
    "tax": _minor(lambda line: line.tax),
    "gross": _minor(lambda line: line.gross),
    "term_total": _minor(lambda line: line.term),
    "cost": _minor(lambda line: line.cost),
    "applied": lambda line, priced, plan: rule_names(line.applied, plan),
}

_WHOLE: Mapping[str, Callable[[PricedQuote, PricePlan], Observed]] = {
    "total_list": lambda quote, plan: _shown(quote.priced.totals.list),
    "total_net": lambda quote, plan: _shown(quote.priced.totals.net),
    "total_tax": lambda quote, plan: _shown(quote.priced.totals.tax),
    "total_gross": lambda quote, plan: _shown(quote.priced.totals.gross),
    "payable": lambda quote, plan: _shown(quote.priced.totals.payable),
    "one_time": lambda quote, plan: _shown(quote.priced.totals.one_time),
    "monthly": lambda quote, plan: _shown(quote.priced.totals.mrr),
    "yearly": lambda quote, plan: _shown(quote.priced.totals.arr),
    "usage_estimate": lambda quote, plan: _shown(quote.priced.totals.usage_estimate),
    "tcv": lambda quote, plan: _shown(quote.priced.totals.tcv),
    "acv": lambda quote, plan: _shown(quote.priced.totals.acv),
    "order_discount": lambda quote, plan: _shown(quote.priced.totals.order_discount),
    "discount_pct": lambda quote, plan: _number(quote.priced.totals.discount_percent),
    "margin_pct": lambda quote, plan: _number(quote.priced.totals.margin_percent),
    "applied": lambda quote, plan: rule_names(quote.priced.applied, plan),
    "gifts": lambda quote, plan: tuple(str(each.sku) for each in quote.priced.gifts),
    "approvals": lambda quote, plan: tuple(
        f"{chain.chain}/{level.level}" for chain in quote.route.chains for level in chain.levels
    ),
    "valid": lambda quote, plan: "true" if quote.valid else "false",
    "violations": lambda quote, plan: tuple(each.rule or str(each.code) for each in quote.findings),
}
