"""Signing a contract and its changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from engine.catalog import ChargeKind
from engine.contracts.contract import Contract, ContractChange, Credit, LineEnd, SubscriptionLine
from engine.contracts.events import ContractChanged, ContractSigned
from engine.contracts.force import LineInForce, all_lines, lines_in_force, suspended_lines
from engine.contracts.notice import earliest_end
from engine.contracts.renewing import going_on
from engine.contracts.turning import bill_day_on
from engine.diagnostics import Code, Decision, Fault, Refusal, did_you_mean
from engine.money import Money
from engine.periods import MONTHLY

NO_LINES = Code("CON001")
DUPLICATE_LINE = Code("CON002")
OTHER_CURRENCY = Code("CON003")
BAD_SERVICE = Code("CON004")
UNKNOWN_LINE = Code("CON005")
ALREADY_ENDED = Code("CON006")
NOTICE_TOO_SHORT = Code("CON007")
NO_MODEL = Code("CON008")
NOTHING_TO_CHANGE = Code("CON009")
NO_CHARGE_PERIOD = Code("CON010")
BILL_DAY = Code("CON011")


def sign(contract: Contract) -> Decision[Contract] | Refusal:
    """Check a contract as it is about to be signed, all faults at once."""
    faults = [*_line_faults(contract, contract.lines, "lines", known=())]
    if not contract.lines:
        faults.append(Fault(NO_LINES, "lines", "a contract has at least one line"))
    if not 0 <= contract.terms.bill_day <= 31:
        faults.append(Fault(BILL_DAY, "terms.bill_day", "a bill day is 1 to 31, or 0 for the start day of each line"))
    if faults:
        return Refusal(tuple(faults))
    signed = ContractSigned(
        contract.id, contract.customer, contract.quote, contract.quote_version, contract.order, contract.signed_at
    )
    return Decision(contract, (signed,))


def change(contract: Contract, proposed: ContractChange) -> Decision[Contract] | Refusal:
    """Sign a change: end lines, add lines. The number of the change is given here."""
    faults = [*_change_faults(contract, proposed)]
    if faults:
        return Refusal(tuple(faults))
    numbered = replace(proposed, number=len(contract.changes) + 1)
    changed = replace(contract, changes=(*contract.changes, numbered), etag=contract.etag + 1, renewal_problem="")
    event = ContractChanged(
        contract=contract.id,
        number=numbered.number,
        effective=numbered.effective,
        ended=tuple(each.line for each in numbered.ended),
        added=tuple(each.id for each in numbered.added),
        reason=numbered.reason,
        at=numbered.at,
    )
    return Decision(changed, (event,))


def cancel(
    contract: Contract, *, on: date, at: datetime, by: str, reason: str, lines: Sequence[str] = ()
) -> Decision[Contract] | Refusal:
    """End lines, or without any named every line that still runs on that day; ``on`` is the first day not served.

    Unused days that were billed are credited. One-time lines end only when they are named. A line that has not been
    served for a day yet and ends by its start is taken back altogether; notice is not asked for that. What was served
    is not taken back. A line whose term ends on that day is told not to go on, where the contract renews by itself. A
    line that is suspended by then ends with the day from which on it is, and does not come back.
    """
    running = {each.line.id: each for each in lines_in_force(contract)}
    paused = {key: each.since for key, each in suspended_lines(contract).items() if each.since <= on}
    with_term = {key for key, end in going_on(contract).items() if end == on}
    chosen = lines or [
        key
        for key, each in running.items()
        if not each.line.is_one_time and (_runs_past(each, on) or key in with_term or key in paused)
    ]
    ended = tuple(
        LineEnd(line, paused.get(line) or max(on, _start(running, line, on)), Credit.UNUSED) for line in chosen
    )
    proposed = ContractChange(0, on, reason, by, at, ended=ended)
    done = change(contract, proposed)
    early = (*_served_faults(contract, proposed, running), *_notice_faults(contract, proposed, running))
    if isinstance(done, Refusal):
        return Refusal((*done.faults, *early))
    return Refusal(early) if early else done


def take_back(
    contract: Contract, lines: Sequence[str], *, at: datetime, by: str, reason: str
) -> Decision[Contract] | Refusal:
    """Take lines back altogether, as an order that was never fulfilled does: each ends on its start."""
    starts = {each.id: each.start for each in all_lines(contract)}
    ended = tuple(LineEnd(each, starts[each]) for each in lines)
    return change(contract, ContractChange(0, min(each.on for each in ended), reason, by, at, ended=ended))


def with_parts(contract: Contract, lines: Sequence[str]) -> tuple[str, ...]:
    """Lines with the recurring ones that are part of them, at any depth."""
    chosen = dict.fromkeys(lines)
    known = all_lines(contract)
    while more := [
        each.id for each in known if each.parent in chosen and each.id not in chosen and not each.is_one_time
    ]:
        chosen.update(dict.fromkeys(more))
    return tuple(chosen)


def released_before(contract: Contract, line: str) -> Sequence[Money]:
    """What the ends of a line before the latest change released."""
    ends = (end for change in contract.changes[:-1] for end in change.ended if end.line == line)
    return tuple(end.released for end in ends if end.released is not None)


def with_released(contract: Contract, released: Mapping[str, Money]) -> Contract:
    """The contract with what the lines ended by its latest change promised and will not bill, by line."""
    latest = contract.changes[-1]
    ended = tuple(replace(each, released=released.get(each.line)) for each in latest.ended)
    return replace(contract, changes=(*contract.changes[:-1], replace(latest, ended=ended)))


def _start(running: dict[str, LineInForce], line: str, on: date) -> date:
    return running[line].line.start if line in running else on


def _runs_past(state: LineInForce, on: date) -> bool:
    return state.end is None or state.end > on


def _change_faults(contract: Contract, proposed: ContractChange) -> Iterator[Fault]:
    states = {each.line.id: each for each in lines_in_force(contract)}
    if not proposed.ended and not proposed.added and proposed.bill_day is None:
        yield Fault(NOTHING_TO_CHANGE, "", "no line ends and none begins", "name a line that still runs on that day")
    waiting = {key: each.since for key, each in suspended_lines(contract).items()} if proposed.suspends is None else {}
    cut_nothing = going_on(contract).items() | waiting.items()
    for at, end in enumerate(proposed.ended):
        if (end.line, end.on) not in cut_nothing:
            yield from _end_faults(end, states, f"ended[{at}]")
    yield from _line_faults(contract, proposed.added, "added", known=tuple(states))


def _end_faults(end: LineEnd, states: Mapping[str, LineInForce], place: str) -> Iterator[Fault]:
    state = states.get(end.line)
    if state is None:
        yield Fault(UNKNOWN_LINE, f"{place}.line", f"there is no line `{end.line}`", did_you_mean(end.line, states))
        return
    if end.on < state.line.start:
        yield Fault(BAD_SERVICE, f"{place}.on", f"`{end.line}` starts on {state.line.start}, after {end.on}")
    if not _runs_past(state, end.on):
        yield Fault(ALREADY_ENDED, f"{place}.on", f"`{end.line}` ends on {state.end} already")


def _served_faults(contract: Contract, proposed: ContractChange, states: Mapping[str, LineInForce]) -> Iterator[Fault]:
    paused = {(key, each.since) for key, each in suspended_lines(contract).items()}
    for at, end in enumerate(proposed.ended):
        state = states.get(end.line)
        if state is None or (end.line, end.on) in paused or end.on > state.line.start:
            continue
        if _was_served(state, proposed.at.date()):
            message = f"`{end.line}` is served since {state.line.start} and cannot be taken back"
            yield Fault(BAD_SERVICE, f"ended[{at}].on", message, "end it on a later day; credit what is not owed")


def _was_served(state: LineInForce, today: date) -> bool:
    """Whether a line ran for a day at least; what is charged once does not run."""
    return not state.line.is_one_time and state.line.start < today


def _notice_faults(contract: Contract, proposed: ContractChange, states: Mapping[str, LineInForce]) -> Iterator[Fault]:
    """Notice protects a service that runs when one side ends it; a line that is taken back or suspended does not."""
    paused = {(key, each.since) for key, each in suspended_lines(contract).items()}
    given = proposed.at.date()
    terms = replace(contract.terms, bill_day=bill_day_on(contract, given))
    for at, end in enumerate(proposed.ended):
        state = states.get(end.line)
        if not terms.notice_days or state is None or (end.line, end.on) in paused:
            continue
        if end.on <= state.line.start and not _was_served(state, given):
            continue
        period = state.line.charge.period
        recurrence = period.recurrence if period is not None else MONTHLY
        earliest = earliest_end(given, terms, start=contract.start, recurrence=recurrence)
        if end.on < earliest:
            message = f"`{end.line}` needs {terms.notice_days} days of notice"
            yield Fault(NOTICE_TOO_SHORT, f"ended[{at}].on", message, f"the earliest day is {earliest}")


def _line_faults(
    contract: Contract, lines: Sequence[SubscriptionLine], field: str, *, known: Sequence[str]
) -> Iterator[Fault]:
    counts = Counter([*known, *(each.id for each in lines)])
    for at, line in enumerate(lines):
        place = f"{field}[{at}]"
        if not line.id or counts[line.id] > 1:
            yield Fault(DUPLICATE_LINE, f"{place}.id", f"the line id `{line.id}` is not its own")
        if line.amount.currency != contract.currency:
            message = f"`{line.id}` is in {line.amount.currency}, the contract in {contract.currency}"
            yield Fault(OTHER_CURRENCY, f"{place}.amount", message)
        if line.end is not None and line.end <= line.start:
            yield Fault(BAD_SERVICE, f"{place}.end", f"`{line.id}` ends on {line.end}, before its first day")
        if not line.is_one_time and line.charge.period is None:
            yield Fault(NO_CHARGE_PERIOD, f"{place}.charge", f"`{line.id}` has no charge period")
        if line.charge.kind is ChargeKind.USAGE and not line.usage_model:
            yield Fault(NO_MODEL, f"{place}.usage_model", f"`{line.id}` is charged by usage and names no price model")
