"""Shares as whole numbers: a ratio stays a numerator and a denominator until it is settled."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.money.arithmetic import divide_rounded
from engine.money.problem import BAD_RATIO, BAD_WEIGHTS, MoneyError
from engine.money.rounding import Rounding


@dataclass(frozen=True, slots=True, eq=False)
class Ratio:
    """A share as it was counted, 17 of 31 days; equal by value, shown as counted. The denominator is positive.

    Raises ``MoneyError`` MNY007 for a denominator of zero or less.
    """

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if self.denominator <= 0:
            raise MoneyError(BAD_RATIO, f"a share of {self.numerator} in {self.denominator} is not defined")

    @classmethod
    def of(cls, value: Decimal | int) -> Ratio:
        """The exact ratio of a number."""
        if isinstance(value, Decimal) and not value.is_finite():
            raise MoneyError(BAD_RATIO, f"`{value}` is not a share")
        return cls(*value.as_integer_ratio())

    def rounded(self, places: int, mode: Rounding = Rounding.HALF_UP) -> Ratio:
        """The same share cut to so many decimals, as some billing systems do before they multiply."""
        scale = 10**places
        return Ratio(divide_rounded(self.numerator * scale, self.denominator, mode), scale)

    def decimal(self, places: int, mode: Rounding = Rounding.HALF_UP) -> Decimal:
        """The share as a decimal number with so many decimals."""
        units = divide_rounded(self.numerator * 10**places, self.denominator, mode)
        return Decimal((int(units < 0), tuple(int(digit) for digit in str(abs(units))), -places))

    def __mul__(self, other: Ratio) -> Ratio:
        return Ratio(self.numerator * other.numerator, self.denominator * other.denominator)

    def __add__(self, other: Ratio) -> Ratio:
        if self.denominator == other.denominator:
            return Ratio(self.numerator + other.numerator, self.denominator)
        top = self.numerator * other.denominator + other.numerator * self.denominator
        return Ratio(top, self.denominator * other.denominator)

    def over(self, other: Ratio) -> Ratio:
        """How often another share above zero is in it, in lowest terms: 12 months hold 365 of 12/365 months."""
        top, below = self.numerator * other.denominator, self.denominator * other.numerator
        common = math.gcd(top, below)
        return Ratio(top // common, below // common)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ratio):
            return NotImplemented
        return self.numerator * other.denominator == other.numerator * self.denominator

    def __hash__(self) -> int:
        divisor = math.gcd(self.numerator, self.denominator)
        return hash((self.numerator // divisor, self.denominator // divisor))

    def __lt__(self, other: Ratio) -> bool:
        return self.numerator * other.denominator < other.numerator * self.denominator

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


WHOLE = Ratio(1, 1)
"""All of it."""


def whole_weights(weights: Sequence[int | Decimal | Ratio]) -> tuple[int, ...]:
    """Weights as whole numbers in the same proportion; raises ``MoneyError`` MNY006 for a negative one."""
    shares = [each if isinstance(each, Ratio) else _share(each) for each in weights]
    if any(each.numerator < 0 for each in shares):
        raise MoneyError(BAD_WEIGHTS, "a weight is never negative")
    denominator = math.lcm(*(each.denominator for each in shares))
    return tuple(each.numerator * (denominator // each.denominator) for each in shares)


def _share(weight: int | Decimal) -> Ratio:
    if isinstance(weight, Decimal) and not weight.is_finite():
        raise MoneyError(BAD_WEIGHTS, f"`{weight}` is not a weight")
    return Ratio(*weight.as_integer_ratio())
