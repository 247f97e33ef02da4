"""Line guards of plain numbers, found by index and held without a running state of the line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from engine.money import EXACT, step
from engine.pricing.atoms import is_known, split
from engine.pricing.compiled import GuardPlan
from engine.pricing.effects import Operand
from engine.pricing.index import MatchIndex, build_index
from engine.pricing.masks import GUARDS
from engine.pricing.matches import matches_of
from engine.pricing.plan import Guard
from engine.pricing.request import RequestLine
from engine.pricing.result import TraceRow
from engine.pricing.state import HUNDRED
from engine.pricing.work import Work

Held: TypeAlias = tuple[int, Decimal | None, Decimal | None]
"""A plain guard for lines of one cost: its number, the ceiling, and the lowest price that floor and margin let be."""


class Bounds(NamedTuple):
    """What plain guards want of a unit price, one by one, and the lowest and the highest that all of them let be."""

    guards: Sequence[Held]
    lowest: Decimal | None
    highest: Decimal | None


class PlainGuards:
    """The guards that apply to the lines of one request; worked out once for all lines of one cost."""

    __slots__ = ("_bounds", "_matching", "_plans", "is_needed")

    def __init__(self, work: Work) -> None:
        self._plans = work.plan.guards
        index = work.plan.guard_index
        code, day = work.currency.code, work.request.date
        usable = 0
        for place, plan in enumerate(self._plans):
            if plan.guard.currency in ("", code) and plan.guard.window.holds(day):
                usable |= 1 << place
        header = index.header_mask(work.quote, work.customer, usable)
        self.is_needed = bool(header)
        self._matching = matches_of(index, header, GUARDS)
        self._bounds: dict[tuple[int, ...], dict[Decimal | None, Bounds] | None] = {}

    def on(self, line: RequestLine) -> Bounds | None:
        """The guards of a line in order; None when one of them needs the full treatment."""
        places = self._matching(line)
        if places not in self._bounds:
            self._bounds[places] = {} if all(self._plans[place].plain for place in places) else None
        by_cost = self._bounds[places]
        if by_cost is None:
            return None
        found = by_cost.get(line.cost)
        if found is None:
            found = by_cost[line.cost] = bounds_of([held(self._plans[place], line.cost) for place in places])
        return found


def bounds_of(guards: Sequence[Held]) -> Bounds:
    """What some guards want together."""
    lowest = max((low for _, _, low in guards if low is not None), default=None)
    highest = min((ceiling for _, ceiling, _ in guards if ceiling is not None), default=None)
    return Bounds(guards, lowest, highest)


def hold(guard: Held, unit: Decimal) -> tuple[Decimal, TraceRow | None]:
    """The unit price within a plain guard, and the step when it changed the price."""
    number, ceiling, lowest = guard
    within = unit
    if ceiling is not None and ceiling < within:
        within = ceiling
    if lowest is not None and lowest > within:
        within = lowest
    if within == unit:
        return unit, None
    within = step(within)
    return within, (number, unit, within)


def held(plan: GuardPlan, cost: Decimal | None) -> Held:
    """A plain guard as numbers, for lines of one cost."""
    guard = plan.guard
    ceiling, floor, margin = guard.ceiling, guard.floor, guard.margin_percent_min
    lowest = floor if isinstance(floor, Decimal) else None
    if isinstance(margin, Decimal) and margin < HUNDRED and cost is not None:
        least = EXACT.divide(EXACT.multiply(cost, HUNDRED), EXACT.subtract(HUNDRED, margin))
        lowest = least if lowest is None or least > lowest else lowest
    return plan.no, ceiling if isinstance(ceiling, Decimal) else None, lowest


def is_plain(guard: Guard) -> bool:
    """Whether a guard is numbers only, and its conditions are what an index holds of a request."""
    numbers_only = all(_is_number(each) for each in (guard.floor, guard.ceiling, guard.margin_percent_min))
    splits = [split(each) for each in guard.when]
    whole = all(each.whole for each in splits)
    return numbers_only and whole and all(is_known(atom) for each in splits for atom in each.atoms)


def index_of(guards: tuple[GuardPlan, ...]) -> MatchIndex:
    """Which guards can apply to a line, by what the request says of it."""
    return build_index(
        [[atom for each in plan.guard.when for atom in split(each).atoms if is_known(atom)] for plan in guards]
    )


def _is_number(operand: Operand | None) -> bool:
    return operand is None or isinstance(operand, Decimal)
