"""What a rule book says about prices, as frozen data: the input of ``compile_plan``, built by the rule-book loader.

Every part keeps its id and span. Conditions and formulas are checked expressions; those about a line are checked
against ``line_scope``, those about the whole order against ``order_scope`` (see ``engine.pricing.scope``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, NewType

from engine.diagnostics import Span
from engine.periods import DayCount, PartMonths
from engine.pricing.effects import Condition, Effect, Operand
from engine.pricing.settings import Habits, RoundingSettings, TaxSettings
from engine.pricing.window import ALWAYS as ALWAYS
from engine.pricing.window import Window as Window

if TYPE_CHECKING:
    from engine.pricing.models.model import PriceModel

RuleId = NewType("RuleId", str)
NOWHERE = Span("", 1, 1)


class Narrowness(Enum):
    """How narrowly a price is matched to what is sold; the value is its rank, the larger the narrower."""

    SKU = 4
    PRODUCT = 3
    FAMILY = 2
    CATEGORY = 1
    ANYTHING = 0


@dataclass(frozen=True, slots=True)
class Match:
    """What a price is for: a SKU, a product (``line.product``), a family, a category, or anything."""

    by: Narrowness = Narrowness.ANYTHING
    value: str = ""


class FormulaBase(Enum):
    """What a computed price starts from: the line's own list price, its cost, or another book."""

    LIST = "list"
    COST = "cost"
    BOOK = "book"


@dataclass(frozen=True, slots=True)
class BookFormula:
    """A computed price: base, less ``percent_off``, rounded to a multiple, plus a surcharge, held within margins.

    ``margin_min`` and ``margin_max`` are amounts over the base. The steps are taken in this order.
    """

    base: FormulaBase = FormulaBase.LIST
    book: str = ""
    percent_off: Decimal = Decimal(0)
    round_to: Decimal | None = None
    surcharge: Decimal = Decimal(0)
    margin_min: Decimal | None = None
    margin_max: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PriceEntry:
    """One price book entry; ``price`` (a number or a formula over the line) or ``formula`` decides the list price.

    The winner among those that hold: higher priority, narrower match, higher weight, more conditions (a date window is
    one), larger minimum quantity, id. ``currency`` "" is any. Quantities are inclusive bounds. With ``unit`` the price
    is for one of the unit that the line is sold in (a box), and holds for lines sold in it only.
    """

    id: RuleId
    match: Match = Match()
    book: str = ""
    currency: str = ""
    price: Operand | None = None
    formula: BookFormula | None = None
    when: tuple[Condition, ...] = ()
    quantity_min: Decimal | None = None
    quantity_max: Decimal | None = None
    window: Window = ALWAYS
    priority: int = 0
    weight: int = 0
    unit: str = ""
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class ContractedPrice:
    """A price agreed with a customer: it replaces the list price, or takes a percent off it."""

    id: RuleId
    match: Match
    when: tuple[Condition, ...] = ()
    currency: str = ""
    price: Operand | None = None
    percent_off: Operand | None = None
    window: Window = ALWAYS
    priority: int = 0
    span: Span = NOWHERE


class PoolScope(Enum):
    """Which quantities count together for the tier that is reached."""

    LINE = "line"
    SKU = "sku"
    GROUP = "group"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class ModelUse:
    """The price model of one SKU; ``pool`` says whose quantities count together, ``pool_where`` narrows it down.

    ``past_months`` says how many months of the customer's orders count towards the tiers, too.
    """

    id: RuleId
    sku: str
    model: PriceModel
    pool: PoolScope = PoolScope.LINE
    pool_where: tuple[Condition, ...] = ()
    currency: str = ""
    window: Window = ALWAYS
    span: Span = NOWHERE
    past_months: int = 0


class PercentBasis(Enum):
    """What a percent-of-total line counts: the net or the list amounts of the lines it is for."""

    NET = "net"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class PercentOfTotal:
    """A SKU priced as a percent of other lines (support at 18 % of the software); ``of`` says which, never itself.

    A SKU may have several, each for days of its own.
    """

    id: RuleId
    sku: str
    percent: Operand
    of: tuple[Condition, ...] = ()
    basis: PercentBasis = PercentBasis.NET
    span: Span = NOWHERE
    window: Window = ALWAYS


@dataclass(frozen=True, slots=True)
class BundlePrice:
    """One price for a bundle with all its parts, shared out over their lines by what each costs on its own."""

    id: RuleId
    bundle: str
    price: Operand
    when: tuple[Condition, ...] = ()
    currency: str = ""
    window: Window = ALWAYS
    span: Span = NOWHERE


class Level(Enum):
    """Whether the rules of a group act line by line or on the order."""

    LINE = "line"
    ORDER = "order"


class Step(Enum):
    """The step of the waterfall that a group belongs to; the value is the order of working."""

    VOLUME = 4
    RULES = 5
    PROMOTIONS = 6
    MANUAL = 7
    PARTNER = 8


class Pick(Enum):
    """Which of a group's matching rules are taken.

    The best is the set of at most so many rules that takes off most, or, where every rule adds something, the one that
    adds least. The worst is the one that takes off least, but something.
    """

    ALL = "all"
    FIRST = "first"
    BEST = "best_for_customer"
    WORST = "worst"
    BANDS = "bands"


class Combine(Enum):
    """Each rule on what the last one left, or all on the value at the group's entry."""

    COMPOUND = "compound"
    ADDITIVE = "additive"


class Within(Enum):
    """In a band of one priority: the best rule wins, or the stacked compound rules compete with each other rule."""

    BEST = "best"
    COMPOUND_VS_BEST = "compound_vs_best"


class Across(Enum):
    """After a band that gave something: lower bands are ignored, or act on what is left."""

    STOP = "stop"
    COMPOUND = "compound"


class CapScope(Enum):
    """Whether a cap holds for each line or for the whole quote."""

    LINE = "line"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that a group may take off: percent of the value at its entry, and an amount per currency."""

    percent: Decimal | None = None
    amounts: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    scope: CapScope = CapScope.LINE


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that belong together; groups are worked through by step, then in the order listed, line groups first.

    ``at_most`` counts where all or the best are picked; the other picks take what they say.
    """

    id: str
    level: Level = Level.LINE
    step: Step = Step.RULES
    pick: Pick = Pick.ALL
    combine: Combine = Combine.COMPOUND
    at_most: int | None = None
    cap: Cap | None = None
    within: Within = Within.BEST
    across: Across = Across.STOP
    span: Span = NOWHERE


class Spread(Enum):
    """How an order discount is spread over the lines that take part."""

    BY_NET = "by_net"
    BY_GROSS = "by_gross"
    BY_QUANTITY = "by_qty"
    EVEN = "even"


class Mode(Enum):
    """In bands: stacks with other compound rules, or stands alone."""

    COMPOUND = "compound"
    BEST_PRICE = "best_price"


class UnitsBase(Enum):
    """What ``units_max`` of a line are worth: at the running price, or at the original less what was granted."""

    CURRENT = "current"
    ORIGINAL_LESS_GRANTED = "original_less_granted"


@dataclass(frozen=True, slots=True)
class Limit:
    """The most a rule gives at once: an amount per line or order by currency, and so many units of a line."""

    amounts: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    units_max: Decimal | None = None
    units_base: UnitsBase = UnitsBase.CURRENT


@dataclass(frozen=True, slots=True)
class UsageLimit:
    """How often and how much a promotion may give; what has been used so far comes with the request."""

    uses: int | None = None
    uses_per_customer: int | None = None
    budgets: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))


NO_LIMIT = Limit()
NO_USAGE_LIMIT = UsageLimit()


@dataclass(frozen=True, slots=True)
class Rule:
    """A discount or surcharge rule; its group says whether it acts on lines or on the order.

    ``effects`` maps a currency to what is given in it, "" to what is given in any. ``target`` (order rules) says which
    lines take part. ``not_with`` names rules it cannot stand beside; ``exclusive`` is alone in its level; ``stop`` ends
    the level once it applied; ``specificity`` 0 means: as many as it has conditions. ``table`` names the record whose
    table the rule is a row of.
    """

    id: RuleId
    group: str
    effects: Mapping[str, Effect]
    when: tuple[Condition, ...] = ()
    window: Window = ALWAYS
    priority: int = 0
    code: str = ""
    usage: UsageLimit = NO_USAGE_LIMIT
    limit: Limit = NO_LIMIT
    target: tuple[Condition, ...] = ()
    spread: Spread = Spread.BY_NET
    exclusive: bool = False
    stop: bool = False
    not_with: frozenset[str] = frozenset()
    mode: Mode = Mode.COMPOUND
    specificity: int = 0
    say: str = ""
    span: Span = NOWHERE
    table: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard on the line's unit price: lowest and highest price (formulas may read ``line.cost``), lowest margin."""

    id: RuleId
    when: tuple[Condition, ...] = ()
    floor: Operand | None = None
    ceiling: Operand | None = None
    margin_percent_min: Operand | None = None
    currency: str = ""
    span: Span = NOWHERE
    window: Window = ALWAYS


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """``1 source = rate target`` from ``since`` on; the latest one not after the quote's date counts."""

    source: str
    target: str
    rate: Decimal
    since: date
    origin: str = ""
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class PriceBook:
    """A price book by name; where it has no price for a line, those of ``falls_back_to`` count (empty: the default)."""

    id: str
    falls_back_to: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class PricingRules:
    """All that a rule book says about prices; ``compile_plan`` turns it into a plan. Lists keep the author's order."""

    currency: str
    entries: tuple[PriceEntry, ...] = ()
    contracted: tuple[ContractedPrice, ...] = ()
    models: tuple[ModelUse, ...] = ()
    percent_of: tuple[PercentOfTotal, ...] = ()
    bundle_prices: tuple[BundlePrice, ...] = ()
    groups: tuple[RuleGroup, ...] = ()
    rules: tuple[Rule, ...] = ()
    guards: tuple[Guard, ...] = ()
    exchange_rates: tuple[ExchangeRate, ...] = ()
    rounding: RoundingSettings = RoundingSettings()
    tax: TaxSettings | None = None
    habits: Habits = Habits()
    part_months: PartMonths = PartMonths.PRORATED
    day_count: DayCount = DayCount.DAILY
    price_books: tuple[PriceBook, ...] = ()
