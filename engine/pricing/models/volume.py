"""Volume: all units at the price of the tier that the quantity reaches."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.money import EXACT
from engine.pricing.models.model import ZERO, PartKind, Rated, RatedPart
from engine.pricing.models.tiers import Tier, TierEffect, bounds_of, checked_tiers, tier_index, tier_price, unit_part


@dataclass(frozen=True, slots=True)
class Volume:
    """One tier for all units; ``flat`` of the tier reached is added, on zero usage too when ``flat_on_zero``.

    Beyond the last bound the last tier holds. A later quantity of the same period is charged the difference, which is
    negative after a price cliff; bill such a model with the last line of a period.
    """

    tiers: tuple[Tier, ...]
    effect: TierEffect = TierEffect.UNIT_PRICE
    flat_on_zero: bool = False

    def __post_init__(self) -> None:
        checked_tiers(self.tiers)

    def rate(self, quantity: Decimal, *, prior: Decimal | None = None, base: Decimal = ZERO) -> Rated:
        """All units together, less what the earlier ones of the period cost."""
        if prior is None:
            return Rated(self._parts(quantity, base))
        whole = self._parts(EXACT.add(prior, quantity), base)
        before = self._parts(prior, base)
        if not before:
            return Rated(whole)
        gone = sum((part.gross for part in before), ZERO)
        difference = EXACT.subtract(sum((part.gross for part in whole), ZERO), gone)
        if not whole:
            return Rated((RatedPart(PartKind.UNITS, 0, quantity, difference),))
        top = whole[0]
        return Rated((RatedPart(PartKind.UNITS, top.tier, quantity, difference, above=top.above, up_to=top.up_to),))

    @property
    def prices_units(self) -> bool:
        """Whether a tier states nothing but a price of each unit."""
        return self.effect is not TierEffect.FLAT and not any(tier.flat for tier in self.tiers)

    def unit_price(self, quantity: Decimal, base: Decimal) -> Decimal:
        """The price of each unit at the tier that ``quantity`` (pooled, with past orders) reaches."""
        return tier_price(self.effect, self._reached(quantity)[1], base)

    def units(self, quantity: Decimal, reached: Decimal, base: Decimal) -> RatedPart:
        """Some units at the price of the tier that ``reached`` (pooled, with past orders) lies in."""
        index, tier = self._reached(reached)
        return unit_part(self.tiers, index, quantity, tier_price(self.effect, tier, base))

    def _reached(self, quantity: Decimal) -> tuple[int, Tier]:
        index = tier_index(self.tiers, quantity)
        index = len(self.tiers) - 1 if index is None else index
        return index, self.tiers[index]

    def _parts(self, quantity: Decimal, base: Decimal) -> tuple[RatedPart, ...]:
        if quantity == 0 and not self.flat_on_zero:
            return ()
        index, tier = self._reached(quantity)
        parts = []
        above, up_to = bounds_of(self.tiers, index)
        if self.effect is TierEffect.FLAT:
            parts.append(RatedPart(PartKind.FLAT, index + 1, quantity, tier.value, above=above, up_to=up_to))
        elif quantity:
            parts.append(unit_part(self.tiers, index, quantity, tier_price(self.effect, tier, base)))
        if tier.flat:
            parts.append(RatedPart(PartKind.FLAT, index + 1, ZERO, tier.flat, above=above, up_to=up_to))
        return tuple(parts)
