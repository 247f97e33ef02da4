"""What runs beside the quote of a change, by the days that its percents of others serve."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.catalog import LineId
from engine.pricing.request import Runs
from engine.quotes.certificate import certificate_of, verify
from engine.quotes.evaluation import PricedQuote, evaluate
from engine.quotes.request import RunningLine
from tests.rulebook.shop import ask, book_of, line

CATALOG = """\
products:
  - {sku: CARE, name: Care, charge: {kind: recurring, period: month}}
  - {sku: SEAT, name: Seat, family: platform, charge: {kind: recurring, period: month}, list: {EUR: 10.00}}
  - {sku: RACK, name: Rack, family: platform, list: {EUR: 500.00}}
  - {sku: SHELF, name: Shelf, family: platform, list: {EUR: 5.00}}
"""
PRICES = """\
percent_of_total:
  - {id: care, sku: CARE, percent: 10 %, of: 'line.family = "platform" and line.qty > 3'}
"""
START, END = date(2026, 4, 1), date(2027, 4, 1)


def test_what_runs_is_told_by_its_days() -> None:
    parts = book_of({"catalog/catalog.yaml": CATALOG}, prices=PRICES)
    seat, rack = line("SEAT", "4", id="seat"), line("RACK", "1", id="rack")
    shelf = line("SHELF", "4", id="shelf", parent="rack")
    running = (
        RunningLine(seat._replace(start=START, end=END), 4_000, 3_000),
        RunningLine(seat._replace(id=LineId("ends"), start=START, end=date(2026, 9, 1)), 4_000, 100),
        RunningLine(seat._replace(id=LineId("later"), start=date(2026, 9, 1), end=END), 4_000, 7_000),
        RunningLine(seat._replace(id=LineId("after"), start=END, end=date(2028, 4, 1)), 4_000, 9_000),
        RunningLine(seat._replace(id=LineId("over"), start=date(2026, 1, 1), end=START), 4_000, 9_000),
        RunningLine(rack, 50_000, 50_000),
        RunningLine(shelf, 2_000, 2_000),
    )
    asked = replace(ask(line("CARE", id="care")), start=START, term_months=12, running=running)
    found = evaluate(asked, parts)
    assert isinstance(found, PricedQuote), found
    # 10 % of 30.00 + 1.00 + 20.00 for four shelves in one rack; the rack is one only
    assert found.priced.lines[0].net == 510
    ends, later = found.priced.warnings
    assert "counts `ends`" in ends and "does not count `later`" in later
    assert verify(found, certificate_of(found), parts) is None


@pytest.mark.parametrize(("end", "runs"), [(None, Runs.AT_FIRST), (END, Runs.THROUGH)])
def test_a_percent_without_an_end_outlives_what_ends(end: date | None, runs: Runs) -> None:
    parts = book_of({"catalog/catalog.yaml": CATALOG}, prices=PRICES)
    seat = line("SEAT", "4", id="seat")._replace(start=START, end=END)
    care = line("CARE", id="care")._replace(start=START, end=end)
    found = evaluate(replace(ask(care), running=(RunningLine(seat, 4_000, 3_000),)), parts)
    assert isinstance(found, PricedQuote), found
    assert found.priced.lines[0].net == 300
    assert bool(found.priced.warnings) is (runs is Runs.AT_FIRST)
