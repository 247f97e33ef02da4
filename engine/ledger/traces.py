"""What facts are made of: the key of each, and amounts with where they come from and what they are for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from engine.money import Money
from engine.periods import Period

FactKey = NewType("FactKey", str)
"""Names a fact for ever, such as ``invoice/INV-000001`` or ``revenue/c-1/ob-2/2026-03``; also the idempotency key."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Where an amount comes from and what it is for; empty text means that the question does not arise.

    ``category`` chooses the account where the chart keeps several (a revenue stream, a tax code, a cost type).
    """

    contract: str = ""
    customer: str = ""
    order_line: str = ""
    obligation: str = ""
    invoice: str = ""
    invoice_line: str = ""
    product: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class TracedAmount:
    """An amount of a fact, net of tax, with its trace and the days it is for."""

    net: Money
    trace: Trace
    service: Period | None = None


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """Tax of one code on a whole invoice or credit note; it is rounded once per document, so it belongs to no line."""

    tax_code: str
    tax: Money
    trace: Trace
