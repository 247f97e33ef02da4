"""Stairstep or block: one price for the step that holds the quantity, a rate for each unit beyond the last step."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.money import EXACT
from engine.pricing.models.model import ZERO, PartKind, Rated, RatedPart
from engine.pricing.models.tiers import Tier, bounds_of, checked_tiers, tier_index


class BeyondLastStepError(ValueError):
    """A quantity beyond the last step of a model without an overage price."""


@dataclass(frozen=True, slots=True)
class Stairstep:
    """The value of the smallest step that holds the quantity is the whole price; ``overage_unit`` prices the rest.

    Raises ``BeyondLastStepError`` for a quantity beyond the last bound when there is no overage price.
    """

    tiers: tuple[Tier, ...]
    overage_unit: Decimal | None = None

    def __post_init__(self) -> None:
        checked_tiers(self.tiers)

    def rate(self, quantity: Decimal, *, prior: Decimal | None = None, base: Decimal = ZERO) -> Rated:
        """The step's price, less what the earlier quantity of the period cost."""
        del base
        if prior is None or prior <= 0:
            return Rated(self._parts(quantity))
        whole = Rated(self._parts(EXACT.add(prior, quantity)))
        difference = EXACT.subtract(whole.amount, Rated(self._parts(prior)).amount)
        if not whole.parts:
            return Rated((RatedPart(PartKind.FLAT, 0, quantity, difference),))
        step = whole.parts[0]
        return Rated((RatedPart(PartKind.FLAT, step.tier, quantity, difference, above=step.above, up_to=step.up_to),))

    def _parts(self, quantity: Decimal) -> tuple[RatedPart, ...]:
        if quantity <= 0:
            return ()
        index = tier_index(self.tiers, quantity)
        if index is not None:
            return (self._step(index, quantity),)
        last = self.tiers[-1]
        if self.overage_unit is None or last.up_to is None:
            raise BeyondLastStepError(f"{quantity} is beyond the last step of {last.up_to}")
        over = EXACT.subtract(quantity, last.up_to)
        return (
            self._step(len(self.tiers) - 1, last.up_to),
            RatedPart(
                PartKind.UNITS,
                len(self.tiers) + 1,
                over,
                EXACT.multiply(self.overage_unit, over),
                above=last.up_to,
                unit_price=self.overage_unit,
            ),
        )

    def _step(self, index: int, quantity: Decimal) -> RatedPart:
        """The one price of a step; nothing beyond its bound belongs to the last one."""
        above, _ = bounds_of(self.tiers, index)
        tier = self.tiers[index]
        return RatedPart(PartKind.FLAT, index + 1, quantity, tier.value, above=above, up_to=tier.up_to)
