"""Rounding modes, and the rule that says how one declared point rounds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from enum import Enum


class Rounding(Enum):
    """How a value between two neighbours is moved; the halves of ``HALF_UP`` go away from zero."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    HALF_DOWN = "half_down"
    UP = "up"
    DOWN = "down"
    CEILING = "ceiling"
    FLOOR = "floor"

    @property
    def decimal(self) -> str:
        """The mode's name in the ``decimal`` module."""
        return _DECIMAL[self]


_DECIMAL = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.HALF_DOWN: ROUND_HALF_DOWN,
    Rounding.UP: ROUND_UP,
    Rounding.DOWN: ROUND_DOWN,
    Rounding.CEILING: ROUND_CEILING,
    Rounding.FLOOR: ROUND_FLOOR,
}


@dataclass(frozen=True, slots=True)
class RoundingRule:
    """How one point rounds: the mode, and a multiple in the major unit (0.05) where it is not the currency's smallest.

    An ``increment`` must be positive; used for money it must be a whole number of minor units.
    """

    mode: Rounding = Rounding.HALF_UP
    increment: Decimal | None = None

    def __post_init__(self) -> None:
        if self.increment is not None and not (self.increment.is_finite() and self.increment > 0):
            raise ValueError("a rounding increment is a positive number")


HALF_UP = RoundingRule()
"""Commercial rounding to the currency's smallest unit: the default of a price book."""
