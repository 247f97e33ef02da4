"""Costs of obtaining and fulfilling a contract: what becomes an asset, and how it is used up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.money import Money, allocate, total


@dataclass(frozen=True, slots=True)
class ContractCost:
    """A cost of winning a contract; ``incremental`` when it would not have been met without it."""

    id: str
    amount: Money
    incremental: bool


@dataclass(frozen=True, slots=True)
class CostTreatment:
    """What is carried as an asset and what is expensed at once."""

    asset: Money
    expense: Money


def obtaining(costs: Iterable[ContractCost], *, nothing: Money, recoverable: bool = True) -> CostTreatment:
    """Incremental costs that are expected to be recovered are an asset; the others are an expense."""
    kept = tuple(costs)
    asset = total((each.amount for each in kept if each.incremental and recoverable), nothing.currency)
    return CostTreatment(asset, total((each.amount for each in kept), nothing.currency) - asset)


def amortisation(asset: Money, periods: int) -> tuple[Money, ...]:
    """An asset used up evenly over its periods; the parts add up to it."""
    return allocate(asset, [1] * periods)
