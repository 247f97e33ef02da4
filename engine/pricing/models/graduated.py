"""Graduated: each unit at the price of its own tier."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.money import EXACT
from engine.pricing.models.model import ZERO, PartKind, Rated, RatedPart
from engine.pricing.models.tiers import Tier, TierEffect, bounds_of, checked_tiers, slices, tier_price, unit_part


@dataclass(frozen=True, slots=True)
class Graduated:
    """Units fill the tiers from below; a tier's ``flat`` is charged once, when it is reached.

    With ``flat_on_zero`` the first tier's flat is charged for zero usage as well. Beyond the last bound the last tier
    holds. Prices of 1.3 percent of an amount are unit prices of 0.013.
    """

    tiers: tuple[Tier, ...]
    effect: TierEffect = TierEffect.UNIT_PRICE
    flat_on_zero: bool = False

    def __post_init__(self) -> None:
        checked_tiers(self.tiers)

    def rate(self, quantity: Decimal, *, prior: Decimal | None = None, base: Decimal = ZERO) -> Rated:
        """The units after ``prior`` ones, each in its tier, and the flat fees of tiers reached by them."""
        start = prior or ZERO
        end = EXACT.add(start, quantity)
        reached_before = self._reached(start) if prior is not None else 0
        parts: list[RatedPart] = []
        inside = dict(slices(self.tiers, start, end))
        reached = self._reached(end)
        for index, tier in enumerate(self.tiers[: max(reached, 1)]):
            units = inside.get(index, ZERO)
            if units:
                parts.append(self._units(index, units, base))
            flat = tier.value if self.effect is TierEffect.FLAT else tier.flat
            if flat and reached_before <= index < reached:
                above, up_to = bounds_of(self.tiers, index)
                parts.append(RatedPart(PartKind.FLAT, index + 1, ZERO, flat, above=above, up_to=up_to))
        return Rated(tuple(parts))

    def _units(self, index: int, units: Decimal, base: Decimal) -> RatedPart:
        price = tier_price(self.effect, self.tiers[index], base)
        return unit_part(self.tiers, index, units, price)

    def _reached(self, quantity: Decimal) -> int:
        """How many tiers a total quantity has reached; zero reaches the first one when its flat is due on zero."""
        if quantity <= 0:
            return int(self.flat_on_zero)
        for index, tier in enumerate(self.tiers):
            if tier.up_to is None or quantity <= tier.up_to:
                return index + 1
        return len(self.tiers)
