"""Suspension: lines of a contract pause and come back. A pause is an end, and coming back a line in the place of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.contracts.contract import Contract, ContractChange, LineEnd, SubscriptionLine, SuspendedTerm
from engine.contracts.force import LineInForce, Suspended, all_lines, lines_in_force, suspended_lines
from engine.contracts.renewing import continued_names
from engine.contracts.signing import change, with_parts
from engine.diagnostics import Code, Decision, Fault, Refusal, did_you_mean

UNKNOWN_LINE = Code("CON040")
NOT_RUNNING = Code("CON041")
NO_END_TO_EXTEND = Code("CON042")
NOTHING_RUNS = Code("CON043")
NOT_SUSPENDED = Code("CON044")
TERM_OVER = Code("CON045")
BEFORE_SUSPENSION = Code("CON046")
PART_ALONE = Code("CON047")
GOES_ON_AS_ANOTHER = Code("CON049")


@dataclass(frozen=True, slots=True)
class Signing:
    """Who asks for something from a day on, why, and when it is signed."""

    on: date
    at: datetime
    by: str
    reason: str


def suspend(
    contract: Contract, lines: Sequence[str], term: SuspendedTerm, signing: Signing
) -> Decision[Contract] | Refusal:
    """Sign that lines pause from a day on, with the parts that come with them; without any named all that run then.

    Unused days that were billed are credited, and nothing is billed until they come back.
    """
    states = {each.line.id: each for each in lines_in_force(contract)}
    faults = [*_suspend_faults(states, lines, signing.on)]
    running = [key for key, each in states.items() if _runs_on(each, signing.on)]
    chosen = [each for each in with_parts(contract, lines or running) if each in running]
    faults += _continued_faults(contract, chosen, lines, signing.on)
    if term is SuspendedTerm.EXTENDED:
        faults += _endless_faults(states, chosen, lines)
    if not lines and not running:
        faults.append(Fault(NOTHING_RUNS, "start", f"no line runs on {signing.on}", "choose a day on which one does"))
    if faults:
        return Refusal(tuple(faults))
    ended = tuple(LineEnd(each, signing.on) for each in chosen)
    return change(contract, replace(_change(signing), ended=ended, suspends=term))


def resumed_lines(contract: Contract, lines: Sequence[str], on: date) -> tuple[SubscriptionLine, ...] | Refusal:
    """The lines that follow suspended ones from a day on, without what they promise; no line named: all of them.

    Where terms are extended a line ends as many days later as it paused.
    """
    waiting = suspended_lines(contract)
    faults = [*_resume_faults(waiting, lines, on)]
    if faults:
        return Refusal(tuple(faults))
    chosen = [each for each in with_parts(contract, lines or tuple(waiting)) if each in waiting]
    names = {key: _name_after(contract, key) for key in chosen}
    return tuple(_resumed(waiting[key], names, on) for key in chosen)


def resume(contract: Contract, lines: Sequence[SubscriptionLine], signing: Signing) -> Decision[Contract] | Refusal:
    """Sign that lines follow suspended ones, with what they promise now."""
    return change(contract, replace(_change(signing), added=tuple(lines)))


def _change(signing: Signing) -> ContractChange:
    return ContractChange(0, signing.on, signing.reason, signing.by, signing.at)


def _runs_on(state: LineInForce, on: date) -> bool:
    return not state.line.is_one_time and state.serves(on)


def _resumed(paused: Suspended, names: Mapping[str, str], on: date) -> SubscriptionLine:
    line, end = paused.line, paused.end
    if end is not None and paused.term is SuspendedTerm.EXTENDED:
        end += on - paused.since
    name = names[line.id]
    parent = names.get(line.parent, line.parent)
    return replace(line, id=name, quote_line=name, start=on, end=end, follows=line.id, parent=parent, term_total=None)


def _name_after(contract: Contract, line: str) -> str:
    """``seats`` comes back as ``seats.2``; no id is given twice."""
    taken = {each.id for each in all_lines(contract)}
    base, _, number = line.rpartition(".")
    base, count = (base, int(number)) if base and number.isdecimal() else (line, 1)
    while (name := f"{base}.{count + 1}") in taken:
        count += 1
    return name


def _suspend_faults(states: Mapping[str, LineInForce], lines: Sequence[str], on: date) -> Iterator[Fault]:
    for n, key in enumerate(lines):
        state = states.get(key)
        if state is None:
            yield Fault(
                UNKNOWN_LINE, f"lines[{n}]", f"the contract has no line `{key[:80]}`", did_you_mean(key, states)
            )
        elif not _runs_on(state, on):
            what = "is charged once" if state.line.is_one_time else f"does not run on {on}"
            yield Fault(NOT_RUNNING, f"lines[{n}]", f"`{key}` {what}", "name a line that runs on that day")
        elif state.line.parent in states and state.line.parent not in lines and _runs_on(states[state.line.parent], on):
            message = f"`{key}` is a part of `{state.line.parent}`"
            yield Fault(PART_ALONE, f"lines[{n}]", message, f"suspend `{state.line.parent}`")


def _continued_faults(contract: Contract, chosen: Sequence[str], lines: Sequence[str], on: date) -> Iterator[Fault]:
    """What was signed to go on in the place of a line would begin in the middle of its pause, or run beside it."""
    names = continued_names(contract)
    for key in chosen:
        later = (
            each.line
            for each in lines_in_force(contract)
            if names[each.line.id] == names[key] and each.line.start > on and not each.was_taken_back
        )
        following = next(later, None)
        if following is not None:
            place = f"lines[{lines.index(key)}]" if key in lines else "start"
            message = f"`{key}` goes on as `{following.id}` from {following.start}"
            yield Fault(GOES_ON_AS_ANOTHER, place, message, "suspend from that day on, or end it and sell it again")


def _endless_faults(states: Mapping[str, LineInForce], chosen: Sequence[str], lines: Sequence[str]) -> Iterator[Fault]:
    for key in chosen:
        if states[key].line.end is None:
            place = f"lines[{lines.index(key)}]" if key in lines else "lines"
            hint = "it goes on until it is ended, so that its term can be kept only"
            yield Fault(NO_END_TO_EXTEND, place, f"`{key}` has no agreed end that could be extended", hint)


def _resume_faults(waiting: Mapping[str, Suspended], lines: Sequence[str], on: date) -> Iterator[Fault]:
    if not waiting:
        yield Fault(NOT_SUSPENDED, "lines", "no line of the contract is suspended")
        return
    for n, key in enumerate(lines):
        if key not in waiting:
            hint = did_you_mean(key, waiting) or f"suspended: {', '.join(f'`{each}`' for each in waiting)}"
            yield Fault(NOT_SUSPENDED, f"lines[{n}]", f"`{key[:80]}` is not suspended", hint)
    for key in (each for each in (lines or waiting) if each in waiting):
        paused = waiting[key]
        if on < paused.since:
            message = f"`{key}` is suspended from {paused.since} on"
            yield Fault(BEFORE_SUSPENSION, "start", message, "choose that day or a later one")
        elif paused.term is SuspendedTerm.KEPT and paused.end is not None and on >= paused.end:
            yield Fault(TERM_OVER, "start", f"the term of `{key}` ended on {paused.end}", "renew it by a quote")
