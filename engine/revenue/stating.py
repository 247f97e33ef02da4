"""Stating something of a contract: what every kind of statement has in common."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from engine.diagnostics import Code, Fault, Refusal, did_you_mean
from engine.ledger import Fact, Trace
from engine.money import Money
from engine.revenue.contract import RevenueContract
from engine.revenue.modification import open_faults
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

NOT_ABOVE_ZERO = Code("REV040")
TOO_MUCH = Code("REV041")
UNKNOWN_ITEM = Code("REV042")
NO_FIXED_PRICE = Code("REV047")
Item = TypeVar("Item", ExpectedRefund, VariableAmount, VolumeRebate, UsageSplit, CustomerPayment, Financing, CostAsset)


@dataclass(frozen=True, slots=True)
class Stated:
    """The contract with what was stated, and the facts of that; both are saved together."""

    contract: RevenueContract
    facts: tuple[Fact, ...] = ()


def with_item(contract: RevenueContract, item: StatedItem, *facts: Fact) -> Stated:
    """The contract with something new that was stated, and the facts of that."""
    changed = replace(contract, stated=(*contract.stated, item), version=contract.version + 1)
    return Stated(changed, facts)


def with_changed(contract: RevenueContract, item: StatedItem) -> RevenueContract:
    """The contract with something stated as it stands now."""
    stated = tuple(item if each.id == item.id else each for each in contract.stated)
    return replace(contract, stated=stated, version=contract.version + 1)


def find(contract: RevenueContract, item_id: str, kind: type[Item]) -> Item | Refusal:
    """What was stated under an id, of that kind; a refusal names what there is."""
    for each in contract.stated:
        if each.id == item_id and isinstance(each, kind):
            return each
    known = [each.id for each in contract.stated if isinstance(each, kind)]
    message = f"nothing of that kind was stated as `{item_id[:40]}`"
    return Refusal((Fault(UNKNOWN_ITEM, "item", message, did_you_mean(item_id, known)),))


def line_faults(contract: RevenueContract, order_line: str, on: date) -> list[Fault]:
    """Why the price of a line cannot be changed by what is stated of it."""
    faults = [replace(each, field="quote_line") for each in open_faults(contract, order_line, on=on)]
    account = contract.account_of_line(order_line)
    if account is not None and account.obligation.priced_as_billed:
        message = f"`{order_line}` has no price before it is billed"
        faults.append(Fault(NO_FIXED_PRICE, "quote_line", message, "credit what was billed"))
    return faults


def above_zero(amount: Money, field: str) -> tuple[Fault, ...]:
    """The fault of an amount that has to be above nothing."""
    return () if amount.minor_units > 0 else (Fault(NOT_ABOVE_ZERO, field, f"{amount} is not above zero"),)


def next_id(contract: RevenueContract) -> str:
    """The id of the next thing stated."""
    return f"s-{len(contract.stated) + 1}"


def key_of(contract: RevenueContract, item: StatedItem) -> str:
    """What the keys of its facts begin with."""
    return f"stated/{contract.id}/{item.id}"


def trace_of(contract: RevenueContract, order_line: str = "") -> Trace:
    """Where its amounts come from."""
    account = contract.account_of_line(order_line) if order_line else None
    obligation = account.id if account is not None else ""
    return Trace(contract=contract.id, customer=contract.customer, order_line=order_line, obligation=obligation)
