"""Seasons of a bundle: constraints that begin or end to hold make it another problem from a day on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.catalog import Bundle, Catalog, Sku
from engine.configuration.products.constraint import Constraint
from engine.configuration.products.problem import ProductModel


@dataclass(frozen=True, slots=True)
class Season:
    """A bundle with the constraints that are in force from a day on, until the next season starts."""

    start: date
    model: ProductModel


def season_starts(
    bundle: Bundle, catalog: Catalog, constraints: Mapping[Sku, Sequence[Constraint]]
) -> tuple[date, ...]:
    """The days from which on other constraints of a bundle, or of those nested in it, are in force; in order."""
    days: set[date] = set()
    for sku in _nested(bundle, catalog):
        for each in constraints.get(sku, ()):
            days.update(day for day in (each.start, each.end) if day is not None)
    return tuple(sorted(days))


def _nested(bundle: Bundle, catalog: Catalog) -> Iterator[Sku]:
    """A bundle and all inside it, each once."""
    waiting, seen = [bundle], {bundle.sku}
    while waiting:
        found = waiting.pop()
        yield found.sku
        inside = [catalog.bundle(group.bundle) for group in found.groups if group.bundle]
        fresh = [each for each in inside if each is not None and each.sku not in seen]
        seen.update(each.sku for each in fresh)
        waiting += fresh
