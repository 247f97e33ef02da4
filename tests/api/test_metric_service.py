"""MetricService through a real server; expected figures are worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, metric_pb2, order_pb2, party_pb2, quote_pb2, revenue_pb2

from engine.application.metrics import report_of
from engine.diagnostics import Refusal
from engine.metrics import METRICS
from engine.periods import Period
from engine.wire.basics import decimal_text
from tests.api import deal
from tests.api.amending import amendment, quantity, signed
from tests.api.server import Served, failure
from tests.api.test_revenue_service import closed_ahead

MUGS = 25  # two at 12.50


def figures(shop: Served, name: str, since: str, until: str, *by: str) -> list[Any]:
    request = metric_pb2.GetMetricRequest(
        name=f"metrics/{name}", since=deal.day(since), until=deal.day(until), group_by=by
    )
    return list(shop.metrics.GetMetric(request, timeout=30).figures)


def value(shop: Served, name: str, since: str, until: str) -> Decimal | None:
    (found,) = figures(shop, name, since, until)
    return Decimal(found.value) if found.value else None


@pytest.fixture
def lived(shop: Served) -> Served:
    """Five plans and two mugs ordered on 1 March for three months; the first month billed, two months recognised."""
    order = deal.ordered(shop, deal.line("PLAN", "5"), deal.line("MUG", "2"), term_months=3)
    deal.report(shop, order.name, "mug.pick")
    deal.report(shop, order.name, "mug.send")
    deal.invoiced(shop, order.contract, "2026-03-01")
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-04-30")))
    return shop


def test_every_metric_is_listed_with_its_definition(shop: Served) -> None:
    first = shop.metrics.ListMetrics(metric_pb2.ListMetricsRequest(page_size=3))
    assert [each.name for each in first.metrics] == [f"metrics/{name}" for name in list(METRICS)[:3]]
    rest = shop.metrics.ListMetrics(metric_pb2.ListMetricsRequest(page_token=first.next_page_token))
    listed = [*first.metrics, *rest.metrics]
    assert len(listed) == len(METRICS) and not rest.next_page_token
    assert all(each.definition.endswith(".") and each.version and each.unit and each.moment for each in listed)


def test_recurring_revenue_moves_and_is_kept(lived: Served) -> None:
    # a plan is 30.00 a month: 5 x 30.00 from 1 March, gone on 1 June
    assert value(lived, "mrr", "2026-03-31", "2026-03-31") == 150
    assert value(lived, "arr", "2026-03-31", "2026-03-31") == 1800
    assert value(lived, "mrr", "2026-06-01", "2026-06-01") == 0
    months = figures(lived, "mrr_movements", "2026-02-01", "2026-06-30", "month")
    assert [(each.group["month"], Decimal(each.value)) for each in months] == [
        ("2026-02", 0),
        ("2026-03", 150),
        ("2026-04", 0),
        ("2026-05", 0),
        ("2026-06", -150),
    ]
    assert value(lived, "nrr", "2026-04-01", "2026-04-30") == 1
    assert value(lived, "grr", "2026-04-01", "2026-06-30") == 0
    assert value(lived, "logo_churn_rate", "2026-04-01", "2026-06-30") == 1


def test_what_closed_books_took_later_counts_on_its_own_day(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-01")
    closed_ahead(shop, date(2026, 3, 31))
    credit = billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, reason="goodwill")
    credit.lines.add(line=invoice.lines[0].id, amount=500)
    shop.billing.IssueCreditNote(credit)
    # Of a price of 85.00, 25.00 are billed on 1 March, though the books took the credit of 5.00 in April
    assert value(shop, "unbilled_backlog", "2026-03-31", "2026-03-31") == 60


def test_the_books_say_what_is_owed_and_what_is_still_to_be_earned(lived: Served) -> None:
    # three months of 150.00 and the mugs; two months and the mugs are earned by the end of April
    assert value(lived, "rpo", "2026-04-30", "2026-04-30") == 150
    assert value(lived, "rpo", "2026-03-01", "2026-03-01") == 450
    assert value(lived, "rpo", "2026-02-28", "2026-02-28") == 0
    (left,) = figures(lived, "rpo", "2026-03-31", "2026-03-31")
    # 175.00 billed and 175.00 earned by the end of March; 300.00 to be billed
    assert {name: Decimal(number) for name, number in left.measures.items()} == {
        "deferred_revenue": 0,
        "unbilled_backlog": 300,
        "rpo_current": 300,
    }
    assert value(lived, "backlog", "2026-03-31", "2026-03-31") == 0
    due = figures(lived, "rpo_maturity", "2026-03-31", "2026-03-31", "due")
    assert [(each.group["due"], Decimal(each.value)) for each in due] == [("2026-04", 150), ("2026-05", 150)]
    waiting = deal.ordered(lived, deal.line("MUG", "1"))
    (mug,) = [
        each
        for each in figures(lived, "rpo_maturity", "2026-03-31", "2026-03-31", "contract", "due")
        if each.group["due"] == "unscheduled"
    ]
    assert (mug.group["contract"], Decimal(mug.value)) == (waiting.contract.rpartition("/")[2], Decimal("12.5"))
    # one month and the mugs are billed, two months and the mugs are earned: 150.00 more than was billed
    assert value(lived, "contract_assets", "2026-04-30", "2026-04-30") == 150
    (flow,) = figures(lived, "deferred_rollforward", "2026-03-01", "2026-04-30")
    parts = {name: Decimal(number) for name, number in flow.measures.items()}
    assert parts == {"opening": 0, "billed": 150 + MUGS, "recognised": 300 + MUGS, "refunds": 0, "other": 0}
    assert Decimal(flow.value) == -150
    # nothing is paid: all that the 61 days sold is open
    assert value(lived, "dso", "2026-03-01", "2026-04-30") == 61
    invoice = lived.billing.ListInvoices(billing_pb2.ListInvoicesRequest()).invoices[0]
    paid = billing_pb2.RecordPaymentRequest(
        invoice=invoice.name, amount=invoice.gross // 2, pay_date=deal.day("2026-03-01")
    )
    lived.billing.RecordPayment(paid)
    open_share = Decimal(invoice.gross - invoice.gross // 2) / invoice.gross
    assert value(lived, "dso", "2026-03-01", "2026-04-30") == round(open_share * 61, 2)


def test_what_is_due_and_not_billed_leaks(lived: Served) -> None:
    # three months of 150.00; the first is billed with the mugs, and the bills of April and May are not written yet
    (leak,) = figures(lived, "revenue_leakage", "2026-05-31", "2026-05-31")
    assert (Decimal(leak.value), leak.row_count) == (300, 2)
    assert value(lived, "revenue_leakage", "2026-03-31", "2026-03-31") == 0
    contract = lived.orders.ListOrders(order_pb2.ListOrdersRequest()).orders[0].contract
    lived.billing.RunBilling(billing_pb2.RunBillingRequest(until=deal.day("2026-04-30"), contracts=[contract]))
    (leak,) = figures(lived, "revenue_leakage", "2026-05-31", "2026-05-31")
    parts = {name: Decimal(number) for name, number in leak.measures.items()}
    assert parts == {"missing": 150, "drafted": 150}
    deal.invoiced(lived, contract, "2026-05-31")
    for draft in lived.billing.ListInvoices(billing_pb2.ListInvoicesRequest()).invoices:
        if draft.state == billing_pb2.INVOICE_STATE_DRAFT:
            lived.billing.FinalizeInvoice(billing_pb2.FinalizeInvoiceRequest(name=draft.name))
    assert value(lived, "revenue_leakage", "2026-05-31", "2026-05-31") == 0


def test_a_customer_is_worth_its_margin_until_it_leaves(lived: Served) -> None:
    # one of one customers pays 150.00 a month and none has left: no end is in sight
    assert value(lived, "customer_lifetime_value", "2026-03-01", "2026-04-30") is None
    second = party_pb2.CreateCustomerRequest(
        customer=party_pb2.Customer(display_name="Bert", segment="retail", region="DE"), customer_id="bert"
    )
    lived.parties.CreateCustomer(second)
    asked = deal.content(deal.line("PLAN", "2"), term_months=12)
    asked.customer = "customers/bert"
    quote = quote_pb2.Quote(content=asked, owner="users/rep", valid_until=deal.UNTIL)
    made = lived.quotes.CreateQuote(quote_pb2.CreateQuoteRequest(quote=quote))
    lived.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=made.name))
    lived.quotes.AcceptQuote(quote_pb2.AcceptQuoteRequest(name=made.name, version=made.version))
    order = lived.orders.CreateOrder(order_pb2.CreateOrderRequest(quote=made.name))
    fact = {"quote_line": "plan", "cost": 1_200}
    name = order.contract.replace("contracts/", "revenueContracts/")
    state = revenue_pb2.StateRevenueFactRequest(
        name=name, date=deal.day("2026-06-15"), author="users/rep", reason="licences", cost_of_goods=fact
    )
    lived.revenue.StateRevenueFact(state)
    lived.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-06-30")))
    (found,) = figures(lived, "customer_lifetime_value", "2026-05-01", "2026-06-30")
    parts = {name: Decimal(number) for name, number in found.measures.items()}
    # the first customer left on 1 June: one of two; May brings 150.00 + 60.00, June 60.00; the cost is 12.00
    assert parts == {
        "mrr": 60,
        "customers": 1,
        "opening_customers": 2,
        "lost_customers": 1,
        "revenue": 270,
        "cost_of_sales": 12,
        "days": 61,
    }
    # 60.00 x 258/270 over (1/2) / (61 x 12 / 365) months: 57.3333 x 2 x 2.005479 = 229.96
    assert Decimal(found.value) == Decimal("229.96")


def test_quotes_are_counted_from_their_events(lived: Served) -> None:
    second = deal.sent(lived, deal.line("MUG", "1"))
    lived.quotes.DeclineQuote(quote_pb2.DeclineQuoteRequest(name=second.name, note="too dear"))
    third = deal.sent(lived, deal.line("MUG", "1"))
    lived.quotes.ReviseQuote(quote_pb2.ReviseQuoteRequest(name=third.name, valid_until=deal.UNTIL))
    lived.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=third.name))
    lived.quotes.SendQuote(quote_pb2.SendQuoteRequest(name=third.name))
    deal.create(lived, deal.line("MUG", "1"))
    march = ("2026-03-01", "2026-03-31")
    # three were offered and one of them ordered; the draft counts nowhere
    assert value(lived, "quote_to_order_rate", *march) == Decimal("0.333333")
    assert value(lived, "win_rate", *march) == Decimal("0.5")
    assert value(lived, "rework_rate", *march) == Decimal("0.333333")
    assert value(lived, "quote_turnaround_median", *march) == 0
    assert value(lived, "auto_approval_rate", *march) == 1
    assert value(lived, "approval_cycle_time", *march) is None
    (size,) = figures(lived, "average_deal_size", *march)
    assert (size.currency_code, Decimal(size.value)) == ("EUR", 450 + MUGS)
    assert value(lived, "order_to_invoice_time", *march) == 0
    assert value(lived, "invoice_error_rate", *march) == 0


def test_a_change_of_a_contract_moves_recurring_revenue_and_is_no_new_deal(lived: Served) -> None:
    contract = lived.orders.ListOrders(order_pb2.ListOrdersRequest()).orders[0].contract
    made = amendment(lived, contract, "2026-04-11", changes=[quantity("plan", "7")])
    signed(lived, made)
    # 7 x 30.00 from 11 April on
    (moved,) = figures(lived, "mrr_movements", "2026-04-01", "2026-04-30")
    assert (Decimal(moved.value), Decimal(moved.measures["expansion"])) == (60, 60)
    assert value(lived, "mrr", "2026-04-30", "2026-04-30") == 210
    assert value(lived, "nrr", "2026-04-01", "2026-04-30") == Decimal("1.4")
    (size,) = figures(lived, "average_deal_size", "2026-03-01", "2026-04-30")
    assert (Decimal(size.value), size.row_count) == (450 + MUGS, 1)
    assert value(lived, "order_to_invoice_time", "2026-03-01", "2026-04-30") == 0


def test_the_rows_add_up_to_the_figures(lived: Served) -> None:
    request = metric_pb2.ListMetricRowsRequest(
        name="metrics/discount_depth", since=deal.day("2026-03-01"), until=deal.day("2026-03-31"), page_size=1
    )
    first = lived.metrics.ListMetricRows(request)
    request.page_token = first.next_page_token
    second = lived.metrics.ListMetricRows(request)
    rows = [*first.rows, *second.rows]
    assert not second.next_page_token
    assert [each.group["sku"] for each in rows] == ["PLAN", "MUG"]
    assert {each.group["region"] for each in rows} == {"DE"}
    (figure,) = figures(lived, "discount_depth", "2026-03-01", "2026-03-31")
    for name in ("list", "net"):
        assert sum(Decimal(each.parts[name]) for each in rows) == Decimal(figure.measures[name])
    request.name = "metrics/mrr"
    assert failure(lived.metrics.ListMetricRows, request).reason == "INVALID_PAGE"


def test_pages_are_of_one_report_until_something_is_saved(lived: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(env: Any, reader: Any, metric: Any, window: Any, by: Any) -> Any:
        made.append(metric.name)
        return report_of(env, reader, metric, window, by)

    monkeypatch.setattr("engine.api.metric_service.report_of", counted)
    march = ("2026-03-01", "2026-03-31")
    assert value(lived, "quote_to_order_rate", *march) == value(lived, "quote_to_order_rate", *march) == 1
    assert made == ["quote_to_order_rate"]
    deal.sent(lived, deal.line("MUG", "1"))
    assert value(lived, "quote_to_order_rate", *march) == Decimal("0.5")
    assert len(made) == 2


def test_every_metric_follows_the_records_that_it_is_made_of(lived: Served) -> None:
    """Whatever is saved, the next answer is that of a fresh fold: no metric reads what its marks do not watch."""
    march = ("2026-03-01", "2026-04-30")
    for change in (
        lambda: deal.ordered(lived, deal.line("PLAN"), deal.line("MUG", "3"), term_months=2),
        lambda: deal.invoiced(lived, "contracts/k-000002", "2026-03-31"),
        lambda: lived.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-05-31"))),
        lambda: deal.sent(lived, deal.line("MUG", "1")),
    ):
        for name in METRICS:
            figures(lived, name, *march)
        change()
        for name, metric in METRICS.items():
            window = Period.through(date(2026, 3, 1), date(2026, 4, 30))
            with lived.env.store.read("default") as reader:
                fresh = report_of(lived.env, reader, metric, window)
            assert not isinstance(fresh, Refusal)
            told = [each.value for each in figures(lived, name, *march)]
            assert told == [decimal_text(each.value) for each in fresh.figures], name


def test_a_period_that_is_left_out_is_the_twelve_months_up_to_today(lived: Served) -> None:
    report = lived.metrics.GetMetric(metric_pb2.GetMetricRequest(name="metrics/win_rate"))
    assert (report.period.start, report.period.end) == (deal.day("2025-03-02"), deal.day("2026-03-02"))
    at_day = lived.metrics.GetMetric(metric_pb2.GetMetricRequest(name="metrics/mrr"))
    assert (at_day.period.start, at_day.period.end) == (deal.day("2026-03-01"), deal.day("2026-03-02"))


def test_what_cannot_be_asked_is_told(shop: Served) -> None:
    ask = shop.metrics.GetMetric
    unknown = failure(ask, metric_pb2.GetMetricRequest(name="metrics/mmr"))
    assert unknown.code is grpc.StatusCode.NOT_FOUND
    bad = metric_pb2.GetMetricRequest(name="metrics/mrr", group_by=["costomer", "month", "month"])
    bad.since.CopyFrom(deal.day("2010-01-01"))
    refused = failure(ask, bad)
    assert refused.fields.keys() == {"group_by[0]", "group_by[2]", "since"}
    assert "did you mean `customer`?" in str(refused.fields)
    later = metric_pb2.GetMetricRequest(name="x", since=deal.day("2026-03-02"), until=deal.day("2026-03-01"))
    assert failure(ask, later).fields.keys() == {"name", "since"}
