"""Line guards of plain numbers, found by index and held without a running state of the line."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

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

Held: TypeAlias = tuple[int, Decimal | None, Decimal | None, Decimal | None]
"""A plain guard: its number, ceiling, floor, and the percent of a price that its cost may be at most."""


class PlainGuards:
    """The guards that apply to the lines of one request."""

    __slots__ = ("_found", "_matching", "_plans", "is_needed")

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
        self._found: dict[tuple[int, ...], list[Held] | None] = {}

    def on(self, line: RequestLine) -> list[Held] | None:
        """The guards of a line in order; None when one of them needs the full treatment."""
        places = self._matching(line)
        if places not in self._found:
            found = [self._plans[place] for place in places]
            self._found[places] = [_held(plan) for plan in found] if all(plan.plain for plan in found) else None
        return self._found[places]


def hold(guard: Held, line: RequestLine, unit: Decimal) -> tuple[Decimal, Decimal | None, TraceRow | None]:
    """The unit price within a plain guard, the floor that the guard sets, and the step when it changed the price."""
    number, ceiling, lowest, share = guard
    held = unit
    if ceiling is not None and ceiling < held:
        held = ceiling
    if share is not None and line.cost is not None:
        least = EXACT.divide(EXACT.multiply(line.cost, HUNDRED), share)
        lowest = least if lowest is None or least > lowest else lowest
    if lowest is not None and lowest > held:
        held = lowest
    if held == unit:
        return unit, lowest, None
    held = step(held)
    return held, lowest, (number, unit, held)


def _held(plan: GuardPlan) -> Held:
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
