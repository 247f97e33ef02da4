"""Percentage: a percent of the amounts of events, with fixed fees, free events or amounts, and bounds per event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from engine.money import EXACT
from engine.pricing.models.model import ZERO, PartKind, Rated, RatedPart
from engine.pricing.models.tiers import HUNDRED


@dataclass(frozen=True, slots=True)
class Percentage:
    """A percent of each event's amount plus a fixed fee, kept between a least and a most per event.

    The first ``free_events`` events, or the first ``free_amount`` of money, cost nothing; when both are given, whatever
    is reached first ends it. An event that is free as a whole bears neither fee nor least.
    """

    percent: Decimal
    fixed: Decimal = ZERO
    free_events: int = 0
    free_amount: Decimal = ZERO
    event_min: Decimal | None = None
    event_max: Decimal | None = None

    def rate(self, quantity: Decimal, *, prior: Decimal | None = None, base: Decimal = ZERO) -> Rated:
        """The whole quantity as one event after what was used before."""
        del base
        return self.rate_events((quantity,), used=prior or ZERO)

    def rate_events(self, events: Iterable[Decimal], *, used: Decimal = ZERO, seen: int = 0) -> Rated:
        """Each event in order; ``used`` and ``seen`` are the amount and the number of events of the period before."""
        parts = []
        for amount in events:
            chargeable = self._chargeable(amount, used, seen)
            used = EXACT.add(used, amount)
            seen += 1
            parts.append(RatedPart(PartKind.UNITS, 0, amount, self._price(chargeable)))
        return Rated(tuple(parts))

    def _chargeable(self, amount: Decimal, used: Decimal, seen: int) -> Decimal | None:
        """The part of an event that is charged, or None when it is free."""
        free_by_count = seen < self.free_events
        left = EXACT.subtract(self.free_amount, used)
        if self.free_events and self.free_amount:
            left = left if free_by_count else ZERO
        elif self.free_events:
            return None if free_by_count else amount
        if left <= 0:
            return amount
        return None if amount <= left else EXACT.subtract(amount, left)

    def _price(self, chargeable: Decimal | None) -> Decimal:
        if chargeable is None:
            return ZERO
        price = EXACT.add(EXACT.divide(EXACT.multiply(chargeable, self.percent), HUNDRED), self.fixed)
        if self.event_min is not None:
            price = max(price, self.event_min)
        return price if self.event_max is None else min(price, self.event_max)
