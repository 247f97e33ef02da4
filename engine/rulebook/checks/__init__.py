"""Owns the checks over a whole book: overlaps, missing prices, circles, contradictions, dead options.

Does not own what one file alone can show; the loaders report that.
Entry points: ``check_book``.
"""

from engine.rulebook.checks.book import check_book

__all__ = ["check_book"]
