"""Products that are known in any quantity: which are, and that their lines are what pricing them gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pricing.any_quantity import Derived
from engine.pricing.known_lines import KnownLine, Shelf
from engine.quotes.evaluation import Parts, evaluate
from engine.quotes.known import known_of
from tests.quotes.test_known import SAME, books, headers, made
from tests.rulebook.shop import D, ask, line

PRODUCTS = ("PEN", "INK", "LAMP", "TIER", "DISK")


def shelf(parts: Parts, *asked: Any, **header: Any) -> Shelf:
    """What is known once some lines were priced."""
    request = ask(*asked, **header)
    evaluate(request, parts)
    found = known_of(request, parts.known).shelf
    assert found is not None
    return found


def derived(parts: Parts, sku: str, quantity: str, **header: Any) -> KnownLine | None:
    """A line that nobody asked for, by one of another quantity."""
    found = shelf(parts, line(sku, "1", id="a"), **header)
    return Derived(found, "EUR").line(sku, D(quantity))  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(parts=books, header=headers, sku=st.sampled_from(PRODUCTS), quantity=st.integers(1, 99_999))
def test_a_line_in_another_quantity_is_what_pricing_it_gives(
    parts: Parts, header: dict[str, Any], sku: str, quantity: int
) -> None:
    known, fresh = replace(parts), replace(parts)
    first = ask(line(sku, "1", id="a"), **header)
    evaluate(first, known)
    under = known_of(first, known.known).shelf
    found = None if under is None else Derived(under, first.currency).line(sku, D(quantity))  # type: ignore[arg-type]
    if found is None:
        return
    there = shelf(fresh, line(sku, str(quantity), id="a"), **header).lines
    assert repr(found._replace(least=None)) == repr(there[sku, D(quantity)]._replace(least=None))  # type: ignore[index]


ALL = made(frozenset(("all", "family")), frozenset(("big",)), frozenset(("guards", "tax")))
MANY = made(frozenset(("many",)), frozenset(), frozenset())
FORMULA = made(frozenset(("formula",)), frozenset(), frozenset())


def test_where_nothing_asks_for_the_quantity_one_line_tells_of_all() -> None:
    found = derived(replace(ALL), "LAMP", "7", **SAME)
    assert found is not None
    # 7 x 80.00; 7 x 71.00 / 0.88 = 564.77, which a margin of 12 % wants; 7 x 71.00
    assert (found.list_amount, found.stage_amount, found.cost) == (56000, 56477, 49700)


@pytest.mark.parametrize(
    ("parts", "sku", "quantity"),
    [
        (MANY, "PEN", "3"),  # a rule asks for four
        (FORMULA, "PEN", "3"),  # a rule is a formula about it
        (ALL, "TIER", "3"),  # its price does
        (ALL, "INK", "3"),  # it is sold in quarters
        (ALL, "LAMP", "2.5"),
        (ALL, "LAMP", "2.0"),
        (ALL, "LAMP", "0"),
        (ALL, "LAMP", "-3"),
        (ALL, "LAMP", "1E+2"),
        (ALL, "LAMP", "1000000"),
        (ALL, "LAMP", "NaN"),
        (ALL, "SEAT", "3"),  # it is charged every month
        (ALL, "PC", "3"),  # it is configured
    ],
)
def test_others_are_worked_out(parts: Parts, sku: str, quantity: str) -> None:
    assert derived(replace(parts), sku, quantity, **SAME) is None


def test_lines_of_other_quantities_are_not_kept() -> None:
    parts = replace(ALL)
    found = shelf(parts, line("LAMP", "1", id="a"))
    for number in range(2, 30):
        evaluate(ask(line("LAMP", str(number), id="a")), parts)
    assert list(found.lines) == [("LAMP", D(1))]
