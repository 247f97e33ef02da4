"""Percents that were probably meant to be a hundred times as much: 0.15 where people say 15."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.diagnostics import Diagnostic, Span
from engine.rulebook.codes import warning

BELOW = Decimal("0.5")
"""From half a percent on, a percent is believed."""


def fractions(percent: Decimal, place: Span) -> Iterator[Diagnostic]:
    """A warning for a percent that looks like a fraction: 0.15 % is possible, and nearly always meant to be 15 %."""
    if 0 < percent < BELOW:
        meant = format((percent * 100).normalize(), "f")
        hint = f"percents are written 15, never 0.15; write {meant} when {meant} percent is meant"
        yield warning("FLD009", f"{percent} percent is very little", place, hint)
