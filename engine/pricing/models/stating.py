"""Whether a model states prices of its own, or takes percents off those of others."""

from __future__ import annotations

from engine.pricing.models.graduated import Graduated
from engine.pricing.models.model import PriceModel
from engine.pricing.models.tiers import TierEffect
from engine.pricing.models.usage import Usage
from engine.pricing.models.volume import Volume


def states_prices(model: PriceModel) -> bool:
    """Whether a model states prices, so that an agreed price stands in its place and an agreed percent comes after."""
    inner = model.model if isinstance(model, Usage) else model
    return not (isinstance(inner, Volume | Graduated) and inner.effect is TierEffect.PERCENT_OFF)
