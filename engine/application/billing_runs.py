"""Billing many contracts as a run of its own: started, done chunk by chunk in the background, told about, cancelled.

A chunk is one unit of work: its drafts and credit notes, and how far the run is, are saved together or not at all. So a
run that was cut short goes on with the chunk after the last one saved, and gives what it would have given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from typing import Final

from engine.application.billing import bill_contract, too_far
from engine.application.faults import TOO_BUSY, not_found
from engine.application.perform import Environment, Work, perform
from engine.application.ports import Asked, Reader, StoreError
from engine.contracts import Contract
from engine.diagnostics import Code, Fault, Refusal

RUN_ENDED = Code("BIL040")
OUR_FAILURE = Code("BIL041")
CHUNK: Final = 20
MOST_NAMED: Final = 100
"""How many contracts that could not be billed a run names; it counts the others."""

PAGE: Final = 10_000


class RunState(Enum):
    """Where a run stands."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class NotBilled:
    """A contract that a run could not bill, and why."""

    contract: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class RunCounts:
    """How far a run is: contracts done of those there were when it began, what was drafted, what failed, and the days
    left without an invoice since all that is due on them costs nothing.
    """

    contracts: int
    done: int = 0
    invoices: int = 0
    credit_notes: int = 0
    failed: int = 0
    free_days: int = 0


@dataclass(frozen=True, slots=True)
class BillingRun:
    """A run over contracts up to a day; ``after`` is the last contract that is done.

    ``contracts`` are those to bill, in order; empty: all that there are when their turn comes.
    """

    id: str
    until: date
    state: RunState
    started_at: datetime
    changed_at: datetime
    counts: RunCounts
    contracts: tuple[str, ...] = ()
    after: str = ""
    not_billed: tuple[NotBilled, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class BillingRunStarted:
    """Contracts are billed in the background from now on."""

    run: str
    until: date
    contracts: int
    at: datetime


@dataclass(frozen=True, slots=True)
class BillingRunEnded:
    """A run came to its end; ``how`` is done or cancelled."""

    run: str
    how: str
    done: int
    invoices: int
    credit_notes: int
    failed: int
    at: datetime


def start_billing_run(work: Work, until: date, contracts: Sequence[str] = ()) -> BillingRun | Refusal:
    """Begin a run; it is done by whoever calls ``advance_billing``."""
    missing = [fault for n, each in enumerate(contracts) for fault in _missing(work, n, each)]
    far = too_far(until, work.at)
    if missing or far is not None:
        return Refusal((*missing, *(far.faults if far is not None else ())))
    chosen = tuple(sorted(set(contracts)))
    count = len(chosen) or _count(work.tx.aside())
    run = BillingRun(work.new_id("br"), until, RunState.RUNNING, work.at, work.at, RunCounts(count), chosen)
    work.tx.add(run)
    work.tx.emit(BillingRunStarted(run.id, until, count, work.at))
    return run


def cancel_billing_run(work: Work, key: str, *, etag: str) -> BillingRun | Refusal:
    """End a run after the chunk that is being saved; what was drafted stays, and another run bills the rest."""
    run = work.tx.get(BillingRun, key)
    if run is None:
        return not_found("name", f"billingRuns/{key}")
    stale = work.check_etag(BillingRun, key, etag)
    if stale is not None:
        return stale
    if run.state is not RunState.RUNNING:
        return Refusal((Fault(RUN_ENDED, "name", f"the run is {run.state.value} already"),))
    return _ended(work, run, RunState.CANCELLED)


def advance_billing(
    env: Environment, *, tenant: str, size: int = CHUNK, failed: Callable[[Exception], None] = lambda _: None
) -> bool:
    """Do the next chunk of the oldest run that is not at its end; False when there is none, or nothing could be saved.

    A chunk in which a contract cannot be billed is done contract by contract: the others are billed, it is named. A
    contract that we fail on is named as well, so that it holds up no other run; ``failed`` is told of the failure.
    """
    running = env.store.look(tenant, _oldest)
    if running is None:
        return False
    tried: list[str] = []
    try:
        outcome = _saved(env, tenant, running, size, tried)
    except StoreError:
        raise
    except Exception as failure:
        if size == 1:
            failed(failure)
        outcome = Refusal((Fault(OUR_FAILURE, "", f"the server failed on it: {type(failure).__name__}", "report it"),))
    if not isinstance(outcome, Refusal):
        return True
    if not _is_busy(outcome) and size > 1:
        return all(advance_billing(env, tenant=tenant, size=1, failed=failed) for _ in range(size))
    if _is_busy(outcome) or not tried:
        return False
    return not isinstance(_passed_over(env, tenant, running, NotBilled(tried[0], outcome.faults)), Refusal)


def _saved(env: Environment, tenant: str, key: str, size: int, tried: list[str]) -> bytes | Refusal:
    """Do a chunk and save it; ``tried`` are its contracts then."""

    def decide(work: Work) -> BillingRun | None | Refusal:
        run = work.tx.get(BillingRun, key)
        if run is None or run.state is not RunState.RUNNING:
            return None
        tried[:] = _next(work.tx, run, size)
        return _chunk(work, run, tried)

    return perform(env, Asked("BillingRun", tenant=tenant), decide, lambda _work, _run: b"")


def _chunk(work: Work, run: BillingRun, keys: Sequence[str]) -> BillingRun | Refusal:
    if not keys:
        return _ended(work, run, RunState.DONE)
    invoices = notes = free = 0
    for key in keys:
        contract = work.tx.get(Contract, key)
        assert contract is not None, "contracts are never deleted"
        drafted = bill_contract(work, contract, run.until)
        if isinstance(drafted, Refusal):
            return drafted
        invoices += len(drafted.invoices)
        notes += len(drafted.credit_notes)
        free += len(drafted.free)
    counts = run.counts
    counts = replace(
        counts,
        done=counts.done + len(keys),
        invoices=counts.invoices + invoices,
        credit_notes=counts.credit_notes + notes,
        free_days=counts.free_days + free,
    )
    return _moved(work, run, keys[-1], counts)


def _passed_over(env: Environment, tenant: str, key: str, missed: NotBilled) -> bytes | Refusal:
    """Name a contract of a run as one that could not be billed, and go on behind it.

    Nothing when it is not the next one by now: another server passed it over, or billed it after all.
    """

    def decide(work: Work) -> BillingRun | None:
        run = work.tx.get(BillingRun, key)
        keys = _next(work.tx, run, 1) if run is not None and run.state is RunState.RUNNING else []
        if run is None or keys != [missed.contract]:
            return None
        named = run.not_billed
        if len(named) < MOST_NAMED:
            named = (*named, missed)
        counts = replace(run.counts, done=run.counts.done + 1, failed=run.counts.failed + 1)
        return _moved(work, replace(run, not_billed=named), keys[0], counts)

    return perform(env, Asked("BillingRun", tenant=tenant), decide, lambda _work, _run: b"")


def _moved(work: Work, run: BillingRun, after: str, counts: RunCounts) -> BillingRun:
    moved = replace(run, after=after, counts=counts, changed_at=work.at)
    work.tx.replace(moved)
    return moved


def _ended(work: Work, run: BillingRun, state: RunState) -> BillingRun:
    ended = replace(run, state=state, changed_at=work.at)
    work.tx.replace(ended)
    told = run.counts
    work.tx.emit(
        BillingRunEnded(run.id, state.value, told.done, told.invoices, told.credit_notes, told.failed, work.at)
    )
    return ended


def _next(reader: Reader, run: BillingRun, size: int) -> list[str]:
    """The contracts that come next, in order of their ids."""
    if run.contracts:
        return [each for each in run.contracts if each > run.after][:size]
    return reader.keys(Contract, after=run.after, limit=size)


def _oldest(reader: Reader) -> str | None:
    found = reader.keys(BillingRun, where={"state": RunState.RUNNING.value}, limit=1)
    return found[0] if found else None


def _count(reader: Reader) -> int:
    count, after = 0, ""
    while keys := reader.keys(Contract, after=after, limit=PAGE):
        count, after = count + len(keys), keys[-1]
    return count


def _missing(work: Work, place: int, key: str) -> tuple[Fault, ...]:
    found = work.tx.get(Contract, key)
    return () if found is not None else not_found(f"contracts[{place}]", f"contracts/{key}").faults


def _is_busy(refusal: Refusal) -> bool:
    return any(each.code == TOO_BUSY for each in refusal.faults)
