"""A line as it was asked for: what, how many, in which slot, with which choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import NewType

from engine.catalog.attribute import Value
from engine.catalog.product import Sku

LineId = NewType("LineId", str)


@dataclass(frozen=True, slots=True)
class ConfiguredLine:
    """One line of a quote; a bundle is a line whose parts are lines with ``parent`` set and ``group`` naming the slot.

    ``quantity`` of a part is per one unit of its parent. ``attributes`` hold choices made on the line itself.
    """

    id: LineId
    sku: Sku
    quantity: Decimal
    parent: LineId | None = None
    group: str = ""
    attributes: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
