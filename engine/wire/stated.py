"""What is stated of a revenue contract: proto and domain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TypeAlias

from cpq.v1 import revenue_pb2

from engine.application.stating import Statement, change_service, state_costs
from engine.money import Currency, Money, total
from engine.periods import Period
from engine.revenue import (
    Basis,
    ContractCost,
    CostAsset,
    CostRecovery,
    CostReport,
    CustomerPayment,
    ExpectedRefund,
    Financing,
    Output,
    ProgressMeasure,
    Rate,
    StatedItem,
    UsageSplit,
    VariableAmount,
    VolumeRebate,
    estimate_anew,
    estimate_rebate_anew,
    expect_rebate,
    expect_refund,
    finance,
    impair,
    pay_customer,
    relate_usage,
    release_refund,
    report_progress,
    sell_goods,
    vary,
)
from engine.revenue.schedule import ScheduleLine
from engine.wire.basics import Faults, fill_date, need_date, need_decimal, read_date, read_decimal

MOST_PAYMENTS = 600
MOST_COSTS = 200
USUAL_MONTHS = 12
MOST_MINOR = 10**15
Made: TypeAlias = Callable[[Currency, date, Basis], Statement]
"""A statement once the currency of its contract, its day and its author are known."""


def read_fact(request: revenue_pb2.StateRevenueFactRequest, faults: Faults) -> Made | None:
    """The statement that a request makes; None with a fault when it makes none."""
    name = request.WhichOneof("fact")
    if name is None:
        faults.required("fact")
        return None
    return READERS[name](getattr(request, name), faults.at(name))


def _refund(message: revenue_pb2.ExpectedRefund, faults: Faults) -> Made:
    line = _line(message.quote_line, faults)
    refund, cost = _amount(message.refund, "refund", faults), _amount(message.returned_cost, "returned_cost", faults)
    return lambda unit, on, basis: partial(
        expect_refund,
        order_line=line,
        on=on,
        refund=Money(refund, unit),
        returned_cost=Money(cost, unit),
        basis=basis,
    )


def _release(message: revenue_pb2.RefundRelease, faults: Faults) -> Made:
    amount = _amount(message.amount, "amount", faults)
    goods = _amount(message.goods_returned, "goods_returned", faults)
    return lambda unit, on, basis: partial(
        release_refund, item_id=message.item, on=on, amount=Money(amount, unit), goods_returned=Money(goods, unit)
    )


def _variable(message: revenue_pb2.VariableAmount, faults: Faults) -> Made:
    amount = _amount(message.amount, "amount", faults)
    if message.item:
        if message.quote_line:
            faults.invalid("quote_line", "what is estimated anew keeps its line", "leave it empty")
        return lambda unit, on, basis: partial(
            estimate_anew, item_id=message.item, on=on, amount=Money(amount, unit), basis=basis
        )
    return lambda unit, on, basis: partial(
        vary, order_line=message.quote_line, on=on, amount=Money(amount, unit), basis=basis
    )


def _rebate(message: revenue_pb2.VolumeRebate, faults: Faults) -> Made:
    prices = (
        need_decimal(message.price, "price", faults),
        need_decimal(message.rebated_price, "rebated_price", faults),
    )
    if message.item:
        if message.quote_line:
            faults.invalid("quote_line", "what is estimated anew keeps its line", "leave it empty")
        return lambda _, on, basis: partial(
            estimate_rebate_anew, item_id=message.item, on=on, prices=prices, basis=basis
        )
    line = _line(message.quote_line, faults)
    return lambda _, on, basis: partial(expect_rebate, order_line=line, on=on, prices=prices, basis=basis)


def _usage(message: revenue_pb2.UsageAllocation, faults: Faults) -> Made:
    line = _line(message.quote_line, faults)
    if not message.shares:
        faults.required("shares")
    _few(len(message.shares), MOST_COSTS, "shares", faults)
    estimates: dict[str, Decimal] = {}
    for n, each in enumerate(message.shares[:MOST_COSTS]):
        at = faults.at(f"shares[{n}]")
        name = _line(each.quote_line, at)
        if name in estimates:
            at.invalid("quote_line", f"`{name[:40]}` is named twice")
        estimates[name] = need_decimal(each.estimate, "estimate", at)
        if estimates[name] < 0:
            at.invalid("estimate", f"{each.estimate[:40]} is below zero")
    return lambda _, on, basis: partial(
        relate_usage, order_line=line, on=on, estimates=estimates, targeted=message.targeted, basis=basis
    )


def _service(message: revenue_pb2.ServiceChange, faults: Faults) -> Made:
    line, end = _line(message.quote_line, faults), need_date(message.end, "end", faults)
    return lambda _, on, __: partial(change_service, order_line=line, on=on, end=end)


def _payment(message: revenue_pb2.CustomerPayment, faults: Faults) -> Made:
    paid, worth = _amount(message.paid, "paid", faults), _amount(message.fair_value, "fair_value", faults)
    return lambda unit, on, basis: partial(
        pay_customer, on=on, paid=Money(paid, unit), fair_value=Money(worth, unit), basis=basis
    )


def _financing(message: revenue_pb2.FinancingComponent, faults: Faults) -> Made:
    line = _line(message.quote_line, faults)
    annual = read_decimal(message.annual_rate, "annual_rate", faults)
    cash, months = _amount(message.cash_price, "cash_price", faults), message.compounding_months or USUAL_MONTHS
    transfer = read_date(message.transfer_date, "transfer_date", faults)
    if not message.payments:
        faults.required("payments")
    _few(len(message.payments), MOST_PAYMENTS, "payments", faults)
    paid = []
    for n, each in enumerate(message.payments[:MOST_PAYMENTS]):
        at = faults.at(f"payments[{n}]")
        paid.append((need_date(each.date, "date", at), _amount(each.amount, "amount", at)))
    return lambda unit, on, basis: partial(
        finance,
        order_line=line,
        rate=Rate(annual, months, Money(cash, unit) if cash else None),
        payments=[(day, Money(amount, unit)) for day, amount in paid],
        transfer=transfer,
        basis=basis,
    )


def _costs(message: revenue_pb2.ContractCosts, faults: Faults) -> Made:
    _few(len(message.costs), MOST_COSTS, "costs", faults)
    costs = [
        (each.id, _amount(each.amount, "amount", faults.at(f"costs[{n}]")), each.incremental)
        for n, each in enumerate(message.costs[:MOST_COSTS])
    ]
    start = read_date(message.service.start, "service.start", faults)
    end = read_date(message.service.end, "service.end", faults)
    service = None
    if start is not None and end is not None and start < end:
        service = Period(start, end)
    elif start is not None or end is not None:
        faults.invalid("service", "it needs a start, and an end after that")
    return lambda unit, on, basis: partial(
        state_costs,
        on=on,
        costs=[ContractCost(name, Money(amount, unit), incremental) for name, amount, incremental in costs],
        service=service,
        basis=basis,
    )


def _test(message: revenue_pb2.ImpairmentTest, faults: Faults) -> Made:
    consideration = _amount(message.consideration, "consideration", faults)
    costs = _amount(message.costs, "costs", faults)
    return lambda unit, on, basis: partial(
        impair, item_id=message.item, on=on, consideration=Money(consideration, unit), costs=Money(costs, unit)
    )


def _goods(message: revenue_pb2.CostOfGoods, faults: Faults) -> Made:
    line, cost = _line(message.quote_line, faults), _amount(message.cost, "cost", faults)
    return lambda unit, on, basis: partial(sell_goods, order_line=line, on=on, cost=Money(cost, unit))


def _progress(message: revenue_pb2.ProgressReport, faults: Faults) -> Made:
    line = _line(message.quote_line, faults)
    recovered = 0
    measure: ProgressMeasure | None = None
    match message.WhichOneof("measure"):
        case "output":
            at = faults.at("output")
            measure = Output(
                need_decimal(message.output.done, "done", at), need_decimal(message.output.whole, "whole", at)
            )
        case "costs":
            measure = _cost_report(message.costs, faults.at("costs"))
        case "recovered_cost":
            recovered = _amount(message.recovered_cost, "recovered_cost", faults)
        case _:
            faults.required("measure")
    return lambda unit, on, basis: partial(
        report_progress,
        order_line=line,
        on=on,
        measure=measure if measure is not None else CostRecovery(Money(recovered, unit)),
    )


def _cost_report(message: revenue_pb2.CostProgress, faults: Faults) -> CostReport:
    _few(len(message.costs), MOST_COSTS, "costs", faults)
    expected: dict[str, Decimal] = {}
    incurred: dict[str, Decimal] = {}
    for n, each in enumerate(message.costs[:MOST_COSTS]):
        at = faults.at(f"costs[{n}]")
        if each.id in expected:
            at.invalid("id", f"`{each.id[:40]}` is named twice")
        expected[each.id] = need_decimal(each.expected, "expected", at)
        incurred[each.id] = need_decimal(each.incurred, "incurred", at)
    excluded = frozenset(each.id for each in message.costs if each.uninstalled)
    return CostReport(expected, incurred, excluded, message.uninstalled_transferred)


READERS: dict[str, Callable[..., Made]] = {
    "expected_refund": _refund,
    "refund_release": _release,
    "customer_payment": _payment,
    "financing": _financing,
    "contract_costs": _costs,
    "impairment_test": _test,
    "cost_of_goods": _goods,
    "progress": _progress,
    "variable_amount": _variable,
    "volume_rebate": _rebate,
    "usage_allocation": _usage,
    "service_change": _service,
}
KINDS: dict[type[StatedItem], str] = {
    ExpectedRefund: "expected_refund",
    VariableAmount: "variable_amount",
    VolumeRebate: "volume_rebate",
    UsageSplit: "usage_allocation",
    CustomerPayment: "customer_payment",
    Financing: "financing",
    CostAsset: "contract_cost",
}


def fill_stated(message: revenue_pb2.StatedItem, item: StatedItem) -> None:
    """Set something stated, as it stands now."""
    message.id, message.kind = item.id, KINDS[type(item)]
    fill_date(message.date, item.on)
    message.author, message.reason = f"users/{item.basis.by}", item.basis.reason
    message.price_effect = item.priced.minor_units
    match item:
        case ExpectedRefund():
            message.quote_line, message.amount = item.order_line, item.refund.minor_units
        case VariableAmount():
            message.quote_line, message.amount = item.order_line, item.amount.minor_units
        case VolumeRebate():
            message.quote_line, message.amount = item.order_line, item.held.minor_units
            message.booked = _sum(item.lines[: item.posted], item.gross).minor_units
        case UsageSplit():
            message.quote_line, message.amount = item.order_line, item.split.minor_units
        case CustomerPayment():
            message.amount, message.booked = item.paid.minor_units, item.used.minor_units
        case Financing():
            message.quote_line, message.amount = item.order_line, item.interest.minor_units
            message.booked = _sum(item.lines[: item.posted], item.interest).minor_units
            _fill_schedule(message, item.lines, item.posted)
        case CostAsset():
            message.amount = item.asset.minor_units
            message.booked = (_sum(item.lines[: item.posted], item.asset) + item.impaired).minor_units
            _fill_schedule(message, item.lines, item.posted)


def _fill_schedule(message: revenue_pb2.StatedItem, lines: tuple[ScheduleLine, ...], posted: int) -> None:
    for number, line in enumerate(lines):
        row = message.schedule.add()
        fill_date(row.month, line.month)
        row.amount = line.amount.minor_units
        row.recognized = line.amount.minor_units if number < posted else 0


def _sum(lines: tuple[ScheduleLine, ...], like: Money) -> Money:
    return total((each.amount for each in lines), like.currency)


def _line(text: str, faults: Faults) -> str:
    if not text:
        faults.required("quote_line")
    return text


def _amount(minor_units: int, field: str, faults: Faults) -> int:
    """An amount in minor units; what is below nothing is told by what it is for."""
    if abs(minor_units) > MOST_MINOR:
        faults.invalid(field, f"{minor_units} is out of reach", "amounts are in minor units")
        return 0
    return minor_units


def _few(count: int, most: int, field: str, faults: Faults) -> None:
    if count > most:
        faults.invalid(field, f"{count} are too many; {most} are allowed")
