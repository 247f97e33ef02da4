"""What is in force: the lines agreed at first, with every change since folded in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from engine.catalog import ChargeKind
from engine.contracts.contract import Contract, Credit, SubscriptionLine


@dataclass(frozen=True, slots=True)
class LineInForce:
    """A line with the day its service really ends, which a change may have brought forward.

    ``end`` None: no end is known. ``ended_early`` says that a change cut it, and ``credit`` what becomes of the rest.
    """

    line: SubscriptionLine
    end: date | None
    credit: Credit = Credit.UNUSED

    @property
    def ended_early(self) -> bool:
        """Whether the service ends before the agreed day."""
        return self.end != self.line.end

    @property
    def was_taken_back(self) -> bool:
        """Whether it ended before it began, so that nothing of it is owed."""
        return self.end is not None and self.end <= self.line.start

    def serves(self, day: date) -> bool:
        """Whether the service runs on a day."""
        return self.line.start <= day and (self.end is None or day < self.end)

    def counts(self, day: date) -> bool:
        """Whether usage of a day is billed: on a day of service, and on the day on which it was cancelled."""
        return self.serves(day) or (self.ended_early and not self.was_taken_back and day == self.end)


def all_lines(contract: Contract) -> tuple[SubscriptionLine, ...]:
    """Every line that the contract ever had, in the order of signing, as it was agreed."""
    return (*contract.lines, *(line for change in contract.changes for line in change.added))


def lines_in_force(contract: Contract) -> tuple[LineInForce, ...]:
    """Every line that the contract ever had, in the order of signing, each with its real end."""
    lines = {each.id: LineInForce(each, each.end) for each in contract.lines}
    for change in contract.changes:
        for end in change.ended:
            known = lines[end.line]
            if known.end is None or end.on < known.end:
                lines[end.line] = LineInForce(known.line, end.on, end.credit)
        lines.update({each.id: LineInForce(each, each.end) for each in change.added})
    return tuple(lines.values())


def last_day_of_service(contract: Contract) -> date | None:
    """The last day on which any line is served; None when one has no end, or when all lines are one-time."""
    recurring = [each for each in lines_in_force(contract) if not each.line.is_one_time]
    ends = [each.end for each in recurring]
    if not ends or None in ends:
        return None
    return max(end for end in ends if end is not None) - timedelta(days=1)


def usage_line_on(contract: Contract) -> Callable[[str, date], str]:
    """Tells which line usage of a line counts for on a day: itself, or what is served then of those in its place.

    A meter goes on with the id that it knows when a line was changed or renewed, and a change may be signed after the
    usage of its days was reported. A line of another product measures something else. Empty: the day is outside all
    service, so that nothing bills the usage as the contract stands.
    """
    states = {each.line.id: each for each in lines_in_force(contract) if each.line.charge.kind is ChargeKind.USAGE}
    first: dict[str, str] = {}
    chains: dict[str, list[LineInForce]] = {}
    for key, state in states.items():
        before = states.get(state.line.follows)
        continues = before is not None and before.line.sku == state.line.sku
        first[key] = first[state.line.follows] if continues else key
        chains.setdefault(first[key], []).append(state)

    def found(line: str, on: date) -> str:
        state = states.get(line)
        if state is None or state.serves(on):
            return line if state is not None else ""
        chain = chains[first[line]]
        served = next((each.line.id for each in chain if each.serves(on)), "")
        return served or next((each.line.id for each in chain if each.counts(on)), "")

    return found
