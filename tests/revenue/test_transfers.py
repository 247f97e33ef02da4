"""What the standard says of control, licences and money over time, from stated facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.revenue.assessment import BASES, yes_or_no
from engine.revenue.policy import Gaap
from engine.revenue.transfers import (
    Criteria,
    FeeTreatment,
    LicenceTiming,
    Repurchase,
    RepurchaseOption,
    RepurchaseTreatment,
    TimingReason,
    Uncertainty,
    constraint_binds,
    contract_exists,
    has_significant_financing,
    held_goods_have_passed,
    is_consignment,
    is_hosted_licence,
    licence_timing,
    renewal_revenue_from,
    repurchase_interest,
    repurchase_treatment,
    upfront_fee,
)


def test_a_contract_needs_all_five_criteria() -> None:
    assert contract_exists(Criteria(True, True, True, True, True))
    for n in range(5):
        assert not contract_exists(Criteria(*(k != n for k in range(5))))


def test_only_a_loan_of_more_than_a_year_is_financing() -> None:
    assert has_significant_financing(TimingReason.FINANCING, months=13)
    assert not has_significant_financing(TimingReason.FINANCING, months=12)
    others = set(TimingReason) - {TimingReason.FINANCING}
    assert not any(has_significant_financing(each, months=60) for each in others)


def test_the_constraint_binds_where_a_reversal_may_be_likely_and_large() -> None:
    assert constraint_binds(Uncertainty(True, False, True, True))
    assert constraint_binds(Uncertainty(False, False, False, False, True))
    assert not constraint_binds(Uncertainty(True, True, False, False))
    assert not constraint_binds(Uncertainty(False, False, True, True, True))


def test_licences_are_given_over_time_or_at_once() -> None:
    assert licence_timing(distinct=False, activities_affect_ip=True) is LicenceTiming.COMBINED
    assert licence_timing(distinct=True, activities_affect_ip=True) is LicenceTiming.OVER_TIME
    assert licence_timing(distinct=True, activities_affect_ip=False) is LicenceTiming.AT_ONCE
    assert is_hosted_licence(may_take_possession=True, can_run_it=True)
    assert not is_hosted_licence(may_take_possession=True, can_run_it=False)
    signed, start = date(2025, 6, 30), date(2026, 1, 1)
    assert renewal_revenue_from(signed=signed, period_start=start, gaap=Gaap.US) == start
    assert renewal_revenue_from(signed=signed, period_start=start, gaap=Gaap.IFRS) == signed


def test_a_fee_up_front_waits_for_what_it_buys() -> None:
    assert upfront_fee(transfers_distinct_good=True, renewal_is_material_right=True) is FeeTreatment.AT_TRANSFER
    assert upfront_fee(transfers_distinct_good=False, renewal_is_material_right=False) is FeeTreatment.WITH_SERVICES
    assert upfront_fee(transfers_distinct_good=False, renewal_is_material_right=True) is FeeTreatment.WITH_RENEWALS


def test_goods_that_are_kept_or_consigned() -> None:
    assert held_goods_have_passed(reason=True, identified=True, ready=True, cannot_redirect=True)
    assert not held_goods_have_passed(reason=True, identified=True, ready=True, cannot_redirect=False)
    assert not is_consignment(controlled_until_event=False, seller_can_recall=False, unconditional_payment=True)
    assert is_consignment(controlled_until_event=False, seller_can_recall=False, unconditional_payment=False)


@pytest.mark.parametrize(
    ("option", "again", "market", "incentive", "expected"),
    [
        (RepurchaseOption.FORWARD, 110, None, False, RepurchaseTreatment.FINANCING),
        (RepurchaseOption.CALL, 90, None, False, RepurchaseTreatment.LEASE),
        (RepurchaseOption.PUT, 110, 90, False, RepurchaseTreatment.FINANCING),
        (RepurchaseOption.PUT, 110, 120, True, RepurchaseTreatment.SALE_WITH_RETURN),
        (RepurchaseOption.PUT, 90, 80, True, RepurchaseTreatment.LEASE),
        (RepurchaseOption.PUT, 90, 120, False, RepurchaseTreatment.SALE_WITH_RETURN),
    ],
)
def test_a_sale_that_may_come_back(
    option: RepurchaseOption, again: int, market: int | None, incentive: bool, expected: RepurchaseTreatment
) -> None:
    worth = None if market is None else Decimal(market)
    found = Repurchase(option, Decimal(100), Decimal(again), worth, incentive)
    assert repurchase_treatment(found) is expected
    assert repurchase_interest(found) == again - 100


def test_every_question_rests_on_a_paragraph() -> None:
    assert all("IFRS 15." in each or "ASC " in each for each in BASES.values())
    assert (yes_or_no(True).answer, yes_or_no(False).answer) == ("yes", "no")
