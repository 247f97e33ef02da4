"""What a contract tells the outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class ContractSigned:
    """A contract exists."""

    contract: str
    customer: str
    quote: str
    quote_version: int
    order: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ContractChanged:
    """A change was signed; ``ended`` and ``added`` name its lines."""

    contract: str
    number: int
    effective: date
    ended: tuple[str, ...]
    added: tuple[str, ...]
    reason: str
    at: datetime


ContractEvent: TypeAlias = ContractSigned | ContractChanged
