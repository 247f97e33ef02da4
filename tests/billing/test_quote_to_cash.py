"""Every request of the shipped rule books, from the accepted quote to the last invoice of its term.

The requests are the rule tests of the books; nothing here knows a product or a price.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.adapters.rule_folder import read_folder
from engine.billing import BillLine, TaxPoint, TaxTable, bill_to, draft_invoice, fact_of, finalize, missing_lines
from engine.catalog import ChargeKind
from engine.contracts import Contract, UsageRecord
from engine.diagnostics import Decision
from engine.ledger import Books, Posted, post
from engine.money import Money, total
from engine.orders import Booked, Booking, Order, OrderState, complete_task, create_order, deliveries
from engine.orders.states import TaskState
from engine.periods import add_months
from engine.pricing import compile_plan
from engine.pricing.settings import TaxRate, TaxSettings
from engine.quotes.accepted import AcceptedQuote, accepted_quote
from engine.quotes.evaluation import Parts, PricedQuote, evaluate
from engine.quotes.quote import Quote, QuoteParties, QuoteVersion
from engine.quotes.status import Status
from engine.rulebook.book import RuleBook
from engine.rulebook.load import load
from engine.rulebook.parts import billing_policy, parts_of

RULES = Path(__file__).resolve().parents[2] / "rules"
BOOKS = ("saas", "workstation")


@cache
def shipped(name: str) -> RuleBook:
    loaded = load(read_folder(RULES / name))
    assert loaded.book is not None, loaded.diagnostics
    return loaded.book


@pytest.fixture(scope="module")
def parts_by_book() -> Iterator[dict[str, Parts]]:
    """Solvers live no longer than this module's tests."""
    parts = {name: parts_of(shipped(name)) for name in BOOKS}
    yield parts
    parts.clear()


def requests() -> Iterator[Any]:
    for name in BOOKS:
        yield from (pytest.param(name, test, id=f"{name}: {test.name}") for test in shipped(name).tests)


def accepted(priced: PricedQuote, parts: Parts, at: datetime) -> AcceptedQuote:
    offer = QuoteVersion(1, at, at.date() + timedelta(days=30), priced, "certificate")
    quote = Quote(
        id="q-1",
        parties=QuoteParties("customer", "owner"),
        status=Status.ACCEPTED,
        version=1,
        etag=1,
        priced=priced,
        valid_until=offer.valid_until,
        created_at=at,
        updated_at=at,
        versions=(offer,),
    )
    return accepted_quote(quote, parts.catalog, at=at)


def fulfilled(order: Order, at: datetime) -> Order:
    while ready := [each for each in order.tasks if each.state is TaskState.READY]:
        outcome = complete_task(order, ready[0].id, at=at)
        assert isinstance(outcome, Decision)
        order = outcome.value
    return order


def months(agreed: Contract) -> Iterator[date]:
    ends = [line.end for line in agreed.lines if line.end is not None]
    last = max(ends, default=agreed.start) + timedelta(days=40)
    month = 0
    while (day := add_months(agreed.start, month)) < last:
        yield day
        month += 1
    yield last


def estimated(agreed: Contract) -> tuple[UsageRecord, ...]:
    """In the first month exactly what the quote estimated was used, and nothing later."""
    metered = [each for each in agreed.lines if each.charge.kind is ChargeKind.USAGE]
    return tuple(UsageRecord(f"u-{each.id}", each.id, each.start, each.quantity) for each in metered)


def billed(both: Booked, order: Order, book: RuleBook) -> tuple[BillLine, ...]:
    policy = billing_policy(book, both.contract.currency.code)
    usage = estimated(both.contract)
    lines: tuple[BillLine, ...] = ()
    for day in months(both.contract):
        fresh = missing_lines(both.contract, deliveries(order), usage, lines, day, policy)
        lines = (*lines, *fresh)
        assert missing_lines(both.contract, deliveries(order), usage, lines, day, policy) == ()
    preview = missing_lines(both.contract, deliveries(order), usage, (), day, policy)
    assert {each.id: each for each in preview} == {each.id: each for each in lines}
    return lines


@pytest.fixture(scope="module")
def with_tax_inside(parts_by_book: dict[str, Parts]) -> dict[str, Parts]:
    """The same books, read as if their prices included 20 % of tax."""
    inside = TaxSettings(inclusive=True, rates=(TaxRate("standard", Decimal(20)),), unknown_is_refused=False)
    return {
        name: replace(parts, plan=compile_plan(replace(shipped(name).pricing, tax=inside)))
        for name, parts in parts_by_book.items()
    }


@pytest.mark.parametrize(("name", "test"), list(requests()))
def test_a_quote_with_tax_inside_its_prices_is_invoiced_at_those_prices(
    name: str, test: Any, with_tax_inside: dict[str, Parts]
) -> None:
    book, parts = shipped(name), with_tax_inside[name]
    priced = evaluate(test.request, parts)
    if not isinstance(priced, PricedQuote):
        return  # refused: there is nothing to accept
    at = datetime(test.request.date.year, test.request.date.month, test.request.date.day, 9, tzinfo=UTC)
    offer = accepted(priced, parts, at)
    booked = create_order(offer, Booking("o-1", "c-1", at, book.terms.fulfilment, book.terms.contract))
    assert isinstance(booked, Decision), booked
    agreed, order = booked.value.contract, fulfilled(booked.value.order, at + timedelta(days=3))
    percents = {each.tax_code: Decimal(20 if each.tax_code == "standard" else 0) for each in agreed.lines}
    policy = replace(billing_policy(book, agreed.currency.code), included_percents=percents)
    lines = missing_lines(agreed, deliveries(order), estimated(agreed), (), add_months(agreed.start, 13), policy)
    for line in priced.priced.lines:
        first = [each for each in lines if each.subscription == line.id][:1]
        taxes = TaxTable(percents, TaxPoint.QUOTED)
        draft = draft_invoice("i-1", first, bill_to(agreed), on=at.date(), taxes=taxes, at=at)
        assert isinstance(draft, Decision), draft
        assert draft.value.gross.minor_units == line.gross == line.amount


@pytest.mark.parametrize(("name", "test"), list(requests()))
def test_what_was_quoted_is_ordered_fulfilled_billed_and_booked(
    name: str, test: Any, parts_by_book: dict[str, Parts]
) -> None:
    book, parts = shipped(name), parts_by_book[name]
    priced = evaluate(test.request, parts)
    if not isinstance(priced, PricedQuote):
        return  # the test is about a refusal: there is nothing to accept
    at = datetime(test.request.date.year, test.request.date.month, test.request.date.day, 9, tzinfo=UTC)
    offer = accepted(priced, parts, at)
    booked = create_order(offer, Booking("o-1", "c-1", at, book.terms.fulfilment, book.terms.contract))
    assert isinstance(booked, Decision), booked
    order = fulfilled(booked.value.order, at + timedelta(days=3))
    assert order.state is OrderState.COMPLETED
    assert [item.delivered for item in order.items] == [line.quantity for line in offer.lines]

    agreed = booked.value.contract
    lines = billed(booked.value, order, book)
    for line in offer.lines:
        got = total((each.amount for each in lines if each.subscription == line.id), agreed.currency)
        match line.charge.kind:
            case ChargeKind.ONE_TIME:
                assert got == line.net_total
            case ChargeKind.RECURRING:
                assert line.term_months is None or got == line.term_total
            case ChargeKind.USAGE:
                assert _first_month(lines, line.id) == line.net_total

    assert_taxed_as_quoted(offer, lines)
    assert_booked(agreed, lines, at)


def _first_month(lines: tuple[BillLine, ...], key: str) -> Money:
    return min((each for each in lines if each.subscription == key), key=lambda each: each.due_on).amount


def assert_taxed_as_quoted(offer: AcceptedQuote, lines: tuple[BillLine, ...]) -> None:
    """A whole period and a whole one-time line carry exactly the tax of the quote."""
    for line in offer.lines:
        taxes = [each.tax for each in lines if each.subscription == line.id and each.amount == line.net_total]
        if line.charge.kind is not ChargeKind.USAGE:
            assert set(taxes) == {line.tax}


def assert_booked(agreed: Contract, lines: tuple[BillLine, ...], at: datetime) -> None:
    if lines:
        rates = TaxTable({each.tax_code: Decimal(20) for each in lines})
        draft = draft_invoice("i-1", lines, bill_to(agreed), on=at.date(), taxes=rates, at=at)
        assert isinstance(draft, Decision), draft
        final = finalize(draft.value, number=1, on=at.date(), at=at)
        assert isinstance(final, Decision), final
        assert isinstance(post(fact_of(final.value), books=Books()), Posted)
        assert final.value.net == total((each.amount for each in lines), agreed.currency)
