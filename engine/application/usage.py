"""Use case on usage: what a meter reports is kept once, until billing rates it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.application.faults import invalid, not_found
from engine.application.perform import Work
from engine.contracts import Contract, UsageRecord
from engine.diagnostics import Refusal


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
    lines = {each.id for each in contract.lines} | {line.id for each in contract.changes for line in each.added}
    unknown = [n for n, each in enumerate(records) if each.line not in lines]
    if unknown:
        return Refusal(
            tuple(invalid(f"records[{n}].line", f"there is no line `{records[n].line[:80]}`") for n in unknown)
        )
    fresh = 0
    for record in records:
        stored = StoredUsage(key, record)
        if work.tx.get(StoredUsage, stored.id) is None:
            work.tx.add(stored)
            fresh += 1
    work.tx.emit(UsageRecorded(key, fresh, len(records) - fresh, work.at))
    return UsageResult(fresh, len(records) - fresh)
