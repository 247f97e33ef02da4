"""Variable amounts: what is expected of a bonus, penalty or concession counts in the price, and is estimated anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from engine.diagnostics import Fault, Refusal
from engine.money import Money, total
from engine.revenue.amending import stand_alone_left
from engine.revenue.contract import ObligationAccount, RevenueContract
from engine.revenue.modification import (
    reestimate,
    reestimate_line,
    variable_change_after_modification,
    with_shares,
)
from engine.revenue.stated import Basis, Promised, VariableAmount
from engine.revenue.stating import TOO_MUCH, Stated, find, line_faults, next_id, with_changed, with_item


def vary(contract: RevenueContract, *, order_line: str, on: date, amount: Money, basis: Basis) -> Stated | Refusal:
    """A variable part of the price at what is expected of it (IFRS 15.50-59): of one line, or of the whole contract.

    Nothing is expected of what is constrained; it is estimated anew when that changes.
    """
    faults = line_faults(contract, order_line, on) if order_line else []
    own = contract.account_of_line(order_line) if order_line else None
    promised = _fixed(contract) if own is None else (own,)
    faults += _too_low(promised, contract, amount)
    if faults:
        return Refusal(tuple(faults))
    shares = tuple(Promised(each.id, each.obligation.allocated.decimal) for each in promised)
    item = VariableAmount(next_id(contract), on, basis, order_line, amount, shares)
    changed = _moved(contract, item, on=on, delta=amount)
    return changed if isinstance(changed, Refusal) else with_item(changed, item)


def estimate_anew(
    contract: RevenueContract, item_id: str, *, on: date, amount: Money, basis: Basis
) -> Stated | Refusal:
    """Another amount is expected of a variable part (IFRS 15.87-90): it goes where the part was allocated at inception.

    What belongs to satisfied obligations is revenue now. After a modification that was accounted for forward, the share
    of the others is spread over all that is still owed.
    """
    item = find(contract, item_id, VariableAmount)
    if isinstance(item, Refusal):
        return item
    delta = amount - item.amount
    names = {each.obligation for each in item.promised}
    faults = _too_low([each for each in contract.accounts if each.id in names], contract, delta)
    if faults:
        return Refusal(tuple(faults))
    changed = _moved(contract, item, on=on, delta=delta)
    if isinstance(changed, Refusal):
        return changed
    return Stated(with_changed(changed, replace(item, amount=amount, basis=basis)))


def _moved(contract: RevenueContract, item: VariableAmount, *, on: date, delta: Money) -> RevenueContract | Refusal:
    if delta.is_zero:
        return contract
    if item.order_line:
        return reestimate_line(contract, item.order_line, on=on, price_delta=delta)
    if item.blended:
        return with_shares(contract, _after_modification(contract, item, on, delta), on=on)
    names = {each.obligation for each in item.promised}
    others = {each.id for each in contract.accounts if each.id not in names}
    return reestimate(contract, on=on, price_delta=delta, without=others)


def _after_modification(contract: RevenueContract, item: VariableAmount, on: date, delta: Money) -> Mapping[str, Money]:
    unit = contract.currency
    owed = {each.id: each for each in _fixed(contract) if each.earned(on) != each.price}
    inception = {each.obligation: Money.exactly(each.weight, unit) for each in item.promised}
    satisfied = [name for name in inception if name not in owed]
    remaining = {name: stand_alone_left(each, each.price - each.earned(on)) for name, each in owed.items()}
    now, later = variable_change_after_modification(
        delta, inception=inception, satisfied=satisfied if remaining else list(inception), remaining=remaining
    )
    return {**now, **later}


def _fixed(contract: RevenueContract) -> tuple[ObligationAccount, ...]:
    return tuple(each for each in contract.accounts if each.ended_on is None and not each.obligation.priced_as_billed)


def _too_low(
    taking: tuple[ObligationAccount, ...] | list[ObligationAccount], contract: RevenueContract, delta: Money
) -> list[Fault]:
    """The fault of taking off more than the price of what it is taken from."""
    price = total((each.price for each in taking), contract.currency)
    if delta.minor_units >= 0 or price + delta >= Money.zero(contract.currency):
        return []
    return [Fault(TOO_MUCH, "amount", f"{delta} takes off more than the price of {price}")]
