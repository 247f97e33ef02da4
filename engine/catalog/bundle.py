"""Bundles: products made of option groups that a customer fills."""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalog.attribute import AttributeDef
from engine.catalog.product import Sku
from engine.diagnostics import Span


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """One slot of a bundle.

    ``candidates`` are the products that the group's query selected at load. ``minimum`` and ``maximum`` bound how many
    different entries are taken; each entry may be taken ``quantity_minimum`` to ``quantity_maximum`` times. A group
    with ``maximum`` 1 and ``quantity_maximum`` 1 is a plain choice. ``bundle`` names the nested bundle of a group whose
    entries are configured themselves.
    """

    id: str
    title: str
    candidates: tuple[Sku, ...]
    minimum: int = 1
    maximum: int = 1
    quantity_minimum: int = 1
    quantity_maximum: int = 1
    bundle: str = ""
    attributes: tuple[AttributeDef, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A configurable product: its own attributes (enumerations, booleans, bounded integers) and its option groups."""

    sku: Sku
    title: str
    groups: tuple[OptionGroup, ...]
    attributes: tuple[AttributeDef, ...] = ()
    span: Span | None = None

    def group(self, group_id: str) -> OptionGroup | None:
        """The group of that id, or None."""
        return next((each for each in self.groups if each.id == group_id), None)
