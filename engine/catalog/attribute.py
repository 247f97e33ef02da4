"""Attributes: what a catalog says about its products, and the type each fact has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from engine.diagnostics import Span
from engine.language.types import Type

Value: TypeAlias = Decimal | str | bool | date | tuple["Value", ...] | Mapping[str, "Value"] | None
"""A value of the rule language; None means unknown (a blank in the catalog), never zero."""


@dataclass(frozen=True, slots=True)
class AttributeDef:
    """One attribute: its name in rules, its type (``optional`` types may be blank), a unit and a title for people.

    ``minimum`` and ``maximum`` bound the whole numbers that a customer may choose where a bundle has the attribute.
    """

    name: str
    type: Type
    title: str = ""
    unit: str = ""
    span: Span | None = None
    minimum: int | None = None
    maximum: int | None = None
