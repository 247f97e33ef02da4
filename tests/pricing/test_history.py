"""The lowest price before a reduction: the EU's rule, day by day, against a slow twin."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pricing.effects import Percent
from engine.pricing.history import date_breaks, lowest_price
from engine.pricing.plan import BundlePrice, ExchangeRate, Guard, RuleId, Window
from tests.pricing.books import D, book, entry, formula, rule, when

TODAY = date(2026, 6, 30)


def days_ago(number: int) -> date:
    return TODAY - timedelta(days=number)


def prices(*steps: tuple[int, str | None]) -> dict[date, Decimal | None]:
    """A price that holds from so many days ago on, until the next one; before the first there is none."""
    found: dict[date, Decimal | None] = {}
    for (start, price), (end, _) in zip(steps, (*steps[1:], (-1, None)), strict=True):
        for number in range(start, end, -1):
            found[days_ago(number)] = None if price is None else D(price)
    return found


def test_the_window_ends_where_the_reduction_began() -> None:
    """100 for long, 80 for a week, 100 again, and 90 since 10 days: in the 30 days before that it was 80."""
    history = prices((400, "100"), (38, "80"), (31, "100"), (9, "90"))
    found = lowest_price(TODAY, 30, history.get)
    assert found is not None
    assert (found.unit, found.day, found.reduced) == (D(80), days_ago(32), True)
    assert (found.start, found.end) == (days_ago(39), days_ago(9))


def test_an_earlier_sale_outside_of_the_window_does_not_count() -> None:
    history = prices((400, "100"), (60, "50"), (45, "100"), (0, "90"))
    found = lowest_price(TODAY, 30, history.get)
    assert found is not None
    assert (found.unit, found.reduced, found.end) == (D(100), True, TODAY)


def test_a_price_that_rose_is_compared_with_the_days_before_today() -> None:
    history = prices((400, "100"), (5, "120"))
    found = lowest_price(TODAY, 30, history.get)
    assert found is not None
    assert (found.unit, found.reduced, found.end, found.day) == (D(100), False, TODAY, days_ago(6))


def test_a_new_product_is_compared_with_the_days_it_was_sold() -> None:
    history = prices((12, "100"), (3, "70"))
    found = lowest_price(TODAY, 30, history.get)
    assert found is not None
    assert (found.unit, found.reduced) == (D(100), True)
    assert lowest_price(TODAY, 30, prices((0, "100")).get) is None
    assert lowest_price(TODAY, 30, {}.get) is None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 90), st.sampled_from((None, "80", "90", "100"))), min_size=1, max_size=8),
    st.integers(1, 40),
)
def test_it_is_what_looking_at_every_day_finds(steps: list[tuple[int, str | None]], days: int) -> None:
    history = prices(*sorted(dict(steps).items(), reverse=True))
    found = lowest_price(TODAY, days, history.get)
    present = history.get(TODAY)
    end, reduced = TODAY, False
    for number in range(1, 367):
        if history.get(days_ago(number)) != present:
            before = history.get(days_ago(number))
            if present is not None and before is not None and before > present:
                end, reduced = days_ago(number - 1), True
            break
    window = [end - timedelta(days=number) for number in range(1, days + 1)]
    known = [price for day in window for price in (history.get(day),) if price is not None]
    assert (None if found is None else (found.unit, found.end, found.reduced)) == (
        (min(known), end, reduced) if known else None
    )


def test_the_days_on_which_prices_may_change_are_found_in_the_rules() -> None:
    rules = book(
        rule("sale", Percent(D(10)), window=Window(date(2026, 5, 1), date(2026, 6, 1))),
        rule("dated", Percent(D(5)), when=when('quote.date >= date("2026-04-15")')),
        entries=(entry("A", "100", window=Window(date(2026, 1, 1))),),
        exchange_rates=(ExchangeRate("USD", "EUR", D("0.9"), date(2026, 2, 1)),),
        guards=(Guard(RuleId("floor"), floor=D(9), window=Window(None, date(2026, 7, 1))),),
        bundle_prices=(BundlePrice(RuleId("deal"), "A", D(90), window=Window(date(2026, 8, 1))),),
    )
    assert date_breaks(rules) == (
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 4, 15),
        date(2026, 4, 16),
        date(2026, 5, 1),
        date(2026, 6, 1),
        date(2026, 7, 1),
        date(2026, 8, 1),
    )
    weekly = rule("monday", Percent(D(5)), when=(formula('day of week(quote.date) = "Monday"'),))
    assert date_breaks(book(weekly)) is None
