"""Owns the price models, one file each, pure in quantity: the same code rates a quote's estimate and the invoice.

Does not own which model a product has, nor where rounding happens.
Entry points: the model classes, each with ``rate``; ``Usage.rate_in`` and ``for_part`` for billing; ``price_parts``
for the breakdown of an amount.
"""

from engine.pricing.models.blocks import BlockPolicy, BlockTier, TieredBlocks
from engine.pricing.models.book_formula import Computed, round_to_multiple
from engine.pricing.models.breakdown import PricePart, PricePartKind, brought_to, price_parts
from engine.pricing.models.cost_plus import CostPlus, PlusOf
from engine.pricing.models.flat import Flat, Stated
from engine.pricing.models.graduated import Graduated
from engine.pricing.models.model import PartKind, PriceModel, Rated, RatedPart
from engine.pricing.models.package import Package
from engine.pricing.models.per_unit import PerUnit
from engine.pricing.models.percentage import Percentage
from engine.pricing.models.ramp import RampSegment, ShortSegment, month_multiplier, period_count, segments
from engine.pricing.models.stairstep import BeyondLastStepError, Stairstep
from engine.pricing.models.stating import states_prices
from engine.pricing.models.tiers import Tier, TierEffect, TierTableError
from engine.pricing.models.usage import Billed, Meter, Usage
from engine.pricing.models.volume import Volume

__all__ = [
    "BeyondLastStepError",
    "Billed",
    "BlockPolicy",
    "BlockTier",
    "Computed",
    "CostPlus",
    "Flat",
    "Graduated",
    "Meter",
    "Package",
    "PartKind",
    "PerUnit",
    "Percentage",
    "PlusOf",
    "PriceModel",
    "PricePart",
    "PricePartKind",
    "RampSegment",
    "Rated",
    "RatedPart",
    "ShortSegment",
    "Stairstep",
    "Stated",
    "Tier",
    "TierEffect",
    "TierTableError",
    "TieredBlocks",
    "Usage",
    "Volume",
    "brought_to",
    "month_multiplier",
    "period_count",
    "price_parts",
    "round_to_multiple",
    "segments",
    "states_prices",
]
