"""What happened under a contract that lets it be billed: deliveries and usage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Delivery:
    """So many units of a contract line were handed over on a day; ``id`` names the delivery for ever."""

    id: str
    line: str
    on: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """So much was used on a day; ``id`` is the sender's, and the same id counts once. A correction is a new record."""

    id: str
    line: str
    on: date
    quantity: Decimal
