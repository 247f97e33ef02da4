"""Billing of a contract in a few words, for tests of missing lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from engine.billing import BillingPolicy, BillLine, missing_lines
from engine.billing.progressive import crossed_usage, running_periods
from engine.contracts import Contract, UsageRecord, cancel
from engine.diagnostics import Decision
from engine.money import Money, total
from tests.contracts.build import EUR, day

AT = datetime(2026, 1, 1, tzinfo=UTC)


FAR = day("2040-01-01")


def shown(lines: Sequence[BillLine]) -> list[tuple[str, str, str]]:
    return [(each.kind.value, str(each.service), str(each.amount.decimal)) for each in lines]


def billed(agreed: Contract, until: str, existing: Sequence[BillLine] = (), **more: object) -> tuple[BillLine, ...]:
    return missing_lines(agreed, (), (), existing, day(until), **more)  # type: ignore[arg-type]


def changed(outcome: object) -> Contract:
    assert isinstance(outcome, Decision), outcome
    value = outcome.value
    assert isinstance(value, Contract)
    return value


def ended(agreed: Contract, on: str) -> Contract:
    return changed(cancel(agreed, on=day(on), at=AT, by="rep", reason="test"))


def by_line(lines: Sequence[BillLine]) -> dict[str, Money]:
    keys = dict.fromkeys(each.subscription for each in lines)
    return {key: total((each.amount for each in lines if each.subscription == key), EUR) for key in keys}


def looked_at(
    agreed: Contract, usage: Sequence[UsageRecord], billed: Sequence[BillLine], on: date, policy: BillingPolicy
) -> tuple[BillLine, ...]:
    """What a look at thresholds finds on a day."""
    return crossed_usage(agreed, running_periods(agreed, billed, on, policy), usage, on, policy)
