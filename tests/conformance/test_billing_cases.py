"""The shared billing cases: one adapter a kind, parametrised from the files found, no code for single cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.adapters import billing_dates, proration, proration_ratio
from tests.conformance.shared_data import parameters

ADAPTERS: dict[str, Callable[[dict[str, Any]], None]] = {
    "billing-dates": billing_dates.check,
    "proration": proration.check,
    "proration-ratio": proration_ratio.check,
}


@pytest.mark.parametrize("case", parameters("billing-*.json", kinds=ADAPTERS))
def test_case(case: dict[str, Any]) -> None:
    ADAPTERS[case["kind"]](case)
