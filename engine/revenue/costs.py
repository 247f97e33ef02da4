"""Costs of obtaining and fulfilling a contract: what becomes an asset, and how it is used up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.diagnostics import Code, Fault, Refusal
from engine.ledger import (
    ContractCostCapitalised,
    ContractCostExpensed,
    ContractCostImpaired,
    ContractCostWrittenUp,
    Fact,
    FactKey,
)
from engine.money import Money, allocate, total
from engine.periods import Period
from engine.revenue.contract import RevenueContract
from engine.revenue.policy import Gaap, ScheduleRounding
from engine.revenue.schedule import by_even_months, spread
from engine.revenue.stated import Basis, CostAsset
from engine.revenue.stating import (
    NOT_ABOVE_ZERO,
    Stated,
    above_zero,
    find,
    key_of,
    next_id,
    trace_of,
    with_changed,
    with_item,
)

NOT_IMPAIRED = Code("REV045")
NOT_WRITTEN_UP = Code("REV046")
ALREADY_USED = Code("REV050")


@dataclass(frozen=True, slots=True)
class ContractCost:
    """A cost of a contract; ``incremental`` when it was met for it alone, and will be recovered."""

    id: str
    amount: Money
    incremental: bool


@dataclass(frozen=True, slots=True)
class CostTreatment:
    """What is carried as an asset and what is expensed at once."""

    asset: Money
    expense: Money


def obtaining(costs: Iterable[ContractCost], *, nothing: Money) -> CostTreatment:
    """Incremental costs are an asset; the others are an expense."""
    kept = tuple(costs)
    asset = total((each.amount for each in kept if each.incremental), nothing.currency)
    return CostTreatment(asset, total((each.amount for each in kept), nothing.currency) - asset)


def capitalise(
    contract: RevenueContract, *, on: date, costs: Sequence[ContractCost], service: Period, basis: Basis
) -> Stated | Refusal:
    """Costs of obtaining or fulfilling the contract: what it alone caused is an asset, used up with the service."""
    faults = [fault for n, each in enumerate(costs) for fault in above_zero(each.amount, f"costs[{n}].amount")]
    if not costs:
        faults.append(Fault(NOT_ABOVE_ZERO, "costs", "there is no cost"))
    if faults:
        return Refusal(tuple(faults))
    split = obtaining(costs, nothing=Money.zero(contract.currency))
    lines = spread(split.asset, by_even_months(service), ScheduleRounding.CUMULATIVE)
    item = CostAsset(next_id(contract), on, basis, split.asset, lines, Money.zero(contract.currency))
    key, trace = key_of(contract, item), trace_of(contract)
    facts: list[Fact] = []
    if not split.asset.is_zero:
        facts.append(ContractCostCapitalised(FactKey(f"{key}/capitalised"), on, split.asset, trace))
    if not split.expense.is_zero:
        facts.append(ContractCostExpensed(FactKey(f"{key}/expensed"), on, split.expense, trace))
    return with_item(contract, item, *facts)


def impair(
    contract: RevenueContract, item_id: str, *, on: date, consideration: Money, costs: Money
) -> Stated | Refusal:
    """Test a cost asset (IFRS 15.101, ASC 340-40-35-3): it is worth at most what is still to come less its costs.

    IFRS writes up again what was written off and is worth more since; US GAAP does not (``REV046``).
    """
    item = find(contract, item_id, CostAsset)
    if isinstance(item, Refusal):
        return item
    used_until = max((each.on for each in item.lines[: item.posted]), default=on)
    if used_until > on:
        message = f"the asset was used up to {used_until} in the books already"
        return Refusal((Fault(ALREADY_USED, "date", message, "test it on that day or later"),))
    carrying, worth = item.carrying(on), max(consideration - costs, Money.zero(contract.currency))
    change = worth - carrying
    if change.minor_units > 0:
        change = min(change, item.impaired)
    if change.is_zero:
        return Refusal((Fault(NOT_IMPAIRED, "consideration", f"the asset of {carrying} is worth {worth}: it stays"),))
    if change.minor_units > 0 and contract.gaap is Gaap.US:
        return Refusal((Fault(NOT_WRITTEN_UP, "consideration", "US GAAP does not write up what was impaired"),))
    later = [each for each in item.lines if each.on > on]
    parts = allocate(carrying + change, [each.amount.minor_units for each in later]) if later else ()
    kept = tuple(each for each in item.lines if each.on <= on)
    moved = tuple(replace(each, amount=part) for each, part in zip(later, parts, strict=True))
    left = replace(item, lines=(*kept, *moved), impaired=item.impaired - change, facts=item.facts + 1)
    key = FactKey(f"{key_of(contract, item)}/tested/{left.facts}")
    fact: Fact = (
        ContractCostImpaired(key, on, -change, trace_of(contract))
        if change.minor_units < 0
        else ContractCostWrittenUp(key, on, change, trace_of(contract))
    )
    return Stated(with_changed(contract, left), (fact,))
