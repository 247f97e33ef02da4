"""What each tier adds to the lines of a quote: pools, past orders, discounts; figures by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.catalog import LineId
from engine.money import Money, currency, total
from engine.pricing import compile_plan, price, waterfall, waterfalls
from engine.pricing.breakdown import breakdowns
from engine.pricing.effects import Amount, On, Percent
from engine.pricing.models import (
    CostPlus,
    Graduated,
    Package,
    PerUnit,
    PriceModel,
    PricePart,
    Stairstep,
    Tier,
    TierEffect,
    Usage,
    Volume,
)
from engine.pricing.plan import ModelUse, PoolScope, Rule
from engine.pricing.request import PriceRequest, RequestLine
from engine.pricing.result import Priced
from tests.pricing.books import D, asked, book, line, rule

TIERS = (Tier(D(9), D(10)), Tier(D(19), D(9)), Tier(None, D(8)))
EUR = currency("EUR")


def told(
    model: PriceModel,
    *lines: RequestLine,
    rules: tuple[Rule, ...] = (),
    pool: PoolScope = PoolScope.LINE,
    sku: str = "SEAT",
) -> list[tuple[str, int, str, str]]:
    """Kind, tier, quantity and amount of each part of the first line."""
    plan = compile_plan(book(*rules, models=(ModelUse("m", sku, model, pool),)))
    request = asked(*lines)
    found = price(plan, request)
    assert isinstance(found, Priced), str(found)
    story = waterfall(plan, found, lines[0].id, request)
    assert not story.parts or total((each.amount for each in story.parts), EUR) == story.amount
    assert waterfalls(plan, found, request, [lines[0].id])[0].parts == story.parts
    return [shown(each) for each in story.parts]


def shown(part: PricePart) -> tuple[str, int, str, str]:
    return part.kind.value, part.tier, str(part.quantity), str(part.amount.decimal)


def test_discounts_after_the_tiers_are_a_part_of_their_own() -> None:
    ten, thanks = rule("ten", Percent(D(10))), rule("thanks", Amount(D(5), On.ORDER), "order")
    assert told(Graduated(TIERS), line("SEAT", "11"), rules=(ten, thanks)) == [
        ("tier", 1, "9", "90.00"),
        ("tier", 2, "2", "18.00"),
        ("adjustments", 0, "0", "-15.80"),  # 10.80 of 108.00, and 5.00
    ]


def test_a_pool_that_only_decides_the_tier_leaves_each_line_its_own_units() -> None:
    both = line("SEAT", "6"), line("SEAT", "4", id="more")
    assert told(Volume(TIERS), *both, pool=PoolScope.SKU) == [("tier", 2, "6", "54.00")]
    assert told(Volume(TIERS), line("SEAT", "4", prior_quantity=D(7))) == [("tier", 2, "4", "36.00")]


def test_a_pool_that_is_priced_together_says_what_other_lines_bear() -> None:
    both = line("SEAT", "6"), line("SEAT", "4", id="more")
    # 9 x 10 + 1 x 9 = 99.00 of all ten; six tenths of it are 59.40
    assert told(Graduated(TIERS), *both, pool=PoolScope.SKU) == [
        ("tier", 1, "9", "90.00"),
        ("tier", 2, "1", "9.00"),
        ("other_lines", 0, "0", "-39.60"),
    ]


def test_percent_tiers_start_from_the_price_that_the_model_found() -> None:
    off = Volume((Tier(D(9), D(10)), Tier(None, D(20))), TierEffect.PERCENT_OFF)
    plan = compile_plan(book(models=(ModelUse("m", "A", off),)))
    request = asked(line("A", "12"))
    found = price(plan, request)
    assert isinstance(found, Priced)
    (part,) = breakdowns(plan, found, request)[LineId("a")]
    assert (part.unit_price, part.amount.decimal, part.above) == (D(80), D("960.00"), D(9))  # 12 x 100 less 20 %


def test_a_quantity_and_a_price_need_no_parts() -> None:
    assert told(PerUnit(D(3)), line("SEAT", "5")) == []
    assert told(CostPlus(D(20)), line("SEAT", "5", cost=D(10))) == []
    assert told(Graduated(TIERS), line("A", "5")) == []  # another product
    assert told(Graduated(TIERS), line("SEAT", "5", segment=1, segment_price=D(3))) == []  # agreed by hand


def test_only_who_asks_with_the_request_is_told() -> None:
    plan = compile_plan(book(models=(ModelUse("m", "SEAT", Graduated(TIERS)),)))
    found = price(plan, asked(line("SEAT", "11")))
    assert isinstance(found, Priced)
    assert waterfall(plan, found, "seat").parts == ()


MODELS = st.sampled_from(
    (
        Graduated(TIERS),
        Graduated((Tier(D(5), D("0.333"), D(7)), Tier(None, D("0.1"))), flat_on_zero=True),
        Volume(TIERS),
        Volume((Tier(D(4), D(3), D("2.5")), Tier(None, D(2), D(1)))),
        Package(D(10), D("15.005"), free_units=D(5)),
        Stairstep((Tier(D(5), D(1500)), Tier(D(20), D(4000))), overage_unit=D("0.333")),
        Usage(Graduated(TIERS), included=D(5), minimum=D(60), maximum=D(100)),
    )
)


@given(
    MODELS,
    st.lists(st.integers(1, 30), min_size=1, max_size=3),
    st.sampled_from(PoolScope),
    st.integers(0, 30),
    st.integers(0, 40),
)
def test_parts_always_add_up_to_the_line(
    model: PriceModel, quantities: list[int], pool: PoolScope, prior: int, percent: int
) -> None:
    plan = compile_plan(book(rule("off", Percent(D(percent))), models=(ModelUse("m", "SEAT", model, pool),)))
    lines = [line("SEAT", str(each), id=f"s{at}", prior_quantity=D(prior)) for at, each in enumerate(quantities)]
    request: PriceRequest = asked(*lines)
    found = price(plan, request)
    assert isinstance(found, Priced)
    parts = breakdowns(plan, found, request)
    for each in found.lines:
        own = parts.get(each.id, ())
        assert total((part.amount for part in own), EUR) == Money(each.amount, EUR)
        assert own or not each.amount
