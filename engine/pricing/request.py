"""What is to be priced: one frozen request, complete in itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from engine.catalog import ONE_TIME, Charge, LineId, Sku, Value
from engine.money import Ratio

Facts: TypeAlias = Mapping[str, Value]
"""A record that conditions read: names to values of the rule language."""

Allowed: TypeAlias = tuple[int, ...]
"""What the facts of a product allow of each match index of a plan; see ``engine.pricing.masks``."""

NO_FACTS: Facts = MappingProxyType({})
ONE = Decimal(1)
NO_PART = Ratio(0, 1)


class RequestLine(NamedTuple):
    """One line; a named tuple, since a quote may hold 100 000 of them.

    ``facts`` is what rules read as ``line.<name>`` beside the engine's own names (family, category…).

    ``quantity`` is the total quantity; for a usage charge the estimate per charge period. ``list_price`` is the
    product's own unit list price, used when no price book entry decides. ``term_months`` counts for recurring charges;
    ``term_part`` is the part of a month beyond them.
    All quantities and unit prices are of the product's own unit; ``unit`` names another one that the line is sold in,
    and ``unit_factor`` how many of the own one it holds. ``root`` is the line at the top of the tree that a part
    belongs to and ``bundle`` its SKU; ``segment`` is the number of a ramp segment, ``segment_price`` what a unit of it
    costs in the place of list price, contract and model; rules act on it. ``allowed`` is what the facts allow of the
    plan's rules, for lines whose maker knows it; without it they are looked up. ``is_plain`` says that the line states
    nothing but product and quantity, and that nothing else is to be found out about it. ``beside`` are the lines of a
    contract that run beside it, which a percent of others counts, too.
    """

    id: LineId
    sku: Sku
    quantity: Decimal
    facts: Facts = NO_FACTS
    parent: LineId | None = None
    group: str = ""
    charge: Charge = ONE_TIME
    term_months: Decimal | None = None
    list_price: Decimal | None = None
    surcharges: tuple[Decimal, ...] = ()
    cost: Decimal | None = None
    floor: Decimal | None = None
    discountable: bool = True
    tax_code: str = ""
    prior_quantity: Decimal = Decimal(0)
    uplift_percent: Decimal = Decimal(0)
    minimum_quantity: Decimal | None = None
    quantity_multiple: Decimal | None = None
    quantity_maximum: Decimal | None = None
    unit: str = ""
    unit_factor: Decimal = ONE
    segment: int = 0
    root: LineId | None = None
    bundle: str = ""
    segment_price: Decimal | None = None
    term_part: Ratio = NO_PART
    allowed: Allowed | None = None
    is_plain: bool = False
    beside: tuple[Beside, ...] = ()


class Runs(Enum):
    """How long something runs beside a line: through all of its term, from its first day on but not to its end, or
    only later.
    """

    THROUGH = "through"
    AT_FIRST = "at_first"
    LATER = "later"


class Beside(NamedTuple):
    """A line of a running contract: what it is, how long it runs beside another, and in minor units for one charge
    period what it costs by the list and what was agreed.
    """

    line: RequestLine
    runs: Runs
    list_amount: int
    amount: int


def stated(name: str) -> itemgetter[Any]:
    """What each of some lines states, read at the speed of the interpreter's own loops."""
    return itemgetter(RequestLine._fields.index(name))


def meets(line: RequestLine, other: RequestLine) -> bool:
    """Whether one line counts another as running beside it. Segments of a ramp follow each other and never meet; what
    is in no segment meets the first one, which is what recurs, and every segment meets what is in none.
    """
    if line.segment and other.segment:
        return line.segment == other.segment
    return other.segment <= 1


STATED = 3
"""Id, product and quantity come first in a line, as it is asked for and as it is priced."""


class ManualOn(Enum):
    """What an agent's discount is for."""

    LINE = "line"
    GROUP = "group"
    TOTAL = "total"


class ManualKind(Enum):
    """How an agent's discount is stated: percent, amount off, or the price wanted (unit on a line, total elsewhere)."""

    PERCENT = "percent"
    AMOUNT = "amount"
    TARGET = "target"


class Replaces(Enum):
    """Which automatic discounts a manual one replaces: none, those on the order, or all.

    On a line all are those on the line; ``FINAL`` is for a line too, which then takes part in no discount on a group
    or the order either: its price is agreed.
    """

    NOTHING = "nothing"
    ORDER = "order"
    ALL = "all"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class ManualDiscount:
    """An agent's discount with its reason and author, which approvals read; ``target`` is a line id or a group."""

    id: str
    on: ManualOn
    kind: ManualKind
    value: Decimal
    reason: str
    author: str
    target: str = ""
    replaces: Replaces = Replaces.NOTHING


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a promotion has given so far: uses, uses by this customer, money spent of its budget in this currency."""

    uses: int = 0
    customer_uses: int = 0
    spent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class FrozenRate:
    """The exchange rate that a quote froze: ``1 source = rate`` of the quote's currency."""

    source: str
    rate: Decimal
    day: date
    origin: str = ""


class TaxState(Enum):
    """Where the tax rates come from: the rule book's own table, the tax hook, or a hook that failed; ``OPEN`` asks for
    prices before tax, as lists and rule tests show them.
    """

    TABLE = "table"
    ANSWERED = "answered"
    OPEN = "open"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TaxAnswer:
    """What the tax hook answered for one tax code: percent and a fixed amount per unit."""

    percent: Decimal
    fixed: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class PriceRequest:
    """A request for prices on a date in one currency; equal requests on one plan give equal answers.

    ``customer`` and ``quote`` hold what rules read under these names (segment, region, channel, term_months …);
    the engine adds ``quote.date``, ``currency``, ``codes`` and the totals. ``tax_answers`` are rates by tax code.
    """

    date: date
    currency: str
    lines: tuple[RequestLine, ...]
    customer: Facts = field(default_factory=lambda: NO_FACTS)
    quote: Facts = field(default_factory=lambda: NO_FACTS)
    codes: tuple[str, ...] = ()
    manual: tuple[ManualDiscount, ...] = ()
    redeemed: Mapping[str, Redeemed] = field(default_factory=lambda: MappingProxyType({}))
    exchange: tuple[FrozenRate, ...] = ()
    tax_state: TaxState = TaxState.TABLE
    tax_answers: Mapping[str, TaxAnswer] = field(default_factory=lambda: MappingProxyType({}))
