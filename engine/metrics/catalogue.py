"""Every metric by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.metrics.catalogue_owing import OWING
from engine.metrics.catalogue_recurring import RECURRING
from engine.metrics.catalogue_selling import SELLING
from engine.metrics.metric import Metric

METRICS: Mapping[str, Metric] = MappingProxyType(
    {each.name: each for each in sorted((*RECURRING, *SELLING, *OWING), key=lambda each: each.name)}
)
"""Every metric by name, in order of the names."""
