"""Tiers of a quantity: ``up_to`` is inclusive, the last one may be open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from engine.money import EXACT
from engine.pricing.models.model import ZERO, PartKind, RatedPart

HUNDRED = Decimal(100)


class TierEffect(Enum):
    """What a tier's value is: a unit price, a percent off the base price, or a flat price of the tier."""

    UNIT_PRICE = "unit_price"
    PERCENT_OFF = "percent_off"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: up to which quantity (inclusive; None: open), its value, and a flat fee when it is reached."""

    up_to: Decimal | None
    value: Decimal
    flat: Decimal = ZERO


class TierTableError(ValueError):
    """A tier table with a hole: no tiers, bounds that do not grow, or an open tier that is not the last."""


def checked_tiers(tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    """Return the tiers, or raise ``TierTableError`` when they do not cover the quantities in order."""
    if not tiers:
        raise TierTableError("a tier table needs a tier")
    bounds = [tier.up_to for tier in tiers[:-1]]
    if any(bound is None for bound in bounds):
        raise TierTableError("only the last tier may be open")
    last = tiers[-1].up_to
    numbers = [bound for bound in (*bounds, last) if bound is not None]
    if any(later <= earlier for earlier, later in zip(numbers, numbers[1:], strict=False)):
        raise TierTableError("tier bounds must grow")
    return tiers


def tier_index(tiers: tuple[Tier, ...], quantity: Decimal) -> int | None:
    """The tier that a quantity reaches (from 0), or None when it lies beyond the last bound."""
    for index, tier in enumerate(tiers):
        if tier.up_to is None or quantity <= tier.up_to:
            return index
    return None


def bounds_of(tiers: tuple[Tier, ...], index: int) -> tuple[Decimal, Decimal | None]:
    """What a tier (from 0) lies above, and up to which quantity it goes; the last one holds all that is beyond it."""
    lower = tiers[index - 1].up_to if index else ZERO
    return lower or ZERO, tiers[index].up_to if index < len(tiers) - 1 else None


def tier_price(effect: TierEffect, tier: Tier, base: Decimal) -> Decimal:
    """The unit price that a tier means; a flat tier has none and gives 0."""
    match effect:
        case TierEffect.UNIT_PRICE:
            return tier.value
        case TierEffect.PERCENT_OFF:
            return EXACT.multiply(base, EXACT.divide(EXACT.subtract(HUNDRED, tier.value), HUNDRED))
        case TierEffect.FLAT:
            return ZERO


def unit_part(tiers: tuple[Tier, ...], index: int, units: Decimal, price: Decimal) -> RatedPart:
    """Units of a tier (from 0) at a price of one."""
    above, up_to = bounds_of(tiers, index)
    amount = EXACT.multiply(price, units)
    return RatedPart(PartKind.UNITS, index + 1, units, amount, above=above, up_to=up_to, unit_price=price)


def slices(tiers: tuple[Tier, ...], start: Decimal, end: Decimal) -> Iterator[tuple[int, Decimal]]:
    """Cut the quantities ``(start, end]`` at the bounds: the tier (from 0) and how many units lie in it.

    What lies beyond the last bound belongs to the last tier.
    """
    lower = ZERO
    last = len(tiers) - 1
    for index, tier in enumerate(tiers):
        upper = end if tier.up_to is None or index == last else min(tier.up_to, end)
        inside = EXACT.subtract(upper, max(lower, start))
        if inside > 0:
            yield index, inside
        if tier.up_to is None or tier.up_to >= end:
            return
        lower = tier.up_to
