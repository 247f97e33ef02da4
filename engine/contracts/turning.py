"""On which days the periods of a contract's lines turn over, with every change of the bill day so far."""

from __future__ import annotations

from datetime import date

from engine.contracts.contract import Contract, SubscriptionLine
from engine.periods import Cycle, Recurrence, Stretch, Turnover


def bill_day_on(contract: Contract, day: date) -> int:
    """The bill day that holds on a day for what begins then; 0: the day on which the contract started."""
    found = contract.terms.bill_day
    for each in contract.changes:
        if each.bill_day is not None and each.effective <= day:
            found = each.bill_day
    return found


def turnover_of(contract: Contract, line: SubscriptionLine, recurrence: Recurrence) -> Turnover:
    """How the periods of a line turn over: on the bill day, else on the day of the month that the contract started.

    A line that runs on the day of a change ends its period first; one that begins later, or is signed after it for that
    day, is on the new day from its start.
    """
    changes = [each for each in contract.changes if each.bill_day is not None]
    turns = _alone(line.start, _cycle(contract, line.start, contract.terms.bill_day, recurrence))
    if not changes:
        return turns
    signed = _number(contract, line)
    for each in changes:
        assert each.bill_day is not None, "chosen by it"
        runs = line.start < each.effective or (line.start == each.effective and signed < each.number)
        if runs:
            since = turns.turns_after(each.effective)
            turns = turns.changed(each.effective, Cycle.on_day(since, recurrence, each.bill_day))
        else:
            turns = _alone(line.start, Cycle.on_day(line.start, recurrence, each.bill_day))
    return turns


def _alone(since: date, cycle: Cycle) -> Turnover:
    return Turnover((Stretch(since, cycle, since),))


def _cycle(contract: Contract, start: date, bill_day: int, recurrence: Recurrence) -> Cycle:
    return Cycle.on_day(start, recurrence, bill_day) if bill_day else Cycle.anchored(contract.start, recurrence)


def _number(contract: Contract, line: SubscriptionLine) -> int:
    """The number of the change that a line was signed with; 0: with the contract."""
    return next((each.number for each in contract.changes if any(one.id == line.id for one in each.added)), 0)
