"""The views that BI tools read say what the metrics say."""

from __future__ import annotations

import re
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cpq.v1 import billing_pb2, contract_pb2, metric_pb2, quote_pb2, revenue_pb2

from engine.catalog import ChargePeriod
from engine.storage.sqlite.migrate import FOLDER
from tests.api import deal
from tests.api.server import Served

VIEWS = re.findall(r"CREATE VIEW (\w+)", (FOLDER / "0013_views.sql").read_text())
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "storage.md"
DAY = "2026-03-31"


@pytest.fixture
def lived(shop: Served) -> Served:
    """A deal billed, credited, paid and recognised; a second one ended early; a third one declined."""
    first = deal.ordered(shop, deal.line("PLAN", "5"), deal.line("MUG", "2"), term_months=12)
    (invoice,) = deal.invoiced(shop, first.contract, "2026-03-01")
    shop.billing.RecordPayment(
        billing_pb2.RecordPaymentRequest(invoice=invoice.name, amount=1_000, pay_date=deal.day("2026-03-01"))
    )
    shop.billing.IssueCreditNote(billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, reason="goodwill"))
    second = deal.ordered(shop, deal.line("PLAN", "3"), term_months=12)
    shop.contracts.TerminateContract(
        contract_pb2.TerminateContractRequest(name=second.contract, end=deal.day("2026-05-16"), reason="moves away")
    )
    declined = deal.sent(shop, deal.line("MUG", "1"))
    shop.quotes.DeclineQuote(quote_pb2.DeclineQuoteRequest(name=declined.name, note="too dear"))
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day(DAY)))
    return shop


def query(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(folder / "cpq.sqlite3", timeout=30)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def measures(shop: Served, name: str, since: str, until: str) -> dict[str, Decimal]:
    request = metric_pb2.GetMetricRequest(name=f"metrics/{name}", since=deal.day(since), until=deal.day(until))
    (figure,) = shop.metrics.GetMetric(request).figures
    return {each: Decimal(number) for each, number in figure.measures.items()}


@pytest.mark.parametrize("day", ["2026-02-28", DAY, "2026-05-16", "2027-03-01"])
def test_recurring_lines_come_to_the_recurring_revenue(lived: Served, tmp_path: Path, day: str) -> None:
    ((found,),) = query(
        tmp_path,
        "SELECT coalesce(sum(monthly_minor), 0) FROM v_recurring_line"
        f" WHERE start_on <= '{day}' AND (end_on IS NULL OR '{day}' < end_on)",
    )
    assert Decimal(found) / 100 == measures(lived, "mrr", day, day)["mrr"]


def test_every_charge_period_has_its_months_in_the_view() -> None:
    text = " ".join((FOLDER / "0026_days_by_the_month.sql").read_text().split())
    for period in ChargePeriod:
        # A month has a twelfth of 365 days: 12 / 365 months a day, 84 / 365 a week.
        assert f"WHEN '{period.name}' THEN {12 * period.days or period.value} " in text
    by_days = ", ".join(f"'{each.name}'" for each in ChargePeriod if each.days)
    assert f"IN ({by_days}) THEN 365 END AS of_days" in text


def test_quotes_orders_invoices_and_books_come_to_their_metrics(lived: Served, tmp_path: Path) -> None:
    march = ("2026-03-01", DAY)
    ((issued, ordered),) = query(
        tmp_path,
        "SELECT count(first_sent_at), count(ordered_at) FROM v_quote_fact"
        " WHERE first_sent_at IS NOT NULL AND NOT renewed_by_itself",
    )
    assert measures(lived, "quote_to_order_rate", *march) == {"issued": issued, "ordered": ordered}
    ((listed, net),) = query(
        tmp_path, "SELECT sum(list_minor), sum(net_minor) FROM v_quote_line_fact WHERE status = 'ordered'"
    )
    assert measures(lived, "discount_depth", *march) == {"list": Decimal(listed) / 100, "net": Decimal(net) / 100}
    ((deals, worth),) = query(tmp_path, "SELECT count(*), sum(term_minor) FROM v_order_fact WHERE opens_contract")
    assert measures(lived, "average_deal_size", *march) == {"won": deals, "won_value": Decimal(worth) / 100}
    ((open_minor,),) = query(
        tmp_path,
        "SELECT sum(gross_minor - paid_minor - credited_minor) FROM v_invoice_fact WHERE status = 'finalized'",
    )
    ((booked,),) = query(tmp_path, "SELECT sum(amount_minor) FROM v_gl_line WHERE account = 'receivable'")
    assert Decimal(open_minor) / 100 == Decimal(booked) / 100 == measures(lived, "dso", *march)["receivables"]
    ((submitted, ended, untouched),) = query(
        tmp_path, "SELECT count(*), count(ended_at), sum(levels = 0) FROM v_approval_fact"
    )
    assert ended == submitted
    assert measures(lived, "auto_approval_rate", *march) == {"submitted": submitted, "untouched": untouched}
    ((scheduled,),) = query(tmp_path, f"SELECT sum(amount_minor) FROM v_revenue_schedule WHERE due_on <= '{DAY}'")
    ((earned,),) = query(tmp_path, "SELECT -sum(amount_minor) FROM v_gl_line WHERE account = 'revenue'")
    assert scheduled == earned


def test_every_view_is_documented_and_answers(lived: Served, tmp_path: Path) -> None:
    assert len(VIEWS) == 8
    page = PAGE.read_text(encoding="utf-8")
    for view in VIEWS:
        assert f"`{view}`" in page
        assert query(tmp_path, f"SELECT count(*) FROM {view} WHERE tenant_id = 'default'")[0][0] > 0, view
