"""The shared billing cases: one adapter a kind, parametrised from the files found, no code for single cases.

A case that asks for what the engine cannot do raises a named gap and is skipped under that name; the names and their
counts stand in docs/reference/cases.md. The kinds that the engine has to cover whole know no gap.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.adapters import amendment, billing_dates, credit_note, proration, proration_ratio, timeline
from tests.conformance.adapters.gap import Gap
from tests.conformance.shared_data import parameters

WHOLE: dict[str, Callable[[dict[str, Any]], None]] = {
    "billing-dates": billing_dates.check,
    "proration": proration.check,
    "proration-ratio": proration_ratio.check,
}
IN_PART: dict[str, Callable[[dict[str, Any]], None]] = {
    "amendment": amendment.check,
    "credit-note": credit_note.check,
    "timeline": timeline.check,
}


@pytest.mark.parametrize("case", parameters("billing-*.json", kinds=WHOLE))
def test_case(case: dict[str, Any]) -> None:
    WHOLE[case["kind"]](case)


@pytest.mark.parametrize("case", parameters("billing-*.json", kinds=IN_PART))
def test_case_or_named_gap(case: dict[str, Any]) -> None:
    try:
        IN_PART[case["kind"]](case)
    except Gap as gap:
        pytest.skip(f"gap: {gap.name}")
