"""Use case on usage: what a meter reports is kept once, until billing rates it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.application.faults import invalid, not_found
from engine.application.perform import Work
from engine.catalog import ChargeKind
from engine.contracts import Contract, UsageRecord, all_lines
from engine.diagnostics import Fault, Refusal, did_you_mean


@dataclass(frozen=True, slots=True)
class StoredUsage:
    """Usage of a contract as it was reported; the sender's id counts once in a contract."""

    contract: str
    record: UsageRecord

    @property
    def id(self) -> str:
        """Contract and sender's id."""
        return f"{self.contract}/{self.record.id}"


@dataclass(frozen=True, slots=True)
class UsageRecorded:
    """Usage was reported."""

    contract: str
    records: int
    duplicates: int
    at: datetime


@dataclass(frozen=True, slots=True)
class UsageResult:
    """How many records were new, and how many had been reported before."""

    recorded: int
    duplicates: int


def record_usage(work: Work, key: str, records: Sequence[UsageRecord]) -> UsageResult | Refusal:
    """Keep reported usage of a contract; a record with an id known before changes nothing."""
    contract = work.tx.get(Contract, key)
    if contract is None:
        return not_found("contract", f"contracts/{key}")
    faults = tuple(_faults(contract, records))
    if faults:
        return Refusal(faults)
    fresh = 0
    for record in records:
        stored = StoredUsage(key, record)
        if work.tx.get(StoredUsage, stored.id) is None:
            work.tx.add(stored)
            fresh += 1
    work.tx.emit(UsageRecorded(key, fresh, len(records) - fresh, work.at))
    return UsageResult(fresh, len(records) - fresh)


def _faults(contract: Contract, records: Sequence[UsageRecord]) -> Iterator[Fault]:
    """Usage of a line that is not charged by usage would never be billed, so it is refused like an unknown one."""
    metered = {each.id: each.charge.kind is ChargeKind.USAGE for each in all_lines(contract)}
    usage_lines = [line for line, by_usage in metered.items() if by_usage]
    for n, record in enumerate(records):
        if not metered.get(record.line):
            what = "is not charged by usage" if record.line in metered else "is no line of the contract"
            hint = did_you_mean(record.line, usage_lines) or f"by usage: {', '.join(usage_lines[:10]) or 'none'}"
            yield invalid(f"records[{n}].line", f"`{record.line[:80]}` {what}", hint)
