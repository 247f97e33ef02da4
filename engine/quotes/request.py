"""What a quote asks for: lines, customer, header, date and currency; complete in itself, so that it can be replayed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from engine.catalog import LineId, Sku, Value
from engine.pricing.request import NO_FACTS, Facts, FrozenRate, ManualDiscount, Redeemed


@dataclass(frozen=True, slots=True)
class RequestedLine:
    """One line as it was asked for.

    A bundle is a line whose parts are lines with ``parent`` set and ``group`` naming the option group; the quantity of
    a part is per one unit of its parent. ``attributes`` hold the choices made on the line itself. ``term_months`` and
    ``start`` override those of the quote for recurring charges.
    """

    id: LineId
    sku: Sku
    quantity: Decimal
    parent: LineId | None = None
    group: str = ""
    attributes: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    term_months: int | None = None
    start: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """A request for a priced quote.

    ``customer`` and ``header`` are what rules read as ``customer.*`` and ``quote.*`` (channel, region, segment);
    ``term_months`` is the term of recurring charges, ``start`` when they begin (default: the date of the quote).
    """

    date: datetime.date
    currency: str
    lines: tuple[RequestedLine, ...]
    customer: Facts = field(default_factory=lambda: NO_FACTS)
    header: Facts = field(default_factory=lambda: NO_FACTS)
    codes: tuple[str, ...] = ()
    manual: tuple[ManualDiscount, ...] = ()
    term_months: int | None = None
    start: datetime.date | None = None
    redeemed: Mapping[str, Redeemed] = field(default_factory=lambda: MappingProxyType({}))
    exchange: tuple[FrozenRate, ...] = ()
