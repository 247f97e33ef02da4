"""What a rule gives: the effects behind ``give:``, as frozen data with amounts already in one currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from engine.catalog import Value

if TYPE_CHECKING:
    from engine.language.scope import Checked

Operand: TypeAlias = "Decimal | Checked"
"""A constant, or a formula over the roots of ``engine.pricing.scope``; percents are written 15, never 0.15."""

Condition: TypeAlias = "Checked"
"""A checked boolean expression of the rule language."""


class On(Enum):
    """What an effect changes: one unit, the line, every line on its own, the whole order, or chosen single units."""

    UNIT = "unit"
    LINE = "line"
    EACH_LINE = "each_line"
    ORDER = "order"
    UNITS = "units"


class Sign(Enum):
    """Whether an effect takes away or adds."""

    OFF = "off"
    UP = "up"


class Basis(Enum):
    """The price that a percent is counted from: what earlier rules left, or the list price."""

    RUNNING = "running"
    LIST = "list"


class Select(Enum):
    """Which single units are taken first."""

    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    LINE_ORDER = "line_order"


@dataclass(frozen=True, slots=True)
class Percent:
    """``15 % off unit``; on ``order`` the percent of the running total of the lines that take part."""

    value: Operand
    on: On = On.UNIT
    sign: Sign = Sign.OFF
    of: Basis = Basis.RUNNING


@dataclass(frozen=True, slots=True)
class Amount:
    """``25.00 off unit``: money in the major unit of the quote's currency."""

    value: Operand
    on: On = On.UNIT
    sign: Sign = Sign.OFF


@dataclass(frozen=True, slots=True)
class SetPrice:
    """``set unit 9.90``: a price of its own; on ``line`` or ``order`` a target total, which never raises the total."""

    value: Operand
    on: On = On.UNIT


@dataclass(frozen=True, slots=True)
class FirstNext:
    """An amount off the first unit of a line and another off each further one."""

    first: Operand
    following: Operand


@dataclass(frozen=True, slots=True)
class TierStep:
    """From ``start`` (inclusive) of the measure on, this effect holds."""

    start: Decimal
    effect: Percent | Amount | SetPrice


@dataclass(frozen=True, slots=True)
class Tiered:
    """The effect of the highest step that the measure reaches; below the first step the rule gives nothing."""

    measure: Checked
    steps: tuple[TierStep, ...]


@dataclass(frozen=True, slots=True)
class UnitPick:
    """So many units among the lines that ``where`` admits."""

    quantity: Decimal
    where: tuple[Condition, ...] = ()
    select: Select = Select.DEAREST


@dataclass(frozen=True, slots=True)
class BuyGet:
    """Buy so many, get so many at a discount; the dearest units qualify, and no unit is used twice.

    ``repeat`` forms as many sets as there are units for (at most ``sets_max``), ``partial`` lets the last set be short.
    """

    buy: UnitPick
    get: UnitPick
    percent_off: Operand
    repeat: bool = False
    partial: bool = False
    sets_max: int | None = None


@dataclass(frozen=True, slots=True)
class UnitsOff:
    """A discount on single units: ``count`` of them by ``select``, or whole groups of ``group_of`` in line order."""

    effect: Percent | Amount | SetPrice
    select: Select = Select.CHEAPEST
    count: Decimal | None = None
    group_of: int | None = None
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class ForEach:
    """Once for each so many units among the lines that ``where`` admits; a part does not count."""

    quantity: Decimal
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Gift:
    """Adds a line at a price of its own (0: free); the line neither counts for nor takes part in other discounts.

    It bears the tax of its code, its cost counts for the margin, and ``facts`` are what conditions read of it.
    """

    sku: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(0)
    for_each: ForEach | None = None
    tax_code: str = ""
    costs: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    facts: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


Effect: TypeAlias = Percent | Amount | SetPrice | FirstNext | Tiered | BuyGet | UnitsOff | Gift
