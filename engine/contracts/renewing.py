"""Which lines of a contract can be renewed, to which day, and when the contract renews by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from engine.catalog import Charge
from engine.contracts.contract import Contract, SubscriptionLine, SuspendedTerm
from engine.contracts.force import LineInForce, all_lines, lines_in_force
from engine.contracts.renewal import RenewalKind
from engine.contracts.turning import bill_day_on
from engine.periods import MONTHLY, Cycle, months_between

YEAR = 12


def renewable(contract: Contract) -> Mapping[str, LineInForce]:
    """The lines that run to their agreed end and are not continued from there yet, by id.

    A line is continued by whatever comes later in its place: the next term, or the next segment of its ramp.
    """
    names = continued_names(contract)
    latest: dict[str, date] = {}
    for line in all_lines(contract):
        latest[names[line.id]] = max(line.start, latest.get(names[line.id], line.start))
    return {
        each.line.id: each
        for each in lines_in_force(contract)
        if not each.line.is_one_time
        and each.line.end is not None
        and not each.ended_early
        and latest[names[each.line.id]] < each.line.end
    }


def renewing(contract: Contract) -> Mapping[str, LineInForce]:
    """The lines that go on when the contract renews by itself: all that can be renewed and were not told to end then.

    What was told of a line holds for those that came in its place to the same end, or to the one that a suspension put
    off.
    """
    told = {(end.line, end.on) for change in contract.changes for end in change.ended}
    known = {each.line.id: each for each in lines_in_force(contract)}
    extended = {end.line for each in contract.changes if each.suspends is SuspendedTerm.EXTENDED for end in each.ended}

    def is_told(state: LineInForce) -> bool:
        line, end = state.line, state.end
        while (line.id, end) not in told:
            if not line.follows:
                return False
            before = known[line.follows]
            if before.line.id in extended and end is not None and before.end is not None:
                end -= line.start - before.end
            line = before.line
        return True

    return {key: each for key, each in renewable(contract).items() if not is_told(each)}


def going_on(contract: Contract) -> Mapping[str, date]:
    """The lines that go on by themselves, with the day on which their term ends: ending them then says something."""
    if contract.terms.renewal.kind is not RenewalKind.AUTOMATIC:
        return {}
    return {key: each.end for key, each in renewing(contract).items() if each.end is not None}


def anchor_of(contract: Contract, charge: Charge, start: date) -> date:
    """A day on which the billing periods of a line that begins on a day turn over, in a month that has the day.

    It is the start of the contract, or with a bill day a boundary of the cycle on that day.
    """
    bill_day = bill_day_on(contract, start)
    if not bill_day:
        return contract.start
    recurrence = charge.period.recurrence if charge.period is not None else MONTHLY
    cycle = Cycle.on_day(start, recurrence, bill_day)
    boundaries = (cycle.boundary(-n) for n in range(YEAR + 1))
    return next((each for each in boundaries if each.day == cycle.day), cycle.first)


def next_months(contract: Contract, line: SubscriptionLine) -> int:
    """The months of the next term: as the terms say, else as many as the term that ends then, at least one.

    A line that was changed or added within a term renews for all of it, as those that end with it do.
    """
    if contract.terms.renewal.months:
        return contract.terms.renewal.months
    assert line.end is not None, "only a line with an agreed end renews"
    known = {each.line.id: each for each in lines_in_force(contract)}
    ending = [each.line for each in renewable(contract).values() if each.end == line.end]
    return max([1, *(months_between(_term_start(each, known), line.end) for each in ending)])


def _term_start(line: SubscriptionLine, known: Mapping[str, LineInForce]) -> date:
    """Where the term of a line began: with the line that it came in the place of, when that ended early."""
    while line.follows and known[line.follows].ended_early:
        line = known[line.follows].line
    ramp = ramp_of(line.id)
    return min([line.start, *(each.line.start for key, each in known.items() if ramp and ramp_of(key) == ramp)])


def ramp_of(line: str) -> str:
    """The line whose term was cut into the segments that this line is one of; empty: it is none."""
    ramped, _, number = line.rpartition("/")
    return ramped if number.isdecimal() else ""


def continued_names(contract: Contract) -> Mapping[str, str]:
    """What each line was when it was first signed, by id: all lines that continue each other have one name."""
    names: dict[str, str] = {}
    for each in all_lines(contract):
        names[each.id] = names[each.follows] if each.follows else ramp_of(each.id) or each.id
    return names


def renews_on(contract: Contract) -> date | None:
    """The day on which a contract renews by itself; None when it does not, or could not lately."""
    ends = [each.end for each in renewing(contract).values() if each.end is not None]
    if contract.terms.renewal.kind is not RenewalKind.AUTOMATIC or contract.renewal_problem or not ends:
        return None
    return min(ends) - timedelta(days=contract.terms.renewal.lead_days)
