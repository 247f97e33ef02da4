"""Where the lines of an edit stand, and what stands there after it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog import LineId
from engine.pricing import Edit
from engine.pricing.edits import FEW, Places, UnknownLineError, places_of, spliced
from tests.pricing.books import line

LINES = tuple(line("A", str(number + 1), id=f"l{number}") for number in range(4))


def test_lines_are_found_by_their_id() -> None:
    edit = Edit(changed=(LINES[2], LINES[0]), removed=frozenset({LINES[3].id, LINES[1].id}), added=(line("B"),))
    places = places_of(LINES, edit)
    assert places == Places((2, 0), (1, 3))
    # l0 and l2 are what is left of four lines, in their order; the new one comes third
    assert places.after(4, 1) == [1, 0, 2]


@pytest.mark.parametrize(
    ("edit", "missing"),
    [
        (Edit(changed=(line("A", id="x"),)), "x"),
        (Edit(removed=frozenset({LineId("z"), LineId("y")})), "y, z"),
        (Edit(changed=LINES[:1], removed=frozenset({LINES[0].id})), "l0"),
    ],
)
def test_a_line_that_is_not_there_or_goes_is_named(edit: Edit, missing: str) -> None:
    with pytest.raises(UnknownLineError, match=f"^{missing}$"):
        places_of(LINES, edit)


@given(
    st.integers(1, 2 * FEW + 10),
    st.sets(st.integers(0, 2 * FEW + 9)),
    st.sets(st.integers(0, 2 * FEW + 9)),
    st.integers(0, 2),
)
def test_what_stands_after_an_edit_is_what_a_slow_look_says(
    count: int, changed: set[int], removed: set[int], added: int
) -> None:
    lines = tuple(line("A", id=f"l{number}") for number in range(count))
    removed = {each for each in removed if each < count}
    changed = {each for each in changed if each < count} - removed
    new = tuple(line("C", id=f"n{number}") for number in range(added))
    edit = Edit(
        changed=tuple(line("B", id=f"l{number}") for number in reversed(sorted(changed))),
        removed=frozenset(lines[each].id for each in removed),
        added=new,
    )
    places = places_of(lines, edit)
    found = spliced(lines, places, edit.fresh)
    expected = [line("B", id=each.id) if number in changed else each for number, each in enumerate(lines)]
    assert list(found) == [each for number, each in enumerate(expected) if number not in removed] + list(new)
    assert [found[place] for place in places.after(count, added)] == list(edit.fresh)
