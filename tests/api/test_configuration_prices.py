"""Prices of configurations for whom they are: the same header as PriceQuote takes, through a real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from cpq.v1 import common_pb2, configuration_pb2, party_pb2, pricing_pb2

from engine.api.price_tables import PriceTables
from engine.application.configure import asked_header
from engine.application.content import Content, find_book
from engine.application.rule_books import ActiveBook
from engine.quotes.request import QuoteRequest
from tests.api import deal
from tests.api.server import Served, failure, served
from tests.fakes.rules import CATALOG, SMALL

BOX = "products/BOX"
NO_LISTS = CATALOG.replace(", list: {EUR: 80.00, USD: 88.00}", "").replace(", list: {EUR: 90.00, USD: 99.00}", "")
PRICES = """\
prices:
  - {id: b1, sku: BRD-1, when: customer.region = "DE", price: {EUR: 80.00, USD: 88.00}}
  - {id: b2, sku: BRD-2, when: customer.region = "DE", price: {EUR: 90.00, USD: 99.00}}
  - {id: b2-web, sku: BRD-2, when: 'customer.region = "DE" and quote.channel = "web"', price: {EUR: 60.00}, priority: 1}
  - {id: cpu-b-edu, sku: CPU-B, when: customer.segment = "edu", price: {EUR: 150.00}, priority: 1}
  - {id: cpu-a-may, sku: CPU-A, from: 2026-05-01, price: {EUR: 210.00}, priority: 1}
  - {id: cpu-a-long, sku: CPU-A, when: quote.term_months >= 24, price: {EUR: 170.00}, priority: 2}
contracted:
  - {id: agreed, customer: carl, sku: CPU-B, price: {EUR: 100.00}}
"""
FILES = {**SMALL, "catalog/products.yaml": NO_LISTS.encode(), "prices/p.yaml": PRICES.encode()}
GERMANY = {"region": deal.text("DE")}
EDU = {**GERMANY, "segment": deal.text("edu")}


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("market"), FILES) as server:
        deal.set_clock(server)
        deal.people(server)  # anna: retail, DE
        for name, segment in (("edna", "edu"), ("carl", "retail")):
            customer = party_pb2.Customer(display_name=name, segment=segment, region="DE")
            server.parties.CreateCustomer(party_pb2.CreateCustomerRequest(customer=customer, customer_id=name))
        yield server


def pick(slot: str, sku: str) -> configuration_pb2.ProductChoice:
    return configuration_pb2.ProductChoice(pick=configuration_pb2.Pick(slot=slot, sku=sku))


def complete(server: Served, **fields: Any) -> configuration_pb2.CompleteConfigurationResponse:
    request = configuration_pb2.CompleteConfigurationRequest(product=BOX, **fields)
    return server.configuration.CompleteConfiguration(request, timeout=30)


HEADERS: dict[str, tuple[dict[str, Any], set[str], str]] = {
    # CPU-A 200 + BRD-1 80; CPU-B 300 + BRD-2 90 costs more
    "a region": ({"customer_facts": GERMANY}, {"CPU-A", "BRD-1"}, "280.00"),
    # CPU-B 150 + BRD-2 90
    "a segment": ({"customer_facts": EDU}, {"CPU-B", "BRD-2"}, "240.00"),
    # CPU-B 150 + BRD-2 60
    "a channel": ({"customer_facts": EDU, "header": {"channel": deal.text("web")}}, {"CPU-B", "BRD-2"}, "210.00"),
    "a record": ({"customer": "customers/edna"}, {"CPU-B", "BRD-2"}, "240.00"),
    # CPU-B 100, as agreed, + BRD-2 90
    "a contract": ({"customer": "customers/carl"}, {"CPU-B", "BRD-2"}, "190.00"),
    # USD 220 + 88
    "a currency": ({"customer_facts": GERMANY, "currency_code": "USD"}, {"CPU-A", "BRD-1"}, "308.00"),
    # CPU-A 210 + BRD-1 80
    "a date": ({"customer_facts": GERMANY, "date": deal.day("2026-05-01")}, {"CPU-A", "BRD-1"}, "290.00"),
    # CPU-A 170 + BRD-1 80
    "a term": ({"customer_facts": GERMANY, "term_months": 24}, {"CPU-A", "BRD-1"}, "250.00"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_completion_is_the_cheapest_for_whom_it_is(market: Served, name: str) -> None:
    header, skus, total = HEADERS[name]
    found = complete(market, **header)
    assert found.status == configuration_pb2.COMPLETION_STATUS_OPTIMAL
    assert {each.pick.sku for each in found.choices} == skus
    assert (found.list_price, found.list_price_bound, list(found.without_price)) == (total, total, [])
    content = pricing_pb2.QuoteContent(lines=found.lines, **header)
    priced = market.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=content), timeout=30)
    parts = [each for each in priced.lines if each.sku != "BOX"]
    # what is agreed is a step below the list price; edu has discounts below it
    quoted = sum(each.net if name == "a contract" else each.list_amount for each in parts)
    assert f"{quoted // 100}.{quoted % 100:02}" == total
    assert (found.price.list_price, found.price.net_price) == tuple(
        f"{each // 100}.{each % 100:02}" for each in (priced.totals.list, priced.totals.net)
    )
    assert (found.list_rank, found.repriced_count, found.price_proven) == (1, 2, True)


def test_nobody_in_particular_is_told_what_has_no_price(market: Served) -> None:
    found = complete(market)
    assert found.status == configuration_pb2.COMPLETION_STATUS_INFEASIBLE
    assert list(found.without_price) == ["BRD-1", "BRD-2"]


def test_a_click_names_what_is_chosen_without_a_price(market: Served) -> None:
    chosen = [pick("cpu", "CPU-A"), pick("board", "BRD-1")]
    for facts, total, unpriced in (({}, "200.00", ["BRD-1"]), (GERMANY, "280.00", [])):
        request = configuration_pb2.ConfigureRequest(
            product=BOX, choices=chosen, show_prices=True, customer_facts=facts
        )
        state = market.configuration.Configure(request)
        assert (state.list_price, list(state.without_price)) == (total, unpriced)


def test_customers_in_turn_get_their_own_prices(market: Served) -> None:
    names = ["a region", "a contract", "a segment", "a date", "a record", "a channel", "a term", "a currency"]
    for name in (*names, *reversed(names), *names):
        header, _, total = HEADERS[name]
        assert complete(market, **header).list_price == total, name


def shown(state: Any) -> dict[str, str]:
    return {option.sku: option.price_difference for slot in state.slots for option in slot.options}


def test_clicks_options_and_repairs_show_the_prices_of_the_customer(market: Served) -> None:
    ask = market.configuration
    for facts, cpu_b in ((GERMANY, "300.00"), (EDU, "150.00"), (GERMANY, "300.00")):
        chosen = [pick("cpu", "CPU-A")]
        request = configuration_pb2.ConfigureRequest(
            product=BOX, choices=chosen, show_prices=True, show_impossible=True, customer_facts=facts
        )
        state = ask.Configure(request)
        assert (state.list_price, state.currency_code) == ("200.00", "EUR")
        # in the place of CPU-A for 200
        assert shown(state) == {
            "CPU-A": "0.00", "CPU-B": f"{float(cpu_b) - 200:.2f}", "BRD-1": "80.00", "BRD-2": "90.00",
        }  # fmt: skip
        options = configuration_pb2.ListOptionsRequest(product=BOX, slot="cpu", show_prices=True, customer_facts=facts)
        found = ask.ListOptions(options).options
        assert [(each.sku, each.price_difference) for each in found] == [("CPU-A", "200.00"), ("CPU-B", cpu_b)]
        repair = configuration_pb2.RepairConfigurationRequest(
            product=BOX, choices=chosen, wanted=[pick("board", "BRD-2")], customer_facts=facts
        )
        (first,) = ask.RepairConfiguration(repair).repairs
        # CPU-B and BRD-2 instead of CPU-A and BRD-1 for 280
        total = float(cpu_b) + 90
        assert (first.list_price, first.price_effect) == (f"{total:.2f}", f"{total - 280:.2f}")


def test_repairs_come_by_what_the_customer_pays(market: Served) -> None:
    """Two choices clash and one has to go: whose cheapest completion costs less comes first."""
    clash = [pick("cpu", "CPU-A"), pick("board", "BRD-2")]

    def order(**header: Any) -> list[tuple[str, str]]:
        request = configuration_pb2.RepairConfigurationRequest(product=BOX, choices=clash, **header)
        found = market.configuration.RepairConfiguration(request).repairs
        return [(each.drop[0].pick.sku, each.list_price) for each in found]

    # keeping CPU-A costs 280, keeping BRD-2 with CPU-B 390; with what was agreed 190
    assert order(customer_facts=GERMANY) == [("BRD-2", "280.00"), ("CPU-A", "390.00")]
    assert order(customer="customers/carl") == [("CPU-A", "190.00"), ("BRD-2", "280.00")]


HALF_B = """\
groups: [{id: all, pick: all, combine: compound}]
discounts:
  - {id: half, group: all, when: line.sku = "CPU-B", give: 75 % off unit}
"""


@pytest.fixture(scope="module")
def sale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """CPU-B, the dearer one by list, is at 75 % off."""
    files = {**SMALL, "discounts/rules.yaml": HALF_B.encode()}
    with served(tmp_path_factory.mktemp("sale"), files) as server:
        deal.set_clock(server)
        yield server


def test_the_true_price_decides_and_both_prices_are_shown(sale: Served) -> None:
    found = complete(sale, alternative_limit=5)
    assert found.status == configuration_pb2.COMPLETION_STATUS_OPTIMAL and found.list_price_bound == "280.00"
    # BOX 100 + CPU-B 300 + BRD-2 90; a quarter of CPU-B is 75
    assert (found.list_price, found.list_rank) == ("390.00", 2)
    assert (found.price.list_price, found.price.net_price, found.price.margin) == ("490.00", "265.00", "")
    assert found.repriced_count == 2 and found.price_proven
    (other,) = found.alternatives
    assert (other.list_price, other.price.net_price, other.list_rank) == ("280.00", "380.00", 1)
    assert {each.pick.sku for each in other.choices} == {"CPU-A", "BRD-1"}
    first = complete(sale, candidate_limit=1)
    assert (first.list_price, first.price.net_price, first.repriced_count) == ("280.00", "380.00", 1)
    assert not first.price_proven and not first.alternatives


def test_repairs_of_equal_size_come_by_what_they_net(sale: Served) -> None:
    clash = [pick("cpu", "CPU-A"), pick("board", "BRD-2")]
    request = configuration_pb2.RepairConfigurationRequest(product=BOX, choices=clash)
    found = sale.configuration.RepairConfiguration(request).repairs
    assert [(each.drop[0].pick.sku, each.list_price, each.price.net_price) for each in found] == [
        ("CPU-A", "390.00", "265.00"), ("BRD-2", "280.00", "380.00"),
    ]  # fmt: skip
    assert all(each.net_proven and each.repriced_count == 1 and not each.net_effect for each in found)
    swap = configuration_pb2.RepairConfigurationRequest(product=BOX, choices=clash[:1], wanted=[pick("board", "BRD-2")])
    (only,) = sale.configuration.RepairConfiguration(swap).repairs
    assert (only.price_effect, only.net_effect, only.instead[0].pick.sku) == ("110.00", "-115.00", "CPU-B")


def test_prices_with_tax_in_them_are_compared_before_tax(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In DE all parts bear 19 % that is in their prices; without a region there is no rate to take out."""
    taxed = CATALOG.replace("  machine:\n", "  machine:\n    tax_code: standard\n")
    taxed = taxed.replace("    title: Processors\n", "    title: Processors\n    tax_code: standard\n")
    taxed = taxed.replace("    title: Boards\n", "    title: Boards\n    tax_code: standard\n")
    tax = b"# value added tax\ntax_code,customer.region,out: percent\nstandard,DE,19\n"
    terms = SMALL["terms/terms.yaml"] + b"tax: {included: true}\n"
    files = {**SMALL, "terms/terms.yaml": terms, "catalog/products.yaml": taxed.encode(), "terms/tax.csv": tax}
    del files["tests/prices.yaml"]
    with served(tmp_path_factory.mktemp("tax"), files) as server:
        deal.set_clock(server)
        found = complete(server, customer_facts=GERMANY)
        # (100 + 200 + 80) / 1.19 by line: 84.03 + 168.07 + 67.23
        assert (found.price.list_price, found.price.net_price) == ("380.00", "319.33")
        nowhere = complete(server)
        assert nowhere.list_price == "280.00" and not nowhere.price.net_price
        assert "tax" in nowhere.price.fault and nowhere.repriced_count == 0 and not nowhere.price_proven


BAD: list[dict[str, Any]] = [
    {"customer_facts": {"segment": deal.text("educ"), "regoin": deal.text("DE")}, "header": {"chanel": deal.text("w")}},
    {"customer": "customers/nobody", "customer_facts": {"region": deal.text("DE"), "id": common_pb2.Value(flag=True)}},
    {"customer": "anna", "currency_code": "EURO", "term_months": -1},
    {"customer_facts": {"region": common_pb2.Value(number="1e")}, "date": {"year": 2026, "month": 13, "day": 1}},
    {"header": {"channel": common_pb2.Value(number="1")}, "customer": "customers/anna"},
    {"customer": "customers/nobody", "currency_code": "JPY"},
]


@pytest.mark.parametrize("header", BAD)
def test_a_wrong_header_is_refused_in_the_words_of_price_quote(market: Served, header: dict[str, Any]) -> None:
    content = pricing_pb2.QuoteContent(lines=[deal.line("MUG")], **header)
    wanted = failure(market.pricing.PriceQuote, pricing_pb2.PriceQuoteRequest(content=content))
    fields = {name.removeprefix("content."): text for name, text in wanted.fields.items()}
    assert len(fields) > 1 or "header.channel" in fields
    requests = {
        "Configure": configuration_pb2.ConfigureRequest(product=BOX, **header),
        "ListOptions": configuration_pb2.ListOptionsRequest(product=BOX, slot="cpu", **header),
        "RepairConfiguration": configuration_pb2.RepairConfigurationRequest(product=BOX, **header),
        "CompleteConfiguration": configuration_pb2.CompleteConfigurationRequest(product=BOX, **header),
    }
    for name, request in requests.items():
        found = failure(getattr(market.configuration, name), request)
        assert (found.code, found.fields, found.reasons) == (wanted.code, fields, wanted.reasons), name


def test_everything_wrong_with_a_question_is_said_at_once(market: Served) -> None:
    request = configuration_pb2.CompleteConfigurationRequest(
        product=BOX,
        choices=[pick("cpu", "CPU-X"), pick("gpu", "CPU-A")],
        wishes=[configuration_pb2.Wish(choice=pick("board", "BRD-9"), weight=5_000)],
        customer_facts={"segment": deal.text("educ")},
        list_price_limit="a lot",
        aim=9,
        candidate_limit=-1,
        alternative_limit=101,
    )
    found = failure(market.configuration.CompleteConfiguration, request)
    assert found.fields.keys() == {
        *("choices[0].pick.sku", "choices[1].pick.slot", "wishes[0].choice.pick.sku", "wishes[0].weight"),
        *("customer_facts.segment", "list_price_limit", "aim", "candidate_limit", "alternative_limit"),
    }
    where = configuration_pb2.ConfigureRequest(product="BOX", header={"chanel": deal.text("web")}, option_limit=-1)
    assert failure(market.configuration.Configure, where).fields.keys() == {"product", "header.chanel", "option_limit"}


def test_a_choice_may_be_asked_for_in_the_place_of_another(market: Served) -> None:
    chosen = [pick("cpu", "CPU-A"), pick("board", "BRD-1")]
    explain = configuration_pb2.ExplainChoiceRequest(product=BOX, choices=chosen, wanted=pick("cpu", "CPU-B"))
    answer = market.configuration.ExplainChoice(explain)
    assert not answer.possible and [each.pick.sku for each in answer.choices] == ["BRD-1"]
    unknown = configuration_pb2.ExplainChoiceRequest(product=BOX, choices=chosen, wanted=pick("cpu", "CPU-X"))
    assert failure(market.configuration.ExplainChoice, unknown).fields.keys() == {"wanted.pick.sku"}
    repair = configuration_pb2.RepairConfigurationRequest(product=BOX, choices=chosen, wanted=[pick("cpu", "CPU-B")])
    (first,) = market.configuration.RepairConfiguration(repair).repairs
    assert [each.pick.sku for each in first.drop] == ["BRD-1"]


def test_tables_are_shared_by_customers_who_pay_the_same_and_are_bounded(market: Served) -> None:
    day = date(2026, 3, 1)
    active = find_book(market.env, "default", book_hash="", day=day)
    assert isinstance(active, ActiveBook)
    engine = active.parts.configurators["BOX"]

    def header(**fields: Any) -> QuoteRequest:
        with market.env.store.read("default") as reader:
            found = asked_header(reader, Content((), **fields), active, day)
        assert isinstance(found, QuoteRequest)
        return found

    tables = PriceTables()
    named = [header(customer_facts={"region": "DE", "tier": f"tier {n}"}) for n in range(50)]
    first = tables.of(active, engine, named[0])
    assert all(tables.of(active, engine, each) is first for each in named) and len(tables) == 1, "no price reads a tier"
    for n in range(50):
        tables.of(active, engine, header(customer_facts={"region": "DE", "id": f"c-{n}"}))
    assert len(tables) == 51, "what is agreed hangs on the customer's id"
    small = PriceTables(size=12)  # a table holds four prices
    for n in range(50):
        small.of(active, engine, header(customer_facts={"region": "DE", "id": f"c-{n}"}))
    assert len(small) == 2
    none = PriceTables(size=3)
    assert none.of(active, engine, named[0]) == first and len(none) == 0
