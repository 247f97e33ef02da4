"""The shared pricing cases: one adapter for each kind, parametrised from the files found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.adapters import pricing_bare, pricing_quote
from tests.conformance.shared_data import parameters

Case = pricing_quote.Case

BARE: dict[str, Callable[[Case], dict[str, Any]]] = {
    "allocation": pricing_bare.allocation,
    "rounding-value": pricing_bare.rounding_value,
    "conversion": pricing_bare.conversion,
    "proration-multiplier": pricing_bare.proration_multiplier,
}


@pytest.mark.parametrize("case", parameters("pricing-*.json"))
def test_pricing_case(case: Case) -> None:
    if "lines" in case["given"]:
        found = pricing_quote.priced_lines(case)
        assert pricing_quote.differences(case["expect"], found) == []
    else:
        found = BARE[case["kind"]](case)
        assert pricing_bare.bare_differences(case["expect"], found) == []
