"""What bad input gets when it asks for prices: a refusal with code, field path and hint, every fault in one answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cpq.v1 import common_pb2, party_pb2, pricing_pb2
from google.type import date_pb2

from tests.api import deal
from tests.api.server import Served, failure, served
from tests.fakes.rules import SMALL

DISCOUNTS = """\
discounts:
  - {id: one, code: ONE, give: 5 % off unit, not_with: two}
  - {id: two, code: TWO, give: 6 % off unit}
  - {id: gone, code: GONE, until: 2026-02-01, give: 5 % off unit}
  - {id: heavy, when: line.item.watt != null and line.item.watt > 10, give: 50 % off unit}
"""
FILES = {
    **SMALL,
    "book.yaml": SMALL["book.yaml"] + b"from: 2026-01-01\nuntil: 2027-01-01\nhabits: {lines_max: 3}\n",
    "catalog/products.yaml": SMALL["catalog/products.yaml"]
    .replace(
        b"sku: MUG, name: Mug, category: goods,",
        b"sku: MUG, name: Mug, category: goods, quantity: {minimum: 4, multiple: 2, maximum: 100},",
    )
    .replace(
        b"    attributes: {socket: {type: text}}\nproducts",
        b"    attributes: {socket: {type: text}, watt: {type: number}}\nproducts",
    )
    .replace(b"category: board, attributes: {socket: s1}", b"category: board, attributes: {socket: s1, watt: 3}")
    .replace(b"category: board, attributes: {socket: s2}", b"category: board, attributes: {socket: s2, watt: 3}"),
    "discounts/codes.yaml": DISCOUNTS.encode(),
    "tests/prices.yaml": b"",
}
FILES = {name: text for name, text in FILES.items() if text}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("shop")
    with served(folder, FILES) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def refusal(shop: Served, *lines: pricing_pb2.LineInput, **fields: Any) -> list[tuple[str, str, str]]:
    """Code, field and text of each fault."""
    request = pricing_pb2.PriceQuoteRequest(content=deal.content(*lines, **fields))
    found = failure(shop.pricing.PriceQuote, request)
    return list(zip(found.reasons, found.fields, found.fields.values(), strict=True))


MUG = deal.line("MUG", "4")


@pytest.mark.parametrize(
    ("lines", "fields", "expected"),
    [
        (
            [deal.line("MUGG", "4")],
            {},
            ("QUO104", "content.lines[0].sku", "unknown product `MUGG`; did you mean `MUG`?"),
        ),
        (
            [deal.line("MUG", "-4")],
            {},
            ("QUO107", "content.lines[0].quantity", "the quantity -4 is not above zero; remove the line instead"),
        ),
        (
            [deal.line("MUG", "NaN")],
            {},
            (
                "INVALID_FIELD",
                "content.lines[0].quantity",
                "`NaN` is not a decimal number; write digits with a point, such as `12.50`",
            ),
        ),
        (
            [deal.line("PLAN", "1.00000001")],
            {},
            ("QUO107", "content.lines[0].quantity", "the quantity 1.00000001 has more than 6 decimals"),
        ),
        (
            [deal.line("MUG", "2")],
            {},
            ("PRC004", "content.lines[0].quantity", "2 is below the minimum order quantity of 4; order at least 4"),
        ),
        (
            [deal.line("MUG", "5")],
            {},
            ("PRC004", "content.lines[0].quantity", "5 is off the multiple of 2; order 4 or 6"),
        ),
        (
            [deal.line("MUG", "102")],
            {},
            (
                "PRC004",
                "content.lines[0].quantity",
                "102 is above the maximum order quantity of 100; order at most 100",
            ),
        ),
        (
            [MUG],
            {"currency_code": "JPY"},
            (
                "PRC001",
                "content.currency_code",
                "the book has no currency JPY; it has EUR, USD; "
                "choose one of them, or add it to `currencies` in book.yaml with prices in it",
            ),
        ),
        (
            [MUG],
            {"manual_discounts": [deal.discount("101")]},
            ("PRC011", "content.manual_discounts[0].value", "a discount of 101 percent; at most 100 percent"),
        ),
        (
            [MUG],
            {"codes": ["ONE", "TWO"]},
            ("PRC010", "content.codes", "codes `ONE` and `TWO` exclude each other; choose one of them"),
        ),
        (
            [MUG],
            {"codes": ["GONE"]},
            (
                "PRC009",
                "content.codes[0]",
                "code `GONE` cannot be used: it has ended: its last day was 2026-01-31; leave it out",
            ),
        ),
        ([MUG], {"codes": ["ON"]}, ("PRC008", "content.codes[0]", "unknown code `ON`; did you mean `ONE`?")),
        (
            [deal.line("MUG", "4", id=f"l{n}") for n in range(4)],
            {},
            ("PRC005", "content.lines", "4 lines, at most 3; split the quote"),
        ),
    ],
)
def test_bad_input_is_refused_with_code_place_and_hint(
    shop: Served, lines: list[pricing_pb2.LineInput], fields: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert refusal(shop, *lines, **fields) == [expected]


def test_every_fault_of_a_request_comes_in_one_answer(shop: Served) -> None:
    found = refusal(
        shop,
        deal.line("MUG", "2"),
        deal.line("PLAN", "1"),
        codes=["GONE", "NO"],
        manual_discounts=[deal.discount("101")],
    )
    assert [(code, field) for code, field, _ in found] == [
        ("PRC004", "content.lines[0].quantity"),
        ("PRC011", "content.manual_discounts[0].value"),
        ("PRC009", "content.codes[0]"),
        ("PRC008", "content.codes[1]"),
    ]


def test_facts_are_those_of_the_rule_book(shop: Served) -> None:
    facts = {"segment": deal.text("educ"), "segmnt": deal.text("edu"), "region": deal.text("XX")}
    found = refusal(shop, MUG, customer_facts=facts, header={"chanel": deal.text("web")})
    assert found == [
        ("BAD_FACT", "content.customer_facts.segment", "`customer.segment` is never `educ`; did you mean `edu`?"),
        ("BAD_FACT", "content.customer_facts.region", "`customer.region` is never `XX`; it is one of `DE`, `US`"),
        (
            "UNKNOWN_FACT",
            "content.customer_facts.segmnt",
            "the rule book declares no fact `customer.segmnt`; did you mean `segment`?",
        ),
        (
            "UNKNOWN_FACT",
            "content.header.chanel",
            "the rule book declares no fact `quote.chanel`; did you mean `channel`?",
        ),
    ]


def test_a_record_that_says_what_the_book_does_not_know_is_refused_unless_the_caller_says_better(shop: Served) -> None:
    customer = party_pb2.Customer(display_name="School", segment="educ", region="DE", attributes={"erp_id": "7"})
    shop.parties.CreateCustomer(party_pb2.CreateCustomerRequest(customer=customer, customer_id="school"))
    stored = deal.content(MUG)
    stored.customer = "customers/school"
    found = failure(shop.pricing.PriceQuote, pricing_pb2.PriceQuoteRequest(content=stored))
    hint = "did you mean `edu`?; correct the record, or state `customer_facts.segment`"
    assert (found.reason, found.fields) == (
        "BAD_FACT",
        {"content.customer": f"`customer.segment` is never `educ`; {hint}"},
    )
    stored.customer_facts["segment"].text = "edu"
    assert shop.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=stored)).valid


def test_attributes_are_those_of_the_product(shop: Served) -> None:
    wrong = [
        deal.line("CPU-A", "1", id="a", attributes={"socket": deal.text("s1")}),
        deal.line("CPU-A", "1", id="b", attributes={"sockt": deal.text("s1")}),
        deal.line("MUG", "4", id="c", attributes={"colour": deal.text("red")}),
    ]
    assert refusal(shop, *wrong) == [
        ("QUO120", "content.lines[1].attributes.sockt", "`CPU-A` has no attribute `sockt`; did you mean `socket`?"),
        ("QUO120", "content.lines[2].attributes.colour", "`MUG` has no attribute `colour`; it has none"),
    ]


def test_attributes_are_of_the_kind_that_is_declared(shop: Served) -> None:
    """A rule orders them: what is no number has no place among numbers."""
    day, listed = date_pb2.Date(year=2026, month=3, day=1), common_pb2.ValueList(values=[deal.text("x")])
    wrong = {"flag": True, "text": "heavy", "date": day, "list": listed}
    lines = [
        deal.line("BRD-1", "1", id=kind, attributes={"watt": common_pb2.Value(**{kind: value})})
        for kind, value in wrong.items()
    ]
    assert refusal(shop, *lines[:3]) == [
        ("QUO120", "content.lines[0].attributes.watt", "`line.item.watt` takes a number, not `true`; give a number"),
        (
            "QUO120",
            "content.lines[1].attributes.watt",
            "`line.item.watt` takes a number, not `heavy`; write digits with a point, no thousands separators",
        ),
        (
            "QUO120",
            "content.lines[2].attributes.watt",
            "`line.item.watt` takes a number, not `2026-03-01`; give a number",
        ),
    ]
    assert refusal(shop, *lines[3:]) == [
        ("QUO120", "content.lines[0].attributes.watt", "`line.item.watt` takes a number, not a list; give a number"),
    ]

    def net(**watt: str) -> str:
        line = deal.line("BRD-1", "1", attributes={"watt": common_pb2.Value(**watt)})
        answer = shop.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=deal.content(line)))
        return str(answer.totals.net)

    assert net(number="20") == net(text="20") != net(number="5") == net(text="5")


def test_what_cannot_be_read_hides_nothing_else(shop: Served) -> None:
    found = refusal(
        shop,
        deal.line("MUG", "abc"),
        deal.line("MUGG", "1"),
        currency_code="EURO",
        codes=["ON"],
        customer_facts={"segment": deal.text("educ")},
    )
    assert [(code, field) for code, field, _ in found] == [
        ("INVALID_FIELD", "content.lines[0].quantity"),
        ("MNY001", "content.currency_code"),
        ("BAD_FACT", "content.customer_facts.segment"),
        ("QUO104", "content.lines[1].sku"),
        ("PRC008", "content.codes[0]"),
    ]


def test_a_day_that_no_book_is_for_is_refused(shop: Served) -> None:
    late = deal.content(MUG, date=deal.day("2030-01-01"))
    found = failure(shop.pricing.PriceQuote, pricing_pb2.PriceQuoteRequest(content=late))
    assert (found.reason, found.message) == (
        "NO_RULE_BOOK",
        "no rule book is in force on 2030-01-01; publish one that is effective by then",
    )
    book = shop.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=deal.content(MUG))).rule_book
    named = failure(shop.pricing.PriceQuote, pricing_pb2.PriceQuoteRequest(content=late, rule_book=book))
    assert (named.reason, named.message) == (
        "NO_RULE_BOOK",
        "the rule book does not hold on 2030-01-01; it holds from 2026-01-01 until 2027-01-01",
    )


def test_a_currency_that_the_book_does_not_have_is_told_with_what_else_is_wrong(shop: Served) -> None:
    told = ("PRC001", "content.currency_code", "the book has no currency CHF; it has EUR, USD")
    found = refusal(shop, MUG, currency_code="CHF")
    assert [(code, field, text.rpartition("; ")[0]) for code, field, text in found] == [told]
    found = refusal(shop, MUG, deal.line("MUGG"), currency_code="CHF", codes=["NONE"])
    assert [code for code, *_ in found] == ["PRC001", "QUO104", "PRC008"]
