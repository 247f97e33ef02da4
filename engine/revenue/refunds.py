"""Refunds that are expected, goods that come back, and payments to the customer: each lowers the transaction price."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.diagnostics import Fault, Refusal
from engine.ledger import (
    CustomerPaid,
    Fact,
    FactKey,
    GoodsExpectedBack,
    GoodsKept,
    GoodsReturned,
    GoodsSold,
    RefundLiabilityRaised,
    RefundLiabilityReleased,
)
from engine.money import Money, Ratio, share_of, total
from engine.revenue.contract import RevenueContract, unknown
from engine.revenue.modification import reestimate, reestimate_line
from engine.revenue.rebates import give_rebate
from engine.revenue.stated import Basis, CustomerPayment, ExpectedRefund, VolumeRebate
from engine.revenue.stating import (
    NOT_ABOVE_ZERO,
    TOO_MUCH,
    Stated,
    above_zero,
    find,
    key_of,
    line_faults,
    next_id,
    trace_of,
    with_changed,
    with_item,
)


def expect_refund(
    contract: RevenueContract, order_line: str, *, on: date, refund: Money, returned_cost: Money, basis: Basis
) -> Stated | Refusal:
    """Part of the price of a line is expected to go back (IFRS 15.B21, 55): a liability, never revenue.

    It is stated when the goods pass or later; goods that are expected back are an asset at what they are worth.
    """
    account = contract.account_of_line(order_line)
    faults = line_faults(contract, order_line, on)
    for amount, name in ((refund, "refund"), (returned_cost, "returned_cost")):
        if amount.minor_units < 0:
            faults.append(Fault(NOT_ABOVE_ZERO, name, f"{amount} is below zero"))
    if refund.is_zero and returned_cost.is_zero:
        faults += above_zero(refund, "refund")
    if account is not None and refund > account.price:
        faults.append(Fault(TOO_MUCH, "refund", f"{refund} is more than the price of {account.price}"))
    if faults:
        return Refusal(tuple(faults))
    item = ExpectedRefund(next_id(contract), on, basis, order_line, refund, returned_cost)
    changed = _repriced(contract, order_line, on, -refund)
    if isinstance(changed, Refusal):
        return changed
    trace, key = trace_of(contract, order_line), key_of(contract, item)
    facts: list[Fact] = []
    if not refund.is_zero:
        facts.append(RefundLiabilityRaised(FactKey(f"{key}/raised"), on, refund, trace))
    if not returned_cost.is_zero:
        facts.append(GoodsExpectedBack(FactKey(f"{key}/goods"), on, returned_cost, trace))
    return with_item(changed, item, *facts)


def release_refund(
    contract: RevenueContract, item_id: str, *, on: date, amount: Money, goods_returned: Money
) -> Stated | Refusal:
    """A refund is not expected any more: nothing came back, or it came and a credit note takes it off now.

    The price gets it back. Of the goods, those that came are stock again, those of the rest are sold for good.
    """
    rebate = next((each for each in contract.stated if each.id == item_id and isinstance(each, VolumeRebate)), None)
    if rebate is not None:
        return give_rebate(contract, rebate, on=on, amount=amount)
    item = find(contract, item_id, ExpectedRefund)
    return item if isinstance(item, Refusal) else _released(contract, item, on, amount, goods_returned)


def _released(
    contract: RevenueContract, item: ExpectedRefund, on: date, amount: Money, goods_returned: Money
) -> Stated | Refusal:
    faults = [] if amount.is_zero and item.refund.is_zero else list(above_zero(amount, "amount"))
    if amount > item.refund:
        faults.append(Fault(TOO_MUCH, "amount", f"{amount} is more than the {item.refund} still expected"))
    whole = amount >= item.refund
    goods = item.returned_cost
    if not whole:
        goods = share_of(goods, Ratio(amount.minor_units, item.refund.minor_units))
    if not 0 <= goods_returned.minor_units <= goods.minor_units:
        faults.append(Fault(TOO_MUCH, "goods_returned", f"{goods_returned} is not between nothing and {goods}"))
    if faults:
        return Refusal(tuple(faults))
    changed = _repriced(contract, item.order_line, on, amount)
    if isinstance(changed, Refusal):
        return changed
    left = replace(item, refund=item.refund - amount, returned_cost=item.returned_cost - goods)
    trace = trace_of(contract, item.order_line)
    key = f"{key_of(contract, item)}/released/{left.refund.minor_units}"
    facts: list[Fact] = []
    if not amount.is_zero:
        facts.append(RefundLiabilityReleased(FactKey(key), on, amount, trace))
    if not goods_returned.is_zero:
        facts.append(GoodsReturned(FactKey(f"{key}/returned"), on, goods_returned, trace))
    if goods != goods_returned:
        facts.append(GoodsKept(FactKey(f"{key}/kept"), on, goods - goods_returned, trace))
    return Stated(with_changed(changed, left), tuple(facts))


def sell_goods(contract: RevenueContract, order_line: str, *, on: date, cost: Money) -> Stated | Refusal:
    """Goods of a line left the stock: their cost is a cost of sales."""
    faults = [*above_zero(cost, "cost")]
    if contract.account_of_line(order_line) is None:
        faults += [replace(each, field="quote_line") for each in unknown(contract, order_line).faults]
    if faults:
        return Refusal(tuple(faults))
    changed = replace(contract, version=contract.version + 1)
    key = FactKey(f"stated/{contract.id}/goods/{changed.version}")
    return Stated(changed, (GoodsSold(key, on, cost, trace_of(contract, order_line)),))


def pay_customer(
    contract: RevenueContract, *, on: date, paid: Money, fair_value: Money, basis: Basis
) -> Stated | Refusal:
    """Money paid to the customer lowers the price, but for the fair value of what it buys (IFRS 15.70-72)."""
    off = paid - fair_value
    faults = [*above_zero(paid, "paid")]
    if fair_value.minor_units < 0:
        faults.append(Fault(NOT_ABOVE_ZERO, "fair_value", f"{fair_value} is below zero"))
    elif paid.minor_units > 0 and off.minor_units <= 0:
        faults.append(Fault(TOO_MUCH, "fair_value", f"what is bought for {paid} is worth it: the price stays"))
    running = [each for each in contract.accounts if each.ended_on is None and not each.obligation.priced_as_billed]
    fixed = total((each.price for each in running), contract.currency)
    if off > fixed:
        faults.append(Fault(TOO_MUCH, "paid", f"{off} is more than the price of {fixed}"))
    if faults:
        return Refusal(tuple(faults))
    item = CustomerPayment(next_id(contract), on, basis, off, Money.zero(contract.currency))
    changed = reestimate(contract, on=on, price_delta=-off)
    if isinstance(changed, Refusal):
        return changed
    key = FactKey(f"{key_of(contract, item)}/paid")
    return with_item(changed, item, CustomerPaid(key, on, off, trace_of(contract)))


def _repriced(contract: RevenueContract, order_line: str, on: date, delta: Money) -> RevenueContract | Refusal:
    """The contract with another price of a line; goods alone that are expected back change no price."""
    return contract if delta.is_zero else reestimate_line(contract, order_line, on=on, price_delta=delta)
