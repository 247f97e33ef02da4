from __future__ import annotations

from datetime import date

import pytest

from engine.periods import Period, PeriodError, co_terminate, first_end, last_end


def test_added_lines_end_with_the_latest() -> None:
    first = Period(date(2024, 1, 1), date(2025, 1, 1))
    second = Period(date(2024, 3, 1), date(2025, 3, 1))
    assert last_end([first, second]) == date(2025, 3, 1)
    assert first_end([first, second]) == date(2025, 1, 1)
    assert last_end([]) is None and first_end([]) is None
    assert co_terminate(date(2024, 6, 15), with_end=date(2025, 3, 1)).days == 259


def test_what_has_ended_cannot_be_joined() -> None:
    with pytest.raises(PeriodError, match="PER001"):
        co_terminate(date(2025, 3, 1), with_end=date(2025, 3, 1))
