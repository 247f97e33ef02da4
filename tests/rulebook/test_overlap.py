"""Rows that match one case, against trying every case.

Of engine.rulebook.checks.overlap and engine.rulebook.checks.cells.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rulebook.checks.overlap import overlapping_rows
from engine.rulebook.csv_reader import read_csv
from engine.rulebook.nodes import Report

WORDS = ("A", "B", "C")
NUMBERS = range(8)


def found(text: str) -> list[str]:
    table = read_csv("p.csv", text.encode(), Report())
    assert table is not None
    return [str(each) for each in overlapping_rows(table)]


def test_two_rows_for_one_case_name_a_witness() -> None:
    text = "# p ; hit=UNIQUE\nline.sku,customer.region,line.qty,out: x\nDISK,DE,[1..9],1\nDISK,AT | DE,>= 9,2\n"
    assert found(text) == [
        "p.csv:4:1: PRC204: rows 3 and 4 both match DISK, DE, qty 9; "
        "the table says hit=UNIQUE: let one row leave out what the other matches"
    ]


def test_collect_may_overlap_and_any_may_when_it_says_the_same() -> None:
    rows = "a,out: x\nA,1\nA,1\n"
    assert found(f"# p ; hit=COLLECT\n{rows}") == []
    assert found(f"# p ; hit=ANY\n{rows}") == []
    assert len(found("# p ; hit=ANY\na,out: x\nA,1\nA,2\n")) == 1


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ("2026-01-01,2026-02-01", "2026-02-01,", False),
        ("2026-01-01,2026-02-01", "2026-01-31,", True),
        (",2026-02-01", ",2026-01-01", True),
        ("2026-03-01,", "-,2026-03-01", False),
        (",", "2026-03-01,", True),
        ("soon,", "2026-03-01,", False),
    ],
)
def test_rows_overlap_only_on_days_that_they_share(first: str, second: str, overlap: bool) -> None:
    assert len(found(f"a,from,until,out: x\nA,{first},1\nA,{second},2\n")) == overlap


@pytest.mark.parametrize(
    ("column", "first", "second", "told"),
    [
        ("line.sku", "100", "100 | A-1", "100"),
        ("line.sku", "100", "A-1", None),
        ("line.sku", "100-200", "not(100)", "100-200"),
        ("line.sku", '"""A"", ""B"""', "B", "B"),
        ("line.sku", "not(A)", "not(B)", None),
        ("line.sku", "not(A)", "not(A)", "everything"),
        ("quote.date", '"[@""2026-01-01""..@""2026-03-31""]"', '">= @""2026-03-31"""', "date 2026-03-31"),
        ("quote.date", '"< @""2026-01-01"""', '">= @""2026-01-01"""', None),
        ("line.discountable", "true", "not(false)", "discountable true"),
        ("line.discountable", "true", "false", None),
        ("line.qty", "[1..5]", "(5..9]", None),
        ("line.qty", '"1, 3"', '"3, 5"', "qty 3"),
        ("line.qty", "> line.minimum", "3", None),
        ("line.qty", "< 3", "> 1", "qty 2"),
        ("book", "", "partner", None),
        ("book", "partner", "partner", "partner"),
        ("currency", "EUR", "USD", None),
    ],
)
def test_cells_of_any_kind_are_compared_exactly(column: str, first: str, second: str, told: str | None) -> None:
    shown = [
        each.split(" both match ")[1].split("; ")[0] for each in found(f"{column},out: x\n{first},1\n{second},2\n")
    ]
    assert shown == ([] if told is None else [told])


def cell(draw: st.DrawFn, *, numeric: bool) -> tuple[str, set[object]]:
    """A cell with the values that it matches."""
    everything: set[object] = set(NUMBERS) if numeric else set(WORDS)
    kind = draw(st.sampled_from(["any", "one", "some", "not"]))
    if kind == "any":
        return "-", everything
    if not numeric:
        words = draw(st.sets(st.sampled_from(WORDS), min_size=1, max_size=2 if kind != "one" else 1))
        text = " | ".join(sorted(words))
        return (f"not({text})", everything - words) if kind == "not" else (text, set(words))
    low = draw(st.sampled_from(list(NUMBERS)))
    high = draw(st.integers(low, max(NUMBERS)))
    match kind:
        case "one":
            return str(low), {low}
        case "some":
            return f"[{low}..{high}]", set(range(low, high + 1))
        case _:
            return f"< {low}", {each for each in NUMBERS if each < low}


@st.composite
def tables(draw: st.DrawFn) -> list[tuple[tuple[str, set[object]], tuple[str, set[object]]]]:
    return [(cell(draw, numeric=False), cell(draw, numeric=True)) for _ in range(draw(st.integers(2, 5)))]


@settings(max_examples=150, deadline=None)
@given(tables())
def test_exactly_the_pairs_that_some_case_shows(
    rows: list[tuple[tuple[str, set[object]], tuple[str, set[object]]]],
) -> None:
    text = "word,number,out: x\n" + "".join(f"{word[0]},{number[0]},{at}\n" for at, (word, number) in enumerate(rows))
    told = {each.split("rows ")[1].split(" both")[0] for each in found(text)}
    cases = {
        f"{one + 2} and {two + 2}"
        for two in range(len(rows))
        for one in range(two)
        if _can_tell(rows[one][0][0], rows[two][0][0])
        and rows[one][0][1] & rows[two][0][1]
        and _meet(rows[one][1], rows[two][1])
    }
    assert told == cases


def _can_tell(left: str, right: str) -> bool:
    """Two negations leave the words that no row names, and the check does not know whether there are any."""
    return left == right or not (left.startswith("not") and right.startswith("not"))


def _meet(left: tuple[str, set[object]], right: tuple[str, set[object]]) -> bool:
    """Numbers go beyond the sample: two open-ended cells meet even where the sample has nothing."""
    if left[0].startswith("<") and right[0].startswith("<"):
        return True
    if "-" in (left[0], right[0]):
        return True
    return bool(left[1] & right[1])
