"""The transaction price reaches the obligations whole, by the evidence there is."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import Refusal
from engine.money import Money, currency, total
from engine.revenue.allocation import (
    Allocation,
    AllocationMethod,
    Candidate,
    ObservableBundle,
    allocate_price,
    allocate_variable,
    ssp_of,
)
from engine.revenue.policy import RangePolicy, SspChoice

EUR = currency("EUR")


def eur(units: int) -> Money:
    return Money(units, EUR)


def allocated(outcome: Allocation | Refusal) -> Allocation:
    assert isinstance(outcome, Allocation), str(outcome)
    return outcome


def test_a_discount_is_shared_by_stand_alone_price() -> None:
    """240 + 80 at list, sold for 280: 240 x 280/320 = 210 and 80 x 280/320 = 70."""
    found = allocated(
        allocate_price(eur(28_000), [Candidate("plan", ssp=Decimal(240)), Candidate("setup", ssp=Decimal(80))])
    )
    assert found.amounts == {"plan": eur(21_000), "setup": eur(7_000)}
    assert found.method is AllocationMethod.RELATIVE_SSP


def test_a_bundle_discount_stays_in_the_bundle_only_when_it_explains_the_whole_discount() -> None:
    candidates = [Candidate("a", ssp=Decimal(40)), Candidate("b", ssp=Decimal(55)), Candidate("c", ssp=Decimal(45))]
    pair = [ObservableBundle(("b", "c"), Decimal(60))]
    found = allocated(allocate_price(eur(10_000), candidates, bundles=pair))
    assert found.method is AllocationMethod.DISCOUNT_TO_SUBSET
    assert found.amounts == {"a": eur(4_000), "b": eur(3_300), "c": eur(2_700)}
    other = allocated(allocate_price(eur(9_000), candidates, bundles=pair))
    assert other.method is AllocationMethod.RELATIVE_SSP


def test_a_residual_of_nothing_or_outside_its_range_is_refused() -> None:
    """130 less 100 for the others leaves 30; 105 leaves 5, which nobody would believe."""
    known = Candidate("a", ssp=Decimal(100))
    vague = Candidate("d", low=Decimal(15), high=Decimal(45), residual=True)
    found = allocated(allocate_price(eur(13_000), [known, vague]))
    assert found.amounts == {"a": eur(10_000), "d": eur(3_000)}
    assert found.method is AllocationMethod.RESIDUAL
    for price in (10_500, 10_000, 9_000):
        outcome = allocate_price(eur(price), [known, vague])
        assert isinstance(outcome, Refusal) and outcome.faults[0].code == "REV001"


def test_every_fault_of_the_candidates_is_named() -> None:
    outcome = allocate_price(
        eur(1),
        [Candidate("a", residual=True), Candidate("b", residual=True), Candidate("c"), Candidate("d", ssp=Decimal(-1))],
    )
    assert isinstance(outcome, Refusal)
    assert [each.code for each in outcome.faults] == ["REV002", "REV003", "REV005"]
    nothing = allocate_price(eur(1), [])
    assert isinstance(nothing, Refusal) and nothing.faults[0].code == "REV004"


def test_the_range_policy_says_what_counts_below_inside_and_above() -> None:
    def ssp(price: int, policy: RangePolicy) -> Decimal:
        return ssp_of(Candidate("x", stated=Decimal(price), low=Decimal(10), high=Decimal(20)), policy)

    nearest = RangePolicy()
    assert [ssp(price, nearest) for price in (9, 10, 15, 20, 21)] == [10, 10, 15, 20, 20]
    middle = RangePolicy(SspChoice.MID, SspChoice.MID, SspChoice.PRICE)
    assert [ssp(price, middle) for price in (9, 15, 21)] == [15, 15, 21]
    assert ssp_of(Candidate("x", low=Decimal(10), mid=Decimal(12), high=Decimal(20)), nearest) == 12


def test_a_royalty_that_fits_one_licence_stays_there_and_else_is_split_as_it_arises() -> None:
    ssp = {"x": Decimal(800), "y": Decimal(1000)}
    alone = allocate_variable(eur(80_000), ssp, estimates={"y": Decimal(1000)}, targeted=True)
    assert alone.variable_to == ("y",)
    assert alone.fixed == {"x": eur(80_000), "y": eur(0)}
    shared = allocate_variable(eur(30_000), ssp, estimates={"y": Decimal(1500)}, targeted=False)
    assert shared.fixed == {"x": eur(13_333), "y": eur(16_667)}
    assert shared.variable_to == ("x", "y")


prices = st.decimals(0, 10**6, places=2, allow_nan=False, allow_infinity=False)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.lists(prices, min_size=1, max_size=8))
def test_the_parts_add_up_and_none_is_off_by_a_whole_unit(units: int, ssps: list[Decimal]) -> None:
    found = allocated(allocate_price(eur(units), [Candidate(str(n), ssp=each) for n, each in enumerate(ssps)]))
    assert total(found.amounts.values(), EUR) == eur(units)
    whole = sum(map(Fraction, ssps))
    for n, ssp in enumerate(ssps):
        exact = Fraction(units) * (Fraction(ssp) / whole if whole else Fraction(1, len(ssps)))
        assert abs(found.amounts[str(n)].minor_units - exact) < 1
        assert found.amounts[str(n)].minor_units >= 0


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**9), st.lists(prices, min_size=2, max_size=6), st.integers(1, 1000))
def test_scaling_every_stand_alone_price_changes_nothing(units: int, ssps: list[Decimal], factor: int) -> None:
    plain = [Candidate(str(n), ssp=each) for n, each in enumerate(ssps)]
    scaled = [Candidate(str(n), ssp=each * factor) for n, each in enumerate(ssps)]
    assert allocated(allocate_price(eur(units), plain)).amounts == allocated(allocate_price(eur(units), scaled)).amounts
