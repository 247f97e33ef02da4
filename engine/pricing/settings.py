"""What a rule book declares about rounding, tax and habits; every choice has a name and a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.money import Rounding

if TYPE_CHECKING:
    from engine.pricing.effects import Condition
    from engine.pricing.window import Window


class RoundingPoint(Enum):
    """Where a value is rounded: after every rule, the unit price, the line, or the total (then spread to the lines)."""

    RULE = "rule"
    UNIT = "unit"
    LINE = "line"
    TOTAL = "total"


class RoundingOf(Enum):
    """What is rounded: the new price, the discount of the line, or the discount of one unit."""

    PRICE = "price"
    DISCOUNT = "discount"
    DISCOUNT_UNIT = "discount_unit"


@dataclass(frozen=True, slots=True)
class RoundingSettings:
    """Declared rounding points; between them prices stay exact (12 decimals after a step).

    ``unit_exponent`` keeps more decimals in a unit price than the currency has; ``cash`` (0.05) rounds the payable
    total only, as a line of its own, in the currencies that it names: coins are those of a currency.
    """

    mode: Rounding = Rounding.HALF_UP
    points: frozenset[RoundingPoint] = frozenset({RoundingPoint.LINE})
    of: RoundingOf = RoundingOf.PRICE
    unit_exponent: int | None = None
    cash: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))


class TaxLevel(Enum):
    """Where tax is rounded."""

    UNIT = "unit"
    LINE = "line"
    RATE = "rate"
    TOTAL = "total"


class TaxSide(Enum):
    """Which part of a price that includes tax is rounded; the other part is the rest."""

    TAX = "tax"
    NET = "net"


class TaxSource(Enum):
    """Who answers tax rates: the rule book's own table, or the tax service that the operator named."""

    TABLE = "table"
    HOOK = "hook"


@dataclass(frozen=True, slots=True)
class TaxRate:
    """The rate of one tax code: percent, and a fixed amount per unit; the first entry whose conditions hold counts."""

    code: str
    percent: Decimal
    fixed: Decimal = Decimal(0)
    when: tuple[Condition, ...] = ()
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class TaxSettings:
    """Whether prices include tax, where and which side is rounded, and the embedded rate table or who answers instead.

    A tax code without a rate is a refusal when ``unknown_is_refused``, else it bears no tax.
    """

    inclusive: bool = False
    level: TaxLevel = TaxLevel.LINE
    side: TaxSide = TaxSide.TAX
    rates: tuple[TaxRate, ...] = ()
    unknown_is_refused: bool = True
    mode: Rounding | None = None
    source: TaxSource = TaxSource.TABLE


class TieBreak(Enum):
    """How rules of one priority are ordered: the more specific first and then by id, or as they are listed."""

    SPECIFICITY = "specificity"
    LISTED = "listed"


class UnusableCode(Enum):
    """What an ended, used-up or unknown code does: refuse the request, or price without it and say why."""

    REFUSE = "refuse"
    REPORT = "report"


class BudgetOverrun(Enum):
    """What happens to a grant larger than the budget left: refused whole, or given up to the budget."""

    REFUSE = "refuse"
    CAP = "cap"


@dataclass(frozen=True, slots=True)
class Habits:
    """Choices for those who must match another system; the defaults are the documented behaviour."""

    ties: TieBreak = TieBreak.SPECIFICITY
    unusable_codes: UnusableCode = UnusableCode.REFUSE
    budget_overrun: BudgetOverrun = BudgetOverrun.REFUSE
    split_over_units: bool = False
    lines_max: int = 100_000
    quantity_decimals_max: int = 6
