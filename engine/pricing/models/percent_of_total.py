"""Percent of total: a line that is priced as a percent of other lines, in the order that dependencies ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from engine.money import EXACT
from engine.pricing.models.model import ZERO
from engine.pricing.models.tiers import HUNDRED


class PercentCycleError(ValueError):
    """Lines that are percents of each other; ``members`` are their numbers in order of the cycle."""

    def __init__(self, members: tuple[int, ...]) -> None:
        super().__init__("lines are percents of each other")
        self.members = members


def percent_of(percent: Decimal, amounts: Sequence[Decimal]) -> Decimal:
    """A percent of the sum of amounts, exact."""
    total = ZERO
    for amount in amounts:
        total = EXACT.add(total, amount)
    return EXACT.divide(EXACT.multiply(total, percent), HUNDRED)


def dependency_order(needs: Mapping[int, Sequence[int]]) -> tuple[int, ...]:
    """Order percent-of-total lines so that each comes after those it counts; needs of other lines are ignored.

    Raises ``PercentCycleError`` when lines count each other.
    """
    order: list[int] = []
    waiting = {line: {need for need in counted if need in needs} for line, counted in needs.items()}
    while waiting:
        ready = [line for line, counted in waiting.items() if not counted]
        if not ready:
            raise PercentCycleError(_cycle(waiting))
        for line in ready:
            del waiting[line]
        for counted in waiting.values():
            counted.difference_update(ready)
        order.extend(ready)
    return tuple(order)


def _cycle(waiting: Mapping[int, set[int]]) -> tuple[int, ...]:
    """One cycle among lines that all wait for another."""
    path: list[int] = []
    line = min(waiting)
    while line not in path:
        path.append(line)
        line = min(waiting[line])
    return tuple(path[path.index(line) :])
