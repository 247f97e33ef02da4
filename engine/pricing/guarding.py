"""Step 9, guards: the unit price within a floor, a ceiling and a least margin."""

from __future__ import annotations

from decimal import Decimal

from engine.money import EXACT
from engine.pricing.compiled import GuardPlan
from engine.pricing.state import HUNDRED, LineState
from engine.pricing.work import Work

NO_COST = "its margin cannot be held: nobody stated a cost of the line"


def guard_line(work: Work, state: LineState) -> None:
    """Hold the unit price within the guards that apply; what they change is a step of its own.

    A floor that a guard sets also holds while order discounts are spread.
    """
    for plan in work.plan.guards:
        guard = plan.guard
        if guard.currency not in ("", work.currency.code) or not guard.window.holds(work.request.date):
            continue
        state.show()
        if work.holds(plan.tests, state.record):
            _guard(work, state, plan)


def _guard(work: Work, state: LineState, plan: GuardPlan) -> None:
    guard, record = plan.guard, state.record
    unit = state.running_unit
    if guard.ceiling is not None:
        unit = min(unit, work.number(guard.ceiling, record))
    floor = None if guard.floor is None else work.number(guard.floor, record)
    margin = lowest_for_margin(work, state, plan)
    if guard.margin_percent_min is not None and state.line.cost is None:
        notes = None if work.told is None else work.told.about(state.line.id)
        if notes is not None:
            notes.lost[plan.no] = NO_COST
    lowest = max((each for each in (floor, margin) if each is not None), default=None)
    if lowest is not None:
        unit = max(unit, lowest)
        state.floor = lowest if state.floor is None else max(state.floor, lowest)
    if unit != state.running_unit:
        state.put_unit(plan.no, unit)


def lowest_for_margin(work: Work, state: LineState, plan: GuardPlan) -> Decimal | None:
    """The lowest unit price that keeps a guard's margin; None without one or without a known cost."""
    if plan.guard.margin_percent_min is None or state.line.cost is None:
        return None
    percent = work.number(plan.guard.margin_percent_min, state.record)
    if percent >= HUNDRED:
        return None
    return EXACT.divide(EXACT.multiply(state.line.cost, HUNDRED), EXACT.subtract(HUNDRED, percent))
