"""Answers that are kept: whatever changes in between, they are those of a service that keeps none."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cpq.v1 import common_pb2, party_pb2, pricing_pb2

import engine.api.pricing_service as pricing
from engine.api.calls import Calls, Refused, serialized
from engine.api.pages import Pages
from engine.api.price_answers import BESIDE, PriceAnswers
from engine.api.pricing_service import PricingService
from engine.application.basis import Basis
from engine.application.perform import DEFAULT_TENANT
from engine.application.ports import Asked
from engine.application.promotions import PromotionUse
from engine.parties import Customer
from tests.api import deal
from tests.api.server import Served, served
from tests.api.test_past_orders import PRICES as PAST
from tests.api.test_pricing_features import PROMOTIONS, publish
from tests.fakes.rules import SMALL

CONTEXT: Any = SimpleNamespace(is_active=lambda: True)
WEB = {"channel": common_pb2.Value(text="web")}
CODES = PROMOTIONS.replace(", GBP: 1.50 off unit", "")
UNTESTED = {path: text for path, text in SMALL.items() if not path.startswith("tests/")}
BOOKS = [
    SMALL,
    {**SMALL, "discounts/codes.yaml": CODES.encode()},
    {**UNTESTED, "catalog/products.yaml": SMALL["catalog/products.yaml"].replace(b"EUR: 12.50", b"EUR: 13.70")},
    {**UNTESTED, "book.yaml": SMALL["book.yaml"] + b"from: 2026-03-03\n"},
]


class Counted:
    """A pricing service, and how many answers it worked out."""

    def __init__(self, shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = Calls(shop.env, Pages(b"key of the tests"))
        self.service = PricingService(self.calls)
        self.worked_out = 0
        fill = pricing.fill_priced

        def counted(*arguments: Any, **named: Any) -> None:
            self.worked_out += 1
            fill(*arguments, **named)

        monkeypatch.setattr(pricing, "fill_priced", counted)

    def __call__(self, request: pricing_pb2.PriceQuoteRequest) -> bytes:
        return serialized(self.service.PriceQuote(request.SerializeToString(), CONTEXT))


@pytest.fixture
def counted(shop: Served, monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(shop, monkeypatch)


def asking(*lines: pricing_pb2.LineInput, view: Any = common_pb2.VIEW_FULL, **fields: Any) -> Any:
    return pricing_pb2.PriceQuoteRequest(content=deal.content(*lines, **fields), view=view)


def answer(service: PricingService, request: pricing_pb2.PriceQuoteRequest) -> bytes | str:
    """The bytes of an answer, or the text of a refusal."""
    try:
        return serialized(service.PriceQuote(request.SerializeToString(), CONTEXT))
    except Refused as refused:
        return str(refused)


def save(shop: Served, change: Callable[[Any], None]) -> None:
    with shop.env.store.begin(DEFAULT_TENANT) as tx:
        change(tx)
        tx.commit(Asked("Change"), b"", at=shop.env.clock.now(DEFAULT_TENANT))


def moved(shop: Served, **changes: Any) -> None:
    """Save the customer with other facts."""
    save(shop, lambda tx: tx.replace(replace(cast(Customer, tx.get(Customer, "anna")), **changes)))


def test_the_same_request_is_worked_out_once(counted: Counted) -> None:
    first = counted(asking())
    assert [counted(asking()) for _ in range(3)] == [first] * 3
    assert counted.worked_out == 1
    # another view, fact or date is another request; of another line so much is known that no message is made
    others = [
        asking(view=common_pb2.VIEW_WATERFALL),
        asking(deal.line("MUG", "5")),
        asking(header=WEB),
        asking(date=deal.day("2026-03-01")),
    ]
    assert len({first, *map(counted, others)}) >= 3
    assert counted.worked_out == 4


def test_facts_come_in_any_order(counted: Counted) -> None:
    values = {"region": deal.text("DE"), "segment": deal.text("edu")}
    one = counted(asking(customer_facts=values))
    assert counted(asking(customer_facts=dict(reversed(values.items())))) == one
    assert counted.worked_out == 1


def test_a_customer_who_changed_is_priced_anew(shop: Served, counted: Counted) -> None:
    before = pricing_pb2.PricedQuote.FromString(counted(asking()))
    moved(shop, segment="edu")
    after = pricing_pb2.PricedQuote.FromString(counted(asking()))
    # 4 mugs of 12.50, then with 10 % off
    assert (before.totals.net, after.totals.net) == (5000, 4500)
    moved(shop, segment="retail")
    assert counted(asking()) == before.SerializeToString()
    assert counted.worked_out == 3


def test_other_customers_and_quotes_that_are_saved_change_nothing(shop: Served, counted: Counted) -> None:
    counted(asking())
    deal.create(shop, deal.line("MUG", "4"))
    other = party_pb2.Customer(display_name="Berta", segment="edu", region="US")
    shop.parties.CreateCustomer(party_pb2.CreateCustomerRequest(customer=other, customer_id="berta"))
    worked_out = counted.worked_out
    counted(asking())
    assert counted.worked_out == worked_out


def test_a_customer_made_again_under_the_same_name_is_another(shop: Served, counted: Counted) -> None:
    counted(asking())
    anna = shop.env.store.look(DEFAULT_TENANT, lambda reader: reader.get(Customer, "anna"))
    assert anna is not None
    save(shop, lambda tx: tx.remove(Customer, "anna"))
    with pytest.raises(Refused, match="anna"):
        counted(asking())
    save(shop, lambda tx: tx.add(replace(anna, segment="edu")))
    # 4 x 12.50 less 10 %
    assert pricing_pb2.PricedQuote.FromString(counted(asking())).totals.net == 4500


def test_a_book_in_force_from_a_day_and_the_day_itself_count(shop: Served, counted: Counted) -> None:
    undated, dated = asking(), asking(date=deal.day("2026-03-01"))
    assert counted(undated) == counted(dated)
    deal.move_clock(shop, "2026-03-02T00:00:00Z")
    assert pricing_pb2.PricedQuote.FromString(counted(undated)).date == deal.day("2026-03-02")
    assert counted.worked_out == 3
    counted(dated)
    assert counted.worked_out == 3
    publish(shop, BOOKS[2])
    # 4 x 13.70, on both days
    assert {pricing_pb2.PricedQuote.FromString(counted(each)).totals.net for each in (undated, dated)} == {5480}


def test_what_hangs_on_more_than_records_is_worked_out_every_time(shop: Served, counted: Counted) -> None:
    lowest = asking()
    lowest.lowest_price_days = 30
    for _ in range(2):
        counted(lowest)
    assert counted.worked_out == 2
    publish(shop, {**SMALL, "prices/prices.yaml": PAST})
    plans = asking(deal.line("PLAN", "4"))
    for _ in range(2):
        counted(plans)
    assert counted.worked_out == 4
    deal.ordered(shop, deal.line("PLAN", "9"), term_months=12)
    # 9 before and 4 now reach the second tier: 4 x 27.00
    assert pricing_pb2.PricedQuote.FromString(counted(plans)).totals.mrr == 10800


def test_refusals_are_not_kept(shop: Served, counted: Counted) -> None:
    unknown = asking(deal.line("MUG", "1"), codes=["MAY"])
    publish(shop, BOOKS[1])
    counted(unknown)
    deal.move_clock(shop, "2026-03-12T00:00:00Z")
    for _ in range(2):
        with pytest.raises(Refused, match="it has ended"):
            counted(unknown)


def test_memory_is_bounded(shop: Served) -> None:
    kept = PriceAnswers(shop.env, most=3 * BESIDE)
    today = shop.env.clock.now(DEFAULT_TENANT).date()
    active = shop.env.books.in_force(DEFAULT_TENANT, today)
    assert active is not None
    basis = Basis(today, None, "", active.parts.rule_book, ())
    for number in range(5):
        kept.keep(b"%d" % number, b"answer", basis)
    assert [kept.find(b"%d" % number) for number in range(5)] == [None, None, None, b"answer", b"answer"]
    assert kept.keep(b"large", b"." * 3 * BESIDE, basis) == b"." * 3 * BESIDE
    assert kept.find(b"large") is None
    assert kept.keep(b"open", b"answer", None) == b"answer"
    assert kept.find(b"open") is None


REQUESTS = [
    asking(),
    asking(deal.line("MUG", "4"), deal.line("PLAN", "2")),
    asking(deal.line("MUG", "3"), header=WEB),
    asking(deal.line("MUG", "3"), customer_facts={"segment": deal.text("edu")}),
    asking(deal.line("MUG", "1"), view=common_pb2.VIEW_WATERFALL),
    asking(deal.line("MUG", "1"), date=deal.day("2026-03-02")),
    *(asking(deal.line("MUG", "4"), codes=[code]) for code in ("ONCE", "EACH", "POT", "MAY")),
    asking(deal.line("OLD", "4")),
    asking(deal.line("BOX"), deal.line("CPU-A", parent="box", group="cpu")),
]


@pytest.fixture(params=range(4))
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def test_kept_and_new_answers_are_the_same_whatever_is_saved_in_between(fresh: Served, seed: int) -> None:
    random_ = random.Random(seed)
    calls = Calls(fresh.env, Pages(b"key of the tests"))
    keeping = PricingService(calls)
    days = iter(date(2026, 3, day) for day in range(2, 31))

    def used(tx: Any) -> None:
        rule = random_.choice(("once", "each-once@anna", "each-once", "pot"))
        found, spent = tx.get(PromotionUse, rule), {"EUR": Decimal(random_.randint(1, 9))}
        tx.add(PromotionUse(rule, 1, spent)) if found is None else tx.replace(replace(found, uses=2, spent=spent))

    changes: list[Callable[[], object]] = [
        lambda: moved(fresh, segment=random_.choice(("retail", "edu", ""))),
        lambda: moved(fresh, display_name=random_.choice(("Anna", "Berta"))),
        lambda: save(fresh, used),
        lambda: publish(fresh, random_.choice(BOOKS)),
        lambda: deal.move_clock(fresh, f"{next(days)}T08:00:00Z"),
        lambda: deal.create(fresh, deal.line("MUG", "2")),
    ]
    publish(fresh, BOOKS[1])
    for _ in range(25):
        for request in random_.choices(REQUESTS, k=12):
            assert answer(keeping, request) == answer(PricingService(calls), request)
        random_.choice(changes)()
