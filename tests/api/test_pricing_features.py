"""What rule files say about prices, reached through a real server: units, ramps, past orders, exchange rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal as D
from pathlib import Path

import pytest
from cpq.v1 import order_pb2, pricing_pb2, quote_pb2, revenue_pb2

from engine.application.perform import perform
from engine.application.ports import Asked
from engine.application.publish import publish_files
from tests.api import deal
from tests.api.server import Served, failure, served
from tests.fakes.rules import SMALL

PRICES = """\
prices:
  - {id: case-price, sku: MUG, unit: case, price: 140.00}
models:
  - id: plan-tiers
    sku: PLAN
    model: volume
    tiers: [{up_to: 9, unit: {EUR: 30.00, USD: 33.00, GBP: 27.00}}, {unit: {EUR: 25.00, USD: 28.00, GBP: 22.00}}]
    cliff: meant
exchange_rates:
  - {source: EUR, target: GBP, rate: 0.85, since: 2026-02-01, origin: central bank}
  - {source: EUR, target: GBP, rate: 0.90, since: 2026-03-15, origin: central bank}
"""
FILES = {
    **SMALL,
    "book.yaml": SMALL["book.yaml"].replace(b"[EUR, USD]", b"[EUR, USD, GBP]"),
    "catalog/products.yaml": SMALL["catalog/products.yaml"].replace(
        b"sku: MUG, name: Mug, category: goods,", b"sku: MUG, name: Mug, category: goods, units: {case: 12, crate: 60},"
    ),
    "prices/prices.yaml": PRICES.encode(),
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, FILES) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def price(shop: Served, *lines: pricing_pb2.LineInput, **fields: object) -> pricing_pb2.PricedQuote:
    return shop.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=deal.content(*lines, **fields)), timeout=30)


def publish(shop: Served, files: Mapping[str, bytes]) -> None:
    asked = Asked("Publish")
    done = perform(shop.env, asked, lambda work: publish_files(work, files, etag=""), lambda _, book: book.id.encode())
    assert isinstance(done, bytes), str(done)


def test_a_line_is_sold_in_a_unit_of_its_own(shop: Served) -> None:
    found = price(shop, deal.line("MUG", "2", unit="case"), deal.line("MUG", "1", unit="crate", id="more"))
    case, crate = found.lines
    # 2 cases at 140.00; a crate has no price of its own: 60 x 12.50
    assert (case.net, case.unit, case.unit_quantity, case.price_per_unit, case.quantity) == (
        28000,
        "case",
        "2",
        "140",
        "24",
    )
    assert (crate.net, crate.unit_quantity, crate.price_per_unit) == (75000, "1", "750")
    quote = deal.create(shop, deal.line("MUG", "2", unit="case"))
    assert quote.content.lines[0].unit == "case"
    bad = pricing_pb2.PriceQuoteRequest(content=deal.content(deal.line("MUG", "2", unit="cas")))
    assert failure(shop.pricing.PriceQuote, bad).fields == {
        "content.lines[0].unit": "`MUG` is not sold in `cas`; did you mean `case`?"
    }


def test_past_orders_count_towards_the_tier_when_the_caller_says_so(shop: Served) -> None:
    # 5 plans alone are in the first tier; with 5 of past orders they reach the second
    assert price(shop, deal.line("PLAN", "5")).totals.mrr == 15000
    assert price(shop, deal.line("PLAN", "5", prior_quantity="5")).totals.mrr == 12500
    bad = pricing_pb2.PriceQuoteRequest(content=deal.content(deal.line("PLAN", "5", prior_quantity="-5")))
    assert failure(shop.pricing.PriceQuote, bad).fields == {
        "content.lines[0].prior_quantity": "`-5` is not a quantity of past orders"
    }


def test_a_ramp_becomes_lines_that_are_ordered_and_billed_one_after_another(shop: Served) -> None:
    ramp = pricing_pb2.Ramp(uplift_percent="10", segments=[pricing_pb2.RampSegment(number=2, quantity="12")])
    found = price(shop, deal.line("PLAN", "5", ramp=ramp), term_months=39)
    assert [(each.id, each.net, each.term_net) for each in found.lines] == [
        ("plan/1", 15000, 180000),  # 5 x 30.00, 12 months
        ("plan/2", 33000, 396000),  # 12 x 25.00 x 1.1, 12 months
        ("plan/3", 18150, 217800),  # 5 x 30.00 x 1.21, 12 months
        ("plan/4", 19965, 59895),  # 5 x 30.00 x 1.331, 3 months
    ]
    agreed = pricing_pb2.Ramp(segments=[pricing_pb2.RampSegment(number=1, unit_price="20")])
    kept = deal.create(shop, deal.line("PLAN", "5", ramp=agreed), term_months=24)
    # 5 x 20.00 in the first year, 5 x 30.00 then
    assert [(each.net, each.list_unit_price) for each in kept.priced.lines] == [(10000, "30.00"), (15000, "30.00")]
    assert kept.content.lines[0].segment_price == "20"
    order = deal.ordered(shop, deal.line("PLAN", "5", ramp=ramp), term_months=24)
    first = deal.invoiced(shop, order.contract, "2026-03-31")
    assert [each.net for each in first] == [15000]
    quote = deal.create(shop)
    change = quote_pb2.BatchUpdateQuoteLinesRequest(
        name=quote.name, upserts=[deal.line("PLAN", "1", term_months=24, ramp=pricing_pb2.Ramp())]
    )
    assert [each.id for each in shop.quotes.BatchUpdateQuoteLines(change).priced.lines] == ["mug", "plan/1", "plan/2"]


@pytest.mark.parametrize(("level", "third"), [("line", 3649), ("rate", 3648)])
def test_a_ramp_says_what_is_paid_in_each_phase_of_its_term(tmp_path: Path, level: str, third: int) -> None:
    """PLAN 5 x 30.00 and 10 % more each year, with an extra of 10.50 beside it, and a mug once; 19 % tax.

    Line by line 181.50 bears 34.49 and 10.50 bears 2.00; together they bear 192.00 x 0.19 = 36.48.
    """
    terms = SMALL["terms/terms.yaml"] + f"tax: {{round_at: {level}}}\n".encode()
    extra = b"  - {sku: EXTRA, name: Extra, category: service, list: {EUR: 10.50, USD: 12.00}}\nbundles:"
    catalog = SMALL["catalog/products.yaml"].replace(b"bundles:", extra)
    with served(tmp_path, {**SMALL, "terms/terms.yaml": terms, "catalog/products.yaml": catalog}) as shop:
        deal.set_clock(shop)
        deal.people(shop)
        ramp = pricing_pb2.Ramp(uplift_percent="10")
        lines = [deal.line("PLAN", "5", ramp=ramp), deal.line("EXTRA"), deal.line("MUG", "1")]
        totals = price(shop, *lines, term_months=39).totals
        assert [
            (each.days.start.year, each.days.end.year, each.period_months, each.net, each.tax, each.gross)
            for each in totals.phases
        ] == [
            (2026, 0, 0, 1250, 238, 1488),
            (2026, 2027, 1, 16050, 3050, 19100),
            (2027, 2028, 1, 17550, 3335, 20885),  # 165.00 and 10.50: 31.35 and 2.00, or 33.345
            (2028, 2029, 1, 19200, third, 19200 + third),
            (2029, 2029, 1, 21015, 3993, 25008),  # 199.65 and 10.50: 37.93 and 2.00, or 39.9285
        ]
        order = deal.ordered(shop, *lines, term_months=39)
        deal.move_clock(shop, "2028-03-01T12:00:00Z")
        billed = deal.invoiced(shop, order.contract, "2028-03-01")
        assert [(each.net, each.tax) for each in (billed[0], billed[12], billed[24])] == [
            (16050, 3050),
            (17550, 3335),
            (19200, third),
        ]
        assert not price(shop, deal.line("PLAN", "5"), term_months=39).totals.phases


def test_a_quote_keeps_its_exchange_rate_until_its_next_version(shop: Served) -> None:
    quote = deal.create(shop, deal.line("MUG", "3"), currency_code="GBP")
    # 12.50 EUR x 0.85 = 10.625, rounded at the unit price: 10.63; three of them
    assert quote.priced.totals.net == 3189
    (rate,) = quote.priced.exchange_rates
    assert (rate.source_currency, rate.rate, rate.origin, rate.date.month) == ("EUR", "0.85", "central bank", 2)
    deal.move_clock(shop, "2026-03-20T12:00:00Z")
    added = shop.quotes.BatchUpdateQuoteLines(
        quote_pb2.BatchUpdateQuoteLinesRequest(name=quote.name, upserts=[deal.line("MUG", "4")])
    )
    assert added.priced.totals.net == 4252
    again = shop.quotes.CloneQuote(quote_pb2.CloneQuoteRequest(name=quote.name, valid_until=deal.UNTIL))
    # 12.50 x 0.90 = 11.25
    assert (again.priced.exchange_rates[0].rate, again.priced.totals.net) == ("0.90", 4500)


def test_a_gift_is_ordered_delivered_and_billed(shop: Served) -> None:
    discounts = """\
order_discounts:
  - {id: free-calls, when: 'sum(lines.qty) >= 3', give: add BRD-1 qty 2 at 1.00}
  - {id: free-cpu, when: 'sum(lines.qty) >= 3', give: add CPU-A at 0}
"""
    publish(shop, {**FILES, "discounts/gifts.yaml": discounts.encode()})
    offer = deal.sent(shop, deal.line("MUG", "3"))
    gifts = {each.line_id: each for each in offer.priced.gifts}
    # 2 x 1.00, with 19 % tax for a customer in Germany
    assert [(each.net, each.tax, each.quantity) for each in gifts.values()] == [(200, 38, "2"), (0, 0, "1")]
    # 3 x 12.50 + 2.00
    assert offer.priced.totals.net == 3950
    shop.quotes.AcceptQuote(quote_pb2.AcceptQuoteRequest(name=offer.name, version=1))
    order = shop.orders.CreateOrder(order_pb2.CreateOrderRequest(quote=offer.name))
    items = {each.quote_line: each for each in order.items}
    assert items.keys() == {"mug", "gift/free-calls", "gift/free-cpu"}
    assert (items["gift/free-calls"].sku, items["gift/free-calls"].quantity, items["gift/free-calls"].net) == (
        "BRD-1",
        "2",
        200,
    )
    shipped = [each for each in order.tasks if each.item == "gift/free-calls"]
    assert [each.step for each in shipped] == []  # boards have no fulfilment plan: handed over at once
    # the gift is billed at once, the mugs when they are delivered
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-31")
    assert (invoice.net, invoice.gross) == (200, 238)
    assert shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day("2026-03-31"))).valid


def test_the_lowest_price_before_a_reduction_comes_from_the_books_of_those_days(shop: Served) -> None:
    """12.50 by the first book; a sale of 20 % from 1 to 10 March; a second book reduces the list price on 2 April."""
    sale = "discounts:\n  - {id: sale, from: 2026-03-01, until: 2026-03-11, give: 20 % off unit}\n"
    files = {name: text for name, text in FILES.items() if name != "tests/prices.yaml"}
    publish(shop, {**files, "discounts/sale.yaml": sale.encode()})
    deal.move_clock(shop, "2026-04-02T08:00:00Z")
    cheaper = FILES["catalog/products.yaml"].replace(b"list: {EUR: 12.50", b"list: {EUR: 11.00")
    publish(shop, {**files, "catalog/products.yaml": cheaper})
    request = pricing_pb2.PriceQuoteRequest(content=deal.content(deal.line("MUG", "4")), lowest_price_days=30)
    (line,) = shop.pricing.PriceQuote(request).lines
    lowest = line.lowest_price
    # 12.50 less 20 % until 10 March, in the 30 days before 2 April (from 3 March on)
    assert (D(line.unit_price), D(lowest.unit_price), lowest.reduced) == (D("11.00"), D("10.00"), True)
    assert (lowest.date, lowest.start, lowest.end) == (
        deal.day("2026-03-10"),
        deal.day("2026-03-03"),
        deal.day("2026-04-02"),
    )
    deal.move_clock(shop, "2026-04-20T08:00:00Z")
    again = shop.pricing.PriceQuote(request).lines[0].lowest_price
    assert (D(again.unit_price), again.end) == (D("10.00"), deal.day("2026-04-02"))
    chunks = list(shop.pricing.StreamPriceQuote(request))
    assert D(chunks[1].lines[0].lowest_price.unit_price) == D("10.00")
    told = shop.pricing.ExplainPrice(
        pricing_pb2.ExplainPriceRequest(content=request.content, lowest_price_days=30, picture=True)
    ).waterfalls[0]
    assert D(told.lowest_price.unit_price) == D("10.00")
    assert "lowest price in the 30 days before the reduction of 2026-04-02: 10.00 EUR on 2026-03-10" in told.svg
    without = pricing_pb2.PriceQuoteRequest(content=request.content)
    assert not shop.pricing.PriceQuote(without).lines[0].HasField("lowest_price")
    bad = pricing_pb2.PriceQuoteRequest(content=request.content, lowest_price_days=400)
    assert failure(shop.pricing.PriceQuote, bad).fields == {"lowest_price_days": "400 is not between 0 and 366"}


def test_the_lowest_price_knows_what_held_before_a_book_was_rolled_back(shop: Served) -> None:
    """12.50 first; 11.00 from 10 to 20 March; 12.50 again by publishing the first book again; 12.00 from 1 April on."""
    files = {name: text for name, text in FILES.items() if name != "tests/prices.yaml"}

    def priced_at(price: bytes) -> dict[str, bytes]:
        return {**files, "catalog/products.yaml": FILES["catalog/products.yaml"].replace(b"12.50", price)}

    for at, price in (("01", b"12.50"), ("10", b"11.00"), ("20", b"12.50")):
        deal.move_clock(shop, f"2026-03-{at}T18:00:00Z")
        publish(shop, priced_at(price))
    deal.move_clock(shop, "2026-04-01T08:00:00Z")
    publish(shop, priced_at(b"12.00"))
    content = deal.content(deal.line("MUG", "4"))
    request = pricing_pb2.PriceQuoteRequest(content=content, lowest_price_days=30)
    now = shop.pricing.PriceQuote(request).lines[0].lowest_price
    assert (D(now.unit_price), now.date, now.end) == (D("11.00"), deal.day("2026-03-19"), deal.day("2026-04-01"))
    content.date.CopyFrom(deal.day("2026-03-15"))
    then = shop.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=content, lowest_price_days=30)).lines[0]
    lowest = then.lowest_price
    # The days before 10 March are those of the book that was published again on 20 March.
    assert (D(lowest.unit_price), lowest.date, lowest.end) == (
        D("12.50"),
        deal.day("2026-03-09"),
        deal.day("2026-03-10"),
    )


PROMOTIONS = """\
discounts:
  - {id: once, code: ONCE, uses: 1, give: 10 % off unit}
  - {id: each-once, code: EACH, uses_per_customer: 1, give: 10 % off unit}
  - {id: pot, code: POT, budget: {EUR: 9.00}, give: '{EUR: 1.50 off unit, USD: 1.50 off unit, GBP: 1.50 off unit}'}
  - {id: may, code: MAY, until: 2026-03-10, give: 10 % off unit}
"""


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("ONCE", "it may be used 1 time in all, and was"),
        ("EACH", "a customer may use it 1 time, and this one has"),
        ("POT", "the 3.00 EUR that are left of its budget do not pay for it"),
    ],
)
def test_the_last_use_of_a_code_goes_to_one_quote(shop: Served, code: str, reason: str) -> None:
    """Both quotes were priced with the code; the pot of 9.00 pays 6.00 (4 x 1.50) once."""
    publish(shop, {**FILES, "discounts/codes.yaml": PROMOTIONS.encode()})
    first, second = (deal.sent(shop, deal.line("MUG", "4"), codes=[code]) for _ in range(2))
    assert first.priced.totals.net == second.priced.totals.net < 5000
    shop.quotes.AcceptQuote(quote_pb2.AcceptQuoteRequest(name=first.name, version=1))
    late = failure(shop.quotes.AcceptQuote, quote_pb2.AcceptQuoteRequest(name=second.name, version=1))
    assert late.fields == {"codes[0]": f"code `{code}` cannot be used: {reason}; leave it out"}
    asked = pricing_pb2.PriceQuoteRequest(content=deal.content(deal.line("MUG", "4"), codes=[code]))
    if code == "POT":
        # 3.00 are left: too little for 6.00, enough for one mug
        found = shop.pricing.PriceQuote(asked)
        (refused,) = found.refused_rules
        assert (found.totals.net, refused.reason, refused.said) == (5000, "budget", reason)
        one = deal.content(deal.line("MUG", "1"), codes=[code])
        assert shop.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=one)).totals.net == 1100
    else:
        refused = failure(shop.pricing.PriceQuote, asked).fields
        assert refused == {f"content.{field}": said for field, said in late.fields.items()}


def test_an_ended_code_gets_the_same_answer_when_priced_and_when_accepted(shop: Served) -> None:
    publish(shop, {**FILES, "discounts/codes.yaml": PROMOTIONS.encode()})
    offer = deal.sent(shop, deal.line("MUG", "4"), codes=["MAY"])
    deal.move_clock(shop, "2026-03-10T12:00:00Z")
    accept = failure(shop.quotes.AcceptQuote, quote_pb2.AcceptQuoteRequest(name=offer.name, version=1))
    asked = pricing_pb2.PriceQuoteRequest(content=deal.content(deal.line("MUG", "4"), codes=["MAY"]))
    said = "code `MAY` cannot be used: it has ended: its last day was 2026-03-09; leave it out"
    assert accept.fields == {"codes[0]": said}, "of the stored offer"
    assert failure(shop.pricing.PriceQuote, asked).fields == {"content.codes[0]": said}
