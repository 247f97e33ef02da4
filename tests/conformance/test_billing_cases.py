"""The shared billing cases: one adapter a kind, parametrised from the files found, no code for single cases.

A case that asks for what the engine cannot do raises a named gap: tests count the gaps and ask that each name stands
in docs/reference/cases.md. The kinds that the engine has to cover whole know no gap. Nothing is skipped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.adapters import (
    amendment,
    billing_dates,
    credit_note,
    dunning,
    progressive,
    proration,
    proration_ratio,
    tax_discount,
    timeline,
    wallet,
)
from tests.conformance.adapters.gap import Gap
from tests.conformance.shared_data import cases, parameters

WHOLE: dict[str, Callable[[dict[str, Any]], None]] = {
    "billing-dates": billing_dates.check,
    "dunning": dunning.check,
    "credit-note": credit_note.check,
    "proration": proration.check,
    "proration-ratio": proration_ratio.check,
    "tax-discount": tax_discount.check,
}
IN_PART: dict[str, Callable[[dict[str, Any]], None]] = {
    "amendment": amendment.check,
    "progressive": progressive.check,
    "timeline": timeline.check,
    "wallet": wallet.check,
}
ROOT = Path(__file__).resolve().parents[2]


def gap_of(parameter: Any) -> str:
    """The name of the ability that a case asks for and the engine lacks; empty when it has to pass."""
    (case,) = parameter.values
    try:
        IN_PART[case["kind"]](case)
    except Gap as gap:
        return gap.name
    except Exception:  # whatever fails otherwise fails in its own test
        return ""
    return ""


@pytest.mark.parametrize("case", parameters("billing-*.json", kinds=WHOLE))
def test_case(case: dict[str, Any]) -> None:
    WHOLE[case["kind"]](case)


@pytest.mark.parametrize("case", [each for each in parameters("billing-*.json", kinds=IN_PART) if not gap_of(each)])
def test_case_of_a_kind_covered_in_part(case: dict[str, Any]) -> None:
    IN_PART[case["kind"]](case)


@pytest.mark.parametrize("kind", IN_PART)
def test_every_gap_of_a_kind_is_named_in_the_reference(kind: str) -> None:
    gaps = Counter(name for each in parameters("billing-*.json", kinds={kind}) if (name := gap_of(each)))
    described = (ROOT / "docs" / "reference" / "cases.md").read_text(encoding="utf-8")
    unnamed = {name: count for name, count in gaps.items() if f"`{name}`" not in described}
    assert not unnamed, unnamed


def test_every_kind_runs_or_is_named_in_the_reference() -> None:
    described = (ROOT / "docs" / "reference" / "cases.md").read_text(encoding="utf-8")
    unnamed = {each["kind"] for each in cases("billing-*.json") if f"`{each['kind']}`" not in described}
    assert not unnamed
