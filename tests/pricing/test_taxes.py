"""Tax of a line against fractions, and how often a rate is looked up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.pricing import compile_plan
from engine.pricing.settings import TaxRate, TaxSettings, TaxSide
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
