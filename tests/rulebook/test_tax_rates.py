"""What a loading book says about tax rates that never count, and tax codes without one."""

from __future__ import annotations

import pytest

from engine.diagnostics import Severity
from engine.rulebook.load import load
from tests.rulebook.shop import BOOK

FACTS = "facts: {customer: {region: {values: [DE, CH]}, size: {type: number}}}\n"
HEAD = "tax_code,customer.region,from,until,out: percent\n"
SWISS = "standard,CH,,,8.1\n"


def told(table: str = "", *, terms: str = "gaap: ifrs\n", codes: tuple[str, ...] = ("standard",)) -> list[str]:
    """The findings of a book with these rates and a product of each code, each as place, code and message."""
    products = "".join(
        f"  - {{sku: {each.upper()}, name: A, list: {{EUR: 9.00}}, tax_code: {each}}}\n" for each in codes
    )
    texts = {
        "book.yaml": BOOK + FACTS,
        "catalog/catalog.yaml": f"products:\n{products}",
        "terms/terms.yaml": terms,
    }
    texts |= {"terms/vat.csv": table} if table else {}
    found = load({path: text.encode() for path, text in texts.items()}).diagnostics
    assert all(each.severity is Severity.WARNING for each in found if each.code.startswith("TRM"))
    return [f"{each.span.path.rpartition('/')[2]}:{each.span.line} {each.code} {each.message}" for each in found]


def test_sound_rates_say_nothing() -> None:
    assert told(HEAD + "standard,DE,,2026-07-01,19\nstandard,DE,2026-07-01,,16\n" + SWISS) == []
    # The narrower first, and an exception of some months before what holds else.
    assert told(HEAD + "standard,DE,2020-07-01,2021-01-01,16\nstandard,DE,,,19\nstandard,,,,7\n") == []
    assert told(HEAD + "standard,,,,19\nfood,,,,7\n") == []


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("standard,DE,2026-01-01,,19\nstandard,DE,2026-07-01,,16\n", 3),
        ("standard,DE,,,19\nstandard,DE,,,16\n", 3),
        ("standard,-,,,7\nstandard,DE,,,19\n", 3),
        ("standard,-,,,7\nfood,DE | CH,,,7\nstandard,DE | CH,,,19\n", 4),
    ],
)
def test_a_rate_below_one_that_holds_wherever_it_does_is_told(rows: str, line: int) -> None:
    rest = "" if rows.startswith("standard,-") else SWISS
    never = "the rate of `standard` is never reached: the rate at terms/vat.csv:2 counts before it"
    assert told(HEAD + rows + rest) == [f"vat.csv:{line} TRM405 {never}"]


def test_a_rate_that_runs_into_the_next_is_told_with_its_days() -> None:
    rows = "standard,-,2026-01-01,2026-09-01,19\nstandard,-,2026-07-01,,16\n"
    assert told(HEAD + rows) == [
        "vat.csv:3 TRM405 the rate of `standard` begins on 2026-07-01,"
        " and the rate at terms/vat.csv:2 counts until 2026-09-01"
    ]


def test_conditions_are_compared_as_far_as_anybody_can_tell() -> None:
    def rates(*when: str) -> list[str]:
        rows = "".join(f"    - {{code: standard, percent: 19, when: '{each}'}}\n" for each in when)
        return told(terms=f"tax:\n  rates:\n{rows}    - {{code: standard, percent: 7}}\n")

    never = "TRM405 the rate of `standard` is never reached: the rate at terms/terms.yaml:3 counts before it"
    assert rates("customer.size >= 5", "customer.size > 5") == [f"terms.yaml:4 {never}"]
    assert rates("customer.size > 5", "customer.size >= 5") == []
    assert rates("customer.size < 9", "customer.size in [2..8]") == [f"terms.yaml:4 {never}"]
    assert rates('customer.region != "CH"', 'customer.region = "DE" and customer.size > 3') == [f"terms.yaml:4 {never}"]
    odd = "customer.size * 2 > 9"
    assert rates(odd, odd) == [f"terms.yaml:4 {never}"]
    assert rates(odd, "customer.size > 9") == []


def test_percents_that_nobody_levies_are_told_at_their_cell() -> None:
    assert told(HEAD + "standard,DE,,,0.19\nstandard,CH,,,810\n") == [
        "vat.csv:2 FLD009 0.19 percent is very little",
        "vat.csv:3 TRM407 a tax of 810 percent is more than what it is on",
    ]
    assert told(terms="tax: {rates: [{code: standard, percent: 190}]}\n") == [
        "terms.yaml:1 TRM407 a tax of 190 percent is more than what it is on"
    ]


def test_codes_without_a_rate_are_told() -> None:
    rows = HEAD + "standard,,,,19\n"
    assert told(rows, codes=("standard", "standrd")) == [
        "catalog.yaml:3 TRM406 `STANDRD` has the tax code `standrd`, of which there is no rate"
    ]
    assert told(HEAD + "standrd,DE,,,19\nstandard,,,,7\n") == ["vat.csv:2 TRM408 no product has the tax code `standrd`"]


def test_declared_values_without_a_rate_are_told() -> None:
    lacks = "TRM406 the tax code `standard` has no rate where `customer.region` is `CH`"
    assert told(HEAD + "standard,DE,,,19\n") == [f"vat.csv:2 {lacks}"]
    assert told(HEAD + "standard,DE,,,19\n" + SWISS) == []
    assert told(terms='tax: {rates: [{code: standard, percent: 19, when: customer.region != "CH"}]}\n') == [
        f"terms.yaml:1 {lacks}"
    ]


def test_codes_that_are_meant_to_be_free_are_not_told_unless_misspelt() -> None:
    free = "tax: {unknown: free}\n"
    assert told(HEAD + "standard,DE,,,19\n", terms=free, codes=("standard", "books")) == []
    assert told(HEAD + "standard,DE,,,19\n", terms=free, codes=("standard", "standrd")) == [
        "catalog.yaml:3 TRM406 `STANDRD` has the tax code `standrd`, of which there is no rate"
    ]


def test_what_could_not_be_read_is_not_called_missing() -> None:
    assert told(HEAD + "standard,DE,,,x\n") == ["vat.csv:2 FLD004 `x` is not a number"]
    assert told(HEAD + "standard,DE,,,\n") == ["vat.csv:2 FLD002 the percent is missing"]
