"""Volume rebates that reach back: what is billed by use is revenue at the price that is expected in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.diagnostics import Code, Fault, Refusal
from engine.money import Money
from engine.revenue.contract import ObligationAccount, RevenueContract, change_line, unknown
from engine.revenue.schedule import line_on
from engine.revenue.stated import Basis, VolumeRebate
from engine.revenue.stating import NOT_ABOVE_ZERO, TOO_MUCH, Stated, above_zero, find, next_id, with_changed, with_item

NOT_AS_BILLED = Code("REV053")
STATED_TWICE = Code("REV054")
EARLIER = Code("REV055")


def expect_rebate(
    contract: RevenueContract, order_line: str, *, on: date, prices: tuple[Decimal, Decimal], basis: Basis
) -> Stated | Refusal:
    """All that is billed of a line by its use is expected to cost less in the end (IFRS 15.51, 55; Example 24).

    ``prices`` are the price as it is billed and the lower one; both the same: none is expected yet. What was billed
    before takes its difference now.
    """
    account = contract.account_of_line(order_line)
    faults = [*_price_faults(prices)]
    if account is None:
        faults += [replace(each, field="quote_line") for each in unknown(contract, order_line).faults]
    elif not account.obligation.priced_as_billed:
        message = f"`{order_line}` has an agreed price"
        faults.append(Fault(NOT_AS_BILLED, "quote_line", message, "state an expected refund of it"))
    if any(isinstance(each, VolumeRebate) and each.order_line == order_line for each in contract.stated):
        faults.append(Fault(STATED_TWICE, "quote_line", f"`{order_line}` has a rebate", "estimate that one anew"))
    if faults or account is None:
        return Refusal(tuple(faults))
    gross, nothing = account.price, Money.zero(contract.currency)
    item = VolumeRebate(next_id(contract), on, basis, order_line, *prices, gross=gross, given=nothing)
    return _held_back(with_item(contract, item).contract, item, on)


def estimate_rebate_anew(
    contract: RevenueContract, item_id: str, *, on: date, prices: tuple[Decimal, Decimal], basis: Basis
) -> Stated | Refusal:
    """Another price is expected in the end; the difference for all that was billed is revenue, or none, of that day."""
    item = find(contract, item_id, VolumeRebate)
    if isinstance(item, Refusal):
        return item
    faults = [*_price_faults(prices)]
    if item.lines and on < item.lines[-1].on:
        message = f"what was held back runs to {item.lines[-1].on.isoformat()}"
        faults.append(Fault(EARLIER, "date", message, "state it of that day or later"))
    if faults:
        return Refusal(tuple(faults))
    return _held_back(contract, replace(item, basis=basis, price=prices[0], rebated_price=prices[1]), on)


def give_rebate(contract: RevenueContract, item: VolumeRebate, *, on: date, amount: Money) -> Stated | Refusal:
    """Part of a rebate is given: the liability goes, and a credit note on the invoices takes the price down instead."""
    faults = list(above_zero(amount, "amount"))
    if amount > item.held:
        faults.append(Fault(TOO_MUCH, "amount", f"{amount} is more than the {item.held} held back"))
    if faults:
        return Refusal(tuple(faults))
    return _held_back(contract, replace(item, given=item.given + amount), on)


def with_billed(contract: RevenueContract, order_line: str, *, on: date, amount: Money) -> RevenueContract:
    """The contract with what is held back of an amount that was billed; unchanged where no rebate is expected."""
    for item in contract.stated:
        if isinstance(item, VolumeRebate) and item.order_line == order_line:
            return _held_back(contract, replace(item, gross=item.gross + amount), on).contract
    return contract


def _held_back(contract: RevenueContract, item: VolumeRebate, on: date) -> Stated:
    due = item.due
    if due.is_zero:
        return Stated(with_changed(contract, item))
    line = line_on(max(on, item.lines[-1].on) if item.lines else on, due)

    def change(account: ObligationAccount) -> ObligationAccount:
        back = replace(line, amount=-due)
        return replace(account, price=account.price - due, lines=(*account.lines, back))

    changed = change_line(contract, item.order_line, change)
    assert not isinstance(changed, Refusal), "a rebate is stated of a line that the contract has"
    return Stated(with_changed(changed, replace(item, lines=(*item.lines, line))))


def _price_faults(prices: tuple[Decimal, Decimal]) -> list[Fault]:
    price, rebated = prices
    if price <= 0:
        return [Fault(NOT_ABOVE_ZERO, "price", f"{price} is not above zero")]
    if not 0 <= rebated <= price:
        return [Fault(TOO_MUCH, "rebated_price", f"{rebated} is not between nothing and {price}")]
    return []
