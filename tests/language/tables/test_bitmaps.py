"""The masks of a column say what its intervals say, whether they are kept whole or put together from rows."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.language.tables.bitmaps import Keyed, KeyedRows, Sliced, SlicedRows, bitmaps_of, bits, rows_of
from engine.language.tables.intervals import Interval, contains, union

ROWS = 12
BOUNDS = st.one_of(st.none(), st.integers(0, 9).map(Decimal))
INTERVALS = st.builds(
    lambda low, high, closed, shut: Interval(*_ordered(low, high), low_included=closed, high_included=shut),
    BOUNDS,
    BOUNDS,
    st.booleans(),
    st.booleans(),
)
POINTS = st.integers(0, 9).map(lambda each: Interval(Decimal(each), Decimal(each), True, True))
KEYS = [Decimal(each) / 2 for each in range(-1, 21)]


def _ordered(low: Decimal | None, high: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    return (high, low) if low is not None and high is not None and high < low else (low, high)


@given(st.lists(st.one_of(st.none(), st.lists(INTERVALS, max_size=3), st.lists(POINTS, max_size=3)), max_size=ROWS))
def test_a_mask_holds_the_rows_whose_intervals_hold_the_key(cells: list[list[Interval] | None]) -> None:
    """A row without a cell admits everything; the slow twin asks every interval."""
    regions = [None if cell is None else union(cell) for cell in cells]
    always = bits([row for row, region in enumerate(regions) if region is None])
    intervals = [(row, each) for row, region in enumerate(regions) if region is not None for each in region]
    for dense_bytes in (1 << 20, -1):
        masks = bitmaps_of(intervals, always=always, missing=5, dense_bytes=dense_bytes)
        assert isinstance(masks, KeyedRows | SlicedRows) == (dense_bytes < 0)
        assert masks.mask(None) == 5
        for key in KEYS:
            held = [row for row, region in enumerate(regions) if region is None or contains(region, key)]
            assert list(rows_of(masks.mask(key))) == held


def test_a_large_column_is_kept_as_rows() -> None:
    """10 000 rows with bounds of their own: whole masks would take 20 001 x 1 250 bytes."""
    ends = [(Decimal(each), Decimal(each) + Decimal("0.5")) for each in range(10_000)]
    intervals = [(row, Interval(*bounds, True, True)) for row, bounds in enumerate(ends)]
    masks = bitmaps_of(intervals, always=0)
    assert isinstance(masks, SlicedRows)
    assert len(masks.masks) == -(-(2 * len(masks.ends) + 1) // 64)
    assert [rows_of(masks.mask(low)) for low in (Decimal(0), Decimal(63), Decimal(9_999))] == [(0,), (63,), (9_999,)]
    assert all(not masks.mask((high + low) / 2) for (_, high), (low, _) in pairwise(ends[:200]))


def test_a_small_column_is_kept_whole() -> None:
    few = [(row, Interval(Decimal(row), Decimal(row), True, True)) for row in range(10)]
    assert isinstance(bitmaps_of(few, always=0), Keyed)
    assert isinstance(bitmaps_of([*few, (10, Interval(Decimal(2), Decimal(4), True, True))], always=0), Sliced)
