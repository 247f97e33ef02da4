"""The price models by hand-worked amounts, and what holds for all of them.

Covers engine.pricing.models.blocks, engine.pricing.models.book_formula, engine.pricing.models.cost_plus,
engine.pricing.models.flat, engine.pricing.models.graduated, engine.pricing.models.model,
engine.pricing.models.package, engine.pricing.models.per_unit, engine.pricing.models.percent_of_total,
engine.pricing.models.percentage, engine.pricing.models.ramp, engine.pricing.models.stairstep,
engine.pricing.models.tiers, engine.pricing.models.usage and engine.pricing.models.volume.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import Ratio, Rounding
from engine.periods import PartMonths
from engine.pricing.models import (
    BeyondLastStepError,
    Billed,
    BlockPolicy,
    BlockTier,
    Computed,
    CostPlus,
    Flat,
    Graduated,
    Meter,
    Package,
    PartKind,
    Percentage,
    PerUnit,
    PlusOf,
    PriceModel,
    ShortSegment,
    Stairstep,
    Stated,
    Tier,
    TieredBlocks,
    TierEffect,
    TierTableError,
    Usage,
    Volume,
    month_multiplier,
    period_count,
    round_to_multiple,
    segments,
)
from engine.pricing.models.percent_of_total import PercentCycleError, dependency_order, percent_of
from engine.pricing.models.ramp import uplifted

D = Decimal
TIERS = (Tier(D("5"), D("7")), Tier(D("10"), D("6.5")), Tier(None, D("6")))
SLABS = (Tier(D("5"), D("0"), D("100")), Tier(D("10"), D("0"), D("50")), Tier(None, D("5")))
OFF = (Tier(D("9"), D("10")), Tier(D("19"), D("20")), Tier(None, D("30")))


@pytest.mark.parametrize(
    ("model", "quantity", "amount"),
    [
        (Flat(D("9")), "100", "9"),
        (Stated(D("0.402")), "20", "0.402"),
        (PerUnit(D("0.0012")), "1000", "1.2"),
        (Volume(TIERS), "5", "35"),
        (Volume(TIERS), "6", "39"),
        (Volume(TIERS), "0", "0"),
        (Volume(SLABS, flat_on_zero=True), "0", "100"),
        (Volume(OFF, TierEffect.PERCENT_OFF), "30", "2100"),
        (Volume(TIERS, TierEffect.FLAT), "8", "6.5"),
        # 5 x 7 + 5 x 6.5 + 5 x 6
        (Graduated(TIERS), "15", "97.5"),
        # 100 + 50 + 2 x 5
        (Graduated(SLABS), "12", "160"),
        (Graduated(SLABS), "0", "0"),
        (Graduated(SLABS), "0.5", "100"),
        (Graduated(SLABS), "5", "100"),
        (Graduated(SLABS), "6", "150"),
        (Graduated(SLABS, flat_on_zero=True), "0", "100"),
        # 9 x 90 + 10 x 80 + 11 x 70
        (Graduated(OFF, TierEffect.PERCENT_OFF), "30", "2380"),
        (Package(D("10"), D("15")), "21", "45"),
        (Package(D("10"), D("15"), D("5")), "15", "15"),
        (Stairstep((Tier(D("5"), D("1500")), Tier(D("20"), D("4000"))), D("90")), "22", "4180"),
        (Stairstep((Tier(D("5"), D("1500")), Tier(D("20"), D("4000")))), "6", "4000"),
        (Stairstep((Tier(D("5"), D("1500")), Tier(D("20"), D("4000")))), "0", "0"),
        (Stairstep((Tier(D("5"), D("1500")), Tier(D("20"), D("4000")))), "0.5", "1500"),
        (TieredBlocks((BlockTier(D("100"), D("10"), D("1")), BlockTier(D("1000"), D("9"), D("1")))), "5325", "15"),
        (
            TieredBlocks(
                (BlockTier(D("100"), D("10"), D("1")), BlockTier(D("1000"), D("9"), D("2"))), BlockPolicy.TOP_TIER
            ),
            "1001",
            "4",
        ),
        # the last tier takes what lies beyond it: 10 blocks of 100, then 11 500 in 12 blocks of 1 000
        (TieredBlocks((BlockTier(D("100"), D("10"), D("1")), BlockTier(D("1000"), D("9"), D("2")))), "12500", "34"),
        # 25 units reach the third tier: 25 / 7 are 4 blocks at 3
        (
            TieredBlocks(
                (
                    BlockTier(D("5"), D("2"), D("1")),
                    BlockTier(D("5"), D("2"), D("2")),
                    BlockTier(D("7"), D("9"), D("3")),
                ),
                BlockPolicy.TOP_TIER,
            ),
            "25",
            "12",
        ),
        (CostPlus(D("25")), "2", "250"),
        (CostPlus(D("100")), "2", "400"),
        (CostPlus(D("20"), PlusOf.MARGIN, D("1")), "2", "252"),
        (Usage(PerUnit(D("2")), included=D("10")), "15", "10"),
        (Usage(PerUnit(D("2")), included=D("10")), "9", "0"),
        (Usage(PerUnit(D("2")), minimum=D("50")), "9", "50"),
        (Usage(PerUnit(D("2")), maximum=D("50")), "90", "50"),
    ],
)
def test_the_price_of_a_quantity(model: PriceModel, quantity: str, amount: str) -> None:
    assert model.rate(D(quantity), base=D("100")).amount == D(amount)


incremental = st.sampled_from(
    [
        PerUnit(D("3")),
        Volume(TIERS),
        Graduated(TIERS),
        Graduated(SLABS),
        Graduated(SLABS, flat_on_zero=True),
        Package(D("10"), D("15"), D("5")),
        Stairstep((Tier(D("5"), D("15")), Tier(None, D("40")))),
        Stairstep((Tier(D("5"), D("15")), Tier(D("20"), D("40"))), D("3")),
        TieredBlocks((BlockTier(D("4"), D("2"), D("1")), BlockTier(D("9"), D("9"), D("2")))),
        Usage(Graduated(TIERS), included=D("7")),
        Usage(Volume(TIERS), included=D("7")),
    ]
)


quantities = st.integers(0, 160).map(lambda quarters: D(quarters) / 4)


@given(incremental, quantities, quantities)
def test_a_period_in_two_lines_costs_what_it_costs_in_one(model: PriceModel, first: D, second: D) -> None:
    whole = model.rate(first + second)
    parts = model.rate(first), model.rate(second, prior=first)
    assert sum(each.amount for each in parts) == whole.amount
    # every unit is in one part
    for quantity, rated in ((first + second, whole), (first, parts[0]), (second, parts[1])):
        assert sum(part.quantity for part in rated.parts) == quantity


def test_a_flat_price_is_charged_with_the_first_quantity() -> None:
    priors = (None, D(0), D("0.5"), D(3))
    assert [Flat(D(9)).rate(D(5), prior=each).amount for each in priors] == [9, 9, 0, 0]
    assert Stated(D("0.4")).rate(D(5), prior=D(3)).amount == D("0.4")


def test_what_is_taken_back_costs_less_again() -> None:
    steps = Stairstep((Tier(D("5"), D("15")), Tier(D("20"), D("40"))))
    assert steps.rate(D("-3"), prior=D("7")).amount == D("-25")
    (part,) = steps.rate(D("-3"), prior=D("3")).parts
    assert (part.kind, part.tier, part.quantity, part.gross) == (PartKind.FLAT, 0, D("-3"), D("-15"))


def test_units_that_are_free_are_told_beside_the_packages() -> None:
    # two of the five free units went before: three are free, and five start one package
    free, paid = Package(D("10"), D("15"), D("5")).rate(D("8"), prior=D("2")).parts
    assert (free.kind, free.quantity, free.gross) == (PartKind.INCLUDED, D("3"), D("0"))
    assert (paid.kind, paid.quantity, paid.gross, paid.packages) == (PartKind.UNITS, D("5"), D("15"), 1)
    # a part of a unit is free too
    assert Package(D("10"), D("15"), D("5")).rate(D("0.5")).parts[0].quantity == D("0.5")


def test_later_blocks_tell_the_tier_they_reached() -> None:
    blocks = TieredBlocks((BlockTier(D("4"), D("2"), D("1")), BlockTier(D("9"), D("9"), D("2"))))
    # 7 units are two blocks of the first tier; 12 are four more in the second, one block at 2
    (part,) = blocks.rate(D("5"), prior=D("7")).parts
    assert (part.tier, part.quantity, part.gross) == (2, D("5"), D("2"))


@given(st.sampled_from([PerUnit(D("3")), Graduated(TIERS), Package(D("4"), D("9"))]), st.integers(0, 60))
def test_models_declared_monotone_never_cost_less_for_more(model: PriceModel, quantity: int) -> None:
    assert model.rate(D(quantity + 1)).amount >= model.rate(D(quantity)).amount


def test_parts_tell_the_tiers() -> None:
    rated = Graduated(SLABS).rate(D("12"))
    assert [(part.kind, part.tier, part.quantity, part.gross) for part in rated.parts if part.gross] == [
        (PartKind.FLAT, 1, D("0"), D("100")),
        (PartKind.FLAT, 2, D("0"), D("50")),
        (PartKind.UNITS, 3, D("2"), D("10")),
    ]


def test_least_and_most_of_a_period_look_at_what_was_billed() -> None:
    model = Usage(PerUnit(D("10")), minimum=D("200"), maximum=D("300"))
    assert model.rate_in(D("5"), Meter(D("7"), D("70"), last=False)).amount == D("50")
    assert model.rate_in(D("5"), Meter(D("7"), D("70"))).amount == D("130")
    cut = model.rate_in(D("30"), Meter(D("7"), D("70")))
    assert (cut.amount, cut.parts[0].gross, cut.parts[0].discount) == (D("230"), D("300"), D("70"))
    late = Usage(Volume(TIERS), billed=Billed.AT_PERIOD_END)
    assert late.rate_in(D("5"), Meter(D("3"), last=False)).amount == 0
    assert late.rate_in(D("5"), Meter(D("3"))).amount == D("52")
    free = Usage(PerUnit(D("2")), included=D("10"), billed=Billed.AT_PERIOD_END)
    # 8 + 5 less 10
    assert free.rate_in(D("5"), Meter(D("8"))).amount == D("6")
    # without earlier usage: 5 are within 10
    assert free.rate_in(D("5"), Meter()).amount == 0


def test_a_part_of_a_period_has_its_share_of_the_least() -> None:
    model = Usage(PerUnit(D("2")), minimum=D("50"))
    # 50 / 3
    assert model.for_part(Ratio(1, 3)).rate(D("1")).amount == D("16.666666666667")
    assert Usage(PerUnit(D("2"))).for_part(Ratio(1, 3)).rate(D("1")).amount == D("2")


def test_percentages_of_events() -> None:
    model = Percentage(D("2.99"), D("2"), event_min=D("1.75"), event_max=D("12"))
    # 2.299, 4.392 and 12
    assert model.rate_events((D("10"), D("80"), D("10000"))).amount == D("18.691")
    free = Percentage(D("10"), free_events=2, free_amount=D("50"))
    # both are free while both last: 30 is free, of the second 40 only 20, the third not at all
    assert free.rate_events((D("30"), D("40"), D("10"))).amount == D("3")
    assert Percentage(D("10"), free_events=1).rate_events((D("30"), D("40"))).amount == D("4")
    # what is free to its last cent bears no fee for the event
    assert Percentage(D("10"), D("1"), free_amount=D("50")).rate_events((D("50"),)).amount == 0
    assert Percentage(D("10"), D("1"), free_amount=D("50")).rate(D("60"), prior=D("45")).amount == D("6.5")


def test_a_least_is_trued_up_to_its_share() -> None:
    model = Usage(PerUnit(D("1")), minimum=D("10000")).for_part(Ratio(25, 28))
    # 10 000 x 25/28 less the 892.86 that earlier lines billed
    assert model.rate_in(D("0"), Meter(billed=D("892.86"))).amount == D("8035.711428571429")
    assert model.rate_in(D("0"), Meter(billed=D("20000"))).amount == 0


def test_computed_prices_and_endings() -> None:
    assert Computed(D("20"), D("10"), D("-0.01")).price(D("131.25")) == D("109.99")
    assert Computed(margin_min=D("5")).price(D("10")) == D("15")
    assert Computed(D("-100"), margin_max=D("5")).price(D("10")) == D("15")
    assert round_to_multiple(D("-4550"), D("100"), Rounding.HALF_UP) == D("-4600")
    assert round_to_multiple(D("10.025"), D("0.05"), Rounding.HALF_UP) == D("10.05")


def test_a_ramp_of_39_months_by_year_has_four_segments() -> None:
    found = segments(39, uplift_percent=D("10"))
    assert [(each.start_month, each.months) for each in found] == [(0, 12), (12, 12), (24, 12), (36, 3)]
    assert [each.uplift_percent for each in found] == [0, D("10"), D("21"), D("33.1")]
    assert [each.months for each in segments(39, short=ShortSegment.FIRST)] == [3, 12, 12, 12]
    assert uplifted(D("200"), D("21")) == D("242")
    with pytest.raises(ValueError, match="at least a month"):
        segments(0)


def test_terms_are_counted_exactly() -> None:
    assert period_count(Ratio.of(D("830")), D("365")).decimal(4) == D("2.2740")
    assert month_multiplier(Ratio(121, 10), D("1"), PartMonths.WHOLE) == Ratio(13, 1)
    assert month_multiplier(Ratio(342, 10), D("12"), PartMonths.WHOLE).decimal(4) == D("2.9167")
    assert month_multiplier(Ratio(342, 10), D("12"), PartMonths.PRORATED) == Ratio(342, 120)


def test_percent_of_total_order() -> None:
    assert percent_of(D("18"), [D("450"), D("399")]) == D("152.82")
    assert dependency_order({1: [0, 2], 2: [0], 3: [1]}) == (2, 1, 3)
    with pytest.raises(PercentCycleError) as caught:
        dependency_order({1: [2], 2: [3], 3: [2], 4: []})
    assert set(caught.value.members) == {2, 3}


@pytest.mark.parametrize(
    "tiers", [(), (Tier(None, D("1")), Tier(D("5"), D("1"))), (Tier(D("5"), D("1")), Tier(D("5"), D("2")))]
)
def test_a_tier_table_with_a_hole_is_refused(tiers: tuple[Tier, ...]) -> None:
    with pytest.raises(TierTableError):
        Volume(tiers)


def test_beyond_the_last_step_is_an_error_without_overage() -> None:
    with pytest.raises(BeyondLastStepError):
        Stairstep((Tier(D("5"), D("1")),)).rate(D("6"))


def test_a_margin_of_100_percent_has_no_price() -> None:
    with pytest.raises(ValueError, match="less than 100"):
        CostPlus(D("100"), PlusOf.MARGIN)
