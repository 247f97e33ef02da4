"""Lines that are a percent of others: what each counts, in which order they have their turn, and their first price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.money import EXACT
from engine.pricing.models.percent_of_total import dependency_order, percent_of
from engine.pricing.plan import PercentBasis
from engine.pricing.rows import Rows
from engine.pricing.starting import start_percent_line
from engine.pricing.state import ZERO, major
from engine.pricing.work import Work

LINES_NAMED = 8
"""How many of the lines that one counts its story names."""


def in_turn(work: Work, rows: Rows, members: Sequence[int]) -> Mapping[int, Sequence[int]]:
    """The lines that each of these counts, in an order in which all that one counts come before it.

    Raises ``PercentCycleError`` when lines count each other.
    """
    work.lines = records = rows.records(work)
    counted = {
        index: [
            other
            for other, record in enumerate(records)
            if other != index and work.holds(work.percent_of[rows.lines[index].sku].of, record)
        ]
        for index in members
    }
    return {index: counted[index] for index in dependency_order(counted)}


def start_counting(work: Work, rows: Rows, index: int, counted: Sequence[int]) -> None:
    """Let a line start from its percent of what the lines that it counts cost by the list or come to."""
    state = rows.states[index]
    assert state is not None, "a line that counts others never takes the express lane"
    plan = work.percent_of[state.line.sku]
    column = rows.list_amount if plan.use.basis is PercentBasis.LIST else rows.stage_amount
    percent = work.number(plan.use.percent, state.record)
    amounts = [major(column[other], work.currency) for other in counted]
    notes = None if work.told is None else work.told.about(state.line.id)
    if notes is not None:
        names = [str(rows.lines[other].id) for other in counted[:LINES_NAMED]]
        more = [f"{len(counted) - LINES_NAMED} more"] if len(counted) > LINES_NAMED else []
        whole = EXACT.plus(sum(amounts, ZERO))
        notes.read[plan.no] = (
            ("percent", percent),
            ("lines counted", ", ".join([*names, *more]) or "none"),
            (f"their {plan.use.basis.value} amount", whole),
        )
    start_percent_line(work, state, plan, percent_of(percent, amounts))
