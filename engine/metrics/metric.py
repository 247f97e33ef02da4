"""What a metric is: the rows behind it, the measures summed from them, and the formula over the measures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from engine.metrics.facts import Facts
from engine.money import EXACT, Currency, Rounding, divide_rounded
from engine.periods import Period

NOTHING: Mapping[str, str] = MappingProxyType({})
CUSTOMER = ("customer", "segment", "region")
"""The dimensions of everything that a customer is known of."""
RATIO_PLACES = 6
TIME_PLACES = 2
USUAL_PLACES = 2


class Unit(Enum):
    """What a value counts: money of one currency, a share, hours, days, or a number of things."""

    MONEY = "money"
    RATIO = "ratio"
    HOURS = "hours"
    DAYS = "days"
    COUNT = "count"


class Moment(Enum):
    """Whether a value holds at the end of the last day, or for all that happened in the period."""

    AT_DAY = "at_day"
    OVER_PERIOD = "over_period"


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One thing behind a number: which record, the day it counts on, and what it brings to each measure.

    ``subject`` is a resource name. ``parts`` are exact: money in major units of ``currency``. ``by`` says where the row
    belongs in each dimension.
    """

    subject: str
    on: date
    parts: Mapping[str, Decimal]
    currency: Currency | None = None
    by: Mapping[str, str] = field(default_factory=lambda: NOTHING)


Measure: TypeAlias = Callable[[Sequence[MetricRow], Period], Decimal | None]
"""One number out of rows; None when they do not say."""

Formula: TypeAlias = Callable[[Mapping[str, Decimal]], Decimal | None]
"""The value out of the measures; None when it is not defined, such as a share of nothing."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric with its definition; ``version`` grows whenever the same records would give another number.

    ``reads`` names the fields of the facts that ``rows`` looks at, so that nothing else has to be read.
    """

    name: str
    title: str
    definition: str
    unit: Unit
    moment: Moment
    reads: frozenset[str]
    rows: Callable[[Facts, Period], Iterable[MetricRow]]
    measures: Mapping[str, Measure]
    formula: Formula
    dimensions: tuple[str, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """The value for one group of rows, in one currency where it is about money, with the measures it is made of."""

    value: Decimal | None
    measures: Mapping[str, Decimal]
    rows: int
    currency: Currency | None = None
    by: Mapping[str, str] = field(default_factory=lambda: NOTHING)


def figure_of(metric: Metric, rows: Sequence[MetricRow], period: Period) -> Figure:
    """The value of rows of one currency."""
    unit = next((each.currency for each in rows if each.currency is not None), None)
    found = {name: measure(rows, period) for name, measure in metric.measures.items()}
    known = {name: value for name, value in found.items() if value is not None}
    exact = metric.formula(known) if len(known) == len(found) else None
    value = None if exact is None else rounded(exact, places_of(metric.unit, unit))
    return Figure(value, MappingProxyType(known), len(rows), unit)


def places_of(unit: Unit, money: Currency | None) -> int:
    """How many decimals a value is shown with."""
    match unit:
        case Unit.MONEY:
            return money.exponent if money is not None else USUAL_PLACES
        case Unit.RATIO:
            return RATIO_PLACES
        case Unit.HOURS | Unit.DAYS:
            return TIME_PLACES
        case Unit.COUNT:
            return 0


def rounded(value: Decimal, places: int) -> Decimal:
    """A number with so many decimals, halves away from zero."""
    top, bottom = value.as_integer_ratio()
    return _shifted(divide_rounded(top * 10**places, bottom, Rounding.HALF_UP), places)


def _shifted(units: int, places: int) -> Decimal:
    return Decimal((int(units < 0), tuple(int(digit) for digit in str(abs(units))), -places))


def ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    """A part of a whole; None when there is no whole."""
    return EXACT.divide(part, whole) if whole else None


def sum_of(part: str) -> Measure:
    """The sum of a part over all rows; rows that do not have it bring nothing."""

    def measure(rows: Sequence[MetricRow], _: Period) -> Decimal | None:
        return added(each.parts[part] for each in rows if part in each.parts)

    return measure


def percentile_of(part: str, percent: int) -> Measure:
    """The value that so many percent of the rows do not exceed, between two neighbours where it falls; 50: median."""

    def measure(rows: Sequence[MetricRow], _: Period) -> Decimal | None:
        values = sorted(each.parts[part] for each in rows if part in each.parts)
        if not values:
            return None
        place, rest = divmod(percent * (len(values) - 1), 100)
        step = values[place + 1] - values[place] if rest else Decimal(0)
        return EXACT.add(values[place], EXACT.divide(EXACT.multiply(step, Decimal(rest)), Decimal(100)))

    return measure


def ratio_of(part: str, *wholes: str) -> Measure:
    """The sum of a part over the sum of others; None when those are nothing."""

    def measure(rows: Sequence[MetricRow], period: Period) -> Decimal | None:
        parts = (sum_of(each)(rows, period) or Decimal(0) for each in wholes)
        return ratio(sum_of(part)(rows, period) or Decimal(0), added(parts))

    return measure


def days_of_period(_: Sequence[MetricRow], period: Period) -> Decimal | None:
    """How many days the period has."""
    return Decimal(period.days)


def added(values: Iterable[Decimal]) -> Decimal:
    """The exact sum of numbers."""
    whole = Decimal(0)
    for each in values:
        whole = EXACT.add(whole, each)
    return whole


def only(measure: str) -> Formula:
    """The value is one measure as it is."""
    return lambda found: found[measure]


def share(part: str, whole: str) -> Formula:
    """The value is one measure over another."""
    return lambda found: ratio(found[part], found[whole])


def signed(found: Mapping[str, Decimal], terms: Iterable[tuple[str, int]]) -> Decimal:
    """Measures added up, each with its sign."""
    return added(found[name] * sign for name, sign in terms)
