"""The two types of amount: an exact price on its way, and settled money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from engine.money.currency import Currency
from engine.money.problem import MIXED_CURRENCIES, NOT_A_NUMBER, TOO_PRECISE, MoneyError


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """An exact price on its way down the waterfall; never shown on a document."""

    amount: Decimal
    currency: Currency


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that may stand on a document: whole minor units of one currency.

    Adding, subtracting and comparing amounts of two currencies raises ``MoneyError`` MNY002.
    """

    minor_units: int
    currency: Currency

    @classmethod
    def zero(cls, currency: Currency) -> Money:
        """Nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def exactly(cls, amount: Decimal, currency: Currency) -> Money:
        """Return ``amount`` as money without rounding; raises ``MoneyError`` MNY004 when it has more decimals."""
        if not amount.is_finite():
            raise MoneyError(NOT_A_NUMBER, f"`{amount}` is not an amount")
        numerator, denominator = amount.as_integer_ratio()
        units, rest = divmod(numerator * currency.scale, denominator)
        if rest:
            places = f"{currency.exponent} decimals" if currency.exponent else "no decimals"
            raise MoneyError(
                TOO_PRECISE, f"`{amount}` has more decimals than {currency} allows", f"{currency} has {places}"
            )
        return cls(units, currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in the major unit, exact, with all decimals of the currency (12.30)."""
        return Decimal(f"{self.minor_units}E-{self.currency.exponent}")

    @property
    def is_zero(self) -> bool:
        """Whether nothing is left."""
        return self.minor_units == 0

    def __add__(self, other: Money) -> Money:
        return Money(self.minor_units + self._units_of(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor_units - self._units_of(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor_units, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor_units), self.currency)

    def __mul__(self, count: int) -> Money:
        if isinstance(count, bool) or not isinstance(count, int):
            return NotImplemented
        return Money(self.minor_units * count, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.minor_units < self._units_of(other)

    def __le__(self, other: Money) -> bool:
        return self.minor_units <= self._units_of(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor_units > self._units_of(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor_units >= self._units_of(other)

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency.code}"

    def _units_of(self, other: Money) -> int:
        if self.currency is not other.currency and self.currency != other.currency:
            raise MoneyError(MIXED_CURRENCIES, f"{self.currency} and {other.currency} do not mix")
        return other.minor_units


def total(amounts: Iterable[Money], currency: Currency) -> Money:
    """Add amounts of one currency; nothing adds up to zero. Raises ``MoneyError`` MNY002 when currencies mix."""
    units = 0
    for amount in amounts:
        if amount.currency != currency:
            raise MoneyError(MIXED_CURRENCIES, f"{currency} and {amount.currency} do not mix")
        units += amount.minor_units
    return Money(units, currency)
