"""The story of a price, told on demand: the steps of a line with what they read, and the losers with their reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from engine.catalog import LineId
from engine.diagnostics import Span
from engine.money import EXACT, step
from engine.pricing.breakdown import breakdowns
from engine.pricing.compiled import MANUAL, PricePlan, Source
from engine.pricing.flow import Lane, Pricing
from engine.pricing.request import PriceRequest
from engine.pricing.result import Loser, Priced, PricedLine, Waterfall, WaterfallStep
from engine.pricing.state import ZERO
from engine.pricing.told import Told


class UnknownLineError(LookupError):
    """The line asked about is not in the quote."""


def waterfall(plan: PricePlan, priced: Priced, line_id: str, request: PriceRequest | None = None) -> Waterfall:
    """The story of one line; with the request it also says what each step read, and which rules lost and why.

    Raises ``UnknownLineError``.
    """
    index, steps = _index_of(priced, line_id), Steps(plan, priced)
    if request is None:
        return _story(plan, priced, index, steps.of(index), None)
    story = _story(plan, priced, index, steps.of(index), told_of(plan, request, (LineId(line_id),)))
    return replace(story, parts=breakdowns(plan, priced, request).get(story.line_id, ()))


def waterfalls(
    plan: PricePlan, priced: Priced, request: PriceRequest, lines: Sequence[LineId]
) -> tuple[Waterfall, ...]:
    """The stories of some lines, found by pricing once more."""
    places = {line.id: index for index, line in enumerate(priced.lines)}
    told = told_of(plan, request, lines)
    steps, parts = Steps(plan, priced), breakdowns(plan, priced, request)
    stories = (_story(plan, priced, places[line], steps.of(places[line]), told) for line in lines)
    return tuple(replace(each, parts=parts.get(each.line_id, ())) for each in stories)


def _story(plan: PricePlan, priced: Priced, index: int, rows: Sequence[FlatStep], told: Told | None) -> Waterfall:
    line = priced.lines[index]
    read = {} if told is None else told.all_read(line.id)
    steps = tuple(
        WaterfallStep(name, source.id, place_of(source.span), before, after, source.say, read.get(source.number, ()))
        for name, source, before, after in rows
    )
    losers = () if told is None else losers_of(plan, told.all_about(line.id))
    return Waterfall(line.id, priced.currency, steps, losers, priced.money(line.amount))


FlatStep: TypeAlias = tuple[str, Source, Decimal, Decimal]
"""The kind of step, what acted, and the unit price before and after."""


def line_steps(plan: PricePlan, line: PricedLine) -> list[FlatStep]:
    """The steps of one line before discounts on the order."""
    steps: list[FlatStep] = [("list price", plan.source(line.source), ZERO, line.list_unit)]
    for number, before, after in line.trace:
        source = plan.source(number)
        steps.append((source.step, source, before, after))
    return steps


class Steps:
    """The steps of every line of a quote as flat rows; how order discounts were split is looked through once."""

    __slots__ = ("_plan", "_priced", "_splits")

    def __init__(self, plan: PricePlan, priced: Priced) -> None:
        self._plan = plan
        self._priced = priced
        self._splits = [(plan.source(each.rule_no), dict(each.split)) for each in priced.order_discounts]

    def of(self, index: int) -> list[FlatStep]:
        """The steps of one line in order."""
        line = self._priced.lines[index]
        return [*line_steps(self._plan, line), *self.of_order(index, line)]

    def of_order(self, index: int, line: PricedLine) -> list[FlatStep]:
        """Order discounts as they lower the unit price: the line's amount over its quantity."""
        steps: list[FlatStep] = []
        if not line.order_discount:
            return steps
        amount, count = line.stage_amount, line.quantity.scaleb(self._priced.currency.exponent, EXACT)
        before = _per_unit(amount, count)
        for source, split in self._splits:
            share = split.get(index, 0)
            if not share:
                continue
            amount -= share
            after = _per_unit(amount, count)
            name = "manual discount" if source.number == MANUAL else "order discount"
            steps.append((name, source, before, after))
            before = after
        return steps


def _index_of(priced: Priced, line_id: str) -> int:
    for index, line in enumerate(priced.lines):
        if line.id == line_id:
            return index
    raise UnknownLineError(line_id)


def place_of(span: Span) -> str:
    """Where something is written; empty when nobody knows."""
    return str(span) if span.path else ""


def _per_unit(amount: int, count: Decimal) -> Decimal:
    """An amount in minor units over a quantity times the minor units of a major one."""
    return step(EXACT.divide(amount, count)) if count else ZERO


def told_of(plan: PricePlan, request: PriceRequest, lines: Sequence[LineId]) -> Told:
    """Price again by the full treatment and note what happens to some lines, just as their prices came about."""
    told = Told(frozenset(lines))
    pricing = Pricing(plan, request, lane=Lane.FULL, told=told)
    pricing.run()
    for refused in pricing.usable.refused:
        number = next(source.number for source in plan.sources if source.id == refused.rule_id)
        told.order.lost.setdefault(number, refused.said)
    return told


def losers_of(plan: PricePlan, lost: Mapping[int, str]) -> tuple[Loser, ...]:
    """The rules that matched a line, or the order, but did not act, each with its reason."""
    return tuple(
        Loser(plan.sources[number].id, place_of(plan.sources[number].span), reason)
        for number, reason in sorted(lost.items())
    )
