"""Estimates, rights, progress, costs and currencies: each by hand, and what must hold whatever the numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.money import Money, Ratio, currency, total
from engine.periods import Period
from engine.revenue.contract import open_contract
from engine.revenue.costs import ContractCost, obtaining
from engine.revenue.obligation import Promise, obligations_of
from engine.revenue.options import material_right_ssp
from engine.revenue.policy import RecognitionPolicy, Timing
from engine.revenue.position import position, remaining_by_month
from engine.revenue.progress import cost_to_cost
from engine.revenue.variable import (
    EstimateMethod,
    Outcome,
    VariableComponent,
    estimate,
    estimate_price,
)

EUR = currency("EUR")
USD = currency("USD")


def eur(units: int) -> Money:
    return Money(units, EUR)


def component(method: EstimateMethod, *outcomes: tuple[int, str]) -> VariableComponent:
    return VariableComponent("bonus", method, tuple(Outcome(Decimal(a), Decimal(p)) for a, p in outcomes))


def test_many_outcomes_are_weighed_and_two_give_the_likelier() -> None:
    """100 x 0.6 + 50 x 0.3 + 0 x 0.1 = 75; of equal chances the smaller amount counts."""
    assert estimate(component(EstimateMethod.EXPECTED_VALUE, (100, "0.6"), (50, "0.3"), (0, "0.1"))) == 75
    assert estimate(component(EstimateMethod.MOST_LIKELY_AMOUNT, (100, "0.6"), (0, "0.4"))) == 100
    assert estimate(component(EstimateMethod.MOST_LIKELY_AMOUNT, (100, "0.5"), (20, "0.5"))) == 20


def test_only_what_is_highly_probable_is_counted() -> None:
    off = component(EstimateMethod.EXPECTED_VALUE, (-40, "1"))
    free = estimate_price(Decimal(100), [off])
    assert (free.unconstrained, free.transaction_price) == (60, 60)
    bound = estimate_price(Decimal(100), [off], highly_probable_floor=Decimal(50))
    assert (bound.unconstrained, bound.transaction_price) == (60, 50)


def test_a_material_right_is_worth_what_others_do_not_get() -> None:
    """50 x (40 % - 10 %) x 80 % = 12."""

    def ssp(discount: str, general: str) -> Decimal:
        return material_right_ssp(
            discount=Decimal(discount),
            general_discount=Decimal(general),
            likelihood=Decimal("0.8"),
            purchase=Decimal(50),
        )

    assert ssp("0.40", "0.10") == 12
    assert ssp("0.10", "0.40") == 0


def test_materials_not_installed_say_nothing_about_progress() -> None:
    """20 of 80 done without the 120 of materials; revenue 25 % x (300 - 120) + 120 at cost = 165."""
    found = cost_to_cost(
        eur(30_000),
        expected={"material": Decimal(120), "work": Decimal(80)},
        incurred={"material": Decimal(120), "work": Decimal(20)},
        excluded=frozenset({"material"}),
        excluded_transferred=True,
    )
    assert (found.progress, found.revenue, found.cost_of_sales) == (
        Ratio(1, 4),
        eur(16_500),
        eur(14_000),
    )
    waiting = cost_to_cost(
        eur(30_000), expected={"m": Decimal(1)}, incurred={"m": Decimal(1)}, excluded=frozenset({"m"})
    )
    assert waiting.revenue == eur(0)


def test_progress_may_be_rounded_before_it_is_used() -> None:
    """420 of 820 is 51.2195...%, as 51.2 % of 1,350.00 it is 691.20."""
    found = cost_to_cost(eur(135_000), expected={"w": Decimal(820)}, incurred={"w": Decimal(420)}, places=3)
    assert found.revenue == eur(69_120)


def test_incremental_costs_are_an_asset_and_others_an_expense() -> None:
    costs = [ContractCost("legal", eur(15), incremental=False), ContractCost("commission", eur(10), incremental=True)]
    found = obtaining(costs, nothing=eur(0))
    assert (found.asset, found.expense) == (eur(10), eur(15))


def test_what_remains_is_read_from_the_schedule_and_from_what_has_none() -> None:
    """24 months at 4.00 from July: in December 72.00 remain, 48.00 of it within a year; and a project of 5.00."""
    service = Period(date(2025, 7, 1), date(2027, 7, 1))
    fee = Promise("fee", "F", eur(9_600), service, RecognitionPolicy("fee", Timing.MONTHLY_EVEN))
    work = Promise(
        "work", "W", eur(500), Period(date(2026, 3, 1), date(2026, 6, 1)), RecognitionPolicy("w", Timing.PROGRESS)
    )
    obligations = obligations_of([fee, work])
    assert isinstance(obligations, tuple)
    contract = open_contract("c", customer="", inception=service.start, obligations=obligations, currency=EUR)
    at = date(2025, 12, 31)
    found = position(contract, billed=eur(1_000), at=at)
    assert (found.rpo, found.rpo_current, found.contract_asset) == (eur(7_700), eur(5_300), eur(1_400))
    assert total(remaining_by_month(contract, at=at).values(), EUR) == eur(7_200)
