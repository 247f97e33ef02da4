"""The shared revenue, contract and ledger cases, one adapter for each kind that the engine implements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.adapters import (
    revenue_allocation,
    revenue_ledger,
    revenue_lifecycle,
    revenue_schedule,
)
from tests.conformance.adapters.revenue_case import Case, differences
from tests.conformance.shared_data import parameters

ADAPTERS: dict[str, Callable[[Case], Any]] = {
    "allocation": revenue_allocation.allocation,
    "allocation_variable": revenue_allocation.allocation_variable,
    "journal": revenue_ledger.journal,
    "journal_subscription": revenue_ledger.journal_subscription,
    "ledger_post": revenue_ledger.ledger_post,
    "ledger_sequence": revenue_ledger.ledger_sequence,
    "lifecycle": revenue_lifecycle.lifecycle,
    "position": revenue_lifecycle.position_at,
    "schedule": revenue_schedule.schedule,
    "schedule_closed_period": revenue_schedule.schedule_closed_period,
}


@pytest.mark.parametrize("case", parameters("revenue-*.json", kinds=ADAPTERS))
def test_case(case: Case) -> None:
    found = ADAPTERS[case["kind"]](case)
    expected = dict(case["expected"])
    if "entries" in expected and "entries" in found and isinstance(expected["entries"], list):
        entries = expected.pop("entries")
        assert revenue_ledger.same_entries(entries, found["entries"]), (entries, found["entries"])
    assert differences(expected, found) == []
