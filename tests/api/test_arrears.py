"""Periods in arrears that runs bill before they end, where the book says so; through a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cpq.v1 import billing_pb2, contract_pb2

from tests.api import deal
from tests.api.amending import drafted, shown, tie_out
from tests.api.server import Served, served
from tests.scenarios.test_random_deals import FILES


@pytest.fixture
def early(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, {**FILES, "terms/billing.yaml": b"billing: {arrears: by_any_run}\n"}) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def test_the_first_run_after_a_period_began_bills_it(early: Served) -> None:
    contract = deal.ordered(early, deal.line("HOST"), term_months=12).contract
    assert not drafted(early, contract, "2026-03-01"), "nothing of it has passed"
    ask = billing_pb2.PreviewInvoicesRequest(contract=contract, until=deal.day("2026-03-15"))
    (planned,) = early.billing.PreviewInvoices(ask).invoices
    # 200.01 a quarter, with 19 % tax 238.01
    (draft,) = drafted(early, contract, "2026-03-15")
    assert shown([planned]) == shown([draft]) == [("2026-03-15", 20001, 23801)]
    assert (draft.lines[0].service.start, draft.lines[0].service.end) == (
        deal.day("2026-03-01"),
        deal.day("2026-06-01"),
    )
    assert not drafted(early, contract, "2026-06-01"), "it is billed, and the next one begins"
    assert shown(drafted(early, contract, "2026-06-02")) == [("2026-06-02", 20001, 23801)]
    tie_out(early, "2026-06-30")


def test_what_was_billed_ahead_of_an_end_is_credited(early: Served) -> None:
    contract = deal.ordered(early, deal.line("HOST"), term_months=12).contract
    deal.invoiced(early, contract, "2026-03-15")
    end = contract_pb2.TerminateContractRequest(name=contract, end=deal.day("2026-04-01"), reason="closed")
    (note,) = early.contracts.TerminateContract(end).credit_notes
    # 61 of 92 days of 200.01 are 132.615...
    assert note.net == 13262
    assert not drafted(early, contract, "2026-12-31")
    tie_out(early, "2026-12-31")


def test_usage_beside_it_changes_no_day(early: Served) -> None:
    """A run for a day ahead bills today what runs today, whether the contract has usage to be looked at or not."""
    plain = deal.ordered(early, deal.line("HOST"), term_months=12).contract
    metered = deal.ordered(early, deal.line("HOST"), deal.line("CALLS", "100"), term_months=12).contract
    use = billing_pb2.UsageRecord(id="a", line="calls", day=deal.day("2026-03-05"), quantity="100")
    early.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=metered, records=[use]))
    deal.move_clock(early, "2026-03-15T12:00:00Z")
    days = {}
    for contract in (plain, metered):
        drafts = drafted(early, contract, "2026-05-31")
        days[contract] = [shown([each])[0] for each in drafts if any(line.sku == "HOST" for line in each.lines)]
    assert days[plain] == days[metered] == [("2026-03-15", 20001, 23801)]
