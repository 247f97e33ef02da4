"""Decision tables of the standard over stated facts: each answers what the facts decide, and states no fact itself.

Judgements (is a promise distinct, who controls a good, what a customer may do) come in as data with their author; these
functions say what follows from them, so that the same facts are always treated alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from engine.revenue.variable import EstimateMethod

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ContractPair:
    """What is known about two contracts."""

    same_or_related_customer: bool
    near_in_time: bool
    one_commercial_aim: bool = False
    prices_depend: bool = False
    one_obligation_across: bool = False


def combine(pair: ContractPair) -> bool:
    """Whether two contracts count as one (IFRS 15.17)."""
    linked = pair.one_commercial_aim or pair.prices_depend or pair.one_obligation_across
    return pair.same_or_related_customer and pair.near_in_time and linked


def enforceable_months(
    stated_months: int, *, customer_may_leave: bool, substantive_penalty: bool, notice_months: int
) -> int:
    """The months that bind both sides: a free right to leave makes a contract as long as its notice."""
    if customer_may_leave and not substantive_penalty:
        return min(notice_months, stated_months)
    return stated_months


def distinct_groups(
    promises: Sequence[str],
    *,
    capable_alone: bool,
    integrated: bool,
    dependent: Sequence[Sequence[str]] = (),
) -> tuple[tuple[str, ...], ...]:
    """The obligations that promises make up.

    Promises that are integrated into one output, or none of which is usable alone, are one. ``dependent`` names sets of
    which one customises another, or that need each other: they stay together; chains of such sets join.
    """
    if integrated or not capable_alone:
        return (tuple(promises),)
    groups: list[list[str]] = [[each] for each in promises]
    for together in dependent:
        joined = [each for each in groups if any(name in each for name in together)]
        if len(joined) > 1:
            first = joined[0]
            for other in joined[1:]:
                first += other
                groups.remove(other)
    return tuple(tuple(sorted(each, key=list(promises).index)) for each in groups)


def is_service_warranty(*, sold_separately: bool, beyond_specifications: bool) -> bool:
    """Whether a warranty is an obligation of its own; assurance that goods meet their specification is a provision."""
    return sold_separately or beyond_specifications


@dataclass(frozen=True, slots=True)
class Performance:
    """How a promise is performed."""

    consumed_as_performed: bool = False
    improves_what_customer_controls: bool = False
    no_alternative_use: bool = False
    right_to_payment_so_far: bool = False


def is_over_time(performance: Performance) -> bool:
    """Whether revenue is recognised over time; without any of the three grounds it is at a point in time (15.35)."""
    tailored = performance.no_alternative_use and performance.right_to_payment_so_far
    return performance.consumed_as_performed or performance.improves_what_customer_controls or tailored


class Role(Enum):
    """Whether we sell a good or arrange for another to sell it."""

    PRINCIPAL = "principal"
    AGENT = "agent"


def role(*, controls_before_transfer: bool) -> Role:
    """Control before transfer decides; responsibility, inventory risk and freedom of price only indicate it."""
    return Role.PRINCIPAL if controls_before_transfer else Role.AGENT


def revenue_of(found: Role, *, paid_by_customer: T, commission: T) -> T:
    """A principal's revenue is what the customer pays, an agent's the commission."""
    return paid_by_customer if found is Role.PRINCIPAL else commission


def is_material_right(*, discount_beyond_what_anyone_gets: bool) -> bool:
    """Whether an option to buy more is an obligation: only when it gives what others do not get (B40)."""
    return discount_beyond_what_anyone_gets


def estimate_method(*, outcomes: int) -> EstimateMethod:
    """The method that predicts better: the most likely amount of two outcomes, else the expected value."""
    return EstimateMethod.MOST_LIKELY_AMOUNT if outcomes == 2 else EstimateMethod.EXPECTED_VALUE
