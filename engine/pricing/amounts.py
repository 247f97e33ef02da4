"""Unit prices times quantities in whole minor units, each rounded once."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from engine.money import EXACT, Currency, Rounding


class Amounts:
    """The amounts of lines in one currency.

    Most prices have no part of a minor unit, and most quantities none of a unit: their product in whole numbers is the
    same at a third of the cost. What a price and a quantity are in whole numbers is looked at once a request. Prices
    are told by identity and kept, for one of many decimals takes longer to hash than to multiply.
    """

    __slots__ = ("_exponent", "_minors", "_mode", "_scale", "_uppers", "_wholes")

    def __init__(self, currency: Currency, mode: Rounding) -> None:
        self._exponent = currency.exponent
        self._scale = Decimal(currency.scale)
        self._mode = mode.decimal
        self._minors: dict[int, tuple[int | None, Decimal]] = {}
        self._uppers: dict[int, tuple[int, Decimal]] = {}
        self._wholes: dict[Decimal, int | None] = {}

    def of(self, unit: Decimal, quantity: Decimal) -> int:
        """The amount of a line, rounded as the book says."""
        try:
            minor, count = self._minors[id(unit)][0], self._wholes[quantity]
        except KeyError:
            minor, count = self._minor(unit), self._whole(quantity)
        if minor is not None and count is not None:
            return minor * count
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
        try:
            upper, count = self._uppers[id(unit)][0], self._wholes[quantity]
        except KeyError:
            upper, count = self._upper(unit), self._whole(quantity)
        return None if count is None else upper * count

    def _minor(self, unit: Decimal) -> int | None:
        scaled = unit.scaleb(self._exponent, EXACT)
        whole = scaled.to_integral_value()
        found = int(whole) if whole == scaled else None
        self._minors[id(unit)] = found, unit
        return found

    def _upper(self, unit: Decimal) -> int:
        found = max(int(unit.scaleb(self._exponent, EXACT).to_integral_value(ROUND_CEILING)), 0)
        self._uppers[id(unit)] = found, unit
        return found

    def _whole(self, quantity: Decimal) -> int | None:
        whole = quantity.to_integral_value()
        found = self._wholes[quantity] = int(whole) if whole == quantity else None
        return found
