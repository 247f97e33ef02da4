"""How deep discounts go: what they take off by themselves, so that no surcharge hides a discount from an approval.

List price less amount is what discounts and surcharges come to together. Where something raises a price, each discount
counts by its share of the price that it was taken from: 10 % off after a surcharge of 50 % is a depth of 10, as it is
before one; what a rule takes in percent of the list price counts as that. A guard, the cap of a group, a rounding or an
agent who sets a higher price (on a line, on the quote, for a ramp segment) undoes a part of a discount and counts
against it; what goes beyond the price without discounts is a surcharge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, TypeAlias

from engine.money import EXACT
from engine.pricing.compiled import FLOOR, GROUP_CAP, MANUAL, ROUNDING, SEGMENT_PRICE, PricePlan
from engine.pricing.effects import (
    Amount,
    Basis,
    BuyGet,
    Effect,
    FirstNext,
    Gift,
    On,
    Operand,
    Percent,
    SetPrice,
    Sign,
    Tiered,
    UnitsOff,
)
from engine.pricing.plan import PricingRules
from engine.pricing.request import ManualDiscount, ManualKind
from engine.pricing.result import OrderDiscount, PricedLine, column, full_amount
from engine.pricing.state import ZERO

ONE = Decimal(1)
_UNDOING = frozenset((ROUNDING, GROUP_CAP, FLOOR, MANUAL, SEGMENT_PRICE))
_AMOUNT, _LISTED, _TRACE = column("amount"), column("list_amount"), column("trace")
_Share: TypeAlias = tuple[int, int]


def may_raise(rules: PricingRules) -> bool:
    """Whether anything in a book can bring a line above its list price or take a discount back."""
    stated = rules.guards or rules.contracted or rules.models or rules.percent_of or rules.bundle_prices
    return bool(stated) or any(_raises(effect) for rule in rules.rules for effect in rule.effects.values())


def _raises(effect: Effect) -> bool:
    match effect:
        case Percent(value, _, sign) | Amount(value, _, sign):
            return sign is Sign.UP or _is_below_zero(value)
        case SetPrice(_, on):
            return on is On.UNIT
        case FirstNext(first, following):
            return _is_below_zero(first) or _is_below_zero(following)
        case Tiered(_, steps):
            return any(_raises(tier.effect) for tier in steps)
        case BuyGet() | UnitsOff() | Gift():
            return False


def _is_below_zero(operand: Operand) -> bool:
    """Whether a constant takes off less than nothing; a formula that does is refused."""
    return isinstance(operand, Decimal) and operand < 0


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


def depths(
    plan: PricePlan, lines: Sequence[PricedLine], discounts: Sequence[OrderDiscount] = (), *, digits: int
) -> list[Depth]:
    """The depth of each line: a line without a list price is measured against its first one.

    ``digits`` are those of a minor unit of the currency.
    """
    raised = _raised(lines, discounts)
    sources, shares = _Sources(plan, digits), _shares(discounts, raised)
    return [
        _depth(line, shares.get(index, ()), sources)
        if index in raised
        else Depth(line.list_amount, max(line.list_amount - line.amount, 0))
        for index, line in enumerate(lines)
    ]


def beyond_sums(
    plan: PricePlan, lines: Sequence[PricedLine], discounts: Sequence[OrderDiscount], *, digits: int
) -> Depth:
    """What the depths of all lines come to beyond the sums of their list amounts and of what list price less amount is.

    Few lines of a quote are raised: the others are looked at no further.
    """
    raised = _raised(lines, discounts)
    pairs = zip(map(_AMOUNT, lines), map(_LISTED, lines), strict=True)
    taken = sum([amount - listed for amount, listed in pairs if amount > listed])
    if not raised:
        return Depth(0, taken)
    base, sources, shares = 0, _Sources(plan, digits), _shares(discounts, raised)
    for index in raised:
        line = lines[index]
        depth = _depth(line, shares.get(index, ()), sources)
        base += depth.base - line.list_amount
        taken += depth.taken - max(line.list_amount - line.amount, 0)
    return Depth(base, taken)


class _Sources:
    """What steps are, by number: those that undo, and those in percent of the list price."""

    __slots__ = ("_of_list", "_plan", "digits", "undoing")

    def __init__(self, plan: PricePlan, digits: int) -> None:
        self.undoing = _UNDOING | {each.no for each in plan.guards}
        self.digits = digits
        self._plan = plan
        self._of_list: dict[int, bool] = {}

    def is_of_list(self, number: int) -> bool:
        """Whether a rule reckons what it takes from the list price."""
        found = self._of_list.get(number)
        if found is None:
            rule = self._plan.rule_plan(number).rule if self._plan.is_rule(number) else None
            found = rule is not None and rule.limit.units_max is None and all(map(_of_list, rule.effects.values()))
            self._of_list[number] = found
        return found


def _of_list(effect: Effect) -> bool:
    return isinstance(effect, Percent) and effect.of is Basis.LIST


def _raised(lines: Sequence[PricedLine], discounts: Sequence[OrderDiscount]) -> set[int]:
    """The lines that a step or an order rule brought up."""
    traces = enumerate(map(_TRACE, lines))
    found = {index for index, trace in traces for _, before, after in trace if after > before}
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

    The full price is kept by itself since what undoes may bring back a price of nothing, of which no share tells how:
    it brings back the same share of what was taken as it closes of the gap to the full price. ``listed`` is what rules
    in percent of the list price reckon from.
    """

    __slots__ = ("full", "kept", "listed", "sources")

    def __init__(self, sources: _Sources, listed: Decimal) -> None:
        self.sources = sources
        self.listed = listed
        self.kept = ONE
        self.full = ZERO

    def step(self, number: int, before: Decimal, after: Decimal) -> None:
        """Let a step act, by what it is."""
        if not self.full and before <= 0:
            self.kept, self.full = ONE, max(after, ZERO)
            return
        self.full = self.full or before
        if after > before and number in self.sources.undoing:
            self._undo(before, after)
        elif before <= 0:
            return
        elif after < before and self.listed > 0 and self.sources.is_of_list(number):
            taken = EXACT.divide(EXACT.subtract(before, max(after, ZERO)), self.listed)
            self.kept = max(EXACT.subtract(self.kept, taken), ZERO)
        elif after < before:
            self.kept = EXACT.divide(EXACT.multiply(self.kept, max(after, ZERO)), before)
        else:
            self.full = EXACT.divide(EXACT.multiply(self.full, after), before)

    def _undo(self, before: Decimal, after: Decimal) -> None:
        if after >= self.full:
            self.kept, self.full = ONE, after
            return
        closed = EXACT.divide(EXACT.subtract(after, before), EXACT.subtract(self.full, before))
        self.kept = EXACT.add(self.kept, EXACT.multiply(EXACT.subtract(ONE, self.kept), closed))


def _full(line: PricedLine, course: _Course, running: Decimal, base: int) -> Decimal:
    """The full price of the line in minor units, as far above its amount as above its last unit price."""
    last = line.trace[-1][2] if line.trace else ZERO
    if course.full and last > 0:
        return EXACT.divide(EXACT.multiply(course.full, running), last)
    return EXACT.divide(running, course.kept) if course.kept else Decimal(base)


def _depth(line: PricedLine, shares: Sequence[_Share], sources: _Sources) -> Depth:
    """The depth of a line that something brought up."""
    together, base = line.list_amount - line.amount, full_amount(line, sources.digits)
    unit = Decimal(base).scaleb(-sources.digits)
    course = _Course(sources, EXACT.divide(unit, line.quantity) if line.quantity else ZERO)
    for number, before, after in line.trace:
        course.step(number, before, after)
    running, course.listed = Decimal(line.stage_amount), Decimal(base)
    course.full = _full(line, course, running, base)
    for number, share in shares:
        course.step(number, running, running - share)
        running -= share
    taken = EXACT.multiply(Decimal(base), EXACT.subtract(ONE, course.kept))
    return Depth(base, max(int(taken.to_integral_value(ROUND_HALF_UP)), together, 0))
