from __future__ import annotations

import pytest

from engine.periods import MONTHLY, QUARTERLY, YEARLY, PeriodError, Recurrence, Unit


@pytest.mark.parametrize(
    ("text", "recurrence"),
    [
        ("P1M", MONTHLY),
        ("P3M", QUARTERLY),
        ("P1Y", YEARLY),
        ("P1Y6M", Recurrence(18)),
        ("P2W", Recurrence(14, Unit.DAY)),
        ("P10D", Recurrence(10, Unit.DAY)),
    ],
)
def test_iso_durations(text, recurrence) -> None:
    assert Recurrence.parse(text) == recurrence


@pytest.mark.parametrize("text", ["", "P", "1M", "P0M", "P1M3D", "PT1H", "P-1M", "P1.5M", "p1m", "P99999M", "P1M "])
def test_other_text_is_refused(text) -> None:
    with pytest.raises(PeriodError, match="PER002"):
        Recurrence.parse(text)


@pytest.mark.parametrize("recurrence", [MONTHLY, YEARLY, Recurrence(14, Unit.DAY)])
def test_writing_then_reading_is_the_identity(recurrence) -> None:
    assert Recurrence.parse(str(recurrence)) == recurrence
