"""What a quoted change shows before anyone signs is what billing drafts later, to the cent, however it is run."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, contract_pb2, pricing_pb2, revenue_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api import deal
from tests.api.amending import contract_of, signed
from tests.api.server import Served, served
from tests.scenarios.test_random_deals import FILES, REFUSED

SOAK_EXAMPLES = 300
RELAXED = [HealthCheck.too_slow, HealthCheck.data_too_large]
START = date(2026, 3, 1)
RUNNING = ("PLAN", "HOST", "CARE")

sold = st.lists(st.tuples(st.sampled_from(RUNNING), st.integers(1, 40)), min_size=1, max_size=3)
changes = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 40), st.integers(1, 2)), min_size=1, max_size=2)
"""Which line, the new quantity, and where its price comes from."""


def day(number: int) -> Any:
    return deal.day((START + timedelta(days=number)).isoformat())


def bill(server: Served, contract: str, until: int) -> list[billing_pb2.Invoice]:
    run = billing_pb2.RunBillingRequest(until=day(until), contracts=[contract])
    return list(server.billing.RunBilling(run, timeout=60).invoices)


def drafts(server: Served) -> list[billing_pb2.Invoice]:
    listed = server.billing.ListInvoices(billing_pb2.ListInvoicesRequest(page_size=500), timeout=60).invoices
    return [each for each in listed if each.state == billing_pb2.INVOICE_STATE_DRAFT]


def facts(invoices: list[billing_pb2.Invoice]) -> list[Any]:
    """What of an invoice has to be equal: its day, totals and lines, in whatever order runs by days draft them."""
    return sorted(
        (each.invoice_date.year, each.invoice_date.month, each.invoice_date.day, each.net, each.tax, each.gross)
        + tuple(sorted((line.quote_line, line.amount) for line in each.lines))
        for each in invoices
    )


def live(lines: Any, months: int | None, percent: int, asked: Any, days: Any) -> bool:
    """Sell, bill for a while, quote a change, sign it, bill on by steps; whether the change could be made."""
    first, effective, steps = days
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), FILES) as server:
        deal.set_clock(server)
        deal.people(server)
        fields: dict[str, Any] = {"term_months": months} if months else {}
        if percent:
            fields["manual_discounts"] = [deal.discount(str(percent))]
        wanted = [deal.line(sku, str(units), id=f"l{n}") for n, (sku, units) in enumerate(lines)]
        order = deal.ordered(server, *wanted, **fields)
        for each in bill(server, order.contract, first):
            if each.invoice_date.month % 4:
                server.billing.FinalizeInvoice(billing_pb2.FinalizeInvoiceRequest(name=each.name), timeout=30)
        request = contract_pb2.CreateAmendmentQuoteRequest(
            contract=order.contract,
            effective=day(effective),
            changes=[
                contract_pb2.LineChange(line=f"l{n % len(lines)}", quantity=str(units), price=price)  # type: ignore[arg-type]
                for n, units, price in asked
            ],
            content=pricing_pb2.QuoteContent(lines=[deal.line("PLAN", "3", id="more")] if effective % 2 else []),
            valid_until=day(100),
            until=day(max(effective, 400)),
        )
        try:
            made = server.contracts.CreateAmendmentQuote(request, timeout=60)
        except grpc.RpcError as error:
            assert error.code() in REFUSED, error
            return False
        before = drafts(server)
        signed(server, made)
        assert len(contract_of(server, order.contract).changes) == 1
        found = drafts(server)
        kept = [each.name for each in before if each.name not in {one.name for one in made.impact.voided_invoices}]
        assert [each.name for each in found] == kept, "the others stay"
        for until in sorted({*steps, max(effective, 400)}):
            found += bill(server, order.contract, until)
        assert facts(found) == facts(list(made.impact.schedule_after))
        server.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=day(400)), timeout=60)
        audit = server.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=day(400)), timeout=60)
        assert audit.valid, audit.findings
        return True


lives = st.tuples(
    sold,
    st.sampled_from([None, 5, 12, 18]),
    st.sampled_from([0, 3, 10]),
    changes,
    st.tuples(st.integers(0, 150), st.integers(0, 200), st.lists(st.integers(0, 400), max_size=3)),
)


@settings(max_examples=8, deadline=None, suppress_health_check=RELAXED)
@given(lives)
def test_the_schedule_that_is_shown_is_the_one_that_is_billed(life: Any) -> None:
    live(*life)


@pytest.mark.soak
@settings(max_examples=SOAK_EXAMPLES, deadline=None, suppress_health_check=RELAXED)
@given(lives)
def test_many_schedules_are_billed_as_they_are_shown(life: Any) -> None:
    live(*life)


def test_a_change_within_a_discounted_quarter_is_billed_as_shown() -> None:
    assert live([("HOST", 7), ("CARE", 3)], 12, 10, [(0, 9, 1)], (100, 47, [60, 200]))
