"""Owns metrics: each with a name, a definition, a version, and the rows behind its numbers; folds over plain facts.

Does not own where facts are read, nor the identities (``audit``).
Entry points: ``METRICS``, ``measured``, ``Facts``, ``stories_of``.
"""

from engine.metrics.catalogue import METRICS
from engine.metrics.facts import BookedLine, Facts, FinalInvoice, Market, SoldLine, UnbilledLine
from engine.metrics.metric import Figure, Metric, MetricRow, Moment, Unit
from engine.metrics.report import Report, dimensions_of, measured, window_of
from engine.metrics.stories import Happened, QuoteEvent, QuoteStory, stories_of

__all__ = [
    "METRICS",
    "BookedLine",
    "Facts",
    "Figure",
    "FinalInvoice",
    "Happened",
    "Market",
    "Metric",
    "MetricRow",
    "Moment",
    "QuoteEvent",
    "QuoteStory",
    "Report",
    "SoldLine",
    "UnbilledLine",
    "Unit",
    "dimensions_of",
    "measured",
    "stories_of",
    "window_of",
]
