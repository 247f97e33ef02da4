"""Random changes of contracts through the server, against a twin that counts days: each day of service is billed once.

Bill days, suspensions, amendments, renewals, terminations and ramps meet in any order, from month ends and leap days.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cpq.v1 import billing_pb2, contract_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api import deal
from tests.api.server import served
from tests.scenarios.test_random_deals import FILES, RELAXED, Company, lines_of, orders

SOAK_EXAMPLES = 200
STARTS = ("2026-01-31T12:00:00+00:00", "2028-02-29T12:00:00+00:00", "2026-03-01T12:00:00+00:00")
KINDS = (
    *("wait", "bill", "bill ahead", "finalize", "finalize", "recognise", "terminate", "amend", "amend", "renew"),
    *("suspend", "suspend", "resume", "resume", "bill day", "bill day"),
)
AHEAD, SURE = timedelta(days=500), timedelta(days=120)
"""How far bills are run at last, and up to where every period is over by then."""
lives = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 10**6)), min_size=8, max_size=25)


def as_date(found: Any) -> date:
    return date(found.year, found.month, found.day)


def days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=n) for n in range((end - start).days))


def served_days(contract: contract_pb2.Contract, until: date) -> dict[str, set[date]]:
    """The days of service of every line that is charged by the period, by what was signed."""
    told: dict[str, date] = {}
    for end in (end for change in contract.changes for end in change.ends):
        told[end.line] = min(as_date(end.end), told.get(end.line, date.max))
    found = {}
    for line in lines_of(contract):
        if line.charge.period_months and line.sku != "CALLS":
            agreed = as_date(line.period.end) if line.period.HasField("end") else date.max
            found[line.id] = {*days(as_date(line.period.start), min(agreed, told.get(line.id, date.max), until))}
    return found


def billed_days(documents: list[Any], contract: str) -> Counter[tuple[str, date]]:
    """How often each day of each line is charged, less how often it is credited."""
    found: Counter[tuple[str, date]] = Counter()
    for line in (line for each in documents for line in each.lines if line.contract == contract):
        if line.service.HasField("start") and line.sku != "CALLS":
            for each in days(as_date(line.service.start), as_date(line.service.end)):
                found[line.quote_line, each] += -1 if line.credits else 1
    return found


def documents_of(company: Company) -> list[Any]:
    found: list[Any] = company.notes()
    request = billing_pb2.ListInvoicesRequest(page_size=500)
    while True:
        page = company.server.billing.ListInvoices(request)
        found += page.invoices
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


def live(start: str, sold: list[Any], ramp: int, happened: list[tuple[str, int]]) -> None:
    """Live a life, bill far ahead, and count."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), FILES) as server:
        deal.set_clock(server, start)
        deal.people(server)
        company = Company(server)
        company.now = datetime.fromisoformat(start)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(deal, "UNTIL", company.day(3000))
            for each in sold:
                company.sell(*each)
            if ramp:
                line = deal.line("PLAN", "3", id="ramp", term_months=12, ramp={"segment_months": ramp})
                company.orders.append(deal.ordered(server, line, start=company.day(3)))
            for kind, number in happened:
                company.step(kind, number)
        until = deal.day((company.today + AHEAD).isoformat())
        server.billing.RunBilling(billing_pb2.RunBillingRequest(until=until), timeout=120)
        documents, edge = documents_of(company), company.today + SURE
        for name in {each.contract for each in company.orders}:
            contract = server.contracts.GetContract(contract_pb2.GetContractRequest(name=name))
            billed = billed_days(documents, name)
            assert set(billed.values()) <= {0, 1}, "no day is charged twice, or credited without a charge"
            for line, wanted in served_days(contract, edge).items():
                assert {on for (key, on), n in billed.items() if key == line and n and on < edge} == wanted, line


asked = (st.sampled_from(STARTS), st.lists(orders, min_size=1, max_size=2), st.sampled_from([0, 2, 5]), lives)


@settings(max_examples=6, deadline=None, suppress_health_check=RELAXED)
@given(*asked)
def test_whatever_changes_each_day_of_service_is_billed_once(start, sold, ramp, happened) -> None:
    live(start, sold, ramp, happened)


@pytest.mark.soak
@settings(max_examples=SOAK_EXAMPLES, deadline=None, suppress_health_check=RELAXED)
@given(*asked)
def test_many_changes_bill_each_day_of_service_once(start, sold, ramp, happened) -> None:
    live(start, sold, ramp, happened)
