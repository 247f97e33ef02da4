"""Use case on usage: what a meter reports is kept once, until billing rates it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.application.content import find_book
from engine.application.faults import invalid, not_found
from engine.application.kept_usage import StoredUsage, add_up
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.catalog import ChargeKind
from engine.contracts import Contract, UsageRecord, all_lines, usage_line_on
from engine.diagnostics import Code, Fault, Refusal, did_you_mean
from engine.rulebook.parts import billing_policy

USAGE_ID_REUSED = Code("USAGE_ID_REUSED")
PAGE = 500


@dataclass(frozen=True, slots=True)
class UsageRecorded:
    """Usage was reported."""

    contract: str
    records: int
    duplicates: int
    at: datetime


@dataclass(frozen=True, slots=True)
class UsageLook:
    """A contract with thresholds whose usage was not looked at since some arrived; ``id`` is that of the contract.

    With a day it waits for that day: what had come by then was looked at, and some is dated on it.
    """

    id: str
    since: datetime
    on: date | None = None


@dataclass(frozen=True, slots=True)
class UsageResult:
    """How many records were new, and how many had been reported before.

    ``outside`` are the ids of those whose day is outside all service of their lines: they are kept, and billed by
    nothing until a line is signed that serves their day. ``to_look_at``: thresholds are to be looked at now.
    """

    recorded: int
    duplicates: int
    outside: tuple[str, ...] = ()
    to_look_at: bool = False


@dataclass(frozen=True, slots=True)
class RecordedUsage:
    """A record as it was reported, and the line whose charges count it as the contract stands; empty: none."""

    record: UsageRecord
    counted: str


@dataclass(frozen=True, slots=True)
class UsageKept:
    """What became of a batch: the result of its sound records, and the faults of the others by place."""

    result: UsageResult
    refused: Mapping[int, tuple[Fault, ...]]


def record_usage(work: Work, key: str, records: Sequence[UsageRecord]) -> UsageResult | Refusal:
    """Keep reported usage of a contract, all of it or nothing; a known id with the same content changes nothing.

    A known id with another line, day or quantity is a fault: the sender counts on something that is not so.
    """
    contract = work.tx.get(Contract, key)
    if contract is None:
        return not_found("contract", f"contracts/{key}")
    metered = _metered(contract)
    faults: list[Fault] = []
    for n, each in enumerate(records):
        place = f"records[{n}]."
        faults += (*_faults(metered, each, place), *_reused(work, key, each, place))
    if faults:
        return Refusal(tuple(faults))
    fresh = [each for each in records if _is_added(work, key, each)]
    noted = _noted(work, contract, fresh)
    known = len(records) - len(fresh)
    work.tx.emit(UsageRecorded(key, len(fresh), known, work.at))
    return UsageResult(len(fresh), known, _outside(contract, records), noted)


def keep_usage(work: Work, key: str, records: Mapping[int, UsageRecord]) -> UsageKept | Refusal:
    """Keep what is sound of a batch, whose records are given by their places; a known id is as above."""
    contract = work.tx.get(Contract, key)
    if contract is None:
        return not_found("contract", f"contracts/{key}")
    metered = _metered(contract)
    refused: dict[int, tuple[Fault, ...]] = {}
    fresh: list[UsageRecord] = []
    for n, each in records.items():
        faults = (*_faults(metered, each, ""), *_reused(work, key, each, ""))
        if faults:
            refused[n] = faults
        elif _is_added(work, key, each):
            fresh.append(each)
    known = len(records) - len(refused) - len(fresh)
    noted = _noted(work, contract, fresh)
    if fresh or known:
        work.tx.emit(UsageRecorded(key, len(fresh), known, work.at))
    outside = _outside(contract, [each for n, each in records.items() if n not in refused])
    return UsageKept(UsageResult(len(fresh), known, outside, noted), refused)


def recorded_usage(
    reader: Reader, contract: Contract, *, after: str, limit: int, only_outside: bool = False
) -> list[tuple[str, RecordedUsage]]:
    """So many records of a contract behind a key, each with its key; all of them, or those outside all service."""
    line_on = usage_line_on(contract)
    found: list[tuple[str, RecordedUsage]] = []
    while len(found) < limit and (page := _page(reader, contract.id, after)):
        after = page[-1].id
        counted = ((each, line_on(each.record.line, each.record.on)) for each in page)
        found += [(each.id, RecordedUsage(each.record, line)) for each, line in counted if not (only_outside and line)]
    return found[:limit]


def _noted(work: Work, contract: Contract, fresh: Sequence[UsageRecord]) -> bool:
    """Whether thresholds are to be looked at since usage of a contract arrived; then that is noted, and counted.

    A look that is noted already is saved again: one that is under way has not read what arrives now, and conflicts.
    """
    if not fresh:
        return False
    active = find_book(work.env, work.tenant, book_hash=contract.rule_book, day=contract.start)
    if isinstance(active, Refusal):
        return False
    if contract.currency.code not in billing_policy(active.book, contract.currency.code).thresholds:
        return False
    look = UsageLook(contract.id, work.at)
    if work.tx.get(UsageLook, contract.id) is None:
        work.tx.add(look)
    else:
        work.tx.replace(look)
    add_up(work, contract.id, fresh)
    return True


def _page(reader: Reader, contract: str, after: str) -> list[StoredUsage]:
    return reader.page(StoredUsage, where={"contract": contract}, after=after, limit=PAGE)


def _outside(contract: Contract, records: Sequence[UsageRecord]) -> tuple[str, ...]:
    line_on = usage_line_on(contract)
    return tuple(each.id for each in records if not line_on(each.line, each.on))


def _is_added(work: Work, key: str, record: UsageRecord) -> bool:
    """Keep a record; False when its id was known before."""
    stored = StoredUsage(key, replace(record, reported=work.at.date()))
    if work.tx.get(StoredUsage, stored.id) is not None:
        return False
    work.tx.add(stored)
    return True


def _metered(contract: Contract) -> dict[str, bool]:
    """The lines of a contract, and whether each is charged by usage."""
    return {each.id: each.charge.kind is ChargeKind.USAGE for each in all_lines(contract)}


def _faults(metered: Mapping[str, bool], record: UsageRecord, place: str) -> Iterator[Fault]:
    """Usage of a line that is not charged by usage would never be billed, so it is refused like an unknown one."""
    if not metered.get(record.line):
        usage_lines = [line for line, by_usage in metered.items() if by_usage]
        what = "is not charged by usage" if record.line in metered else "is no line of the contract"
        hint = did_you_mean(record.line, usage_lines) or f"by usage: {', '.join(usage_lines[:10]) or 'none'}"
        yield invalid(f"{place}line", f"`{record.line[:80]}` {what}", hint)


def _reused(work: Work, key: str, record: UsageRecord, place: str) -> Iterator[Fault]:
    known = work.tx.get(StoredUsage, StoredUsage(key, record).id)
    if known is not None and replace(known.record, reported=None) != record:
        was = f"{known.record.quantity} of `{known.record.line}` on {known.record.on}"
        hint = "give a new record its own id; take back with a quantity below zero"
        yield Fault(USAGE_ID_REUSED, f"{place}id", f"`{record.id}` is known as {was}", hint)
