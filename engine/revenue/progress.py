"""Measures of progress: cost to cost, output, and costs that will be recovered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, assert_never

from engine.money import EXACT, HALF_UP, WHOLE, Money, Ratio, UnitPrice, settle, share_of


@dataclass(frozen=True, slots=True)
class CostProgress:
    """How far work has come by its costs, and the revenue and costs to date that follow."""

    progress: Ratio
    revenue: Money
    cost_of_sales: Money


def cost_to_cost(
    price: Money,
    *,
    expected: Mapping[str, Decimal],
    incurred: Mapping[str, Decimal],
    excluded: frozenset[str] = frozenset(),
    excluded_transferred: bool = False,
    places: int | None = None,
) -> CostProgress:
    """Progress as costs incurred over costs expected.

    Materials that are not yet installed say nothing about progress: ``excluded`` costs are left out on both sides, and
    once control of them has passed they earn exactly their cost (IFRS 15.B19). ``places`` rounds the progress first.
    """
    zero = Decimal(0)
    done = _sum(amount for name, amount in incurred.items() if name not in excluded)
    whole = _sum(amount for name, amount in expected.items() if name not in excluded)
    share = Ratio(0, 1) if whole <= zero else Ratio.of(done) * _turned(whole)
    share = share if places is None else share.rounded(places)
    at_cost = _sum(incurred.get(name, zero) for name in excluded) if excluded_transferred else zero
    set_aside = _sum(expected.get(name, zero) for name in excluded)
    unit = price.currency
    rest = price - settle(UnitPrice(set_aside, unit), quantity=Decimal(1), rounding=HALF_UP)
    carried = settle(UnitPrice(at_cost, unit), quantity=Decimal(1), rounding=HALF_UP)
    cost = carried + settle(UnitPrice(done, unit), quantity=Decimal(1), rounding=HALF_UP)
    return CostProgress(share, share_of(rest, share) + carried, cost)


@dataclass(frozen=True, slots=True)
class Output:
    """Progress as what was produced over all that is to be: units, milestones, hours."""

    done: Decimal
    whole: Decimal


@dataclass(frozen=True, slots=True)
class CostRecovery:
    """Nobody can tell the outcome yet, but costs will be recovered: revenue is what they come to (IFRS 15.45)."""

    cost: Money


@dataclass(frozen=True, slots=True)
class CostReport:
    """Progress as costs incurred over costs expected, by name; see ``cost_to_cost``."""

    expected: Mapping[str, Decimal]
    incurred: Mapping[str, Decimal]
    excluded: frozenset[str] = frozenset()
    excluded_transferred: bool = False


ProgressMeasure: TypeAlias = Output | CostRecovery | CostReport
"""The ways in which progress is measured."""


def share_done(price: Money, measure: ProgressMeasure) -> Ratio:
    """The share of a price, which is above nothing, that is earned; never more than all of it."""
    match measure:
        case Output():
            done = Ratio.of(measure.done) * _turned(measure.whole)
        case CostRecovery():
            done = Ratio(measure.cost.minor_units, price.minor_units)
        case CostReport():
            found = cost_to_cost(
                price,
                expected=measure.expected,
                incurred=measure.incurred,
                excluded=measure.excluded,
                excluded_transferred=measure.excluded_transferred,
            )
            done = Ratio(found.revenue.minor_units, price.minor_units)
        case _:
            assert_never(measure)
    return min(done, WHOLE)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    whole = Decimal(0)
    for each in amounts:
        whole = EXACT.add(whole, each)
    return whole


def _turned(number: Decimal) -> Ratio:
    top, bottom = number.as_integer_ratio()
    return Ratio(bottom, top)
