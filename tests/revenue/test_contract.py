"""A revenue contract: its obligations, and every month recognised once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.diagnostics import Refusal
from engine.ledger import RevenueRecognised
from engine.money import Money, Ratio, currency
from engine.periods import Period
from engine.revenue.allocation import ObservableBundle
from engine.revenue.billed import record_billed
from engine.revenue.contract import add_obligations, report
from engine.revenue.ending import end_early
from engine.revenue.modification import change_prospectively, credit_past_fault
from engine.revenue.obligation import Promise, obligations_of
from engine.revenue.policy import RecognitionPolicy, SspBook, SspEntry, Timing
from engine.revenue.recognition import recognise
from tests.revenue.made import DAILY, DELIVERY, EVEN, YEAR, codes, eur, made, ok, promise


def test_promises_that_are_not_distinct_are_one_obligation() -> None:
    merged = RecognitionPolicy("install", Timing.POINT_IN_TIME, merge_key="system")
    contract = made(promise("licence", 5_000, merged), promise("work", 3_000, merged), promise("plan", 2_000, EVEN))
    assert [(each.id, each.obligation.order_lines) for each in contract.accounts] == [
        ("system", ("licence", "work")),
        ("plan", ("plan",)),
    ]
    assert [each.price for each in contract.accounts] == [eur(8_000), eur(2_000)]


def test_merged_promises_are_recognised_in_one_way() -> None:
    one = RecognitionPolicy("a", Timing.DAILY, merge_key="x")
    other = RecognitionPolicy("b", Timing.PROGRESS, merge_key="x")
    assert codes(obligations_of([promise("a", 1, one), promise("b", 1, other)])) == ["REV012"]
    assert codes(obligations_of([promise("a", 1, RecognitionPolicy("w", Timing.WEIGHTS))])) == ["REV013"]
    dollars = Promise("c", "C", Money(1, currency("USD")), YEAR, DAILY)
    assert "REV011" in codes(obligations_of([promise("a", 1, DAILY), dollars]))


def test_an_observable_bundle_of_products_takes_the_discount() -> None:
    obligations = obligations_of(
        [
            promise("a", 4_000, DELIVERY),
            promise("b", 3_500, DELIVERY, ssp=5_500),
            promise("c", 2_500, DELIVERY, ssp=4_500),
        ],
        bundles=[ObservableBundle(("B", "C"), Decimal(60))],
    )
    assert not isinstance(obligations, Refusal)
    assert [each.allocated for each in obligations] == [eur(4_000), eur(3_300), eur(2_700)]


def test_recognition_is_idempotent_by_month_and_needs_no_particular_rhythm() -> None:
    contract = made(promise("plan", 1_000, EVEN))
    march = recognise(contract, until=date(2026, 3, 31))
    assert [(each.key, each.on, each.amount) for each in march.facts if isinstance(each, RevenueRecognised)] == [
        ("revenue/c/plan/2026-01/1", date(2026, 1, 31), eur(83)),
        ("revenue/c/plan/2026-02/1", date(2026, 2, 28), eur(84)),
        ("revenue/c/plan/2026-03/1", date(2026, 3, 31), eur(83)),
    ]
    assert recognise(march.contract, until=date(2026, 3, 31)).facts == ()
    assert recognise(march.contract, until=date(2026, 1, 31)).facts == ()
    assert recognise(contract, until=date(2025, 12, 31)).facts == ()


def test_delivery_waits_for_all_lines_of_an_obligation() -> None:
    merged = RecognitionPolicy("install", Timing.POINT_IN_TIME, merge_key="system")
    contract = made(promise("licence", 5_000, merged), promise("work", 3_000, merged))
    assert recognise(contract, until=date(2030, 1, 1)).facts == ()
    half = ok(report(contract, "licence", on=date(2026, 2, 1), done=Ratio(1, 1)))
    assert half.accounts[0].scheduled == eur(0)
    whole = ok(report(half, "work", on=date(2026, 3, 5), done=Ratio(1, 1)))
    (fact,) = recognise(whole, until=date(2026, 3, 31)).facts
    assert isinstance(fact, RevenueRecognised)
    assert (fact.on, fact.amount) == (date(2026, 3, 5), eur(8_000))


def test_partial_deliveries_round_cumulatively() -> None:
    contract = made(promise("disks", 1_000, DELIVERY))
    for n, day in ((1, 5), (2, 9), (3, 20)):
        contract = ok(report(contract, "disks", on=date(2026, 1, day), done=Ratio(n, 3)))
    assert [each.amount.minor_units for each in contract.accounts[0].lines] == [333, 334, 333]
    again = ok(report(contract, "disks", on=date(2026, 1, 21), done=Ratio(3, 3)))
    assert again.accounts[0].lines == contract.accounts[0].lines


def test_usage_is_revenue_of_the_month_it_was_used_in_and_takes_no_part_in_the_allocation() -> None:
    usage = RecognitionPolicy("calls", Timing.USAGE)
    contract = made(promise("base", 3_000, EVEN, ssp=4_000), promise("calls", 0, usage))
    assert contract.account("base") is not None and contract.accounts[0].price == eur(3_000)
    used = ok(
        record_billed(contract, "calls", service=Period.through(date(2026, 2, 28), date(2026, 2, 28)), amount=eur(125))
    )
    facts = recognise(used, until=date(2026, 2, 28)).facts
    assert sum(each.amount.minor_units for each in facts if isinstance(each, RevenueRecognised)) == 500 + 125


def test_an_unknown_order_line_is_named_with_the_nearest_one() -> None:
    contract = made(promise("plan", 1, EVEN))
    for outcome in (
        report(contract, "plam", on=date(2026, 1, 1), done=Ratio(1, 1)),
        end_early(contract, {"plam": eur(0)}, on=date(2026, 1, 1)),
        change_prospectively(contract, "plam", on=date(2026, 1, 1), price_delta=eur(0)),
        credit_past_fault(contract, "plam", on=date(2026, 1, 1), credit=eur(0)),
    ):
        assert isinstance(outcome, Refusal)
        assert outcome.faults[0].hint == "did you mean `plan`?"
    same = obligations_of([promise("plan", 1, EVEN)])
    assert not isinstance(same, Refusal)
    assert codes(add_obligations(contract, same)) == ["REV021"]


def test_the_narrowest_entry_in_force_is_the_evidence() -> None:
    def entry(low: int, *, region: str = "", start: date | None = None) -> SspEntry:
        value = Decimal(low)
        return SspEntry("P", "EUR", value, value, value, region=region, valid_from=start)

    book = SspBook("1", (entry(10), entry(12, region="DE"), entry(14, start=date(2027, 1, 1))))
    on = date(2026, 5, 1)
    found = [book.find("P", "EUR", on=on, header=header) for header in ({}, {"region": "DE"}, {"region": "FR"})]
    assert [each.low for each in found if each is not None] == [10, 12, 10]
    late = book.find("P", "EUR", on=date(2027, 1, 1))
    assert late is not None and late.low == 14
    assert book.find("Q", "EUR", on=on) is None
