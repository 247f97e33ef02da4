"""Lines that are a percent of others: what each counts, in which order they have their turn, and their first price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.diagnostics import Fault
from engine.money import EXACT, Ratio
from engine.pricing import codes
from engine.pricing.models.percent_of_total import PercentCycleError, dependency_order, percent_of
from engine.pricing.plan import PercentBasis
from engine.pricing.request import RequestLine, meets
from engine.pricing.rows import Rows
from engine.pricing.starting import start_percent_line
from engine.pricing.state import ZERO, major
from engine.pricing.work import Work

LINES_NAMED = 8
"""How many of the lines that one counts its story names."""


@dataclass(frozen=True, slots=True)
class Turns:
    """The lines that each percent line counts, in the order of their turns, and what people should know about it."""

    counted: Mapping[int, Sequence[int]]
    remarks: tuple[str, ...]


def in_turn(work: Work, rows: Rows, members: Sequence[int]) -> Turns | Fault:
    """Which lines each of these counts of those that run beside it; all that one counts come before it."""
    work.lines = records = rows.records(work)
    held = {
        index: [
            other
            for other, record in enumerate(records)
            if other != index and work.holds(work.percent_of[rows.lines[index].sku].of, record)
        ]
        for index in members
    }
    uneven = next((pair for index in members for pair in _uneven(rows, index, held[index])), None)
    if uneven is not None:
        return _fault_of_segments(rows, *uneven)
    counted = {
        index: [other for other in found if meets(rows.lines[index], rows.lines[other])]
        for index, found in held.items()
    }
    try:
        order = dependency_order(counted)
    except PercentCycleError as cycle:
        names = ", ".join(f"`{rows.lines[each].id}`" for each in cycle.members)
        return Fault(codes.PERCENT_CYCLE, "lines", f"lines are percents of each other: {names}")
    return Turns({index: counted[index] for index in order}, tuple(_of_first_segments(rows, held)))


def _uneven(rows: Rows, index: int, counted: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Lines that a segment counts by its number, although they are for other months."""
    line = rows.lines[index]
    for other in counted:
        beside = rows.lines[other]
        if line.segment and line.segment == beside.segment and _months(line) != _months(beside):
            yield index, other


def _months(line: RequestLine) -> tuple[Decimal | None, Ratio]:
    return line.term_months, line.term_part


def _fault_of_segments(rows: Rows, index: int, other: int) -> Fault:
    line, beside = rows.lines[index], rows.lines[other]
    message = f"`{line.id}` is a percent of `{beside.id}`, which is for other months"
    hint = "cut both ramps alike"
    return Fault(codes.UNEVEN_SEGMENTS, f"lines[{index}].segment", message, hint)


def _of_first_segments(rows: Rows, held: Mapping[int, Sequence[int]]) -> Iterator[str]:
    """Lines without segments that are a percent of lines with several of them."""
    for index, found in held.items():
        line = rows.lines[index]
        if not line.segment and any(rows.lines[other].segment > 1 for other in found):
            hint = f"give `{line.id}` a ramp of its own to follow it"
            yield f"`{line.id}` is a percent of a ramp and counts its first segment through the whole term: {hint}"


def of_nothing(work: Work, rows: Rows, index: int, counted: Sequence[int]) -> Iterator[str]:
    """What people should know about a line that costs nothing because of what it counts."""
    line = rows.lines[index]
    if rows.stage_amount[index]:
        return
    if not counted:
        yield f"`{line.id}` costs nothing: it is a percent of other lines, and none that it counts runs beside it"
    elif work.percent_of[line.sku].use.basis is PercentBasis.LIST:
        is_listed = any(rows.list_amount[other] for other in counted)
        if not is_listed and any(rows.stage_amount[other] for other in counted):
            yield f"`{line.id}` costs nothing: it is a percent of list prices, and no line that it counts has one"


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
