"""Lines that are a percent of others: what each counts, in which order they have their turn, and their first price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.catalog import Charge
from engine.diagnostics import Fault
from engine.money import EXACT, Ratio, step
from engine.pricing import codes
from engine.pricing.models.percent_of_total import PercentCycleError, dependency_order, percent_of
from engine.pricing.plan import PercentBasis
from engine.pricing.request import NO_PART, Beside, RequestLine, Runs, meets
from engine.pricing.rows import Rows
from engine.pricing.starting import start_percent_line
from engine.pricing.state import ZERO, major
from engine.pricing.work import Work, line_record

LINES_NAMED = 8
"""How many of the lines that one counts its story names."""

_BASES = (PercentBasis.LIST, PercentBasis.NET)
_IN_PART = {
    Runs.AT_FIRST: "counts {} through its whole term, although that ends before it",
    Runs.LATER: "does not count {}, since that begins after it",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What a percent line counts: lines of the quote by their numbers, and lines of a contract that run beside it."""

    lines: Sequence[int]
    beside: Sequence[Beside]

    def amounts(self, rows: Rows, basis: PercentBasis) -> Iterator[tuple[int, Charge]]:
        """What each of them costs by the list or comes to, in minor units, and how it is charged."""
        by_list = basis is PercentBasis.LIST
        column = rows.list_amount if by_list else rows.stage_amount
        yield from ((column[each], rows.lines[each].charge) for each in self.lines)
        yield from ((each.list_amount if by_list else each.amount, each.line.charge) for each in self.beside)

    def names(self, rows: Rows) -> list[str]:
        """The ids of all of them; what runs already is told apart."""
        running = [f"{each.line.id} (running)" for each in self.beside]
        return [*(str(rows.lines[each].id) for each in self.lines), *running]


@dataclass(frozen=True, slots=True)
class Turns:
    """What each percent line counts, in the order of their turns, and what people should know about it."""

    counted: Mapping[int, Counted]
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
    beside = {index: tuple(_beside(work, rows.lines[index])) for index in order}
    running = {index: [each for each in found if each.runs is not Runs.LATER] for index, found in beside.items()}
    remarks = (remark for index, found in beside.items() for remark in _of_terms(rows.lines[index], found))
    turns = {index: Counted(counted[index], running[index]) for index in order}
    return Turns(turns, (*_of_first_segments(rows, held), *remarks))


def _of_terms(line: RequestLine, beside: Sequence[Beside]) -> Iterator[str]:
    """Running lines that are not there through the whole term of a line that counts them."""
    for runs, says in _IN_PART.items():
        named = [f"`{each.line.id}`" for each in beside if each.runs is runs]
        if named:
            some = ", ".join(named[:LINES_NAMED]) + (", ..." if len(named) > LINES_NAMED else "")
            yield f"`{line.id}` {says.format(some)}: give `{line.id}` a ramp of its own to follow it"


def _beside(work: Work, line: RequestLine) -> Iterator[Beside]:
    """The lines of a contract that a percent line is for, found as those of the quote are."""
    for each in line.beside:
        record = line_record(work.plan, each.line)
        record["list_amount"] = listed = major(each.list_amount, work.currency)
        record["net"] = record["running"] = amount = major(each.amount, work.currency)
        record["list"] = step(EXACT.divide(listed, each.line.quantity))
        record["unit"] = step(EXACT.divide(amount, each.line.quantity))
        record["discounted"] = each.amount < each.list_amount
        if work.holds(work.percent_of[line.sku].of, record):
            yield each


def _uneven(rows: Rows, index: int, counted: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Lines that a segment counts by its number, although they are for other months."""
    line = rows.lines[index]
    for other in counted:
        beside = rows.lines[other]
        if line.segment and line.segment == beside.segment and _months(line) != _months(beside):
            yield index, other


def _months(line: RequestLine) -> tuple[Decimal | None, Ratio]:
    """What tells terms apart: of charges by the day the months, since the part is only what their days are more."""
    period = line.charge.period
    return line.term_months, NO_PART if period is not None and period.days else line.term_part


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


def of_nothing(work: Work, rows: Rows, index: int, counted: Counted) -> Iterator[str]:
    """What people should know about a line that costs nothing because of what it counts."""
    line = rows.lines[index]
    if rows.stage_amount[index]:
        return
    if not (counted.lines or counted.beside):
        yield f"`{line.id}` costs nothing: it is a percent of other lines, and none that it counts runs beside it"
    elif work.percent_of[line.sku].use.basis is PercentBasis.LIST:
        listed, net = (any(each for each, _ in counted.amounts(rows, basis)) for basis in _BASES)
        if net and not listed:
            yield f"`{line.id}` costs nothing: it is a percent of list prices, and no line that it counts has one"


def _in_period(amount: Decimal, charge: Charge, own: Charge) -> Decimal:
    """What comes to an amount a charge period, in the charge period of the line that counts it: a yearly percent of
    what is charged by the month counts twelve of its months. What is charged once counts as it is, and so does
    everything for a line that is charged once.
    """
    if charge.period is None or own.period is None or charge.period is own.period:
        return amount
    share = own.period.months.over(charge.period.months)
    return EXACT.divide(EXACT.multiply(amount, Decimal(share.numerator)), Decimal(share.denominator))


def start_counting(work: Work, rows: Rows, index: int, counted: Counted) -> None:
    """Let a line start from its percent of what the lines that it counts cost by the list or come to."""
    state = rows.states[index]
    assert state is not None, "a line that counts others never takes the express lane"
    plan = work.percent_of[state.line.sku]
    percent = work.number(plan.use.percent, state.record)
    own = state.line.charge
    amounts = [
        _in_period(major(each, work.currency), charge, own) for each, charge in counted.amounts(rows, plan.use.basis)
    ]
    notes = None if work.told is None else work.told.about(state.line.id)
    if notes is not None:
        names = counted.names(rows)
        more = [f"{len(names) - LINES_NAMED} more"] if len(names) > LINES_NAMED else []
        whole = EXACT.plus(sum(amounts, ZERO))
        notes.read[plan.no] = (
            ("percent", percent),
            ("lines counted", ", ".join([*names[:LINES_NAMED], *more]) or "none"),
            (f"their {plan.use.basis.value} amount", whole),
        )
    start_percent_line(work, state, plan, percent_of(percent, amounts))
