"""Where rules start from: what is agreed beside price models, and whose quantities count for tiers."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from engine.catalog import Charge, ChargeKind, ChargePeriod
from engine.pricing import compile_plan, price, waterfall
from engine.pricing.models import CostPlus, Graduated, Package, PerUnit, PriceModel, Tier, TierEffect, Usage, Volume
from engine.pricing.plan import ContractedPrice, Match, ModelUse, Narrowness, PoolScope, RuleId
from engine.pricing.result import Priced
from tests.pricing.books import amounts, asked, book, line, priced

SKU_A = Match(Narrowness.SKU, "A")
TWO_TIERS = (Tier(D(10), D(10)), Tier(None, D(8)))


@pytest.mark.parametrize(
    ("model", "of_percent", "of_price"),
    [
        # 12 units: 10 x 10 + 2 x 8 = 116, less 10 % 104.40; at 7 each 84
        (Graduated(TWO_TIERS), "104.40", "84.00"),
        # 12 x 8 = 96, less 10 % 86.40
        (Volume(TWO_TIERS), "86.40", "84.00"),
        # 12 x 50 = 600, less 10 % 540
        (PerUnit(D(50)), "540.00", "84.00"),
        # two started packages of ten at 60 are 120, less 10 % 108
        (Package(D(10), D(60)), "108.00", "84.00"),
        # the cost of 40 and a quarter is 50, as above
        (CostPlus(D(25)), "540.00", "84.00"),
        # a percent tier is off what else the line costs: 100 x 0.9 x 0.8 x 12; 7 x 0.8 x 12
        (Volume((Tier(D(10), D(0)), Tier(None, D(20))), TierEffect.PERCENT_OFF), "864.00", "67.20"),
    ],
)
def test_what_is_agreed_holds_beside_a_price_model(model: PriceModel, of_percent: str, of_price: str) -> None:
    models = (ModelUse(RuleId("m"), "A", model),)
    for agreed, wanted in ((ContractedPrice(RuleId("c"), SKU_A, percent_off=D(10)), of_percent),) + (
        (ContractedPrice(RuleId("c"), SKU_A, price=D(7)), of_price),
    ):
        plan = compile_plan(book(contracted=(agreed,), models=models))
        request = asked(line("A", "12", cost=D(40)))
        found = price(plan, request)
        assert isinstance(found, Priced) and str(amounts(found)["a"]) == wanted
        parts = waterfall(plan, found, "a", request).parts
        assert sum((each.amount.decimal for each in parts), D(0)) in (D(0), D(wanted))


def test_a_model_that_an_agreed_price_replaced_is_told_as_such() -> None:
    agreed = ContractedPrice(RuleId("c"), SKU_A, price=D(7))
    plan = compile_plan(book(entries=(), contracted=(agreed,), models=(ModelUse(RuleId("m"), "A", PerUnit(D(50))),)))
    request = asked(line("A", "2"))
    found = price(plan, request)
    assert isinstance(found, Priced) and amounts(found)["a"] == D("14.00")
    story = waterfall(plan, found, "a", request)
    assert [(each.rule_id, each.reason) for each in story.losers] == [("m", "replaced by the price agreed in c")]


def test_usage_is_billed_by_its_model_and_an_agreed_percent_alone_acts_on_it() -> None:
    metered = Charge(ChargeKind.USAGE, ChargePeriod.MONTH, meter="calls")
    models = (ModelUse(RuleId("m"), "A", Usage(Graduated(TWO_TIERS), included=D(2))),)
    request = asked(line("A", "14", charge=metered))
    # two are included; 10 x 10 + 2 x 8 = 116
    for agreed, wanted in (({"price": D(7)}, "116.00"), ({"percent_off": D(10)}, "104.40")):
        plan = compile_plan(book(contracted=(ContractedPrice(RuleId("c"), SKU_A, **agreed),), models=models))
        found = price(plan, request)
        assert isinstance(found, Priced) and str(amounts(found)["a"]) == wanted
    assert "c" not in [each.rule_id for each in waterfall(plan, found, "a", request).losers]


def test_a_line_in_no_group_pools_with_nobody() -> None:
    tiers = Volume((Tier(D(9), D(10)), Tier(None, D(8))))
    rules = book(models=(ModelUse(RuleId("m"), "A", tiers, PoolScope.GROUP),))
    alone = priced(rules, asked(line("A", "6"), line("A", "6", id="more")))
    assert amounts(alone) == {"a": D("60.00"), "more": D("60.00")}
    told = "`a`, `more` are in no group, so that each counts alone for `m`: name the `group` that they share"
    assert alone.warnings == (told,) and priced(rules, asked(line("A", "6"))).warnings == ()
    request = asked(line("A", "6", group="rack"), line("A", "6", id="more", group="rack", prior_quantity=D(1)))
    plan = compile_plan(rules)
    rack = priced(plan, request)
    assert amounts(rack) == {"a": D("48.00"), "more": D("48.00")} and rack.warnings == ()
    read = [waterfall(plan, rack, each, request).steps[1].inputs for each in ("a", "more")]
    assert read == [
        (("quantity of the group rack", D(12)),),
        (("quantity of the group rack", D(12)), ("past orders", D(1))),
    ]
