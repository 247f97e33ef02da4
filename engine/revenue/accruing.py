"""What the recognition run books of the things stated: interest, amortisation, and payments to the customer as used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import assert_never

from engine.ledger import (
    ContractCostAmortised,
    CustomerPaymentUsed,
    Fact,
    FactKey,
    FinancingAccrued,
    RefundLiabilityRaised,
    RefundLiabilityReleased,
    Trace,
)
from engine.money import Money, Ratio, share_of, total
from engine.revenue.contract import RevenueContract
from engine.revenue.schedule import ScheduleLine
from engine.revenue.stated import (
    CostAsset,
    CustomerPayment,
    ExpectedRefund,
    Financing,
    StatedItem,
    UsageSplit,
    VariableAmount,
    VolumeRebate,
)


def accrue(contract: RevenueContract, *, until: date) -> tuple[RevenueContract, tuple[Fact, ...]]:
    """The contract with everything stated brought up to a day, and the facts of that; a second time there are none."""
    facts: list[Fact] = []
    items = []
    for item in contract.stated:
        changed, found = _accrued(contract, item, until)
        items.append(changed)
        facts += found
    return (replace(contract, stated=tuple(items)) if facts else contract), tuple(facts)


def _accrued(contract: RevenueContract, item: StatedItem, until: date) -> tuple[StatedItem, tuple[Fact, ...]]:
    trace = Trace(contract=contract.id, customer=contract.customer)
    key = f"stated/{contract.id}/{item.id}"
    match item:
        case ExpectedRefund() | VariableAmount() | UsageSplit():
            return item, ()
        case VolumeRebate():
            due = _due(item.lines, item.posted, until)
            held = tuple(
                (RefundLiabilityRaised if line.amount.minor_units > 0 else RefundLiabilityReleased)(
                    FactKey(f"{key}/held/{number}"), line.on, abs(line.amount), trace
                )
                for number, line in due
            )
            return replace(item, posted=item.posted + len(due)), held
        case Financing():
            due = _due(item.lines, item.posted, until)
            interest = tuple(
                FinancingAccrued(
                    FactKey(f"{key}/interest/{number}"),
                    line.on,
                    abs(line.amount),
                    trace,
                    on_advance=line.amount.minor_units > 0,
                )
                for number, line in due
            )
            return replace(item, posted=item.posted + len(due)), interest
        case CostAsset():
            due = _due(item.lines, item.posted, until)
            used = tuple(
                ContractCostAmortised(FactKey(f"{key}/used/{number}"), line.on, line.amount, trace, line.service)
                for number, line in due
                if not line.amount.is_zero
            )
            return replace(item, posted=item.posted + len(due)), used
        case CustomerPayment():
            return _used(contract, item, until, trace)
        case _:
            assert_never(item)


def _due(lines: tuple[ScheduleLine, ...], posted: int, until: date) -> list[tuple[int, ScheduleLine]]:
    """The lines that are due and were not booked yet, with their numbers; lines are in the order of their days."""
    return [(number, line) for number, line in enumerate(lines[posted:], posted + 1) if line.on <= until]


def _used(
    contract: RevenueContract, item: CustomerPayment, until: date, trace: Trace
) -> tuple[StatedItem, tuple[Fact, ...]]:
    """The payment meets revenue in the proportion in which the price of the contract is earned."""
    fixed = [each for each in contract.accounts if not each.obligation.priced_as_billed]
    price = total((each.price for each in fixed), contract.currency)
    earned = total((each.earned(until) for each in fixed), contract.currency)
    nothing = Money.zero(contract.currency)
    if item.on > until:
        return item, ()
    share = Ratio(min(max(earned, nothing), price).minor_units, price.minor_units) if price > nothing else Ratio(1, 1)
    more = share_of(item.paid, share) - item.used
    if more <= nothing:
        return item, ()
    fact = CustomerPaymentUsed(FactKey(f"stated/{contract.id}/{item.id}/used/{item.facts + 1}"), until, more, trace)
    return replace(item, used=item.used + more, facts=item.facts + 1), (fact,)
