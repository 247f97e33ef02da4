"""A rule test as its file states it: what is given and what is expected, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.catalog import Value
from engine.diagnostics import Span


@dataclass(frozen=True, slots=True)
class GivenLine:
    """One line of the request; ``parts`` fill the groups of a bundle, their quantities per one unit of the bundle."""

    sku: str
    quantity: Decimal
    id: str
    parent: str = ""
    group: str = ""
    attributes: tuple[tuple[str, Value], ...] = ()
    term_months: int | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class GivenDiscount:
    """A manual discount of the request."""

    on: str
    kind: str
    value: Decimal
    reason: str
    target: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """The request of a test."""

    date: date
    currency: str
    customer: Mapping[str, Value]
    header: Mapping[str, Value]
    lines: tuple[GivenLine, ...]
    codes: tuple[str, ...] = ()
    manual: tuple[GivenDiscount, ...] = ()
    term_months: int | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """One expectation: what is looked at (``total_net``, ``lines[0].unit_net``) and the value it must have."""

    path: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A named test of the rules; an empty ``expected`` is refused by the loader, since it could not fail."""

    name: str
    given: Given
    expected: tuple[Expected, ...]
    span: Span
