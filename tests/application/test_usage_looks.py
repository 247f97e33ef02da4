"""Contracts that wait to be looked at: those that are refused keep nobody waiting, and days to come are waited for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.application import usage, usage_looks
from engine.application.perform import DEFAULT_TENANT, Work
from engine.application.publish import publish_files
from engine.application.usage import UsageLook
from engine.application.usage_looks import look_at_usage
from engine.billing import Invoice
from engine.contracts import Contract, UsageRecord
from tests.application.deal import NOON, Shop, line, ordered, shop
from tests.fakes.rules import SMALL

THRESHOLDS = b"billing: {usage_thresholds: [{currency: EUR, at: [5.00]}]}\n"


@pytest.fixture
def deal(tmp_path: Path) -> Iterator[Shop]:
    with shop(tmp_path) as made:
        made.do(lambda work: publish_files(work, {**SMALL, "terms/billing.yaml": THRESHOLDS}, etag=""))
        yield made


def use(deal: Shop, contract: str, day: date, calls: int) -> None:
    record = UsageRecord(f"{day}/{calls}", "calls", day, Decimal(calls))
    assert deal.do(lambda work: usage.record_usage(work, contract, [record])).to_look_at


def nets(deal: Shop, contract: str) -> list[int]:
    with deal.env.store.read(DEFAULT_TENANT) as reader:
        return [each.net.minor_units for each in reader.page(Invoice, where={"contract": contract}, limit=9)]


def waiting(deal: Shop) -> list[tuple[str, date | None]]:
    with deal.env.store.read(DEFAULT_TENANT) as reader:
        return [(each.id, each.on) for each in reader.page(UsageLook, limit=9)]


def test_a_contract_that_we_fail_on_keeps_no_others_waiting(deal: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, *others = sorted(ordered(deal, line("CALLS", "100"), term_months=2).contract for _ in range(3))
    for each in (broken, *others):
        use(deal, each, NOON.date(), 120)
    bill = usage_looks.bill_usage

    def failing(work: Work, contract: Contract) -> object:
        if contract.id == broken:
            raise KeyError("a bug of ours")
        return bill(work, contract)

    monkeypatch.setattr(usage_looks, "bill_usage", failing)
    told: list[Exception] = []
    assert look_at_usage(deal.env, tenant=DEFAULT_TENANT, failed=told.append) == 2
    assert len(told) == 1
    # 120 calls at 0.05
    assert [nets(deal, each) for each in (broken, *others)] == [[], [600], [600]]
    assert [each for each, _ in waiting(deal)] == [broken]


def look(deal: Shop, day: date, limit: int = 1_000) -> int:
    deal.clock.instant = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return look_at_usage(deal.env, tenant=DEFAULT_TENANT, limit=limit)


@pytest.mark.parametrize("limit", [1, 1_000])
def test_contracts_that_are_refused_keep_no_others_waiting(
    deal: Shop, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_looks, "PAGE", 1)
    contracts = sorted(ordered(deal, line("CALLS", "100"), term_months=2).contract for _ in range(4))
    for each in contracts:
        use(deal, each, NOON.date(), 120)
    for each in contracts[:2]:
        deal.do(lambda work, key=each: work.tx.replace(replace(work.tx.get(Contract, key), rule_book="lost")))
    while look(deal, NOON.date(), limit):
        pass
    # 120 calls at 0.05
    assert [nets(deal, each) for each in contracts] == [[], [], [600], [600]]
    assert waiting(deal) == [(each, None) for each in contracts[:2]], "what is refused waits on"


def test_a_look_does_no_more_than_it_is_asked_for(deal: Shop) -> None:
    contracts = sorted(ordered(deal, line("CALLS", "100"), term_months=2).contract for _ in range(3))
    for each in contracts:
        use(deal, each, NOON.date(), 120)
    assert look(deal, NOON.date(), limit=2) == 2
    assert [key for key, _ in waiting(deal)] == contracts[2:]


def test_usage_of_days_to_come_is_looked_at_on_each_of_them(deal: Shop) -> None:
    contract = ordered(deal, line("CALLS", "100"), term_months=2).contract
    for day, calls in ((3, 60), (5, 60), (9, 10)):
        use(deal, contract, date(2026, 3, day), calls)
    assert look(deal, date(2026, 3, 1)) == 1
    assert waiting(deal) == [(contract, date(2026, 3, 3))]
    assert look(deal, date(2026, 3, 2)) == 0, "there is nothing to look at yet"
    assert (look(deal, date(2026, 3, 3)), nets(deal, contract)) == (1, [])
    # 120 calls at 0.05, beyond 5.00
    assert (look(deal, date(2026, 3, 5)), nets(deal, contract)) == (1, [600])
    assert (look(deal, date(2026, 3, 9)), nets(deal, contract), waiting(deal)) == (1, [600], [])


def test_usage_that_arrives_does_not_wait_for_a_day_that_other_usage_waits_for(deal: Shop) -> None:
    contract = ordered(deal, line("CALLS", "100"), term_months=2).contract
    use(deal, contract, date(2026, 3, 9), 60)
    look(deal, date(2026, 3, 1))
    use(deal, contract, date(2026, 3, 1), 120)
    assert (look(deal, date(2026, 3, 1)), nets(deal, contract)) == (1, [600])
    assert waiting(deal) == [(contract, date(2026, 3, 9))]
