"""The totals of a quote against their definitions, by fractions: what recurs, contract values, costs and margins."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import Charge, ChargeKind, ChargePeriod
from engine.diagnostics import Refusal
from engine.money import Ratio, Rounding
from engine.money.problem import OUT_OF_RANGE
from engine.periods import PartMonths
from engine.pricing import Edit, compile_plan, price, reprice
from engine.pricing.effects import Gift
from engine.pricing.request import RequestLine
from engine.pricing.result import Priced
from engine.pricing.settings import RoundingSettings, TaxRate, TaxSettings
from tests.pricing.books import D, asked, book, line, priced, rule
from tests.pricing.twin_lines import rounded

PRICES = {"A": 10_000, "B": 2_000, "C": 999}
PERIODS = (
    ChargePeriod.DAY,
    ChargePeriod.WEEK,
    ChargePeriod.MONTH,
    ChargePeriod.QUARTER,
    ChargePeriod.YEAR,
    ChargePeriod.TWO_YEARS,
)
IN_MONTHS = {"DAY": Fraction(12, 365), "WEEK": Fraction(84, 365), "MONTH": 1, "QUARTER": 3, "YEAR": 12, "TWO_YEARS": 24}


def in_months(period: ChargePeriod) -> Fraction:
    return Fraction(IN_MONTHS[period.name])


@dataclass
class Totals:
    """In cents, by the glossary."""

    one_time: int = 0
    usage: int = 0
    mrr: int = 0
    arr: int = 0
    acv: int = 0
    tcv: int = 0
    cost: int | None = 0

    def count(self, each: RequestLine, net: int, parts: PartMonths, mode: Rounding) -> None:
        """One line that comes to so much, in each of its charge periods."""
        if self.cost is not None:
            self.cost = (
                None if each.cost is None else self.cost + rounded(Fraction(each.cost * each.quantity) * 100, mode)
            )
        if each.charge.kind is ChargeKind.ONE_TIME:
            self.one_time += net
            self.tcv += net
            return
        if each.charge.kind is ChargeKind.USAGE:
            self.usage += net
            return
        assert each.charge.period is not None
        length, term = in_months(each.charge.period), net
        if each.term_months is not None:
            months = Fraction(each.term_months) + Fraction(each.term_part.numerator, each.term_part.denominator)
            by_the_day = each.charge.period.name in ("DAY", "WEEK")
            months = Fraction(ceil(months)) if parts is PartMonths.WHOLE and not by_the_day else months
            whole, rest = divmod(months, length)
            term = int(whole) * net + rounded(net * rest / length, mode)
        self.tcv += term
        if each.segment > 1:
            return
        yearly = rounded(net * 12 / length, mode)
        ends = each.term_months is not None and not each.segment
        self.acv += min(yearly, term) if ends else yearly


charges = st.sampled_from(
    (Charge(), *[Charge(kind, period) for kind in (ChargeKind.RECURRING, ChargeKind.USAGE) for period in PERIODS])
)
lines = st.builds(
    lambda sku, quantity, charge, term, part, segment, cost: line(
        sku,
        quantity,
        charge=charge,
        term_months=term,
        term_part=Ratio(1, 3) if part and term else Ratio(0, 1),
        segment=segment if charge.kind is ChargeKind.RECURRING else 0,
        cost=cost,
    ),
    st.sampled_from("ABC"),
    st.sampled_from(("1", "2", "7")),
    charges,
    st.none() | st.sampled_from((D(1), D(7), D("12.5"), D(12), D(36), D(40))),
    st.booleans(),
    st.sampled_from((0, 0, 1, 2)),
    st.sampled_from((D(4), D("2.505"), D(4), None)),
)
gifts = st.none() | st.builds(
    lambda count, price, cost: Gift("C", D(count), D(price), costs={} if cost is None else {"EUR": D(cost)}),
    st.integers(1, 3),
    st.sampled_from(("0", "5.00")),
    st.none() | st.just("2.00"),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(lines, min_size=1, max_size=4),
    gifts,
    st.sampled_from(PartMonths),
    st.sampled_from((Rounding.HALF_UP, Rounding.DOWN, Rounding.HALF_EVEN)),
)
def test_totals_are_what_their_definitions_say(
    each_of: list[RequestLine], gift: Gift | None, parts: PartMonths, mode: Rounding
) -> None:
    request = asked(*[each._replace(id=f"l{number}") for number, each in enumerate(each_of)])  # type: ignore[arg-type]
    rules = [rule("gift", gift, "order")] if gift is not None else []
    found = priced(book(*rules, part_months=parts, rounding=RoundingSettings(mode)), request)
    twin, by_length = Totals(), dict[Fraction, int]()
    for each in request.lines:
        net = PRICES[each.sku] * int(each.quantity)
        twin.count(each, net, parts, mode)
        if each.charge.kind is ChargeKind.RECURRING and each.segment <= 1:
            assert each.charge.period is not None
            length = in_months(each.charge.period)
            by_length[length] = by_length.get(length, 0) + net
    if gift is not None:
        extra, cost = int(gift.unit_price * gift.quantity * 100), gift.costs.get("EUR")
        twin.one_time, twin.tcv = twin.one_time + extra, twin.tcv + extra
        if twin.cost is not None:
            twin.cost = None if cost is None else twin.cost + int(cost * gift.quantity * 100)
    twin.mrr = sum(rounded(amount / length, mode) for length, amount in by_length.items())
    twin.arr = sum(rounded(amount * 12 / length, mode) for length, amount in by_length.items())
    totals = found.totals
    assert (
        Totals(
            totals.one_time.minor_units,
            totals.usage_estimate.minor_units,
            totals.mrr.minor_units,
            totals.arr.minor_units,
            totals.acv.minor_units,
            totals.tcv.minor_units,
            None if totals.cost is None else totals.cost.minor_units,
        )
        == twin
    )
    shown = {in_months(ChargePeriod(length)): amount.minor_units for length, amount in totals.recurring}
    assert shown == by_length
    assert totals.amount == totals.net == totals.gross == totals.payable
    if twin.cost is None:
        assert totals.margin is None and totals.margin_percent is None
    else:
        assert totals.margin is not None and totals.margin.minor_units == totals.net.minor_units - twin.cost
        share = Fraction(100 * totals.margin.minor_units, totals.net.minor_units)
        assert totals.margin_percent is not None
        assert abs(Fraction(totals.margin_percent) - share) <= Fraction(1, 20_000)


@pytest.mark.parametrize(
    ("charge", "term", "expected"),
    [
        # 20.00 a month for 40 months; a year of it is 240.00
        (Charge(ChargeKind.RECURRING, ChargePeriod.MONTH), "40", ("800.00", "240.00", "240.00", "20.00")),
        # half a year: the contract of one year is no more than the whole
        (Charge(ChargeKind.RECURRING, ChargePeriod.MONTH), "6", ("120.00", "120.00", "240.00", "20.00")),
        # 20.00 a year without an end: one year of it is counted
        (Charge(ChargeKind.RECURRING, ChargePeriod.YEAR), None, ("20.00", "20.00", "20.00", "1.67")),
        # 20.00 for two years, over 40 months: 20.00 and 16/24 of it
        (Charge(ChargeKind.RECURRING, ChargePeriod.TWO_YEARS), "40", ("33.33", "10.00", "10.00", "0.83")),
        (Charge(), None, ("20.00", "0.00", "0.00", "0.00")),
        (Charge(ChargeKind.USAGE, ChargePeriod.MONTH), "40", ("0.00", "0.00", "0.00", "0.00")),
    ],
)
def test_contract_values_of_one_line(charge: Charge, term: str | None, expected: tuple[str, ...]) -> None:
    only = line("B", charge=charge, term_months=None if term is None else D(term))
    totals = priced(book(), asked(only)).totals
    found = (totals.tcv, totals.acv, totals.arr, totals.mrr)
    assert tuple(str(each.decimal) for each in found) == expected


def test_tax_is_no_part_of_what_a_contract_is_worth() -> None:
    tax = TaxSettings(inclusive=True, rates=(TaxRate("s", D(25)),))
    monthly = Charge(ChargeKind.RECURRING, ChargePeriod.MONTH)
    totals = priced(book(tax=tax), asked(line("A", tax_code="s", charge=monthly, term_months=D(3)))).totals
    # 100.00 hold 20.00 of tax
    assert [str(each.decimal) for each in (totals.mrr, totals.tcv, totals.net, totals.gross)] == [
        "80.00",
        "240.00",
        "80.00",
        "100.00",
    ]


MONTHLY = Charge(ChargeKind.RECURRING, ChargePeriod.MONTH)


@pytest.mark.parametrize(
    ("lines", "more"),
    [
        # 8e16.00 with 19 % tax are 9.52e18 minor units, beyond 2^63 of about 9.22e18
        ((line("A", "8E+14", tax_code="s"),), {"tax": TaxSettings(rates=(TaxRate("s", D("19")),))}),
        # 8e14.00 a month are 9.6e16.00 in ten years of 120 months
        ((line("A", "8E+12", cost=D(1))._replace(charge=MONTHLY, term_months=D(120)),), {}),
        # 8e15.00 in the one month that is asked for, and 9.6e16.00 in a year
        ((line("A", "8E+13")._replace(charge=MONTHLY, term_months=D(1)),), {}),
        # 100.00 that cost 1e17.00
        ((line("A", cost=D("1E+17")),), {}),
    ],
)
def test_totals_that_no_document_can_hold_are_refused(
    lines: tuple[RequestLine, ...], more: dict[str, TaxSettings]
) -> None:
    plan = compile_plan(book(**more))
    found = price(plan, asked(*lines))
    assert isinstance(found, Refusal) and [each.code for each in found.faults] == [OUT_OF_RANGE]
    small = line("B", id="small", cost=D(1))
    before = price(plan, asked(small))
    assert isinstance(before, Priced)
    assert isinstance(reprice(plan, asked(small), before, Edit(added=lines)), Refusal)
