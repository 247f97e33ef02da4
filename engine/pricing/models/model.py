"""What every price model answers: the price of a quantity, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Protocol

ZERO = Decimal(0)


class PartKind(Enum):
    """What a part of a rated amount is for."""

    UNITS = "units"
    FLAT = "flat"
    MINIMUM = "minimum"
    INCLUDED = "included"


@dataclass(frozen=True, slots=True)
class RatedPart:
    """One part of a rated amount: tier (from 1; 0 is none), units, gross, what a maximum took off, what is left.

    A tier holds what lies ``above`` its lower bound and ``up_to`` its upper one (None: open). ``unit_price`` is that of
    one unit, or of one started package where ``packages`` counts them; None where no such price makes the amount.
    """

    kind: PartKind
    tier: int
    quantity: Decimal
    gross: Decimal
    discount: Decimal = ZERO
    above: Decimal | None = None
    up_to: Decimal | None = None
    unit_price: Decimal | None = None
    packages: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        """What is charged."""
        return self.gross - self.discount


@dataclass(frozen=True, slots=True)
class Rated:
    """The exact price of a quantity, unrounded, with the parts that add up to it."""

    parts: tuple[RatedPart, ...]

    @property
    def amount(self) -> Decimal:
        """The sum of the parts."""
        return sum((part.amount for part in self.parts), ZERO)


class PriceModel(Protocol):
    """A price model: pure in quantity, the same for a quote's estimate and the later invoice.

    ``base`` is the unit list price that percent tiers are taken off. ``prior`` is what the same period (or past orders)
    had before; None says that this is the first quantity, which matters for flat fees on zero usage.
    """

    def rate(self, quantity: Decimal, *, prior: Decimal | None = None, base: Decimal = ZERO) -> Rated:
        """The price of ``quantity`` units that come after ``prior`` ones."""
        ...
