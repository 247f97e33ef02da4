"""The breakdown of an amount, part by part; every figure is worked out by hand from the tiers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import Money, Rounding, currency, total
from engine.pricing.models import (
    BlockTier,
    Flat,
    Graduated,
    Package,
    PerUnit,
    PriceModel,
    PricePart,
    PricePartKind,
    Stairstep,
    Tier,
    TieredBlocks,
    TierEffect,
    Usage,
    Volume,
    brought_to,
    price_parts,
)

D = Decimal
EUR = currency("EUR")
TIERS = (Tier(D(9), D(10)), Tier(D(19), D(9)), Tier(None, D(8)))
FEES = (Tier(D(5), D(0), D(100)), Tier(None, D(5), D(20)))
Row = tuple[str, str, str, str, str, str, str]


def rows(model: PriceModel, quantity: str, **more: Decimal) -> list[Row]:
    return [row(each) for each in price_parts(model.rate(D(quantity), **more), EUR, Rounding.HALF_UP)]


def row(part: PricePart) -> Row:
    bounds = "" if part.above is None else f"({part.above}, {part.up_to or '...'}]"
    unit = "" if part.unit_price is None else str(part.unit_price)
    packages = "" if part.packages is None else str(part.packages)
    name = f"{part.kind.value} {part.tier}" if part.tier else part.kind.value
    return name, bounds, str(part.quantity), unit, packages, str(part.flat_fee), str(part.amount.decimal)


@pytest.mark.parametrize(
    ("model", "quantity", "expected"),
    [
        (  # 9 x 10 + 10 x 9 + 6 x 8 = 228
            Graduated(TIERS),
            "25",
            [
                ("tier 1", "(0, 9]", "9", "10", "", "0", "90.00"),
                ("tier 2", "(9, 19]", "10", "9", "", "0", "90.00"),
                ("tier 3", "(19, ...]", "6", "8", "", "0", "48.00"),
            ],
        ),
        (  # 100 at once, then 20 and 2 x 5
            Graduated(FEES),
            "7",
            [("tier 1", "(0, 5]", "5", "0", "", "100", "100.00"), ("tier 2", "(5, ...]", "2", "5", "", "20", "30.00")],
        ),
        (Volume(TIERS), "19", [("tier 2", "(9, 19]", "19", "9", "", "0", "171.00")]),
        (Volume(FEES), "7", [("tier 2", "(5, ...]", "7", "5", "", "20", "55.00")]),
        (
            Volume((Tier(D(5), D(40)), Tier(None, D(70))), TierEffect.FLAT),
            "6",
            [("tier 2", "(5, ...]", "6", "", "", "70", "70.00")],
        ),
        (  # 21 after 5 free ones start three packages of ten
            Package(D(10), D(15), free_units=D(5)),
            "26",
            [("included", "", "5", "", "", "0", "0.00"), ("tier 1", "", "21", "15", "3", "0", "45.00")],
        ),
        (Package(D(10), D(15), free_units=D(5)), "4", [("included", "", "4", "", "", "0", "0.00")]),
        (
            Stairstep((Tier(D(5), D(1500)), Tier(D(20), D(4000))), overage_unit=D(90)),
            "22",
            [
                ("tier 2", "(5, 20]", "20", "", "", "4000", "4000.00"),
                ("tier 3", "(20, ...]", "2", "90", "", "0", "180.00"),
            ],
        ),
        (  # 100 blocks of ten, then 4325 units are 5 of a thousand
            TieredBlocks((BlockTier(D(10), D(100), D(1)), BlockTier(D(1000), D(10), D(2)))),
            "5325",
            [
                ("tier 1", "(0, 1000]", "1000", "1", "100", "0", "100.00"),
                ("tier 2", "(1000, ...]", "4325", "2", "5", "0", "10.00"),
            ],
        ),
        (
            Usage(PerUnit(D(2)), minimum=D(30)),
            "4",
            [("tier", "", "4", "2", "", "0", "8.00"), ("minimum", "", "0", "", "", "0", "22.00")],
        ),
        (  # 9 x 10 + 2 x 9 after 5 included ones, cut to 100
            Usage(Graduated(TIERS), included=D(5), maximum=D(100)),
            "16",
            [
                ("included", "", "5", "", "", "0", "0.00"),
                ("tier 1", "(0, 9]", "9", "10", "", "0", "90.00"),
                ("tier 2", "(9, 19]", "2", "9", "", "0", "18.00"),
                ("maximum", "", "0", "", "", "0", "-8.00"),
            ],
        ),
        (Flat(D(50)), "3", [("tier", "", "3", "", "", "50", "50.00")]),
        (PerUnit(D(3)), "12", []),
        (Usage(PerUnit(D(3)), minimum=D(30)), "12", []),
    ],
)
def test_each_tier_says_what_it_adds(model: PriceModel, quantity: str, expected: list[Row]) -> None:
    assert rows(model, quantity) == expected


def test_a_later_quantity_fills_the_tiers_from_where_the_earlier_ended() -> None:
    assert rows(Graduated(TIERS), "4", prior=D(7)) == [  # two at 10, two at 9
        ("tier 1", "(0, 9]", "2", "10", "", "0", "20.00"),
        ("tier 2", "(9, 19]", "2", "9", "", "0", "18.00"),
    ]
    # All 11 at 9 are 99, of which 7 at 10 were paid: no price of one unit makes 29.
    assert rows(Volume(TIERS), "4", prior=D(7)) == [("tier 2", "(9, 19]", "4", "", "", "0", "29.00")]


def test_parts_of_a_cent_go_where_the_largest_rest_is() -> None:
    thirds = Graduated((Tier(D(1), D("0.335")), Tier(D(2), D("0.334")), Tier(None, D("0.336"))))
    # .335 + .334 + .336 = 1.005, 1.01 in all: the cents .33 each, one more to .336 and one to .335
    assert [each[-1] for each in rows(thirds, "3")] == ["0.34", "0.33", "0.34"]


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 10**6), st.integers(0, 10**5)), min_size=1, max_size=5),
    st.integers(0, 400),
    st.sampled_from((Graduated, Volume)),
    st.integers(0, 300),
)
def test_parts_add_up_to_the_amount_rounded_once(
    widths: list[tuple[int, int, int]], quantity: int, kind: type[Graduated | Volume], least: int
) -> None:
    bound, tiers = 0, []
    for width, price, fee in widths:
        bound += width
        tiers.append(Tier(D(bound), D(price) / 10_000, D(fee) / 1_000))
    rated = Usage(kind(tuple(tiers)), included=D(3), minimum=D(least)).rate(D(quantity))
    parts = price_parts(rated, EUR, Rounding.HALF_UP)
    cents = int((rated.amount * 100).quantize(D(1), rounding="ROUND_HALF_UP"))
    assert not parts or total((each.amount for each in parts), EUR) == Money(cents, EUR)
    assert not parts or sum(each.quantity for each in parts) == quantity
    for each in parts:  # what a reader works out from a row is its amount, but for the rounding
        if each.unit_price is not None:
            assert abs(each.unit_price * each.quantity + each.flat_fee - each.amount.decimal) < D("0.01")


def test_a_rest_is_a_part_of_its_own_and_nothing_is_added_to_no_parts() -> None:
    parts = price_parts(Graduated(TIERS).rate(D(25)), EUR, Rounding.HALF_UP)
    less = brought_to(parts, Money(20_520, EUR), PricePartKind.ADJUSTMENTS)  # 10 % off 228.00
    assert less[:-1] == parts and row(less[-1]) == ("adjustments", "", "0", "", "", "0", "-22.80")
    assert brought_to(parts, Money(22_800, EUR), PricePartKind.ADJUSTMENTS) == parts
    assert brought_to((), Money(5, EUR), PricePartKind.ADJUSTMENTS) == ()


def test_prices_of_a_tier_have_no_more_decimals_than_a_step_of_the_waterfall() -> None:
    off = Graduated((Tier(D(12), D(0)), Tier(None, D(10))), TierEffect.PERCENT_OFF)
    # a twelfth of 100.00 ends after twelve decimals: 90 % of it are 7.4999999999997
    tiers = rows(off, "36", base=D("8.333333333333"))
    assert [(each[3], each[6]) for each in tiers] == [("8.333333333333", "100.00"), ("7.500000000000", "180.00")]
