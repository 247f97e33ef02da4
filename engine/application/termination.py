"""Use case on contracts: a running contract, or some of its lines, ends before the agreed day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engine.application.billing import DAYS_AHEAD_MAX
from engine.application.ending import Settled, settle_end, stop_ended
from engine.application.faults import invalid, not_found
from engine.application.perform import Work
from engine.contracts import Contract, all_lines, cancel, with_parts
from engine.diagnostics import Code, Fault, Refusal

CHARGED_ONCE = Code("CON012")


@dataclass(frozen=True, slots=True)
class Termination:
    """What ends when, and why: ``end`` is the first day that is not served; no lines means all that run then."""

    end: date
    reason: str
    lines: tuple[str, ...] = ()
    by: str = ""


def terminate_contract(work: Work, key: str, wish: Termination, *, etag: str) -> Settled | Refusal:
    """End a contract or some of its lines early, with the parts that come with them.

    Unused days that were billed are credited, later periods are not billed, the price of the revenue contract falls by
    what will not be billed, and fulfilment that has not begun stops. What is charged once is not touched: it is
    cancelled in its order, or credited. What was served is not taken back.
    """
    contract = work.tx.get(Contract, key)
    if contract is None:
        return not_found("name", f"contracts/{key}")
    refusal = work.check_etag(Contract, key, etag) or _refused(work, contract, wish)
    if refusal is not None:
        return refusal
    lines = with_parts(contract, wish.lines)
    ended = cancel(contract, on=wish.end, at=work.at, by=wish.by, reason=wish.reason, lines=lines)
    if isinstance(ended, Refusal):
        return Refusal(tuple(_in_words_of_the_request(each, lines) for each in ended.faults))
    work.tx.emit(*ended.events)
    settled = settle_end(work, ended.value)
    if isinstance(settled, Refusal):
        return settled
    return stop_ended(work, settled.contract) or settled


def _refused(work: Work, contract: Contract, wish: Termination) -> Refusal | None:
    faults = [*_faults(work, contract, wish)]
    return Refusal(tuple(faults)) if faults else None


def _faults(work: Work, contract: Contract, wish: Termination) -> Iterator[Fault]:
    if wish.end > work.at.date() + timedelta(days=DAYS_AHEAD_MAX):
        yield invalid("end", f"{wish.end} is more than {DAYS_AHEAD_MAX} days ahead", "choose an earlier day")
    known = {each.id: each for each in all_lines(contract)}
    for at, line in enumerate(wish.lines):
        if line in known and known[line].is_one_time:
            message = f"`{line[:80]}` is charged once and does not run"
            yield Fault(CHARGED_ONCE, f"lines[{at}]", message, "cancel the item of its order, or credit its invoice")


def _in_words_of_the_request(fault: Fault, lines: tuple[str, ...]) -> Fault:
    """A fault of the change names ``ended[n]``; the caller wrote ``lines[n]`` and ``end``."""
    place, _, field = fault.field.partition(".")
    if field == "on" or not place:
        return replace(fault, field="end")
    return replace(fault, field=place.replace("ended", "lines")) if lines else fault
