"""When a line ends that joins others: ``engine.contracts.joining``."""

from __future__ import annotations

from datetime import date

from engine.contracts.joining import CoTermination, common_end

JANUARY, MARCH = date(2025, 1, 1), date(2025, 3, 1)


def test_a_line_ends_with_the_last_or_the_first_of_those_it_joins() -> None:
    assert common_end([JANUARY, MARCH], CoTermination.LAST) == MARCH
    assert common_end([MARCH, JANUARY], CoTermination.FIRST) == JANUARY


def test_beside_a_line_without_an_end_there_is_no_common_one() -> None:
    assert common_end([JANUARY, None], CoTermination.LAST) is None
    assert common_end([], CoTermination.FIRST) is None
