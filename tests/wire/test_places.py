"""Paths of faults in a request: one convention, whoever found them."""

from __future__ import annotations

import pytest

from engine.diagnostics import Code, Fault, Refusal
from engine.wire.places import placed


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("lines[0].sku", "quote.content.lines[0].sku"),
        ("lines", "quote.content.lines"),
        ("manual[2].value", "quote.content.manual_discounts[2].value"),
        ("currency", "quote.content.currency_code"),
        ("customer_facts.segment", "quote.content.customer_facts.segment"),
        ("owner", "quote.owner"),
        ("quote.owner", "quote.owner"),
        ("etag", "etag"),
        ("", ""),
    ],
)
def test_a_fault_is_told_at_its_place_in_the_request(said: str, told: str) -> None:
    found = placed(Refusal((Fault(Code("X001"), said, "wrong"),)), content="quote.content", quote="quote")
    assert isinstance(found, Refusal)
    assert [each.field for each in found.faults] == [told]


def test_what_is_no_refusal_stays_as_it_is() -> None:
    assert placed("an answer", content="content") == "an answer"
    outside = placed(Refusal((Fault(Code("X001"), "owner", "wrong"),)), content="content")
    assert isinstance(outside, Refusal) and outside.faults[0].field == "owner"
