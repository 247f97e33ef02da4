"""The facts that metrics are folded from: plain copies of what is stored, each with the day or instant it happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from engine.contracts import Contract, all_lines
from engine.metrics.stories import QuoteStory
from engine.money import Currency, Money
from engine.orders.order import Order
from engine.revenue import RevenueContract


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of an ordered offer, for one charge period, in minor units: by the list, and after all discounts."""

    quote: str
    line: str
    sku: str
    currency: Currency
    list_minor: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A line of a posted journal entry, in minor units; debits are positive. ``kind`` is the fact that it states.

    ``on`` is the day of posting; ``happened_on`` that of what it states, before it where books were closed meanwhile.
    """

    entry: str
    kind: str
    account: str
    currency: Currency
    on: date
    amount_minor: int
    contract: str
    invoice: str
    happened_on: date
    order_line: str = ""


@dataclass(frozen=True, slots=True)
class FinalInvoice:
    """An invoice with a number; ``corrected_on`` is the day of the first credit by hand on it, or on which it became
    void; None while neither happened.
    """

    id: str
    contract: str
    customer: str
    on: date
    corrected_on: date | None = None
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class UnbilledLine:
    """What is due of a contract line by a day and on no final invoice; ``drafted``: it is on a draft."""

    contract: str
    customer: str
    line: str
    sku: str
    due_on: date
    amount: Money
    drafted: bool


@dataclass(frozen=True, slots=True)
class Market:
    """Where a customer belongs."""

    segment: str
    region: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that metrics read; a metric names the fields that it needs, and others stay empty."""

    contracts: tuple[Contract, ...] = ()
    quotes: tuple[QuoteStory, ...] = ()
    sold: tuple[SoldLine, ...] = ()
    orders: tuple[Order, ...] = ()
    revenue: tuple[RevenueContract, ...] = ()
    journal: tuple[BookedLine, ...] = ()
    invoices: tuple[FinalInvoice, ...] = ()
    unbilled: tuple[UnbilledLine, ...] = ()
    markets: Mapping[str, Market] = field(default_factory=lambda: MappingProxyType({}))

    def without_value(self) -> frozenset[tuple[str, str]]:
        """The lines, by contract and id, whose price is not agreed: usage, and services without an agreed end."""
        return frozenset(
            (each.id, line.id) for each in self.contracts for line in all_lines(each) if line.promised is None
        )
