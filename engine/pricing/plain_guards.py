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

Plain: TypeAlias = tuple[int, Decimal | None, Decimal | None, Decimal | None]
"""A plain guard: its number, ceiling, floor, and the percent of a price that its cost may be at most."""
Held: TypeAlias = tuple[int, Decimal | None, Decimal | None]
"""A plain guard for lines of one cost: its number, the ceiling, and the lowest price that floor and margin let be."""


class Bounds(NamedTuple):
    """What plain guards want of a unit price, one by one, and the lowest and the highest that all of them let be."""

    guards: Sequence[Held]
    lowest: Decimal | None
    highest: Decimal | None


class PlainGuards:
    """The guards that apply to the lines of one request; worked out once for all lines of one cost."""

    __slots__ = ("_bounds", "_matching", "_plans", "header", "is_needed")

    def __init__(self, work: Work) -> None:
        self._plans = work.plan.guards
        index = work.plan.guard_index
        code, day = work.currency.code, work.request.date
        usable = 0
        for place, plan in enumerate(self._plans):
            if plan.guard.currency in ("", code) and plan.guard.window.holds(day):
                usable |= 1 << place
        header = index.header_mask(work.quote, work.customer, usable)
        self.header = header
        self.is_needed = bool(header)
        self._matching = matches_of(index, header, GUARDS)
        self._bounds: dict[tuple[int, ...], tuple[list[Plain], dict[Decimal | None, Bounds]] | None] = {}

    def on(self, line: RequestLine) -> Bounds | None:
        """The guards of a line in order; None when one of them needs the full treatment."""
        places = self._matching(line)
        if places not in self._bounds:
            plans = [self._plans[place] for place in places]
            self._bounds[places] = ([_plain(plan) for plan in plans], {}) if all(plan.plain for plan in plans) else None
        known = self._bounds[places]
        if known is None:
            return None
        guards, by_cost = known
        found = by_cost.get(line.cost)
        if found is None:
            found = by_cost[line.cost] = bounds_of(guards, line.cost)
        return found

    def floor(self, line: RequestLine) -> Decimal | None:
        """The lowest unit price that a line may come down to, of a book all of whose guards are plain."""
        bounds = self.on(line) if self.is_needed else None
        if bounds is None or bounds.lowest is None:
            return line.floor
        return bounds.lowest if line.floor is None else max(line.floor, bounds.lowest)


def bounds_of(guards: Sequence[Plain], cost: Decimal | None) -> Bounds:
    """What some guards want of lines of one cost, each and together."""
    lowest: Decimal | None = None
    highest: Decimal | None = None
    found = []
    for number, ceiling, floor, share in guards:
        least = floor
        if share is not None and cost is not None:
            margin = EXACT.divide(EXACT.multiply(cost, HUNDRED), share)
            least = margin if least is None or margin > least else least
        if least is not None and (lowest is None or least > lowest):
            lowest = least
        if ceiling is not None and (highest is None or ceiling < highest):
            highest = ceiling
        found.append((number, ceiling, least))
    return Bounds(found, lowest, highest)


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


def _plain(plan: GuardPlan) -> Plain:
    guard = plan.guard
    ceiling, floor, margin = guard.ceiling, guard.floor, guard.margin_percent_min
    return (
        plan.no,
        ceiling if isinstance(ceiling, Decimal) else None,
        floor if isinstance(floor, Decimal) else None,
        EXACT.subtract(HUNDRED, margin) if isinstance(margin, Decimal) and margin < HUNDRED else None,
    )


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
