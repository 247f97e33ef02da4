"""PricingService through a real server."""

from __future__ import annotations

from xml.etree import ElementTree

import grpc
import pytest
from cpq.v1 import common_pb2, party_pb2, pricing_pb2

from tests.api import deal
from tests.api.server import Served, failure


def price(
    server: Served, content: pricing_pb2.QuoteContent, view: int = common_pb2.VIEW_FULL
) -> pricing_pb2.PricedQuote:
    return server.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=content, view=view), timeout=30)


def test_prices_totals_and_terms_are_exact(shop: Served) -> None:
    found = price(shop, deal.content(deal.line("MUG", "3"), deal.line("PLAN", "2"), term_months=12))
    assert (found.currency_code, found.minor_unit_digits, found.valid) == ("EUR", 2, True)
    mug, plan = found.lines
    # 3 x 12.50 = 37.50; 2 x 30.00 = 60.00 a month, 720.00 in 12 months
    assert (mug.net, mug.charge.kind) == (3750, common_pb2.CHARGE_KIND_ONE_TIME)
    assert (plan.net, plan.term_net, plan.charge.period_months) == (6000, 72000, 1)
    assert (found.totals.one_time, found.totals.mrr, found.totals.arr) == (3750, 6000, 72000)
    assert found.totals.tcv == 75750
    assert (mug.cost, mug.HasField("cost"), plan.HasField("cost")) == (1500, True, False)


def test_rules_read_the_customer_and_the_waterfall_names_file_and_line(shop: Served) -> None:
    edu = party_pb2.Customer(display_name="School", segment="edu", region="DE")
    shop.parties.CreateCustomer(party_pb2.CreateCustomerRequest(customer=edu, customer_id="school"))
    content = deal.content(deal.line("MUG", "10"))
    content.customer = "customers/school"
    found = price(shop, content, common_pb2.VIEW_WATERFALL)
    # 10 x 12.50 less 10 %
    assert found.totals.net == 11250
    steps = {each.rule: each for each in found.lines[0].waterfall.steps}
    assert (steps["edu"].before, steps["edu"].after) == ("12.5", "11.25") or steps["edu"].after.startswith("11.25")
    assert steps["edu"].place.startswith("discounts/rules.yaml:")
    assert steps["edu"].say == "Education price"
    facts = deal.content(deal.line("MUG", "10"), customer_facts={"segment": deal.text("edu")})
    assert price(shop, facts).totals.net == 11250


def test_an_explanation_names_the_rules_that_lost(shop: Served) -> None:
    content = deal.content(deal.line("MUG", "10"), deal.line("PLAN"))
    content.customer_facts["segment"].text = "edu"
    content.header["channel"].text = "web"
    answer = shop.pricing.ExplainPrice(pricing_pb2.ExplainPriceRequest(content=content, line_ids=["mug"]))
    (story,) = answer.waterfalls
    assert story.line_id == "mug"
    assert [(each.rule, each.place.partition(":")[0]) for each in story.losers] == [("edu", "discounts/rules.yaml")]
    assert story.losers[0].reason
    unknown = pricing_pb2.ExplainPriceRequest(content=content, line_ids=["mug", "cup"])
    assert failure(shop.pricing.ExplainPrice, unknown).fields.keys() == {"line_ids[1]"}


def test_an_explanation_says_why_a_rule_does_not_act_and_what_would_make_it(shop: Served) -> None:
    request = pricing_pb2.ExplainPriceRequest(content=deal.content(deal.line("MUG", "10")), rule_ids=["edu-web"])
    (why,) = shop.pricing.ExplainPrice(request).rules
    assert (why.line_id, why.rule, why.applied) == ("mug", "edu-web", False)
    assert why.place.startswith("discounts/rules.yaml:")
    assert why.reason == '`customer.segment = "edu"` does not hold'
    assert [(each.condition, each.wish) for each in why.failed] == [
        ('customer.segment = "edu"', 'customer.segment is "edu"'),
        ('quote.channel = "web"', 'quote.channel is "web"'),
    ]
    assert (why.failed[0].values[0].expression, why.failed[0].values[0].value.text) == ("customer.segment", "retail")
    assert why.failed[0].place.startswith("discounts/rules.yaml:")
    assert list(why.wishes) == ['customer.segment is "edu"', 'quote.channel is "web"']
    request.content.customer_facts["segment"].text = "edu"
    request.content.header["channel"].text = "web"
    answer = shop.pricing.ExplainPrice(request)
    # the rule with more conditions comes first
    assert answer.rules[0].applied
    step = answer.waterfalls[0].steps[1]
    assert [(each.expression, each.value.text) for each in step.inputs] == [
        ("customer.segment", "edu"),
        ("quote.channel", "web"),
    ]


def test_an_explanation_comes_as_a_picture(shop: Served) -> None:
    request = pricing_pb2.ExplainPriceRequest(content=deal.content(deal.line("MUG", "10")), picture=True)
    svg = ElementTree.fromstring(shop.pricing.ExplainPrice(request).waterfalls[0].svg)
    assert svg.get("role") == "img"
    assert svg.findtext("{http://www.w3.org/2000/svg}title") == "Price of Mug (mug), one unit in EUR"


def test_stored_quotes_and_versions_are_explained(shop: Served) -> None:
    offer = deal.sent(shop)
    for name in (offer.name, f"{offer.name}/versions/1"):
        answer = shop.pricing.ExplainPrice(pricing_pb2.ExplainPriceRequest(quote=name))
        assert [each.line_id for each in answer.waterfalls] == ["mug"]
    missing = pricing_pb2.ExplainPriceRequest(quote=f"{offer.name}/versions/2")
    assert failure(shop.pricing.ExplainPrice, missing).code is grpc.StatusCode.NOT_FOUND
    both = pricing_pb2.ExplainPriceRequest(quote=offer.name, content=deal.content())
    assert failure(shop.pricing.ExplainPrice, both).fields.keys() == {"quote"}


def test_a_large_quote_is_streamed_in_chunks_that_add_up(shop: Served) -> None:
    content = deal.content(*(deal.line("MUG", str(n + 1), id=f"l{n}") for n in range(450)))
    chunks = list(shop.pricing.StreamPriceQuote(pricing_pb2.PriceQuoteRequest(content=content)))
    whole = price(shop, content)
    assert [len(each.lines) for each in chunks] == [0, 200, 200, 50]
    assert [line for each in chunks for line in each.lines] == list(whole.lines)
    assert chunks[0].header.totals == whole.totals
    assert sum(line.net for line in whole.lines) == whole.totals.net == 1250 * 450 * 451 // 2


def test_nothing_is_stored(shop: Served) -> None:
    with shop.env.store.read("default") as reader:
        before = reader.events(after=0, limit=1000)
    price(shop, deal.content())
    with shop.env.store.read("default") as reader:
        assert reader.events(after=0, limit=1000) == before


@pytest.mark.parametrize(
    ("quantity", "field"),
    [
        ("NaN", "content.lines[0].quantity"),
        ("Infinity", "content.lines[0].quantity"),
        ("1e3", "content.lines[0].quantity"),
        ("-1", "content.lines[0].quantity"),
        ("0", "content.lines[0].quantity"),
        ("9" * 34, "content.lines[0].quantity"),
        ("9" * 200, "content.lines[0].quantity"),
        ("1.1234567", "content.lines[0].quantity"),
    ],
)
def test_quantities_that_are_none_are_refused(shop: Served, quantity: str, field: str) -> None:
    request = pricing_pb2.PriceQuoteRequest(content=deal.content(deal.line("MUG", quantity)))
    found = failure(shop.pricing.PriceQuote, request)
    assert (found.code, set(found.fields)) == (grpc.StatusCode.INVALID_ARGUMENT, {field})


def test_empty_and_unknown_requests_are_refused(shop: Served) -> None:
    empty = failure(shop.pricing.PriceQuote, pricing_pb2.PriceQuoteRequest())
    assert empty.fields.keys() == {"content.lines"}
    currency = pricing_pb2.PriceQuoteRequest(content=deal.content(currency_code="EURO"))
    assert failure(shop.pricing.PriceQuote, currency).fields.keys() == {"content.currency_code"}
    unpriced = pricing_pb2.PriceQuoteRequest(content=deal.content(currency_code="JPY"))
    assert failure(shop.pricing.PriceQuote, unpriced).code is grpc.StatusCode.INVALID_ARGUMENT
    nobody = deal.content()
    nobody.customer = "customers/nobody"
    assert failure(shop.pricing.PriceQuote, pricing_pb2.PriceQuoteRequest(content=nobody)).code is (
        grpc.StatusCode.NOT_FOUND
    )
    view = pricing_pb2.PriceQuoteRequest(content=deal.content(), view=9)
    assert failure(shop.pricing.PriceQuote, view).fields.keys() == {"view"}
    book = pricing_pb2.PriceQuoteRequest(content=deal.content(), rule_book="ruleBooks/abc")
    assert failure(shop.pricing.PriceQuote, book).code is grpc.StatusCode.NOT_FOUND


def test_a_thousand_faults_are_answered_with_fifty(shop: Served) -> None:
    content = deal.content(*(deal.line("NOPE", id=f"l{n}") for n in range(1000)))
    found = failure(shop.pricing.PriceQuote, pricing_pb2.PriceQuoteRequest(content=content))
    assert len(found.fields) == 50
    assert found.infos[0].metadata["faults"] == "1000"
