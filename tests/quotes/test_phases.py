"""Phases of a term: the stretches between the days on which a line begins or ends, against a walk day by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import LineId
from engine.quotes.evaluation import Parts, PricedQuote
from engine.quotes.phases import stretches
from engine.quotes.ramp import Ramp, Term, expand
from engine.quotes.request import RequestedLine
from tests.rulebook.shop import book_of, line, quote

FIRST = date(2026, 3, 1)
Spans = Mapping[int, tuple[date, date | None]]


def by_day(spans: Spans) -> list[list[int]]:
    """The lines that run together, one entry for each change of them, found by looking at every day."""
    found: list[list[int]] = []
    for n in range(80):
        day = FIRST + timedelta(days=n)
        running = [key for key, (start, end) in spans.items() if start <= day and (end is None or day < end)]
        if running and any(day in span for span in spans.values()):
            found.append(running)
    return found


spans = st.dictionaries(
    st.integers(0, 5),
    st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(1, 40))).map(
        lambda each: (
            FIRST + timedelta(days=each[0]),
            None if each[1] is None else FIRST + timedelta(days=each[0] + each[1]),
        )
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=100)
@given(spans)
def test_a_phase_holds_the_lines_that_run_on_each_of_its_days(spans: Spans) -> None:
    assert [members for _, members in stretches(spans)] == by_day(spans)


def priced(*lines: RequestedLine, book: Parts | None = None, **ramps: Ramp) -> PricedQuote:
    cut = expand(lines, {LineId(name): each for name, each in ramps.items()}, Term(24, FIRST))
    assert isinstance(cut, tuple)
    found = quote(book or book_of(), *cut, term_months=24)
    assert isinstance(found, PricedQuote)
    return found


def test_a_quote_without_a_ramp_has_no_phases() -> None:
    assert priced(line("SEAT", "5")).phases == ()


def test_the_phases_of_a_ramp_come_to_its_contract_value() -> None:
    found = priced(line("SEAT", "5"), line("PEN", "2"), seat=Ramp(uplift_percent=Decimal(10)))
    once, *years = found.phases
    assert (once.length, [each.length for each in years]) == (0, [1, 1])
    worth = once.net.minor_units + sum(12 * each.net.minor_units for each in years)
    assert worth == found.priced.totals.tcv.minor_units
    assert [(each.start, each.end) for each in years] == [
        (FIRST, date(2027, 3, 1)),
        (date(2027, 3, 1), date(2028, 3, 1)),
    ]


CATALOG = """\
products:
  - {sku: PEN, name: Pen, tax_code: std, list: {EUR: 11.90}}
  - {sku: CASE, name: Case, tax_code: std, list: {EUR: 23.80}}
  - {sku: SEAT, name: Seat, tax_code: std, charge: {kind: recurring, period: month}, list: {EUR: 10.00}}
  - {sku: YEAR, name: Year, tax_code: std, charge: {kind: recurring, period: year}, list: {EUR: 100.00}}
"""
TAX = "gaap: ifrs\ntax: {included: true, rates: [{code: std, percent: 19}]}\n"
GIFT = "order_discounts: [{id: case, give: add CASE at 5.95}]"


def test_phases_are_told_with_their_tax_and_what_is_added_comes_once() -> None:
    book = book_of({"catalog/catalog.yaml": CATALOG}, terms=TAX, discounts=GIFT)
    lines = line("SEAT", "5"), line("YEAR", start=FIRST), line("PEN", "2")
    found = priced(*lines, book=book, seat=Ramp(uplift_percent=Decimal(10)))
    told = [(each.start, each.length, str(each.net), str(each.tax), str(each.gross)) for each in found.phases]
    assert told == [
        # two pens at 11.90 and the case at 5.95 with 19 percent: 29.75, of which 25.00 net
        (FIRST, 0, "25.00 EUR", "4.75 EUR", "29.75 EUR"),
        # 50.00 with tax; 50.00 / 1.19 = 42.0168
        (FIRST, 1, "42.02 EUR", "7.98 EUR", "50.00 EUR"),
        # 100.00 / 1.19 = 84.0336
        (FIRST, 12, "84.03 EUR", "15.97 EUR", "100.00 EUR"),
        # 55.00 / 1.19 = 46.2185
        (date(2027, 3, 1), 1, "46.22 EUR", "8.78 EUR", "55.00 EUR"),
        (date(2027, 3, 1), 12, "84.03 EUR", "15.97 EUR", "100.00 EUR"),
    ]


def test_a_line_that_ends_by_a_day_ends_a_phase() -> None:
    extra = line("SEAT", "2", id="extra", start=FIRST, end=date(2026, 9, 15))
    found = priced(line("SEAT", "5"), extra, seat=Ramp())
    assert [(each.start, each.end, str(each.net)) for each in found.phases] == [
        (FIRST, date(2026, 9, 15), "70.00 EUR"),
        (date(2026, 9, 15), date(2027, 3, 1), "50.00 EUR"),
        (date(2027, 3, 1), date(2028, 3, 1), "50.00 EUR"),
    ]
