"""The shared rating cases: usage models and minimum commitments, one adapter a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.conformance.adapters import minimum_commitment, usage_rating
from tests.conformance.shared_data import parameters

ADAPTERS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "usage-rating": usage_rating.check,
    "minimum-commitment": minimum_commitment.check,
}


@pytest.mark.parametrize("case", parameters("billing-*.json", kinds=ADAPTERS))
def test_rating_case(case: Mapping[str, Any]) -> None:
    ADAPTERS[case["kind"]](case)
