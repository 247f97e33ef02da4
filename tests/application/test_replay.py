"""Quotes replayed under other books: equal to asking for the price under them, with the reasons; amounts by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.application import quotes
from engine.application.content import Content, price
from engine.application.replay import History, LineEffect, Replayed, Summary, quotes_in, replay, replayed
from engine.application.rule_books import ActiveBook
from engine.catalog import Sku
from engine.diagnostics import Fault, Refusal
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn
from engine.quotes.quote import Quote
from engine.rulebook.rule_run import answer_to
from tests.application.deal import Shop, draft, line, shop
from tests.fakes.rules import SMALL

SALE = b'\n  - {id: sale, when: customer.segment = "retail", give: 20 % off unit}\n'
DEARER = {"catalog/products.yaml": SMALL["catalog/products.yaml"].replace(b"list: {EUR: 12.50", b"list: {EUR: 14.00")}
FIFTH = ManualDiscount("m", ManualOn.TOTAL, ManualKind.PERCENT, Decimal(20), "to win", "rep")


@pytest.fixture
def deal(tmp_path: Path) -> Iterator[Shop]:
    with shop(tmp_path) as made:
        yield made


def book(deal: Shop, **changes: bytes) -> ActiveBook:
    """The small book with some of its files changed, and without its tests."""
    files = {path: text for path, text in SMALL.items() if not path.startswith("tests/")}
    found = deal.env.books.check({**files, **changes})
    assert found.active is not None, found.findings
    return found.active


def quoted(deal: Shop, *lines: object, **fields: Any) -> Quote:
    found = deal.do(lambda work: quotes.create_quote(work, draft(*lines, **fields), etag=""))  # type: ignore[arg-type]
    assert isinstance(found, Quote), found
    return found


def one(deal: Shop, quote: Quote, new: ActiveBook) -> Replayed:
    return replay(quote, deal.env.books.get("default", quote.priced.rule_book), new)


def test_a_quote_under_its_own_book_is_the_same(deal: Shop) -> None:
    quote = quoted(deal, line("MUG", "4"), line("PLAN"), term_months=12, manual=(FIFTH,))
    found = one(deal, quote, book(deal))
    assert found.is_same and found.difference == 0 and not (found.gained or found.lost or found.lines)
    assert found.asked_before == found.asked_after == ("sales/manager",)


def test_a_dearer_product_shows_on_its_lines(deal: Shop) -> None:
    found = one(deal, quoted(deal, line("MUG", "4"), line("PLAN")), book(deal, **DEARER))
    # 4 x 12.50 = 50.00 becomes 4 x 14.00 = 56.00
    assert found.lines == (LineEffect("mug", "MUG", 5000, 5600),)
    assert (found.difference, found.before.minor_units) == (600, 8000)
    assert not found.is_same and found.valid


def test_rules_that_begin_and_cease_to_give_are_named(deal: Shop) -> None:
    sale = book(deal, **{"discounts/rules.yaml": SMALL["discounts/rules.yaml"] + SALE})
    quote = quoted(deal, line("MUG", "4"))
    begins = one(deal, quote, sale)
    # 50.00 less 20 % = 40.00, and more than 15 % off asks the manager
    assert (begins.difference, begins.gained, begins.lost) == (-1000, ("sale",), ())
    assert (begins.asked_before, begins.asked_after) == ((), ("sales/manager",))
    ceases = replay(replace(quote, priced=_under(deal, quote, sale)), sale, book(deal))
    assert (ceases.difference, ceases.gained, ceases.lost) == (1000, (), ("sale",))


def _under(deal: Shop, quote: Quote, active: ActiveBook) -> Any:
    return answer_to(quote.request, active.parts)


def test_a_product_that_is_gone_is_why_it_would_be_refused(deal: Shop) -> None:
    text = SMALL["catalog/products.yaml"].replace(b"sku: MUG,", b"sku: CUP,")
    found = one(deal, quoted(deal, line("MUG", "4"), line("PLAN")), book(deal, **{"catalog/products.yaml": text}))
    assert found.after is None and found.difference == 0 and not found.is_same
    assert [(each.field, "MUG" in each.message) for each in found.faults] == [("lines[0].sku", True)]


def test_a_configuration_that_breaks_a_new_rule_is_no_longer_valid(deal: Shop) -> None:
    box = line("BOX")
    parts = (
        line("CPU-A")._replace(parent=box.id, group="cpu"),
        line("BRD-1")._replace(parent=box.id, group="board"),
    )
    rule = SMALL["constraints/box.yaml"] + b"  - {id: no-a, require: cpu.socket = \"s2\", say: 'no s1 any more'}\n"
    found = one(deal, quoted(deal, box, *parts), book(deal, **{"constraints/box.yaml": rule}))
    assert (found.was_valid, found.valid, found.difference, found.is_same) == (True, False, 0, False)


def test_facts_that_the_new_book_does_not_know_are_left_out(deal: Shop) -> None:
    text = SMALL["book.yaml"].replace(b"    region: {values: [DE, US], title: Where the customer is}\n", b"")
    tax = {"terms/tax.csv": b"tax_code,out: percent\nstandard,19\n"}
    found = one(deal, quoted(deal, line("MUG", "4")), book(deal, **{"book.yaml": text, **tax}))
    assert found.is_same


def test_a_history_is_cut_by_days_and_read_page_by_page(deal: Shop) -> None:
    for _ in range(3):
        quoted(deal, line("MUG", "4"))
    deal.clock.advance(timedelta(days=10))
    late = quoted(deal, line("MUG", "2"))
    new = book(deal, **DEARER)

    def ids(**cut: date) -> list[str]:
        return [each.quote for each in replayed(deal.env, new, History(**cut), tenant="default")]

    assert len(ids()) == 4 and ids(created_from=date(2026, 3, 2)) == [late.id]
    assert len(ids(created_until=date(2026, 3, 11))) == 3 and len(ids(created_until=date(2026, 3, 12))) == 4
    with deal.env.store.read("default") as reader:
        assert quotes_in(reader) == 4


def test_another_pricing_day_counts_for_all(deal: Shop) -> None:
    spring = b"\n  - {id: spring, from: 2026-04-01, until: 2026-05-01, give: 10 % off unit}\n"
    new = book(deal, **{"discounts/rules.yaml": SMALL["discounts/rules.yaml"] + spring})
    quoted(deal, line("MUG", "4"))
    (own,) = replayed(deal.env, new, History(), tenant="default")
    (april,) = replayed(deal.env, new, History(priced_on=date(2026, 4, 15)), tenant="default")
    # 50.00 less 10 % on 15 April
    assert (own.difference, april.difference) == (0, -500)


def test_the_sums_are_those_of_the_quotes(deal: Shop) -> None:
    quoted(deal, line("MUG", "4"))
    quoted(deal, line("PLAN"))
    quoted(deal, line("MUG", "1"), line("BOX"))
    text = DEARER["catalog/products.yaml"].replace(b"sku: BOX", b"sku: BOXX")
    files = {
        "catalog/products.yaml": text,
        "constraints/box.yaml": SMALL["constraints/box.yaml"].replace(b"BOX", b"BOXX"),
    }
    total = Summary()
    for each in replayed(deal.env, book(deal, **files), History(), tenant="default"):
        total.add(each)
    assert (total.replayed, total.same, total.dearer, total.cheaper, total.refused) == (3, 1, 1, 0, 1)
    euros = total.by_currency["EUR"]
    # 50.00 + 30.00, which become 56.00 + 30.00; the refused one counts in neither sum
    assert (euros.quotes, euros.before, euros.after) == (2, 8000, 8600)
    anna = total.by_customer["anna", "EUR"]
    assert (anna.quotes, anna.before, anna.after) == (1, 5000, 5600)


def test_a_quote_that_would_be_refused_is_not_counted_as_no_longer_valid_too(deal: Shop) -> None:
    found = one(deal, quoted(deal, line("MUG", "4")), book(deal))
    fault = Fault("UNKNOWN_PRODUCT", "lines[0].sku", "unknown product")
    total = Summary()
    total.add(replace(found, after=None, was_valid=True, valid=False, faults=(fault,)))
    total.add(replace(found, was_valid=True, valid=False))
    assert (total.replayed, total.refused, total.newly_invalid) == (2, 1, 1)


@pytest.mark.parametrize("quantity", [1, 3, 40, 1_000])
def test_a_replay_costs_what_asking_for_the_price_would(deal: Shop, quantity: int) -> None:
    """The slow obvious way: the request again, as a caller sends it, priced under the new book by its hash."""
    new = book(deal, **{"discounts/rules.yaml": SMALL["discounts/rules.yaml"] + SALE}, **DEARER)
    lines = (line("MUG", str(quantity)), line("PLAN", str(quantity % 7 + 1)))
    found = one(deal, quoted(deal, *lines, term_months=12), new)
    beside = replace(deal.env, books=_Only(new))
    with deal.env.store.read("default") as reader:
        content = Content(lines, customer="anna", term_months=12, date=date(2026, 3, 1))
        asked = price(beside, reader, content, today=date(2026, 3, 1), tenant="default")
    assert not isinstance(asked, Refusal) and found.after == asked.priced.totals.net
    assert {each.sku: each.net for each in asked.priced.lines} == {Sku(each.sku): each.after for each in found.lines}, (
        "both lines cost something else"
    )


class _Only:
    """Books of which one is in force on every day."""

    def __init__(self, active: ActiveBook) -> None:
        self.active = active

    def in_force(self, *_: object) -> ActiveBook:
        return self.active

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)
