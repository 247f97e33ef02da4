"""What follows from stated facts."""

from __future__ import annotations

import pytest

from engine.money import Money, currency
from engine.revenue.judgement import (
    ContractPair,
    Performance,
    Role,
    combine,
    distinct_groups,
    enforceable_months,
    estimate_method,
    is_material_right,
    is_over_time,
    is_service_warranty,
    revenue_of,
    role,
)
from engine.revenue.variable import EstimateMethod

EUR = currency("EUR")


@pytest.mark.parametrize("link", ["one_commercial_aim", "prices_depend", "one_obligation_across"])
def test_contracts_combine_by_any_link_but_only_near_in_time_and_with_one_customer(link: str) -> None:
    assert combine(ContractPair(True, True, **{link: True}))
    assert not combine(ContractPair(False, True, **{link: True}))
    assert not combine(ContractPair(True, False, **{link: True}))
    assert not combine(ContractPair(True, True))


def test_a_free_right_to_leave_makes_a_contract_as_long_as_its_notice() -> None:
    def months(*, leave: bool, penalty: bool) -> int:
        return enforceable_months(36, customer_may_leave=leave, substantive_penalty=penalty, notice_months=1)

    assert (
        months(leave=True, penalty=False),
        months(leave=True, penalty=True),
        months(leave=False, penalty=False),
    ) == (1, 36, 36)


def test_promises_that_customise_or_need_each_other_stay_together_and_chains_join() -> None:
    promises = ["licence", "install", "updates", "support"]

    def groups(*dependent: list[str], integrated: bool = False, alone: bool = True) -> list[list[str]]:
        found = distinct_groups(promises, capable_alone=alone, integrated=integrated, dependent=dependent)
        return [list(each) for each in found]

    assert groups() == [["licence"], ["install"], ["updates"], ["support"]]
    assert groups(["install", "licence"]) == [["licence", "install"], ["updates"], ["support"]]
    assert groups(["licence", "install"], ["install", "support"]) == [["licence", "install", "support"], ["updates"]]
    assert groups(integrated=True) == groups(alone=False) == [promises]


def test_grounds_for_recognition_over_time() -> None:
    assert is_over_time(Performance(consumed_as_performed=True))
    assert is_over_time(Performance(improves_what_customer_controls=True))
    assert is_over_time(Performance(no_alternative_use=True, right_to_payment_so_far=True))
    assert not is_over_time(Performance(no_alternative_use=True))
    assert not is_over_time(Performance(right_to_payment_so_far=True))


def test_control_makes_a_principal_and_a_principal_shows_the_whole_price() -> None:
    paid, commission = Money(10_000, EUR), Money(1_000, EUR)
    assert role(controls_before_transfer=True) is Role.PRINCIPAL
    assert revenue_of(Role.PRINCIPAL, paid_by_customer=paid, commission=commission) == paid
    assert revenue_of(role(controls_before_transfer=False), paid_by_customer=paid, commission=commission) == commission


def test_smaller_questions() -> None:
    assert is_service_warranty(sold_separately=True, beyond_specifications=False)
    assert is_service_warranty(sold_separately=False, beyond_specifications=True)
    assert not is_service_warranty(sold_separately=False, beyond_specifications=False)
    assert is_material_right(discount_beyond_what_anyone_gets=True)
    assert not is_material_right(discount_beyond_what_anyone_gets=False)
    assert estimate_method(outcomes=2) is EstimateMethod.MOST_LIKELY_AMOUNT
    assert estimate_method(outcomes=3) is EstimateMethod.EXPECTED_VALUE
