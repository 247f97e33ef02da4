"""What a contract is worth, as conditions see it before the first rule of a stage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog import Charge, ChargeKind, ChargePeriod, LineId
from engine.pricing import Edit, compile_plan, price, reprice
from engine.pricing.effects import On, Percent
from engine.pricing.flow import Lane
from engine.pricing.repricing import Repriced
from engine.pricing.request import RequestLine
from engine.pricing.result import Priced
from tests.pricing.books import D, amounts, asked, book, line, order_when, priced, rule, when

MONTHLY, YEARLY = (Charge(ChargeKind.RECURRING, each) for each in (ChargePeriod.MONTH, ChargePeriod.YEAR))
METERED = Charge(ChargeKind.USAGE, ChargePeriod.MONTH)
# A costs 100.00 a month in growing segments of a year, B 20.00 a year for half a year, C 9.99 once.
RAMP = tuple(
    line("A", str(count), id=f"a/{n}", charge=MONTHLY, term_months=D(12), segment=n)
    for n, count in enumerate((1, 2, 5), 1)
)
HALF_YEAR = line("B", charge=YEARLY, term_months=D(6))
LINES = (*RAMP, HALF_YEAR, line("C"), line("A", "7", id="calls", charge=METERED))


@pytest.mark.parametrize(
    ("condition", "acts"),
    [
        # 12 x 100.00 of the first segment, and 10.00 for the half year that B lasts
        ("quote.acv = 1210", True),
        # 12 x (100.00 + 200.00 + 500.00) + 10.00 + 9.99
        ("quote.tcv = 9619.99", True),
        # what every line comes to for one charge period: 800.00 + 20.00 + 9.99 + 700.00
        ("quote.net = 1529.99", True),
        ("quote.acv > 1210", False),
    ],
)
def test_conditions_see_the_values_of_the_contract(condition: str, acts: bool) -> None:
    of_order = rule("big", Percent(D(50), On.ORDER), "order", when=order_when(condition))
    of_lines = rule("big", Percent(D(50)), when=when(condition))
    for each in (of_order, of_lines):
        found = priced(book(each), asked(*LINES))
        assert amounts(found)["a/1"] == (D("50.00") if acts else D("100.00"))
        assert price(compile_plan(book(each)), asked(*LINES), lane=Lane.FULL) == found


def test_order_rules_see_what_line_rules_left() -> None:
    tenth = rule("tenth", Percent(D(10)), when=when("quote.acv >= 1210"))
    then = rule("then", Percent(D(50), On.ORDER), "order", when=order_when("quote.acv = 1089"))
    # 90 % of 1210.00 are 1089.00; half of 90.00
    assert amounts(priced(book(tenth, then), asked(*LINES)))["a/1"] == D("45.00")


SOME = st.lists(
    st.builds(
        lambda sku, count, charge, months, segment: line(
            sku,
            str(count),
            charge=charge,
            term_months=None if charge.kind is ChargeKind.ONE_TIME or not months else D(months),
            segment=segment if charge.kind is ChargeKind.RECURRING else 0,
        ),
        st.sampled_from("ABC"),
        st.integers(1, 9),
        st.sampled_from((Charge(ChargeKind.ONE_TIME), MONTHLY, YEARLY, METERED)),
        st.integers(0, 30),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=5,
).map(lambda found: tuple(each._replace(id=LineId(f"l{n}")) for n, each in enumerate(found)))


@given(SOME, SOME)
def test_they_are_those_of_the_totals_and_follow_edits(
    lines: tuple[RequestLine, ...], more: tuple[RequestLine, ...]
) -> None:
    totals = priced(book(), asked(*lines)).totals
    acv, tcv = totals.acv.decimal, totals.tcv.decimal
    exact = rule("o", Percent(D(50), On.ORDER), "order", when=order_when(f"quote.acv = {acv} and quote.tcv = {tcv}"))
    plan = compile_plan(book(exact))
    found = price(plan, asked(*lines))
    assert isinstance(found, Priced) and found.order_discounts
    other = tuple(each._replace(id=LineId(f"m{n}")) for n, each in enumerate(more))
    edited = reprice(plan, asked(*lines), found, Edit(added=other))
    assert isinstance(edited, Repriced) and edited.priced == price(plan, edited.request)
