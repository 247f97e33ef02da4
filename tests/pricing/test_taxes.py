"""Tax of a line against fractions, and how often a rate is looked up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.pricing import compile_plan
from engine.pricing.settings import TaxLevel, TaxRate, TaxSettings, TaxSide
from tests.pricing.books import D, asked, book, entry, line, priced, when
from tests.pricing.naive import half_up

percents = st.integers(0, 4000).map(lambda number: D(number) / 100)


@given(st.integers(1, 999_999), percents, st.booleans(), st.sampled_from(TaxSide))
def test_the_tax_of_a_line_is_the_exact_share_rounded_once(
    minor: int, percent: D, inclusive: bool, side: TaxSide
) -> None:
    tax = TaxSettings(inclusive=inclusive, side=side, rates=(TaxRate("s", percent),))
    found = priced(book(entries=(entry("A", str(D(minor) / 100)),), tax=tax), asked(line("A", tax_code="s"))).lines[0]
    rate = Fraction(percent) / 100
    if not inclusive:
        assert found.tax == half_up(minor * rate)
    elif side is TaxSide.NET:
        assert found.net == half_up(Fraction(minor) / (1 + rate))
    else:
        assert found.tax == half_up(minor * rate / (1 + rate))
    assert found.net + found.tax == found.gross


@pytest.mark.parametrize(
    ("condition", "shared", "taxes"),
    [
        # 100.00 and 200.00 at 19 percent; by quantity the first line bears 7 percent
        ('customer.region = "DE"', True, [1900, 3800]),
        ("line.qty > 1", False, [700, 3800]),
        ("quote.net > 250", False, [1900, 3800]),
    ],
)
def test_lines_of_one_code_share_a_rate_only_where_nothing_else_decides(
    condition: str, shared: bool, taxes: list[int]
) -> None:
    plan = compile_plan(book(tax=TaxSettings(rates=(TaxRate("s", D(19), when=when(condition)), TaxRate("s", D(7))))))
    assert plan.tax_by_code is shared
    request = asked(line("A", tax_code="s"), line("A", "2", id="two", tax_code="s"), customer={"region": "DE"})
    assert [each.tax for each in priced(plan, request).lines] == taxes


@pytest.mark.parametrize(
    ("level", "inclusive", "tax"),
    [
        # B at -10.01: 3 units of -3.34, -3.34 and -3.33, 19 % of which are -.6346, -.6346 and -.6327
        (TaxLevel.UNIT, False, -189),
        # 19 percent of -10.01 is -1.9019
        (TaxLevel.LINE, False, -190),
        (TaxLevel.RATE, False, -190),
        (TaxLevel.TOTAL, False, -190),
        # inside: 3.34 x 19 / 119 is .5333, 3.33 x 19 / 119 is .5317; 10.01 x 19 / 119 is 1.5982
        (TaxLevel.UNIT, True, -159),
        (TaxLevel.LINE, True, -160),
        (TaxLevel.RATE, True, -160),
        (TaxLevel.TOTAL, True, -160),
    ],
)
def test_what_is_given_back_bears_its_tax_back(level: TaxLevel, inclusive: bool, tax: int) -> None:
    taxed = TaxSettings(inclusive, level, rates=(TaxRate("s", D(19)),))
    back = book(entries=(entry("B", "-3.336666666667"),), tax=taxed)
    assert [each.tax for each in priced(back, asked(line("B", "3", tax_code="s"))).lines] == [tax]


@pytest.mark.parametrize(
    ("level", "tax"),
    [
        # units of 10.01 and 10.00 at 10 percent and .50 for each: 1.501 and 1.50
        (TaxLevel.UNIT, 300),
        # 2.001 and twice .50
        (TaxLevel.LINE, 300),
        (TaxLevel.RATE, 300),
        (TaxLevel.TOTAL, 300),
    ],
)
def test_a_fixed_tax_is_one_for_each_unit(level: TaxLevel, tax: int) -> None:
    taxed = TaxSettings(level=level, rates=(TaxRate("s", D(10), fixed=D("0.50")),))
    rules = book(entries=(entry("A", "10.005"),), tax=taxed)
    assert [each.tax for each in priced(rules, asked(line("A", "2", tax_code="s"))).lines] == [tax]


@pytest.mark.parametrize("level", TaxLevel)
def test_a_percent_with_decimals_counts_to_the_last_one(level: TaxLevel) -> None:
    taxed = TaxSettings(level=level, rates=(TaxRate("s", D("8.875")),))
    # 8.875 % of 100.00
    assert priced(book(tax=taxed), asked(line("A", tax_code="s"))).lines[0].tax == 888
