"""Where a fault stands in a request: what the domain names for itself, told as the path of the message's field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from cpq.v1 import pricing_pb2

from engine.diagnostics import Fault, Refusal

T = TypeVar("T")
HEAD = re.compile(r"[a-z_]+")
OF_CONTENT: Mapping[str, str] = {
    **{each.name: each.name for each in pricing_pb2.QuoteContent.DESCRIPTOR.fields},
    "manual": "manual_discounts",
    "currency": "currency_code",
}
"""The fields of a content by the names that the domain gives them."""
OF_QUOTE = frozenset({"owner", "billing_account", "selling_entity", "valid_until"})


def placed(outcome: T | Refusal, *, content: str, quote: str = "") -> T | Refusal:
    """An outcome whose faults have the path of the request: ``lines[0].sku`` is ``quote.content.lines[0].sku``.

    ``content`` is the path of the content in the request, ``quote`` that of the quote, when there is one.
    """
    if not isinstance(outcome, Refusal):
        return outcome
    return Refusal(tuple(_placed(each, content, quote) for each in outcome.faults))


def _placed(fault: Fault, content: str, quote: str) -> Fault:
    found = HEAD.match(fault.field)
    head = found.group() if found is not None else ""
    rest = fault.field[len(head) :]
    if head in OF_CONTENT:
        return replace(fault, field=f"{content}.{OF_CONTENT[head]}{rest}")
    if quote and head in OF_QUOTE:
        return replace(fault, field=f"{quote}.{fault.field}")
    return fault
