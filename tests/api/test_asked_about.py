"""Whatever id of a rule book is asked about gets an answer, or is told what it is and where to ask."""

from __future__ import annotations

from cpq.v1 import pricing_pb2

from tests.api import deal
from tests.api.server import Served, failure


def ask(shop: Served, *names: str, **more: object) -> list[pricing_pb2.RuleExplanation]:
    content = deal.content(deal.line("MUG", "10"), deal.line("PLAN"), **more)
    request = pricing_pb2.ExplainPriceRequest(content=content, line_ids=["mug"], rule_ids=names)
    return list(shop.pricing.ExplainPrice(request).rules)


def test_an_approval_rule_is_answered_once_for_the_quote(shop: Served) -> None:
    (why,) = ask(shop, "deep")
    assert (why.line_id, why.rule, why.kind, why.applied) == ("", "deep", "approval rule", False)
    assert why.place.startswith("approvals/")
    assert why.failed[0].condition
    assert why.failed[0].values


def test_a_rule_a_price_and_each_only_once(shop: Served) -> None:
    assert [each.kind for each in ask(shop, "edu", "edu")] == ["discount"]


def test_what_is_asked_elsewhere_says_so(shop: Served) -> None:
    asked = pricing_pb2.ExplainPriceRequest(
        content=deal.content(), rule_ids=["eduweb", "mug", "x", "MUG", "coupons/c-000001"]
    )
    assert failure(shop.pricing.ExplainPrice, asked).fields == {
        "rule_ids[0]": "nothing in the rule book is called `eduweb`; did you mean `edu-web`?",
        "rule_ids[1]": "`mug` is a line of the quote; name it among the lines, and the id of a rule here",
        "rule_ids[2]": "nothing in the rule book is called `x`; give the id of a rule, such as `edu-web`, `edu`",
        "rule_ids[3]": "`MUG` is a product; name a line of it, and the id of a rule here",
        "rule_ids[4]": "`coupons/c-000001` is a coupon: it takes off invoices, not off prices; "
        "GetCoupon says what it gave so far",
    }
