"""What a quote asks for: lines, customer, header, date and currency; complete in itself, so that it can be replayed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from engine.catalog import LineId, Sku, Value
from engine.pricing.request import NO_FACTS, STATED, Facts, FrozenRate, ManualDiscount, Redeemed, TaxAnswer, TaxState

NONE = Decimal(0)


class RequestedLine(NamedTuple):
    """One line as it was asked for; a named tuple, since a quote may hold thousands of them.

    A bundle is a line whose parts are lines with ``parent`` set and ``group`` naming the option group; the quantity of
    a part is per one unit of its parent. ``attributes`` hold the choices made on the line itself. ``term_months`` and
    ``start`` override those of the quote for recurring charges; ``end`` is the first day that is not served any more,
    in the place of a term; ``anchor`` is a day on which the periods of an existing contract turn over: parts of
    periods are counted by them, and a month end keeps its day. ``unit`` is what the quantity counts (a box), empty for
    the product's own unit. ``prior_quantity`` is what past orders count towards tiers, in the product's own unit, in
    the place of what the request knows of them; a line that states none of them (``past_counts`` is false) counts none.
    ``segment`` numbers the segments of a ramp from 1; ``uplift_percent`` raises the price of one, and
    ``segment_price`` is what a unit costs in it, whatever books, contracts and models say.
    """

    id: LineId
    sku: Sku
    quantity: Decimal
    parent: LineId | None = None
    group: str = ""
    attributes: Mapping[str, Value] = NO_FACTS
    term_months: int | None = None
    start: datetime.date | None = None
    unit: str = ""
    prior_quantity: Decimal = NONE
    segment: int = 0
    uplift_percent: Decimal = NONE
    segment_price: Decimal | None = None
    past_counts: bool = True
    end: datetime.date | None = None
    anchor: datetime.date | None = None

    @property
    def says_more(self) -> bool:
        """Whether the line states a unit, past orders or a segment, as few lines do."""
        stated = self.unit or self.segment or self.prior_quantity or self.uplift_percent
        own = self.segment_price is not None or self.end is not None or self.anchor is not None
        return bool(stated or own) or not self.past_counts

    @property
    def counts_past(self) -> bool:
        """Whether past orders count towards its tiers: the caller gave no figure, of zero or more, in their place."""
        return self.past_counts and not self.prior_quantity


class RunningLine(NamedTuple):
    """A line of a contract that goes on beside the lines of a quote that changes it, as a quote would ask for it from
    then on; in minor units for one charge period what it costs by the list of today and what was agreed.
    """

    line: RequestedLine
    list_amount: int
    amount: int


NO_MORE = RequestedLine(LineId(""), Sku(""), NONE)[STATED:]
"""What follows in a line that states nothing else, as most lines do."""


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """A request for a priced quote.

    ``customer`` and ``header`` are what rules read as ``customer.*`` and ``quote.*`` (channel, region, segment);
    ``term_months`` is the term of recurring charges, ``start`` when they begin (default: the date of the quote).
    ``only_ends`` says that it ends lines of a contract and may ask for none itself.
    ``exchange`` are the exchange rates that the quote froze, ``past`` what the customer ordered before of products
    whose price models count it, ``tax_answers`` the rates by tax code that the tax hook answered. ``running``
    are the lines of the contract that the quote changes, where a line of the quote is a percent of others.
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
    tax_state: TaxState = TaxState.TABLE
    tax_answers: Mapping[str, TaxAnswer] = field(default_factory=lambda: MappingProxyType({}))
    past: Mapping[Sku, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    only_ends: bool = False
    running: tuple[RunningLine, ...] = ()

    def with_lines(self, lines: tuple[RequestedLine, ...]) -> QuoteRequest:
        """The same for other lines, at a third of the cost of ``replace``."""
        day, code, _, *others = _FIELDS(self)
        return QuoteRequest(day, code, lines, *others)


_FIELDS = attrgetter(*(each.name for each in fields(QuoteRequest)))
