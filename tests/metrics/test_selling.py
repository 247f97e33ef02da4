"""Quotes, deals, approvals and books folded into metrics; the figures are worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine.diagnostics import Refusal
from engine.metrics import (
    METRICS,
    BookedLine,
    Facts,
    FinalInvoice,
    Happened,
    QuoteEvent,
    Report,
    SoldLine,
    measured,
    stories_of,
    window_of,
)
from engine.metrics.metric import MetricRow, percentile_of
from engine.money import currency
from engine.periods import Period
from tests.contracts.build import day
from tests.orders.build import CALLS, MONTHLY, accepted_line, booked

EUR, USD = currency("EUR"), currency("USD")
MARCH = Period(day("2026-03-01"), day("2026-04-01"))
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def told(quote: str, *steps: tuple[Happened, int], **fields: object) -> list[QuoteEvent]:
    """Events of a quote so many hours after the start."""
    first = QuoteEvent(quote, Happened.CREATED, START, customer="anna", owner="rep")
    rest = [
        QuoteEvent(quote, happened, START + timedelta(hours=hours), **fields)  # type: ignore[arg-type]
        for happened, hours in steps
    ]
    return [first, *rest]


def facts(*events: list[QuoteEvent], **more: object) -> Facts:
    names = {event.quote for each in events for event in each}
    flat = sorted((event for each in events for event in each), key=lambda event: event.at)
    return Facts(quotes=stories_of(flat, dict.fromkeys(names, EUR)), **more)  # type: ignore[arg-type]


def value(name: str, found: Facts, period: Period = MARCH) -> Decimal | None:
    report = measured(METRICS[name], found, period)
    assert isinstance(report, Report)
    (figure,) = report.figures
    return figure.value


def test_approvals_last_from_submission_to_decision() -> None:
    levels = {"levels": 1}
    found = facts(
        told("q-1", (Happened.SUBMITTED, 1), (Happened.APPROVED, 5), **levels),  # 4 hours
        told("q-2", (Happened.SUBMITTED, 1), (Happened.REJECTED, 31), **levels),  # 30 hours
        told("q-3", (Happened.SUBMITTED, 0), (Happened.RECALLED, 90), (Happened.APPROVED, 91), **levels),
        told("q-4", (Happened.SUBMITTED, 2), (Happened.APPROVED, 2)),  # nobody looked
    )
    assert value("approval_cycle_time", found) == 17
    assert value("auto_approval_rate", found) == Decimal("0.25")


def test_lost_is_what_was_offered_and_ended_without_an_order() -> None:
    found = facts(
        told("q-1", (Happened.SENT, 2), (Happened.ORDERED, 26)),
        told("q-2", (Happened.SENT, 2), (Happened.CLOSED, 50), how="expired"),
        told("q-3", (Happened.SENT, 2), (Happened.CLOSED, 50), how="superseded"),
        told("q-4", (Happened.CLOSED, 50), how="withdrawn"),
        told("q-5", (Happened.SENT, 6)),
        told("q-6", (Happened.ORDERED, 2)),
    )
    # ordered: q-1 and the checkout q-6; lost: q-2
    assert value("win_rate", found) == Decimal("0.666667")
    # offered: q-1, q-2, q-3, q-5 and q-6
    assert value("quote_to_order_rate", found) == Decimal("0.4")
    assert value("expiry_rate", found) == Decimal("0.2")
    # 2, 2, 2, 2 and 6 hours
    assert value("quote_turnaround_median", found) == 2
    # 26 and 2 hours are 1.0833 and 0.0833 days, 0.5833 in the middle
    assert value("sales_cycle_length", found) == Decimal("0.58")


def test_a_deleted_draft_has_no_story() -> None:
    assert stories_of(told("q-1", (Happened.SENT, 2)), {}) == ()


def test_velocity_is_by_currency() -> None:
    found = facts(
        told("q-1", (Happened.SENT, 2), (Happened.ORDERED, 48)),
        told("q-2", (Happened.SENT, 2)),
    )
    # one open offer, all that was decided won, but no order of any value yet: nothing a day
    assert value("pipeline_velocity", found) == 0


def test_discounts_are_weighted_by_value_and_never_mix_currencies() -> None:
    sold = (
        SoldLine("q-1", "a", "MUG", EUR, 10_000, 9_000),
        SoldLine("q-1", "b", "PLAN", EUR, 30_000, 21_000),
        SoldLine("q-2", "a", "MUG", USD, 10_000, 10_000),
        SoldLine("q-9", "a", "MUG", EUR, 10_000, 1),
    )
    found = facts(told("q-1", (Happened.SENT, 2), (Happened.ORDERED, 3)), told("q-2", (Happened.ORDERED, 3)), sold=sold)
    report = measured(METRICS["discount_depth"], found, MARCH)
    assert isinstance(report, Report)
    # 400.00 by the list and 300.00 net; nothing off in dollars
    assert [(each.currency, each.value) for each in report.figures] == [(EUR, Decimal("0.25")), (USD, 0)]
    assert len(report.rows) == 3


def test_receivables_against_what_the_period_sold() -> None:
    def booked(kind: str, on: str, minor: int, invoice: str) -> BookedLine:
        return BookedLine("1", kind, "receivable", EUR, day(on), minor, "k-1", invoice, day(on))

    journal = (
        booked("InvoiceFinalized", "2026-02-10", 50_000, "in-1"),
        booked("PaymentReceived", "2026-03-05", -40_000, "in-1"),
        booked("InvoiceFinalized", "2026-03-10", 60_000, "in-2"),
        booked("CreditNoteIssued", "2026-03-20", -10_000, "in-2"),
        booked("PaymentReceived", "2026-04-02", -50_000, "in-2"),
    )
    invoices = (
        FinalInvoice("in-1", "k-1", "anna", day("2026-02-10")),
        FinalInvoice("in-2", "k-1", "anna", day("2026-03-10"), day("2026-03-20")),
    )
    found = Facts(journal=journal, invoices=invoices)
    # 600.00 are open at the end of March, of 500.00 sold in 31 days: 37.2
    assert value("dso", found) == Decimal("37.20")
    assert value("invoice_error_rate", found) == 1


@pytest.mark.parametrize(("percent", "expected"), [(0, "1"), (50, "2.5"), (90, "3.7"), (100, "4")])
def test_percentiles_lie_between_their_neighbours(percent: int, expected: str) -> None:
    rows = [MetricRow("r", MARCH.start, {"hours": Decimal(n)}) for n in (4, 1, 3, 2)]
    assert percentile_of("hours", percent)(rows, MARCH) == Decimal(expected)


def test_a_window_is_filled_in_by_the_moment_of_the_metric() -> None:
    assert window_of(METRICS["mrr"], None, day("2026-03-31")) == Period(day("2026-03-31"), day("2026-04-01"))
    assert window_of(METRICS["dso"], None, day("2026-03-31")) == Period(day("2025-04-01"), day("2026-04-01"))


def test_usage_and_services_without_an_agreed_end_have_no_value_yet() -> None:
    """A month at 20.00 for 12 months and 5.00 once are 245.00; the estimate of calls and the open service are not."""
    sale = booked(
        accepted_line("seats", "20.00", charge=MONTHLY, months=12),
        accepted_line("mug", "5.00"),
        accepted_line("calls", "70.00", charge=CALLS, months=12),
        accepted_line("care", "9.00", charge=MONTHLY),
    )
    found = facts(told("q-1", (Happened.ORDERED, 24)), orders=(sale.order,), contracts=(sale.contract,))
    assert value("average_deal_size", found) == 245
    # one won, none lost, nothing open
    assert value("pipeline_velocity", found) == 0
    waiting = booked(
        accepted_line("seats", "20.00", charge=MONTHLY, months=12, fulfilment="provision"),
        accepted_line("calls", "70.00", charge=CALLS, months=12, fulfilment="provision"),
        accepted_line("care", "9.00", charge=MONTHLY, fulfilment="provision"),
    )
    assert value("backlog", Facts(orders=(waiting.order,), contracts=(waiting.contract,))) == 240


def test_a_row_names_the_month_of_its_day_or_the_month_it_is_counted_in() -> None:
    """An offer of 2 March is still open at the end of April, and counts there when April is asked for by itself."""
    found = facts(told("q-1", (Happened.SENT, 2)))
    quarter = Period(day("2026-01-01"), day("2026-05-01"))

    def months(*by: str) -> list[str]:
        report = measured(METRICS["pipeline_velocity"], found, quarter, by)
        assert isinstance(report, Report)
        return [each.by["month"] for each in report.rows]

    assert months() == ["2026-03"]
    assert months("month") == ["2026-03", "2026-04"]


def test_all_faults_of_a_split_are_told() -> None:
    long = Period(day("2000-01-01"), day("2026-04-01"))
    refused = measured(METRICS["mrr"], Facts(), long, ("sky", "month", "month"))
    assert isinstance(refused, Refusal)
    assert [str(each.code) for each in refused.faults] == ["MET001", "MET002", "MET003"]
