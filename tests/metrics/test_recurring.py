"""Recurring revenue against a slow twin that looks at every line on every day, and its identities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from engine.catalog import ChargePeriod
from engine.contracts import Contract
from engine.contracts.contract import ContractChange, Credit, LineEnd
from engine.metrics import METRICS, Facts, Market, Report, measured
from engine.metrics.metric import Moment
from engine.periods import Period
from tests.contracts.build import contract, day, metered, one_time, recurring

FIRST = date(2026, 1, 1)
DAYS = 120
CUSTOMERS = ("anna", "ben")


def held(customer: str, number: int, *lines: object, ended: tuple[LineEnd, ...] = ()) -> Contract:
    made = replace(contract(*lines), id=f"c-{number}", customer=customer)  # type: ignore[arg-type]
    if not ended:
        return made
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return replace(made, changes=(ContractChange(1, FIRST, "ends", "rep", at, ended=ended),))


LENGTHS: dict[ChargePeriod, Callable[[Decimal], Decimal]] = {
    ChargePeriod.DAY: lambda amount: amount * 365 / 12,
    ChargePeriod.WEEK: lambda amount: amount * 365 / 84,
    ChargePeriod.MONTH: lambda amount: amount,
    ChargePeriod.QUARTER: lambda amount: amount / 3,
    ChargePeriod.HALF_YEAR: lambda amount: amount / 6,
    ChargePeriod.YEAR: lambda amount: amount / 12,
    ChargePeriod.TWO_YEARS: lambda amount: amount / 24,
    ChargePeriod.THREE_YEARS: lambda amount: amount / 36,
}
"""What an amount for each charge period is for a month."""


@st.composite
def contracts(draw: st.DrawFn) -> tuple[Contract, ...]:
    found = []
    for number in range(draw(st.integers(0, 4))):
        lines, ends = [], []
        for key in range(draw(st.integers(1, 3))):
            start = FIRST + timedelta(days=draw(st.integers(-5, DAYS)))
            length = draw(st.none() | st.integers(1, DAYS))
            end = None if length is None else start + timedelta(days=length)
            amount = draw(st.integers(1, 4)) * 72
            period = draw(st.sampled_from(ChargePeriod))
            lines.append(
                recurring(f"l{key}", f"{amount}", str(start), str(end) if end is not None else None, period=period)
            )
            cut = draw(st.none() | st.integers(0, DAYS))
            if cut is not None:
                ends.append(LineEnd(f"l{key}", start + timedelta(days=cut), Credit.UNUSED))
        lines.append(one_time("once", "99", str(FIRST)))
        found.append(held(draw(st.sampled_from(CUSTOMERS)), number, *lines, ended=tuple(ends)))
    return tuple(found)


def twin_mrr(found: tuple[Contract, ...], customer: str, on: date) -> Decimal:
    """What a customer pays by the month on a day, line by line; amounts are made to divide evenly."""
    whole = Decimal(0)
    for each in found:
        ends = {end.line: end.on for change in each.changes for end in change.ended}
        for line in each.lines:
            if each.customer == customer and line.charge.period is not None and line.amount.minor_units:
                last = min((end for end in (line.end, ends.get(line.id)) if end is not None), default=date.max)
                if line.start <= on < last:
                    whole += LENGTHS[line.charge.period](line.amount.decimal).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return whole


def twin_movements(found: tuple[Contract, ...], period: Period) -> dict[str, Decimal]:
    """Every day's recurring revenue compared with the day before, from before the first line on."""
    sums: dict[str, Decimal] = {}
    for customer in CUSTOMERS:
        before, ever = Decimal(0), False
        on = FIRST - timedelta(days=10)
        while on < period.end:
            after = twin_mrr(found, customer, on)
            if after != before and on in period:
                if before == 0:
                    kind = "reactivation" if ever else "new_business"
                elif after == 0:
                    kind = "churn"
                else:
                    kind = "expansion" if after > before else "contraction"
                sums[kind] = sums.get(kind, Decimal(0)) + after - before
            ever = ever or after != 0
            before, on = after, on + timedelta(days=1)
    return sums


def report(name: str, found: tuple[Contract, ...], period: Period, *by: str) -> Report:
    made = measured(METRICS[name], Facts(contracts=found), period, by)
    assert isinstance(made, Report)
    return made


def periods() -> st.SearchStrategy[Period]:
    return st.builds(
        lambda start, length: Period(FIRST + timedelta(days=start), FIRST + timedelta(days=start + length)),
        st.integers(-10, DAYS),
        st.integers(1, DAYS),
    )


@given(contracts(), periods())
def test_every_day_is_as_the_slow_twin_counts_it(found: tuple[Contract, ...], period: Period) -> None:
    (figure,) = report("mrr", found, period).figures
    assert figure.value == sum(twin_mrr(found, each, period.last_day) for each in CUSTOMERS)
    (moved,) = report("mrr_movements", found, period).figures
    twin = twin_movements(found, period)
    assert {name: value for name, value in moved.measures.items() if value} == {
        name: value for name, value in twin.items() if value
    }


@given(contracts(), periods())
def test_movements_add_up_to_the_change_of_recurring_revenue(found: tuple[Contract, ...], period: Period) -> None:
    opening = Period(period.start - timedelta(days=1), period.start)
    ((before,), (after,), (moved,)) = (
        report("mrr", found, opening).figures,
        report("mrr", found, period).figures,
        report("mrr_movements", found, period).figures,
    )
    assert before.value is not None and after.value is not None
    assert moved.value == after.value - before.value
    by_month = report("mrr_movements", found, period, "month", "customer").figures
    assert sum(each.value or 0 for each in by_month) == moved.value


@given(contracts(), periods())
def test_retention_is_what_opening_customers_pay_at_the_end(found: tuple[Contract, ...], period: Period) -> None:
    opening = {each: twin_mrr(found, each, period.start - timedelta(days=1)) for each in CUSTOMERS}
    closing = {each: twin_mrr(found, each, period.last_day) for each in CUSTOMERS if opening[each]}
    whole = sum(opening.values())
    (nrr,), (grr,) = report("nrr", found, period).figures, report("grr", found, period).figures
    if not whole:
        assert nrr.value is None and grr.value is None
        return
    kept = sum(min(closing[each], opening[each]) for each in closing)
    assert nrr.value is not None and grr.value is not None
    assert abs(nrr.value - Decimal(sum(closing.values())) / whole) <= Decimal("0.000001")
    assert abs(grr.value - Decimal(kept) / whole) <= Decimal("0.000001")
    assert grr.value <= min(nrr.value, Decimal(1))


def test_usage_and_one_time_charges_never_recur() -> None:
    # 1 200.00 a year are 100.00 a month; the meter and the set-up bring nothing
    made = contract(
        recurring("care", "1200", "2026-01-01", "2027-01-01", period=ChargePeriod.YEAR),
        metered("calls", "0.05", "2026-01-01", None),
        one_time("setup", "500", "2026-01-01"),
    )
    (figure,) = report("mrr", (made,), Period(day("2026-03-31"), day("2026-04-01"))).figures
    assert (figure.value, figure.rows) == (100, 1)
    (annual,) = report("arr", (made,), Period(day("2026-03-31"), day("2026-04-01"))).figures
    assert annual.value == 1200


def test_what_is_signed_counts_as_committed_before_it_is_served() -> None:
    # signed on 1 January 2026, served from March: 12 x 50.00
    made = contract(recurring("care", "50", "2026-03-01", "2027-03-01"))
    january = Period(day("2026-01-31"), day("2026-02-01"))
    assert [each.value for each in report("committed_arr", (made,), january).figures] == [600]
    assert [each.value for each in report("arr", (made,), january).figures] == [0]


def test_a_signed_change_is_committed_in_the_place_of_what_it_changes() -> None:
    # 10 seats at 5.00 for a year; signed on 20 January: 15 from April on; on 10 February: the next year at 80.00
    first = contract(recurring("seats", "50", "2026-01-01", "2027-01-01"))
    more = ContractChange(
        1,
        day("2026-04-01"),
        "more",
        "rep",
        datetime(2026, 1, 20, tzinfo=UTC),
        ended=(LineEnd("seats", day("2026-04-01")),),
        added=(recurring("seats.2", "75", "2026-04-01", "2027-01-01"),),
    )
    renewed = ContractChange(
        2,
        day("2027-01-01"),
        "renewal",
        "rep",
        datetime(2026, 2, 10, tzinfo=UTC),
        added=(recurring("seats.3", "80", "2027-01-01", "2028-01-01"),),
    )
    made = replace(first, changes=(more, renewed))
    for on, monthly in (("2026-01-19", 50), ("2026-01-20", 75), ("2026-02-09", 75), ("2026-02-10", 80)):
        (figure,) = report("committed_arr", (made,), Period.through(day(on), day(on))).figures
        assert (figure.value, figure.rows) == (12 * monthly, 1), on


def test_the_segments_of_a_ramp_are_committed_once() -> None:
    # 10.00 in the first year, 20.00 in the second: 20.00 is what the contract comes to
    made = contract(
        recurring("seats/1", "10", "2026-01-01", "2027-01-01"), recurring("seats/2", "20", "2027-01-01", "2028-01-01")
    )
    january = Period(day("2026-01-31"), day("2026-02-01"))
    assert [each.value for each in report("committed_arr", (made,), january).figures] == [240]


def test_churn_rates_count_the_movements_of_the_period() -> None:
    # 100 at the start; 10 are given up, 10 more are bought, and a customer of 10 leaves
    made = (
        held("anna", 1, recurring("a", "80", "2026-01-01", None), recurring("b", "10", "2026-01-01", "2026-02-10")),
        held("anna", 2, recurring("c", "10", "2026-02-20", None)),
        held("ben", 3, recurring("d", "10", "2026-01-01", "2026-02-15")),
    )
    february = Period(day("2026-02-01"), day("2026-03-01"))
    assert [each.value for each in report("gross_mrr_churn_rate", made, february).figures] == [Decimal("0.2")]
    assert [each.value for each in report("net_mrr_churn_rate", made, february).figures] == [Decimal("0.1")]
    # Anna pays 90 before and after
    assert [each.value for each in report("nrr", made, february).figures] == [Decimal("0.9")]
    assert [each.value for each in report("logo_churn_rate", made, february).figures] == [Decimal("0.5")]


def test_a_market_follows_from_the_customer() -> None:
    made = held("anna", 1, recurring("a", "80", "2026-01-01", None))
    facts = Facts(contracts=(made,), markets={"anna": Market("retail", "DE")})
    found = measured(METRICS["mrr"], facts, Period(FIRST, FIRST + timedelta(days=1)), ("segment", "region"))
    assert isinstance(found, Report)
    assert [dict(each.by) for each in found.figures] == [{"segment": "retail", "region": "DE"}]


def test_every_metric_answers_where_there_is_nothing() -> None:
    for metric in METRICS.values():
        found = measured(metric, Facts(), Period(FIRST, FIRST + timedelta(days=40)), ("month",))
        assert isinstance(found, Report)
        assert [each.by["month"] for each in found.figures] == ["2026-01", "2026-02"]
        assert metric.moment in Moment and not found.rows
