"""Amendments in revenue: treatment, ids, and blending what is left; amounts worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import Money, Ratio, currency, total
from engine.periods import Period
from engine.revenue import (
    Timing,
    Treatment,
    add_obligations,
    blend,
    named_apart,
    open_contract,
    report,
    treatment_of,
)
from engine.revenue.contract import RevenueContract, earned_before
from engine.revenue.obligation import Obligation
from engine.revenue.policy import ScheduleRounding

USD = currency("USD")

YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
REST = Period(date(2026, 7, 1), date(2027, 1, 1))
MIDDLE = date(2026, 7, 1)


def usd(text: str) -> Money:
    return Money.exactly(Decimal(text), USD)


def obligation(
    key: str, stated: str, service: Period, *, ssp: str | None = None, timing: Timing = Timing.DAILY
) -> Obligation:
    return Obligation(
        id=key,
        order_lines=(key,),
        products=(key.upper(),),
        stated=usd(stated),
        allocated=usd(stated),
        service=service,
        timing=timing,
        rounding=ScheduleRounding.CUMULATIVE,
        series=True,
        category="saas",
        ssp=None if ssp is None else Decimal(ssp),
    )


def opened(*obligations: Obligation) -> RevenueContract:
    return open_contract("k", customer="c", inception=YEAR.start, obligations=obligations, currency=USD)


def added(before: RevenueContract, *obligations: Obligation) -> RevenueContract:
    outcome = add_obligations(before, obligations)
    assert isinstance(outcome, RevenueContract)
    return outcome


@pytest.mark.parametrize(
    ("stated", "ssp", "ends", "expected"),
    [
        ("600.00", "600.00", 0, Treatment.SEPARATE_CONTRACT),
        ("600.00", "600.01", 0, Treatment.SEPARATE_CONTRACT),
        ("540.00", "600.00", 0, Treatment.PROSPECTIVE),
        ("600.00", "600.00", 1, Treatment.PROSPECTIVE),
    ],
)
def test_goods_that_are_only_added_at_their_own_price_are_a_contract_of_their_own(
    stated: str, ssp: str, ends: int, expected: Treatment
) -> None:
    assert treatment_of([obligation("more", stated, REST, ssp=ssp)], ends_lines=ends) is expected


def test_an_end_alone_is_prospective() -> None:
    assert treatment_of([], ends_lines=1) is Treatment.PROSPECTIVE


def test_what_is_left_is_blended_by_what_it_sells_for() -> None:
    # 1 200 a year, half of it earned: 600 are left of what sells for 600. More of it for 300 instead of 600: 900 for
    # what sells for 1 200, so 450 each.
    before = opened(obligation("seats", "1200.00", YEAR, ssp="1200.00", timing=Timing.MONTHLY_EVEN))
    more = obligation("more", "300.00", REST, ssp="600.00", timing=Timing.MONTHLY_EVEN)
    blended = blend(added(before, more), on=MIDDLE, added={"more"})
    assert [str(each.price) for each in blended.accounts] == ["1050.00 USD", "450.00 USD"]
    assert earned_before(blended.accounts[0], MIDDLE) == usd("600.00")
    assert blended.price == usd("1500.00")


def test_what_has_begun_by_reports_keeps_its_price() -> None:
    before = opened(
        obligation("seats", "1200.00", YEAR, ssp="1200.00", timing=Timing.MONTHLY_EVEN),
        obligation("work", "500.00", YEAR, ssp="500.00", timing=Timing.PROGRESS),
    )
    begun = report(before, "work", on=date(2026, 3, 1), done=Ratio(1, 5))
    assert isinstance(begun, RevenueContract)
    more = obligation("more", "300.00", REST, ssp="600.00", timing=Timing.MONTHLY_EVEN)
    blended = blend(added(begun, more), on=MIDDLE, added={"more"})
    assert str(blended.accounts[1].price) == "500.00 USD"


def test_ids_that_are_taken_are_numbered() -> None:
    before = opened(obligation("seats", "1", YEAR), obligation("seats.2", "1", YEAR))
    fresh = named_apart(before, [obligation("seats", "1", REST), obligation("seats", "2", REST)])
    assert [each.id for each in fresh] == ["seats.3", "seats.4"]


@given(st.integers(1, 10**7), st.integers(0, 10**7), st.integers(1, 10**7), st.dates(YEAR.start, date(2027, 2, 1)))
def test_blending_moves_price_and_makes_none(old: int, new: int, ssp: int, on: date) -> None:
    seats = obligation("seats", f"{old / 100:.2f}", YEAR, ssp=f"{old / 100:.2f}")
    before = added(opened(seats), obligation("more", f"{new / 100:.2f}", REST, ssp=f"{ssp / 100:.2f}"))
    after = blend(before, on=on, added={"more"})
    assert after.price == before.price
    for each, then in zip(before.accounts, after.accounts, strict=True):
        assert earned_before(then, on) == earned_before(each, on)
        assert total((line.amount for line in then.lines), USD) == then.price
