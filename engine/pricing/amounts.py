"""Unit prices times quantities in whole minor units, each rounded once."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from engine.money import EXACT, Currency, Rounding


class Amounts:
    """The amounts of lines in one currency.

    Most prices and costs have no part of a minor unit, and most quantities none of a unit: their product in whole
    numbers is the same at a third of the cost. What they are in whole numbers is looked at once a request. Prices are
    told by identity and kept, for one of many decimals takes longer to hash than to multiply.
    """

    __slots__ = ("_exponent", "_minors", "_mode", "_scale", "_uppers", "_wholes")

    def __init__(self, currency: Currency, mode: Rounding) -> None:
        self._exponent = currency.exponent
        self._scale = Decimal(currency.scale)
        self._mode = mode.decimal
        self._minors: dict[int, tuple[int | None, Decimal]] = {}
        self._uppers: dict[int, tuple[int, Decimal]] = {}
        self._wholes: dict[Decimal, int] = {}

    def of(self, unit: Decimal, quantity: Decimal) -> int:
        """The amount of a line, rounded as the book says, for a unit price as somebody stated it."""
        known = self._minors.get(id(unit))
        minor = self._minor(unit) if known is None else known[0]
        return self.rounded(unit, quantity) if minor is None else self.of_minor(minor, unit, quantity)

    def of_minor(self, minor: int, unit: Decimal, quantity: Decimal) -> int:
        """The amount of a line whose unit price is so many whole minor units."""
        count = self._wholes.get(quantity)
        if count is None:
            count = self._whole(quantity)
        return minor * count if count else self.rounded(unit, quantity)

    def rounded(self, unit: Decimal, quantity: Decimal) -> int:
        """The amount of a line, rounded as the book says, for a unit price that steps of the waterfall left."""
        exact = EXACT.multiply(EXACT.multiply(unit, quantity), self._scale)
        return int(exact.to_integral_value(self._mode))

    def lowest(self, unit: Decimal, quantity: Decimal) -> int:
        """The least whole amount at which a line costs no less than ``unit`` for each; zero for a unit below it."""
        if unit <= 0:
            return 0
        exact = EXACT.multiply(EXACT.multiply(unit, quantity), self._scale)
        return int(exact.to_integral_value(ROUND_CEILING))

    def not_below(self, unit: Decimal, quantity: Decimal) -> int | None:
        """At little cost an amount that is not below ``lowest``, and mostly near it; None for a part quantity."""
        known = self._uppers.get(id(unit))
        upper = self._upper(unit) if known is None else known[0]
        count = self._wholes.get(quantity)
        if count is None:
            count = self._whole(quantity)
        return upper * count if count else None

    def _minor(self, unit: Decimal) -> int | None:
        found = whole_minor(unit, self._scale)
        self._minors[id(unit)] = found, unit
        return found

    def _upper(self, unit: Decimal) -> int:
        found = max(int(unit.scaleb(self._exponent, EXACT).to_integral_value(ROUND_CEILING)), 0)
        self._uppers[id(unit)] = found, unit
        return found

    def _whole(self, quantity: Decimal) -> int:
        """A quantity as a whole number; 0 for one with a part of a unit."""
        whole = int(quantity)
        found = self._wholes[quantity] = whole if whole == quantity else 0
        return found


def whole_minor(price: Decimal, scale: Decimal) -> int | None:
    """A price in minor units, ``scale`` to one major unit; None when it has a part of one."""
    scaled = EXACT.multiply(price, scale)
    whole = int(scaled)
    return whole if whole == scaled else None
