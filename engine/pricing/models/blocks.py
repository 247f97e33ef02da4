"""Tiered blocks: tiers that count started blocks, each tier with a block size of its own."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from engine.money import EXACT
from engine.pricing.models.model import ZERO, PartKind, Rated, RatedPart
from engine.pricing.models.package import started_blocks


class BlockPolicy(Enum):
    """All blocks at the price of the top tier reached, or each block at its own tier's price."""

    TOP_TIER = "top_tier"
    ALL_TIERS = "all_tiers"


@dataclass(frozen=True, slots=True)
class BlockTier:
    """So many blocks of a size at a price; the last tier takes what lies beyond it."""

    size: Decimal
    blocks_max: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class TieredBlocks:
    """Started blocks, tier by tier."""

    tiers: tuple[BlockTier, ...]
    policy: BlockPolicy = BlockPolicy.ALL_TIERS

    def rate(self, quantity: Decimal, *, prior: Decimal | None = None, base: Decimal = ZERO) -> Rated:
        """The blocks started by the whole period's quantity, less those of the earlier one."""
        del base
        whole = self._parts(EXACT.add(prior or ZERO, quantity))
        if not prior:
            return Rated(whole)
        before = sum((part.gross for part in self._parts(prior)), ZERO)
        difference = EXACT.subtract(sum((part.gross for part in whole), ZERO), before)
        return Rated((RatedPart(PartKind.UNITS, whole[-1].tier if whole else 0, quantity, difference),))

    def _parts(self, quantity: Decimal) -> tuple[RatedPart, ...]:
        filled = self._filled(quantity)
        if self.policy is BlockPolicy.TOP_TIER and filled:
            top = filled[-1][0]
            return (self._blocks(top, quantity),)
        return tuple(self._blocks(index, units) for index, units in filled)

    def _blocks(self, index: int, units: Decimal) -> RatedPart:
        """The blocks of a tier that some units start."""
        tier = self.tiers[index]
        blocks = started_blocks(units, tier.size)
        rooms = [EXACT.multiply(each.size, each.blocks_max) for each in self.tiers[: index + 1]]
        return RatedPart(
            PartKind.UNITS,
            index + 1,
            units,
            EXACT.multiply(tier.price, blocks),
            above=sum(rooms[:-1], ZERO),
            up_to=sum(rooms, ZERO) if index < len(self.tiers) - 1 else None,
            unit_price=tier.price,
            packages=blocks,
        )

    def _filled(self, quantity: Decimal) -> list[tuple[int, Decimal]]:
        """The tiers that a quantity fills from below, with the units that lie in each."""
        filled = []
        left = quantity
        for index, tier in enumerate(self.tiers):
            if left <= 0:
                break
            room = EXACT.multiply(tier.size, tier.blocks_max)
            inside = left if index == len(self.tiers) - 1 else min(left, room)
            filled.append((index, inside))
            left = EXACT.subtract(left, inside)
        return filled
