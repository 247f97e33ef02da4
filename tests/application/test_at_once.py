"""Two callers who decide on the same snapshot: what one of them did, the other does not do again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.application import billing, payments, revenue, usage
from engine.application.audit import run_audit
from engine.application.corrections import BillingMark
from engine.application.perform import Work
from engine.application.publish import publish_files
from engine.billing import Invoice
from engine.contracts import Contract, UsageRecord
from engine.diagnostics import Refusal
from tests.application.deal import Shop, line, shop
from tests.application.test_deal import complete, ordered
from tests.fakes.rules import SMALL

APRIL = date(2026, 4, 30)


@pytest.fixture
def deal(tmp_path: Path) -> Iterator[Shop]:
    with shop(tmp_path) as made:
        yield made


def at_once(deal: Shop, decide: Callable[[Work], Any], other: Callable[[Work], Any] | None = None) -> list[Any]:
    """What two callers get who have both decided, for the first time, before either of them saves."""
    both = threading.Barrier(2, timeout=30)
    answers: list[Any] = []

    def call(decide: Callable[[Work], Any]) -> None:
        first = [True]

        def meet(work: Work) -> Any:
            decided = decide(work)
            if first:
                first.clear()
                both.wait()
            return decided

        answers.append(deal.do(meet))

    threads = [threading.Thread(target=call, args=(each,)) for each in (decide, other or decide)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 2
    return answers


def bill(until: date) -> Callable[[Work], Any]:
    return lambda work: billing.run_billing(work, until)


def nets(answers: list[Any]) -> list[list[int]]:
    return sorted([each.net.minor_units for each in drafted.invoices] for drafted in answers)


def test_what_is_delivered_after_a_run_is_billed_by_one_of_two_runs(deal: Shop) -> None:
    order = ordered(deal, line("MUG", "4"))
    assert deal.do(bill(APRIL)).invoices == ()
    complete(deal, order)
    answers = at_once(deal, bill(APRIL))
    assert nets(answers) == [[], [5000]], "4 x 12.50, once"
    assert deal.do(bill(APRIL)).invoices == ()
    (invoice,) = (each for drafted in answers for each in drafted.invoices)
    deal.do(lambda work: billing.finalize_invoice(work, invoice.id, etag=""))
    with deal.env.store.read("default") as reader:
        assert len(reader.page(Invoice, limit=9)) == 1
        assert run_audit(reader, APRIL).violations == ()


def test_usage_reported_late_is_billed_by_one_of_two_runs(deal: Shop) -> None:
    order = ordered(deal, line("CALLS", "100"), term_months=2)

    def report(key: str) -> None:
        record = UsageRecord(key, "calls", date(2026, 3, 5), Decimal(100))
        deal.do(lambda work: usage.record_usage(work, order.contract, [record]))

    report("a")
    assert nets([deal.do(bill(APRIL))]) == [[500]], "100 at 0.05"
    report("b")
    assert nets(at_once(deal, bill(date(2026, 4, 1)))) == [[], [500]]
    with deal.env.store.read("default") as reader:
        mark = reader.get(BillingMark, order.contract)
    assert mark == BillingMark(order.contract, APRIL), "a run up to an earlier day does not take the mark back"


@pytest.mark.parametrize("billed_before", [False, True])
def test_usage_that_crosses_a_threshold_beside_a_run_is_billed_once(deal: Shop, billed_before: bool) -> None:
    thresholds = b"billing: {usage_thresholds: [{currency: EUR, at: [5.00]}]}\n"
    deal.do(lambda work: publish_files(work, {**SMALL, "terms/billing.yaml": thresholds}, etag=""))
    contract = ordered(deal, line("CALLS", "100"), term_months=2).contract
    if billed_before:
        deal.do(bill(date(2026, 3, 1)))
    record = UsageRecord("a", "calls", date(2026, 3, 1), Decimal(120))
    deal.do(lambda work: usage.record_usage(work, contract, [record]))

    def look(work: Work) -> Any:
        found = work.tx.get(Contract, contract)
        assert found is not None
        return billing.bill_usage(work, found)

    # a run ahead of the clock, to the end of the running period
    at_once(deal, look, bill(date(2026, 4, 1)))
    with deal.env.store.read("default") as reader:
        assert [each.net.minor_units for each in reader.page(Invoice, limit=9)] == [600], "120 at 0.05, once"


def test_two_first_runs_bill_a_contract_once(deal: Shop) -> None:
    complete(deal, ordered(deal, line("MUG", "4")))
    assert nets(at_once(deal, bill(APRIL))) == [[], [5000]]


def test_of_two_payments_of_all_that_is_open_one_is_refused(deal: Shop) -> None:
    complete(deal, ordered(deal, line("MUG", "4")))
    (invoice,) = deal.do(bill(APRIL)).invoices
    deal.do(lambda work: billing.finalize_invoice(work, invoice.id, etag=""))

    def pay(work: Work) -> Any:
        # 4 x 12.50 and 19 % of it
        return payments.record_payment(work, invoice.id, payments.Receipt(5950, date(2026, 3, 1), "r"), etag="")

    refused = [each for each in at_once(deal, pay) if isinstance(each, Refusal)]
    assert [fault.code for each in refused for fault in each.faults] == [payments.TOO_MUCH]


def test_of_two_recognition_runs_one_books(deal: Shop) -> None:
    ordered(deal, line("PLAN"), term_months=2)
    answers = at_once(deal, lambda work: revenue.run_recognition(work, APRIL))
    assert sorted(each.facts for each in answers) == [0, 2], "a month's service each for March and April"
