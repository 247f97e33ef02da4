"""Prices of a server that has answered all day: byte for byte those of a server that was started for the one question.

Between the questions books are published (of other names, for days to come, the same one again), days pass, customers
change, codes are used up, contracts are ordered: by the server that is asked, and by another one on its database.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import common_pb2, party_pb2, pricing_pb2, quote_pb2, rule_book_pb2

from engine.adapters.afterwards import Afterwards
from engine.adapters.ids import SequenceIds
from engine.api.calls import Calls
from engine.api.pages import Pages
from engine.api.services import SERVICES
from engine.bootstrap.build import environment
from engine.bootstrap.running import Running, limits_of
from engine.bootstrap.settings import Settings
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import open_store
from tests.api import deal
from tests.api.server import Saved, Served, served
from tests.scenarios.priced_books import book

SOAK_ROUNDS = 12
FIRST = date(2026, 3, 1)
NOTHING_DONE = {grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT}

V = common_pb2.Value
ALIKE: dict[str, tuple[common_pb2.Value, ...]] = {
    "level": (V(number="1"), V(number="1.0"), V(number="2"), V(text="1"), V(text="2.0"), V(flag=True)),
    "code": (V(text="1"), V(text="1.0"), V(text="a"), V(text="A"), V(text="true"), V(text="1 "), V(number="1")),
    "vip": (V(flag=True), V(flag=False), V(text="true"), V(text="True"), V(text="1"), V(number="1")),
    "segment": (V(text="edu"), V(text="Edu"), V(text="edu "), V(text="")),
    "count": (V(number="1"), V(number="1.00"), V(text="1")),
    "channel": (V(text="web"), V(text="phone")),
    "price_book": (V(text="dealer"), V(text="later")),
    "note": (V(text="a"), V(text="abc")),
}
"""Values of facts, among them some that look alike and some that are refused."""
CUSTOMER = ("level", "code", "vip", "segment")
HEADER = ("channel", "price_book", "note", "count")


PLAIN = ("PEN", "INK", "LAMP", "TIER")
OTHERS: tuple[dict[str, Any], ...] = (
    {"sku": "PEN", "unit": "box"},
    {"sku": "PEN", "unit": "each"},
    {"sku": "INK", "group": "g"},
    {"sku": "INK", "quantity": "0.25"},
    {"sku": "DISK", "attributes": {"size": V(number="1")}},
    {"sku": "DISK", "attributes": {"size": V(number="2"), "tag": V(text="1")}},
    {"sku": "DISK", "attributes": {"tag": V(text="1.0")}},
    {"sku": "DISK", "attributes": {"tag": V(number="1")}},
    {"sku": "DISK"},
    {"sku": "SEAT"},
    {"sku": "SEAT", "term_months": 7},
    {"sku": "SEAT", "term_months": 30, "ramp": pricing_pb2.Ramp(uplift_percent="3")},
    {"sku": "GRAD"},
    {"sku": "GRAD", "prior_quantity": "5"},
    {"sku": "CALL", "quantity": "33"},
    {"sku": "CARE", "quantity": "1"},
    {"sku": "NONE"},
)


def line(random_: random.Random, number: int) -> pricing_pb2.LineInput:
    quantity = random_.choice(("1", "1.0", "2", "10", "10.00"))
    name = random_.choice((f"l{number}", f"l{number}", f"x{number}"))
    if random_.random() < 0.65:
        return deal.line(random_.choice(PLAIN), quantity, id=name)
    return deal.line(id=name, **{"quantity": quantity, **random_.choice(OTHERS)})


def discount(random_: random.Random, name: str) -> pricing_pb2.ManualDiscount:
    kind = random_.choice(("PERCENT", "AMOUNT", "TARGET_PRICE"))
    on = random_.choice(("TOTAL", "LINE"))
    return pricing_pb2.ManualDiscount(
        id="m1",
        on=pricing_pb2.ManualDiscountTarget.Value(f"MANUAL_DISCOUNT_TARGET_{on}"),
        target=name if on == "LINE" else "",
        kind=pricing_pb2.ManualDiscountKind.Value(f"MANUAL_DISCOUNT_KIND_{kind}"),
        value=random_.choice(("1", "2", "5.5")),
        reason="to win the deal",
        author="users/rep",
    )


def cart(random_: random.Random) -> pricing_pb2.QuoteContent:
    """What many ask for: a few products in small quantities, by customers and on days that others name too."""
    skus = random_.sample(PLAIN, random_.randint(1, 3))
    lines = [deal.line(sku, random_.choice(("1", "10"))) for sku in skus]
    found = pricing_pb2.QuoteContent(lines=lines, customer=random_.choice(("customers/anna", "customers/berta")))
    if random_.random() < 0.4:
        found.date.CopyFrom(deal.day((FIRST + timedelta(days=random_.randint(0, 6))).isoformat()))
    if random_.random() < 0.3:
        found.header["channel"].CopyFrom(random_.choice(ALIKE["channel"]))
    if random_.random() < 0.3:
        found.codes.append(random_.choice(("ONCE", "EACH", "POT")))
    return found


def content(random_: random.Random) -> pricing_pb2.QuoteContent:
    lines = [line(random_, number) for number in range(random_.randint(1, 4))]
    if random_.random() < 0.2:
        lines.append(deal.line("PC", "1", id="pc"))
        lines.append(deal.line("DISK", "1", id="pc-disk", parent="pc", group="disk"))
    random_.shuffle(lines)
    found = pricing_pb2.QuoteContent(lines=lines, customer=random_.choice(("", "customers/anna", "customers/berta")))
    found.currency_code = random_.choice(("", "", "EUR", "USD", "JPY"))
    if random_.random() < 0.3:
        found.date.CopyFrom(deal.day((FIRST + timedelta(days=random_.randint(0, 6))).isoformat()))
    for facts, names in ((found.customer_facts, CUSTOMER), (found.header, HEADER)):
        for name in names:
            if random_.random() < 0.25:
                facts[name].CopyFrom(random_.choice(ALIKE[name]))
    if random_.random() < 0.3:
        found.codes.append(random_.choice(("ONCE", "EACH", "POT")))
    if random_.random() < 0.1:
        found.manual_discounts.append(discount(random_, found.lines[0].id))
    if random_.random() < 0.2:
        found.term_months = random_.choice((1, 12, 30))
    if random_.random() < 0.1:
        found.start.CopyFrom(deal.day("2026-04-15"))
    return found


def question(random_: random.Random) -> pricing_pb2.PriceQuoteRequest:
    view = random_.choice((common_pb2.VIEW_FULL, common_pb2.VIEW_WATERFALL, common_pb2.VIEW_BASIC, 0))
    days = random_.choice((0,) * 9 + (30,))
    asked = random_.choice((cart, content))(random_)
    return pricing_pb2.PriceQuoteRequest(content=asked, view=view, lowest_price_days=days)


def kin(random_: random.Random, asked: pricing_pb2.PriceQuoteRequest, of: Any) -> pricing_pb2.PriceQuoteRequest:
    """The same of other lines, those ``of`` another question and some more that many ask for."""
    found = pricing_pb2.PriceQuoteRequest()
    found.CopyFrom(asked)
    del found.content.lines[:]
    found.content.lines.extend(of.content.lines if random_.random() < 0.5 else [])
    for number in range(random_.choice((1, 1, 2, 3, 12))):
        quantity = random_.choice(("1", "1", "2", "10", "10.00", "", str(random_.randint(3, 40))))
        found.content.lines.append(deal.line(random_.choice(PLAIN), quantity, id=f"k{number}"))
    return found


@contextmanager
def another(folder: Path) -> Iterator[Served]:
    """A server on the same database that has answered nothing yet, with the test clock of the other one."""
    chosen = Settings(database=folder / "cpq.sqlite3", listen="127.0.0.1:0", test_clock=True)
    store = open_store(chosen.database, TABLES, SCALARS)
    env = environment(chosen, store, SequenceIds(store), Afterwards())
    calls = Calls(env, Pages(b"key of the tests"), limits_of(chosen))
    with Running(chosen, calls, on_close=store.close) as running, grpc.insecure_channel(running.address) as channel:
        saved = Saved(chosen.database)
        yield Served(running, channel, env, saved)
        saved.close()


def answer(server: Served, asked: pricing_pb2.PriceQuoteRequest) -> bytes | str:
    """The bytes of an answer as they came, or what a refusal says."""
    call = server.channel.unary_unary(f"/{SERVICES['PricingService'].full_name}/PriceQuote")
    try:
        return call(asked.SerializeToString(), timeout=30)  # type: ignore[no-any-return]
    except grpc.RpcError as error:
        return f"{error.code()} {error.details()}"


class Day:
    """A server that keeps what it answered, another one beside it, and what happens while they are asked."""

    def __init__(self, servers: list[Served], random_: random.Random) -> None:
        self.servers = servers
        self.random = random_
        self.today = FIRST
        self.published: list[str] = []
        self.happenings: list[Callable[[Served], object]] = [
            self.publish,
            self.publish,
            self.publish_again,
            self.next_day,
            self.customer,
            self.customer,
            self.sell,
            self.sell,
            self.draft,
        ]

    def happen(self) -> str:
        happening = self.random.choice(self.happenings)
        try:
            happening(self.random.choice(self.servers))
        except grpc.RpcError as error:
            assert error.code() in NOTHING_DONE, error
        return happening.__name__

    def publish(self, server: Served) -> None:
        files = [rule_book_pb2.SourceFile(path=path, content=text) for path, text in book(self.random).items()]
        done = server.rules.PublishRuleBook(rule_book_pb2.PublishRuleBookRequest(files=files), timeout=60)
        self.published.append(done.name)

    def publish_again(self, server: Served) -> None:
        if self.published:
            again = rule_book_pb2.PublishRuleBookRequest(name=self.random.choice(self.published))
            server.rules.PublishRuleBook(again, timeout=60)

    def next_day(self, server: Served) -> None:
        if self.today < FIRST + timedelta(days=6):
            self.today += timedelta(days=1)
            deal.move_clock(server, f"{self.today}T00:00:00Z")

    def customer(self, server: Served) -> None:
        change = party_pb2.Customer(name=self.random.choice(("customers/anna", "customers/berta")))
        change.segment = self.random.choice(("", "edu", "retail"))
        change.region = self.random.choice(("DE", "US", "FR"))
        change.display_name = self.random.choice(("Anna", "Berta"))
        for name in ("level", "code", "vip"):
            if self.random.random() < 0.5:
                change.attributes[name] = {"vip": "true"}.get(name, self.random.choice(("1", "1.0", "2")))
        asked = party_pb2.UpdateCustomerRequest(customer=change)
        asked.update_mask.paths[:] = ["segment", "region", "display_name", "attributes"]
        server.parties.UpdateCustomer(asked, timeout=30)

    def sell(self, server: Served) -> None:
        """A deal that uses a code, and orders what counts towards tiers."""
        code = self.random.choice(("ONCE", "EACH", "POT"))
        skus = self.random.sample(("PEN", "SEAT", "TIER", "LAMP"), 2)
        deal.ordered(server, *(deal.line(sku, "5") for sku in skus), codes=[code], term_months=12)

    def draft(self, server: Served) -> None:
        quote = deal.create(server, deal.line("PEN", "4"))
        server.quotes.GetQuote(quote_pb2.GetQuoteRequest(name=quote.name), timeout=30)


def a_day(folder: Path, seed: int, *, steps: int) -> None:
    random_ = random.Random(seed)
    with ExitStack() as stack:
        keeping = stack.enter_context(served(folder, book(random.Random(seed))))
        deal.set_clock(keeping)
        deal.people(keeping)
        berta = party_pb2.Customer(display_name="Berta", segment="edu", region="US")
        keeping.parties.CreateCustomer(party_pb2.CreateCustomerRequest(customer=berta, customer_id="berta"))
        day = Day([keeping, stack.enter_context(another(folder))], random_)
        questions = [question(random_) for _ in range(30)]
        happened: list[str] = []
        for _ in range(steps):
            happened.append(day.happen())
            with another(folder) as fresh:
                chosen = random_.choices(questions, k=5)
                for asked in (*chosen, *(kin(random_, each, random_.choice(questions)) for each in chosen)):
                    answers = [answer(each, asked) for each in (fresh, *day.servers)]
                    assert len(set(answers)) == 1, f"seed {seed} after {happened}: {asked}"
            questions[random_.randrange(len(questions))] = question(random_)


@pytest.mark.parametrize("seed", range(2))
def test_kept_prices_are_those_of_a_server_just_started(tmp_path: Path, seed: int) -> None:
    a_day(tmp_path, seed, steps=12)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 100 + SOAK_ROUNDS))
def test_kept_prices_for_long(tmp_path: Path, seed: int) -> None:
    a_day(tmp_path, seed, steps=120)
