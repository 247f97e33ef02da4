"""Sums of usage: whatever was reported in whatever order, they say what all records say, and read each of them once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from engine.application.kept_usage import StoredUsage, UsageSums, add_up, usage_since
from engine.application.perform import Work
from engine.contracts import UsageRecord

START = date(2026, 1, 1)


@dataclass
class Kept:
    """A unit of work over records in memory, which counts how many of usage it reads."""

    records: dict[str, StoredUsage] = field(default_factory=dict)
    sums: UsageSums | None = None
    read: int = 0

    @property
    def tx(self) -> Any:
        return self

    def get(self, kind: type[object], _: str) -> UsageSums | None:
        assert kind is UsageSums
        return self.sums

    def add(self, value: UsageSums) -> None:
        assert self.sums is None
        self.sums = value

    def replace(self, value: UsageSums) -> None:
        assert self.sums is not None
        self.sums = value

    def page(self, kind: type[object], *, where: Any, after: str, limit: int) -> list[StoredUsage]:
        assert (kind, where) == (StoredUsage, {"contract": "k"})
        found = [self.records[key] for key in sorted(self.records) if key > after][:limit]
        self.read += len(found)
        return found

    def report(self, number: int, line: str, on: date, quantity: str) -> None:
        record = UsageRecord(f"u{number:04}", line, on, Decimal(quantity))
        self.records[f"k/{record.id}"] = StoredUsage("k", record)
        add_up(cast("Work", self), "k", [record])

    def since(self, day: date) -> dict[tuple[str, date], Decimal]:
        found = usage_since(cast("Work", self), "k", day)
        assert len({each.id for each in found}) == len(found)
        return {(each.line, each.on): each.quantity for each in found}

    def plainly(self, day: date) -> dict[tuple[str, date], Decimal]:
        found: dict[tuple[str, date], Decimal] = {}
        for each in (stored.record for stored in self.records.values()):
            if each.on >= day:
                found[each.line, each.on] = found.get((each.line, each.on), Decimal(0)) + each.quantity
        return found


reports = st.tuples(st.sampled_from(["api", "sms"]), st.integers(0, 60), st.sampled_from(["1", "2.5", "-1", "0.001"]))
looks = st.integers(0, 60)


@given(st.lists(st.one_of(reports, looks), max_size=40))
def test_sums_say_what_all_records_say(steps: list[Any]) -> None:
    kept = Kept()
    for number, step in enumerate(steps):
        if isinstance(step, int):
            day = START + timedelta(days=step)
            assert kept.since(day) == kept.plainly(day)
        else:
            line, ahead, quantity = step
            kept.report(number, line, START + timedelta(days=ahead), quantity)


def test_records_are_read_once_however_often_is_looked() -> None:
    kept = Kept()
    for number in range(2_500):
        kept.report(number, "api", START, "1")
    assert kept.since(START) == {("api", START): Decimal(2_500)}
    assert kept.read == 2_500
    for number in range(2_500, 2_600):
        kept.report(number, "api", START, "1")
        kept.since(START)
    assert kept.since(START) == {("api", START): Decimal(2_600)}
    assert kept.since(START + timedelta(days=31)) == {}
    assert kept.read == 2_500, "sums are enough"
    assert kept.since(START) == kept.plainly(START), "an earlier day wants the records"
    assert kept.read == 5_100
