"""What is stated of a contract, against slow twins: interest period by period, and assets that come out at nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import Refusal
from engine.ledger import CustomerPaymentUsed
from engine.ledger.posting import COMPONENTS
from engine.money import Money, total
from engine.periods import Period
from engine.revenue import Basis, Gaap, Rate, Stated, finance, impair, pay_customer, recognise
from engine.revenue.costs import ContractCost, capitalise
from engine.revenue.financing import financed, implied_rate, money_of, period_number
from engine.revenue.progress import CostRecovery, CostReport, Output, share_done
from tests.revenue.made import DELIVERY, EUR, EVEN, YEAR, codes, eur, made, promise

BASIS = Basis("analyst", "so the test says")
amounts = st.integers(1, 10_000_000)
numbers = st.integers(0, 24)


def shares(weights: dict[int, int]) -> dict[int, Fraction]:
    whole = sum(weights.values())
    return {number: Fraction(weight, whole) for number, weight in weights.items()}


@given(
    st.dictionaries(numbers, amounts, min_size=1, max_size=6),
    st.dictionaries(numbers, st.integers(1, 9), min_size=1, max_size=6),
    st.integers(1, 4_000),
)
def test_the_balance_of_a_financed_line_ends_at_nothing(
    cash: dict[int, int], weights: dict[int, int], points: int
) -> None:
    """The twin rolls a balance forward with its own sums; price, interest and balances agree, to half a cent."""
    rate, performed = Fraction(points, 10_000), shares(weights)
    found = financed({number: eur(units) for number, units in cash.items()}, performed, rate, EUR)
    last = max(*cash, *weights)
    discounted = sum(Fraction(units) / (1 + rate) ** number for number, units in cash.items())
    price = discounted / sum(share / (1 + rate) ** number for number, share in performed.items())
    assert abs(found.price.minor_units - price) <= Fraction(1, 2)
    balance, interest = Fraction(0), Fraction(0)
    for number in range(last + 1):
        if number:
            interest += balance * rate
            balance *= 1 + rate
        balance += cash.get(number, 0) - price * performed.get(number, 0)
        assert abs(found.balances[number].minor_units - balance) <= Fraction(1, 2)
        assert abs(total(found.interest[:number], EUR).minor_units - interest) <= Fraction(1, 2)
    assert balance == 0
    assert money_of(price, EUR) == found.price


@given(amounts, st.integers(1, 30), st.integers(1, 5_000))
def test_the_rate_that_a_cash_price_implies_gives_that_price(due: int, periods: int, points: int) -> None:
    rate = Fraction(points, 10_000)
    cash = {periods: eur(due)}
    price = financed(cash, {0: Fraction(1)}, rate, EUR).price
    found = implied_rate(cash, {0: Fraction(1)}, price)
    if found is None:
        assert price.minor_units >= due or price.is_zero
    else:
        assert financed(cash, {0: Fraction(1)}, Fraction(found), EUR).price == price


def test_what_is_paid_when_it_is_given_implies_no_rate() -> None:
    assert implied_rate({0: eur(100)}, {0: Fraction(1)}, eur(100)) is None


def test_days_within_a_period_count_at_its_end() -> None:
    start = date(2026, 1, 31)
    found = [period_number(day, start=start, months=1) for day in (start, date(2026, 2, 1), date(2026, 2, 28))]
    assert found == [0, 1, 1]
    assert period_number(date(2026, 3, 1), start=start, months=1) == 2


def test_a_service_prepaid_for_a_year_is_financed_month_by_month() -> None:
    """12 x 100.00 paid at the start, at 12 percent compounded monthly: 1200 x 12 / 11.25508 = 1279.42."""
    contract = made(promise("plan", 120_000, EVEN))
    stated = finance(
        contract,
        "plan",
        rate=Rate(Decimal("0.12"), 1),
        payments=[(YEAR.start, eur(120_000))],
        transfer=None,
        basis=BASIS,
    )
    assert isinstance(stated, Stated)
    assert stated.contract.price == eur(127_942)
    run = recognise(stated.contract, until=date(2026, 12, 31))
    # 1200.00 bear 12.00 in the first month
    first = next(each for each in run.facts if type(each).__name__ == "FinancingAccrued")
    assert first.amount == eur(1_200)
    assert recognise(run.contract, until=date(2026, 12, 31)).facts == ()


@settings(max_examples=60)
@given(st.integers(1, 500_000), st.lists(st.integers(0, 400), max_size=6))
def test_a_payment_is_used_up_whatever_the_runs(paid: int, days: list[int]) -> None:
    contract = made(promise("plan", 600_000, EVEN), promise("box", 50_000, DELIVERY))
    stated = pay_customer(contract, on=YEAR.start, paid=eur(paid), fair_value=eur(0), basis=BASIS)
    assert isinstance(stated, Stated)
    found, used = stated.contract, eur(0)
    for day in sorted(days):
        run = recognise(found, until=date.fromordinal(YEAR.start.toordinal() + day))
        found = run.contract
        used += total((each.amount for each in run.facts if isinstance(each, CustomerPaymentUsed)), EUR)
    assert used <= eur(paid)
    (item,) = found.stated
    assert item.used == used  # type: ignore[union-attr]


@given(st.integers(1, 900_000), st.integers(1, 36), st.integers(0, 900_000))
def test_a_cost_asset_is_used_up_or_written_off_to_the_last_cent(units: int, months: int, worth: int) -> None:
    contract = made(promise("plan", 600_000, EVEN))
    service = Period(YEAR.start, date(YEAR.start.year + 3, 1, 1))
    cost = ContractCost("commission", eur(units), incremental=True)
    stated = capitalise(contract, on=YEAR.start, costs=[cost], service=service, basis=BASIS)
    assert isinstance(stated, Stated)
    day = date(2026 + (months - 1) // 12, (months - 1) % 12 + 1, 28)
    tested = impair(stated.contract, "s-1", on=day, consideration=eur(worth), costs=eur(0))
    after = stated.contract if isinstance(tested, Refusal) else tested.contract
    (item,) = after.stated
    assert item.carrying(service.end) == eur(0)  # type: ignore[union-attr]
    assert item.carrying(day) <= eur(units)  # type: ignore[union-attr]


def test_us_gaap_writes_nothing_up_again() -> None:
    contract = made(promise("plan", 600_000, EVEN))
    for gaap, expected in ((Gaap.US, ["REV046"]), (Gaap.IFRS, None)):
        own = capitalise(
            replace(contract, gaap=gaap),
            on=YEAR.start,
            costs=[ContractCost("commission", eur(1_200), incremental=True)],
            service=YEAR,
            basis=BASIS,
        )
        assert isinstance(own, Stated)
        down = impair(own.contract, "s-1", on=date(2026, 1, 31), consideration=eur(100), costs=eur(0))
        assert isinstance(down, Stated)
        up = impair(down.contract, "s-1", on=date(2026, 2, 28), consideration=eur(9_000), costs=eur(0))
        if expected:
            assert codes(up) == expected
        else:
            assert isinstance(up, Stated)


def test_an_asset_that_is_worth_more_stays() -> None:
    contract = made(promise("plan", 600_000, EVEN))
    cost = ContractCost("commission", eur(1_200), incremental=True)
    stated = capitalise(contract, on=YEAR.start, costs=[cost], service=YEAR, basis=BASIS)
    assert isinstance(stated, Stated)
    assert codes(impair(stated.contract, "s-1", on=YEAR.start, consideration=eur(9_999), costs=eur(0))) == ["REV045"]


def test_shares_done_never_pass_the_whole() -> None:
    price = Money(100_000, EUR)
    assert share_done(price, Output(Decimal(1), Decimal(4))).decimal(2) == Decimal("0.25")
    assert share_done(price, CostRecovery(eur(40_000))).decimal(2) == Decimal("0.40")
    assert share_done(price, CostRecovery(eur(140_000))).decimal(2) == 1
    report = CostReport({"work": Decimal(800)}, {"work": Decimal(200)})
    assert share_done(price, report).decimal(2) == Decimal("0.25")


def test_every_fact_of_one_part_has_a_component_of_its_own() -> None:
    assert len(set(COMPONENTS.values())) == len(COMPONENTS)
