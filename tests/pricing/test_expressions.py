"""What expressions of a book read: paths, what is below them, and records that hold them."""

from __future__ import annotations

import pytest

from engine.pricing import Lane, compile_plan, price
from engine.pricing.effects import On, Percent
from engine.pricing.expressions import reads
from engine.pricing.history import date_breaks
from engine.pricing.known_lines import KnownLines
from engine.pricing.result import Priced
from engine.pricing.settings import TaxRate, TaxSettings
from tests.pricing.books import D, asked, book, line, order_when, rule, when

WHOLE_QUOTE = "some each in [quote] satisfies each.net > 250"


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("quote.net > 1", "quote.net", True),
        ("quote.net > 1", "quote", True),
        ("quote.net > 1", "quote.list", False),
        ("quote.net > 1", "quote.ne", False),
        (WHOLE_QUOTE, "quote.net", True),
        (WHOLE_QUOTE, "quote.date", True),
        (WHOLE_QUOTE, "line", False),
        ("count(lines) > 1", "lines", True),
        ('line.sku = "A"', "lines", False),
    ],
)
def test_a_record_taken_as_a_whole_is_read_in_all_its_parts(text: str, name: str, expected: bool) -> None:
    assert reads(when(text), name) is expected


@pytest.mark.parametrize("lane", Lane)
def test_a_line_rule_sees_totals_in_the_quote_as_a_whole(lane: Lane) -> None:
    plan = compile_plan(book(rule("ten", Percent(D("10")), when=when(WHOLE_QUOTE))))
    few, many = price(plan, asked(line("A", "2")), lane=lane), price(plan, asked(line("A", "3")), lane=lane)
    assert isinstance(few, Priced) and isinstance(many, Priced)
    # 2 x 100.00 is not above 250; 3 x 100.00 is, and 10 % less
    assert (few.totals.net.minor_units, many.totals.net.minor_units) == (20000, 27000)
    assert not KnownLines(plan).is_open


def test_an_order_rule_sees_the_value_of_the_contract_in_the_quote_as_a_whole() -> None:
    text = "some each in [quote] satisfies each.tcv > 250"
    plan = compile_plan(book(rule("ten", Percent(D("10"), On.ORDER), "order", when=order_when(text))))
    found = price(plan, asked(line("A", "3")))
    assert isinstance(found, Priced) and found.totals.net.minor_units == 27000


@pytest.mark.parametrize("lane", Lane)
def test_a_line_rule_sees_what_is_left_in_the_line_as_a_whole(lane: Lane) -> None:
    rules = (
        rule("a", Percent(D("10")), priority=2),
        rule("b", Percent(D("50")), when=when("some each in [line] satisfies each.running < 95"), priority=1),
    )
    found = price(compile_plan(book(*rules)), asked(line("A")), lane=lane)
    # 100.00 less 10 % are 90.00, less than 95; half of that is left
    assert isinstance(found, Priced) and found.totals.net.minor_units == 4500


def test_a_tax_rate_that_takes_a_line_or_the_totals_as_a_whole_is_told_line_by_line() -> None:
    for text in (WHOLE_QUOTE, 'some each in [line] satisfies each.sku = "A"'):
        tax = TaxSettings(rates=(TaxRate("s", D("19"), when=when(text)), TaxRate("s", D("0"))))
        assert not compile_plan(book(tax=tax)).tax_by_code


def test_a_price_that_takes_the_quote_as_a_whole_may_change_on_any_day() -> None:
    text = 'some each in [quote] satisfies each.date > date("2026-01-01")'
    assert date_breaks(book(rule("r", Percent(D("1")), when=when(text)))) is None
