"""A deal by use cases alone, from ``engine.application.quotes`` to ``engine.application.audit``; amounts by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.application import approvals, billing, ledger, offers, orders, payments, quotes, revenue, review, usage
from engine.application.audit import run_audit
from engine.application.configure import asked_header, configurator_of, lines_of, list_prices
from engine.application.content import Content, customer_facts, find_book, request_of
from engine.application.faults import etag_mismatch, not_found
from engine.application.invoices import invoice_etag, open_amount
from engine.application.perform import Work
from engine.application.run_due import Due, run_due
from engine.application.taxes import Offer, tax_table
from engine.approvals.run import ApprovalRun, Delegation, RunStatus, Verdict
from engine.billing import Reason
from engine.configuration.products import Pick
from engine.contracts import Contract, UsageRecord
from engine.diagnostics import Refusal
from engine.orders.states import OrderState
from engine.parties import Customer
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn
from engine.quotes import lifecycle
from engine.quotes.quote import Quote
from engine.quotes.status import Status
from tests.application.deal import UNTIL, Shop, draft, line, ordered, shop

TWENTY = ManualDiscount("m", ManualOn.TOTAL, ManualKind.PERCENT, Decimal(20), "to win", "rep")


@pytest.fixture
def deal(tmp_path: Path) -> Iterator[Shop]:
    with shop(tmp_path) as made:
        yield made


def complete(deal: Shop, order: orders.Order) -> orders.Order:
    for task in order.tasks:
        report = orders.Report(orders.Progress.COMPLETED, task=task.id)
        key = order.id
        order = deal.do(lambda work, key=key, report=report: orders.report_progress(work, key, report, etag=""))
    return order


def test_a_deal_ties_out_to_the_cent(deal: Shop) -> None:
    order = complete(deal, ordered(deal, line("MUG", "4"), line("PLAN"), term_months=2))
    assert order.state is OrderState.COMPLETED
    drafted = deal.do(lambda work: billing.run_billing(work, date(2026, 4, 30)))
    # 4 x 12.50 and two months at 30.00
    assert sum(each.net.minor_units for each in drafted.invoices) == 11000
    for each in drafted.invoices:
        deal.do(lambda work, key=each.id: billing.finalize_invoice(work, key, etag=""))
    result = deal.do(lambda work: revenue.run_recognition(work, date(2026, 4, 30)))
    assert (result.contracts, result.facts) == (1, 3)
    first = drafted.invoices[0]
    paid = deal.do(
        lambda work: payments.record_payment(work, first.id, payments.Receipt(100, date(2026, 3, 1), "r"), etag="")
    )
    assert paid.amount.minor_units == 100
    with deal.env.store.read("default") as reader:
        invoice = reader.get(billing.Invoice, first.id)
        assert invoice is not None
        assert open_amount(reader, invoice).minor_units == invoice.gross.minor_units - 100
        assert invoice_etag(reader, invoice) == '"2.1.0"'
        assert sum(each.balance.minor_units for each in ledger.balances(reader, None)) == 0
        audited = run_audit(reader, date(2026, 4, 30))
        assert audited.violations == ()
        assert set(audited.broken().values()) == {0}
        contract = reader.get(Contract, order.contract)
        assert contract is not None
        active = find_book(deal.env, "default", book_hash=contract.rule_book, day=contract.start)
        quote = reader.get(Quote, contract.quote)
        assert not isinstance(active, Refusal) and quote is not None
        offer = Offer(quote.priced, active.parts)
        assert tax_table(contract, [offer]).percents == {"standard": Decimal(19)}
        assert tax_table(contract, [Offer(None, active.parts)]).percents == {"standard": Decimal(0)}


def test_an_approval_is_asked_for_and_decides(deal: Shop) -> None:
    quote = deal.do(lambda work: quotes.create_quote(work, draft(manual=(TWENTY,)), etag=""))
    waiting = deal.do(lambda work: offers.submit_quote(work, quote.id, etag=""))
    assert waiting.status is Status.IN_APPROVAL
    with deal.env.store.read("default") as reader:
        found = review.preview(deal.env, reader, quote.id, None, tenant="default")
        assert not isinstance(found, Refusal)
        assert [each.chain for each in found.route.chains] == ["sales"]
    opinion = approvals.Opinion(Verdict.APPROVE, "mia")
    run = deal.do(lambda work: approvals.decide(work, waiting.approval, opinion, etag=""))
    assert run.status is RunStatus.APPROVED
    delegation = Delegation("mia", "rep", date(2026, 3, 1))
    assert deal.do(lambda work: approvals.delegate(work, delegation, etag="")).id == "d-000001"


def test_everybody_who_stands_in_for_somebody_is_known(deal: Shop) -> None:
    """Delegations are never deleted, so that they come to more than a page holds."""
    many = 10_001

    def add(work: Work) -> None:
        for n in range(many):
            work.tx.add(approvals.StoredDelegation(f"d-{n:06d}", Delegation("mia", f"u-{n}", date(2026, 3, 1))))

    deal.do(add)
    with deal.env.store.read("default") as reader:
        assert len(approvals.directory(reader).delegations) == many


def test_what_falls_due_is_done_once(deal: Shop) -> None:
    quote = deal.do(lambda work: quotes.create_quote(work, draft(manual=(TWENTY,)), etag=""))
    deal.do(lambda work: offers.submit_quote(work, quote.id, etag=""), request_id="old", fingerprint=b"x")
    assert not run_due(deal.env, deal.clock.instant)
    deal.clock.advance(timedelta(days=200))
    assert run_due(deal.env, deal.clock.instant, limit=1).total() >= 1
    while run_due(deal.env, deal.clock.instant):
        pass
    with deal.env.store.read("default") as reader:
        expired = reader.get(Quote, quote.id)
        assert expired is not None
        assert expired.status is Status.EXPIRED
        (run,) = reader.page(ApprovalRun, limit=5)
        assert run.status is not RunStatus.RUNNING
        assert reader.answer("old") is None


def test_what_we_fail_on_keeps_nothing_else_waiting(deal: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (deal.do(lambda work: quotes.create_quote(work, draft(), etag="")) for _ in range(3))
    expire = lifecycle.expire

    def broken(quote: Quote, *, at: datetime) -> object:
        if quote.id == first.id:
            raise KeyError("a bug of ours")
        return expire(quote, at=at)

    monkeypatch.setattr(lifecycle, "expire", broken)
    deal.clock.advance(timedelta(days=200))
    told: list[Exception] = []
    assert run_due(deal.env, deal.clock.instant, failed=told.append)[Due.QUOTE] == 2
    assert [str(each) for each in told] == ["'a bug of ours'"]
    with deal.env.store.read("default") as reader:
        found = [reader.get(Quote, each.id) for each in (first, second, third)]
    assert [each.status for each in found if each] == [Status.DRAFT, Status.EXPIRED, Status.EXPIRED]
    with pytest.raises(KeyError):
        run_due(deal.env, deal.clock.instant)


def test_usage_and_credits_by_hand_reach_revenue(deal: Shop) -> None:
    order = ordered(deal, line("CALLS", "100"), term_months=2)
    records = [UsageRecord("a", "calls", date(2026, 3, 5), Decimal(100))]
    counted = deal.do(lambda work: usage.record_usage(work, order.contract, records))
    assert counted == usage.UsageResult(1, 0)
    (invoice,) = deal.do(lambda work: billing.run_billing(work, date(2026, 4, 1))).invoices
    # 100 calls at 0.05
    assert invoice.net.minor_units == 500
    deal.do(lambda work: billing.finalize_invoice(work, invoice.id, etag=""))
    deal.clock.advance(timedelta(days=40))
    wish = [payments.CreditWish(invoice.lines[0].id, 200)]
    note = deal.do(lambda work: payments.issue_credit_note(work, invoice.id, wish, Reason("slow", True), etag=""))
    assert note.net.minor_units == 200


def test_a_refusal_saves_nothing(deal: Shop) -> None:
    def both(work: Work) -> object:
        quotes.create_quote(work, draft(), etag="")
        return not_found("x", "y")

    assert deal.do(both) == not_found("x", "y")
    with deal.env.store.read("default") as reader:
        assert reader.page(Quote, limit=5) == []
    assert "read it again" in str(etag_mismatch('"2"', '"1"'))


def test_configurations_become_lines_with_prices(deal: Shop) -> None:
    active = find_book(deal.env, "default", book_hash="", day=UNTIL)
    assert not isinstance(active, Refusal)
    configurator = configurator_of(active, "BOX", UNTIL)
    assert not isinstance(configurator, Refusal)
    with deal.env.store.read("default") as reader:
        header = asked_header(reader, Content(()), active, UNTIL)
    assert not isinstance(header, Refusal)
    prices = list_prices(active, configurator, header).stated
    assert {str(sku): price for sku, price in prices.items()} == {
        "CPU-A": Decimal(200),
        "CPU-B": Decimal(300),
        "BRD-1": Decimal(80),
        "BRD-2": Decimal(90),
    }
    sku = next(iter(prices))
    lines = lines_of("BOX", [Pick("board", sku, 1), Pick("storage", sku, 2), Pick("storage.drives", sku, 3)])
    by_group = {each.group: each for each in lines}
    assert by_group["drives"].parent == by_group["storage"].id
    assert by_group["board"].parent == lines[0].id


def test_a_request_is_completed_from_the_customers_record(deal: Shop) -> None:
    active = find_book(deal.env, "default", book_hash="", day=UNTIL)
    assert not isinstance(active, Refusal)
    with deal.env.store.read("default") as reader:
        request = request_of(reader, draft(header={"channel": "web"}).content, active, UNTIL)
    assert not isinstance(request, Refusal)
    assert (request.currency, request.customer["segment"], request.header["channel"]) == ("EUR", "retail", "web")
    assert customer_facts(Customer("x", "X"))["segment"] is None
