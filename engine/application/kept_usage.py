"""Usage as it is kept: every record, and of contracts with thresholds the sums by line and day of their periods.

A look at thresholds reads the sums, and not every record that the contract ever had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from engine.application.paging import every
from engine.application.perform import Work
from engine.contracts import UsageRecord
from engine.money import EXACT


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
class UsageDay:
    """What was reported of a line for one day."""

    line: str
    on: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class UsageSums:
    """What was used since a day, in order of days and lines; ``id`` is that of the contract."""

    id: str
    since: date
    days: tuple[UsageDay, ...]


def add_up(work: Work, contract: str, fresh: Iterable[UsageRecord]) -> None:
    """Count records that have just been kept; a contract that was never looked at has no sums yet."""
    sums = work.tx.get(UsageSums, contract)
    if sums is not None:
        work.tx.replace(replace(sums, days=_summed(sums.days, sums.since, fresh)))


def usage_since(work: Work, contract: str, since: date) -> tuple[UsageRecord, ...]:
    """The usage of a contract from a day on, one record for each line and day. What is older is forgotten.

    Sums that begin later, or are not there yet, are made anew from the records.
    """
    known = work.tx.get(UsageSums, contract)
    if known is not None and known.since <= since:
        sums = UsageSums(contract, since, _summed(known.days, since, ()))
    else:
        records = (each.record for each in every(work.tx, StoredUsage, contract=contract))
        sums = UsageSums(contract, since, _summed((), since, records))
    if known is None:
        work.tx.add(sums)
    elif sums != known:
        work.tx.replace(sums)
    return tuple(UsageRecord(f"{each.line}/{each.on}", each.line, each.on, each.quantity) for each in sums.days)


def _summed(days: Iterable[UsageDay], since: date, fresh: Iterable[UsageRecord]) -> tuple[UsageDay, ...]:
    found: dict[tuple[date, str], Decimal] = {}
    for on, line, quantity in (*_parts(days), *_parts(fresh)):
        if on >= since:
            found[on, line] = EXACT.add(found.get((on, line), Decimal(0)), quantity)
    return tuple(UsageDay(line, on, quantity) for (on, line), quantity in sorted(found.items()))


def _parts(usage: Iterable[UsageDay | UsageRecord]) -> Iterator[tuple[date, str, Decimal]]:
    return ((each.on, each.line, each.quantity) for each in usage)
