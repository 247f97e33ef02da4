"""How deep discounts go: what they take off by themselves, so that no surcharge hides a discount from an approval.

List price less amount is what discounts and surcharges come to together. Where something raises a price, each discount
counts by its share of the price that it was taken from: 10 % off after a surcharge of 50 % is a depth of 10, as it is
before one. A guard, the cap of a group, a rounding or an agent who sets a higher price (on a line, on the quote, for a
ramp segment) undoes a part of a discount and counts against it; what goes beyond the price without discounts is a
surcharge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, TypeAlias

from engine.money import EXACT
from engine.pricing.compiled import FLOOR, GROUP_CAP, MANUAL, ROUNDING, SEGMENT_PRICE, PricePlan
from engine.pricing.effects import (
    Amount,
    BuyGet,
    Effect,
    FirstNext,
    Gift,
    On,
    Percent,
    SetPrice,
    Sign,
    Tiered,
    UnitsOff,
)
from engine.pricing.plan import PricingRules
from engine.pricing.request import ManualDiscount, ManualKind
from engine.pricing.result import OrderDiscount, PricedLine
from engine.pricing.state import ZERO

ONE = Decimal(1)
_UNDOING = frozenset((ROUNDING, GROUP_CAP, FLOOR, MANUAL, SEGMENT_PRICE))
_Share: TypeAlias = tuple[int, int]


def may_raise(rules: PricingRules) -> bool:
    """Whether anything in a book can bring a line above its list price or take a discount back."""
    stated = rules.guards or rules.contracted or rules.models or rules.percent_of or rules.bundle_prices
    return bool(stated) or any(_raises(effect) for rule in rules.rules for effect in rule.effects.values())


def _raises(effect: Effect) -> bool:
    match effect:
        case Percent(value, _, sign) | Amount(value, _, sign):
            return sign is Sign.UP or not isinstance(value, Decimal) or value < 0
        case SetPrice(_, on):
            return on is On.UNIT
        case FirstNext(first, following):
            return not (isinstance(first, Decimal) and isinstance(following, Decimal))
        case Tiered(_, steps):
            return any(_raises(tier.effect) for tier in steps)
        case BuyGet() | UnitsOff() | Gift():
            return False


def is_raised(plan: PricePlan, manual: Iterable[ManualDiscount], discounts: Iterable[OrderDiscount]) -> bool:
    """Whether a quote may hold a surcharge: by a rule, or by an agent."""
    return (
        plan.may_raise
        or any(each.kind is ManualKind.TARGET or each.value < 0 for each in manual)
        or any(each.amount < 0 for each in discounts)
    )


class Depth(NamedTuple):
    """What the discounts of a line are measured against, and what they take off by themselves, in minor units."""

    base: int
    taken: int


def depths(plan: PricePlan, lines: Sequence[PricedLine], discounts: Sequence[OrderDiscount] = ()) -> list[Depth]:
    """The depth of each line: a line without a list price (a percent of others) is measured against its first one."""
    raised = _raised(lines, discounts)
    sources, shares = _sources(plan), _shares(discounts, raised)
    return [
        _depth(line, shares.get(index, ()), sources)
        if index in raised
        else Depth(line.list_amount, max(line.list_amount - line.amount, 0))
        for index, line in enumerate(lines)
    ]


def beyond_sums(plan: PricePlan, lines: Sequence[PricedLine], discounts: Sequence[OrderDiscount]) -> Depth:
    """What the depths of all lines come to beyond the sums of their list amounts and of what list price less amount is.

    Few lines of a quote are raised: the others are looked at no further.
    """
    raised = _raised(lines, discounts)
    taken = sum([line.amount - line.list_amount for line in lines if line.amount > line.list_amount])
    base, sources, shares = 0, _sources(plan), _shares(discounts, raised)
    for index in raised:
        line = lines[index]
        depth = _depth(line, shares.get(index, ()), sources)
        base += depth.base - line.list_amount
        taken += depth.taken - max(line.list_amount - line.amount, 0)
    return Depth(base, taken)


class _Sources(NamedTuple):
    """Steps that are neither a discount nor a surcharge, by number: those that undo, and those that state a price."""

    undoing: frozenset[int]
    stating: frozenset[int]


def _sources(plan: PricePlan) -> _Sources:
    return _Sources(
        _UNDOING | {each.no for each in plan.guards},
        frozenset(each.no for found in plan.percent_of.values() for each in found),
    )


def _raised(lines: Sequence[PricedLine], discounts: Sequence[OrderDiscount]) -> set[int]:
    """The lines that a step or an order rule brought up."""
    traces = [line.trace for line in lines]
    found = {
        index for index, trace in enumerate(traces) if trace and any([after > before for _, before, after in trace])
    }
    for discount in discounts:
        found.update([index for index, share in discount.split if share < 0])
    return found


def _shares(discounts: Sequence[OrderDiscount], wanted: set[int]) -> dict[int, list[_Share]]:
    """What order discounts took off some lines, in their order."""
    shares: dict[int, list[_Share]] = {}
    if wanted:
        for discount in discounts:
            for index, share in discount.split:
                if share and index in wanted:
                    shares.setdefault(index, []).append((discount.rule_no, share))
    return shares


class _Course:
    """A price on its way, beside the full one that it would be had nothing been taken off: ``kept`` is the share left.

    The full price is kept by itself since what undoes may bring back a price of nothing, of which no share tells how.
    """

    __slots__ = ("full", "kept", "sources")

    def __init__(self, sources: _Sources) -> None:
        self.sources = sources
        self.kept = ONE
        self.full = ZERO

    def step(self, number: int, before: Decimal, after: Decimal) -> None:
        """Let a step act, by what it is."""
        if number in self.sources.stating or (not self.full and before <= 0):
            self.kept, self.full = ONE, max(after, ZERO)
            return
        self.full = self.full or before
        if after > before and number in self.sources.undoing:
            self.full = max(self.full, after)
            self.kept = EXACT.divide(max(after, ZERO), self.full)
        elif before <= 0:
            return
        elif after < before:
            self.kept = EXACT.divide(EXACT.multiply(self.kept, max(after, ZERO)), before)
        else:
            self.full = EXACT.divide(EXACT.multiply(self.full, after), before)


def _depth(line: PricedLine, shares: Sequence[_Share], sources: _Sources) -> Depth:
    """The depth of a line that something brought up."""
    together, base = line.list_amount - line.amount, line.list_amount or line.stage_amount
    course = _Course(sources)
    for number, before, after in line.trace:
        course.step(number, before, after)
    running = Decimal(line.stage_amount)
    course.full = EXACT.divide(running, course.kept) if course.kept else Decimal(base)
    for number, share in shares:
        course.step(number, running, running - share)
        running -= share
    taken = EXACT.multiply(Decimal(base), EXACT.subtract(ONE, course.kept))
    return Depth(base, max(int(taken.to_integral_value(ROUND_HALF_UP)), together, 0))
