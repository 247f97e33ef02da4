"""What is in force: the lines agreed at first, with every change since folded in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from engine.catalog import ChargeKind
from engine.contracts.contract import Contract, Credit, LineEnd, SubscriptionLine, SuspendedTerm
from engine.money import Money, total


@dataclass(frozen=True, slots=True)
class LineInForce:
    """A line with the day its service really ends, which a change may have brought forward.

    ``end`` None: no end is known. ``ended_early`` says that a change cut it, and ``credit`` what becomes of the rest.
    ``released`` is what it promised for its term and will not bill; None until an early end is settled.
    """

    line: SubscriptionLine
    end: date | None
    credit: Credit = Credit.UNUSED
    released: Money | None = None

    @property
    def billed_in_all(self) -> Money | None:
        """What it bills for all its service; None when that was not agreed, or its early end is not settled."""
        if not self.ended_early or self.line.term_total is None:
            return self.line.term_total
        return None if self.released is None else self.line.term_total - self.released

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


@dataclass(frozen=True, slots=True)
class Suspended:
    """A line that pauses from a day on, and what becomes of its term.

    ``end`` is the day on which it would have ended: the agreed one, or an earlier one on which it was told to end.
    ``released`` is what it promised up to there and would not bill since it pauses.
    """

    line: SubscriptionLine
    since: date
    end: date | None
    term: SuspendedTerm
    released: Money | None


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
                lines[end.line] = LineInForce(known.line, end.on, end.credit, _released(known, end))
        lines.update({each.id: LineInForce(each, each.end) for each in change.added})
    return tuple(lines.values())


def _released(known: LineInForce, end: LineEnd) -> Money | None:
    if known.released is None or end.released is None:
        return end.released
    return known.released + end.released


def suspended_lines(contract: Contract) -> Mapping[str, Suspended]:
    """The lines that pause, by id: those that neither came back yet nor were ended for good."""
    found: dict[str, Suspended] = {}
    for number, change in enumerate(contract.changes):
        before = replace(contract, changes=contract.changes[:number])
        states = {each.line.id: each for each in lines_in_force(before)} if change.suspends is not None else {}
        for end in change.ended:
            earlier = found.pop(end.line, None)
            if change.suspends is not None:
                found[end.line] = _paused(states[end.line], end, change.suspends, earlier)
        for line in change.added:
            found.pop(line.follows, None)
    return found


def _paused(state: LineInForce, end: LineEnd, term: SuspendedTerm, earlier: Suspended | None) -> Suspended:
    """A line that pauses; where it was to pause later already, both pauses are one from the earlier day on."""
    if earlier is None:
        return Suspended(state.line, end.on, state.end, term, end.released)
    parts = [each for each in (earlier.released, end.released) if each is not None]
    released = total(parts, parts[0].currency) if parts else None
    return Suspended(state.line, end.on, earlier.end, term, released)


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
