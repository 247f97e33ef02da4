"""A service that is charged by the day, from the rule file to the books; amounts are worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cpq.v1 import billing_pb2, contract_pb2, order_pb2

from tests.api import deal
from tests.api.server import Served, served
from tests.api.test_contract_service import obligation, recognised, sound, terminate
from tests.fakes.rules import SMALL

DESKS = """\
categories:
  desk:
    title: Desks
    charge: {kind: recurring, period: day, timing: advance}
    recognition: service
products:
  - {sku: DESK, name: Desk, category: desk, list: {EUR: 20.00, USD: 22.00}}
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, {**SMALL, "catalog/desks.yaml": DESKS.encode()}) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def ordered(office: Served) -> order_pb2.Order:
    return deal.ordered(office, deal.line("DESK"), term_months=1)


def test_every_day_is_billed_and_the_month_is_what_was_quoted(office: Served) -> None:
    order = ordered(office)
    contract = office.contracts.GetContract(contract_pb2.GetContractRequest(name=order.contract))
    (line,) = contract.lines
    assert (line.charge.period_months, line.charge.period_days) == (0, 1)
    request = billing_pb2.RunBillingRequest(contracts=[order.contract], until=deal.day("2026-03-03"))
    run = office.billing.RunBilling(request)
    assert [(each.invoice_date.day, each.net) for each in run.invoices] == [(1, 2000), (2, 2000), (3, 2000)]
    later = billing_pb2.RunBillingRequest(contracts=[order.contract], until=deal.day("2026-05-31"))
    # 31 days of March less the three that are billed, and nothing after the term
    assert [each.net for each in office.billing.RunBilling(later).invoices] == [2000] * 28


def test_days_that_are_not_served_are_given_back(office: Served) -> None:
    order = ordered(office)
    billed = deal.invoiced(office, order.contract, "2026-03-20")
    assert len(billed) == 20
    done = terminate(office, order.contract, "2026-03-11")
    # 11 to 20 March, each on its own invoice
    assert [(each.invoice, each.net) for each in done.credit_notes] == [(each.name, 2000) for each in billed[10:]]
    assert not deal.invoiced(office, order.contract, "2026-04-30")
    recognised(office, "2026-03-31")
    assert obligation(office, order.contract).recognized == 20000
    assert sound(office, "2026-03-31")
