"""Orders and contracts: proto and domain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from cpq.v1 import contract_pb2, order_pb2

from engine.application.bill_day import BillDayChanged
from engine.application.ending import Settled
from engine.contracts import (
    Contract,
    LineEnd,
    PaymentFrom,
    RenewalKind,
    RenewalPrice,
    SubscriptionLine,
    SuspendedTerm,
    last_notice_day,
    renewing,
    renews_on,
    suspended_lines,
)
from engine.orders.order import ItemAction, Order
from engine.orders.states import OrderState, TaskState
from engine.wire.basics import decimal_text, fill_date, fill_instant, price_text
from engine.wire.billing import credit_note_message, void_message
from engine.wire.parties import BILLING_ACCOUNTS, CUSTOMERS, SELLING_ENTITIES, USERS
from engine.wire.sheets import fill_charge

Terminated: TypeAlias = contract_pb2.TerminateContractResponse
ORDERS = "orders"
CONTRACTS = "contracts"
STATES: Mapping[OrderState, int] = {
    state: order_pb2.OrderState.Value(f"ORDER_STATE_{state.name}") for state in OrderState
}
STATE_OF = {number: state for state, number in STATES.items()}
TASK_STATES: Mapping[TaskState, int] = {
    state: order_pb2.TaskState.Value(f"TASK_STATE_{state.name}") for state in TaskState
}
PAYMENT_FROM: Mapping[PaymentFrom, int] = {
    each: contract_pb2.PaymentFrom.Value(f"PAYMENT_FROM_{each.name}") for each in PaymentFrom
}
RENEWAL_PRICES: Mapping[RenewalPrice, int] = {
    each: contract_pb2.RenewalPrice.Value(f"RENEWAL_PRICE_{each.name}") for each in RenewalPrice
}
SUSPENDED_TERMS: Mapping[SuspendedTerm | None, int] = {None: 0} | {
    each: contract_pb2.SuspendedTerm.Value(f"SUSPENDED_TERM_{each.name}") for each in SuspendedTerm
}
ACTIONS: Mapping[ItemAction, int] = {
    action: order_pb2.ItemAction.Value(f"ITEM_ACTION_{action.name}") for action in ItemAction
}


def order_message(order: Order, etag: str) -> order_pb2.Order:
    """An order with its items and tasks."""
    message = order_pb2.Order(name=f"{ORDERS}/{order.id}", quote=f"quotes/{order.quote}", etag=etag)
    message.quote_version, message.contract = order.quote_version, f"{CONTRACTS}/{order.contract}"
    message.customer = f"{CUSTOMERS}/{order.customer}" if order.customer else ""
    message.state = STATES[order.state]  # type: ignore[assignment]
    message.purchase_order, message.note = order.purchase_order, order.note
    fill_instant(message.create_time, order.placed_at)
    for item in order.items:
        row = message.items.add()
        row.id, row.quote_line, row.sku, row.display_name = item.id, item.quote_line, item.sku, item.name
        row.action = ACTIONS[item.action]  # type: ignore[assignment]
        row.state = STATES[item.state]  # type: ignore[assignment]
        row.quantity, row.delivered_quantity = decimal_text(item.quantity), decimal_text(item.delivered)
        row.net, row.term_net, row.parent = item.net_total.minor_units, item.term_total.minor_units, item.parent
        row.replaces = item.replaces
        message.currency_code = item.net_total.currency.code
    for task in order.tasks:
        step = message.tasks.add()
        step.id, step.item, step.step, step.department = task.id, task.item, task.step, task.department
        step.state = TASK_STATES[task.state]  # type: ignore[assignment]
        step.after.extend(task.after)
        step.no_return, step.note = task.no_return, task.note
        fill_instant(step.start_time, task.started_at)
        fill_instant(step.finish_time, task.finished_at)
    return message


def contract_message(contract: Contract, etag: str) -> contract_pb2.Contract:
    """A contract with its lines and the changes since."""
    message = contract_pb2.Contract(name=f"{CONTRACTS}/{contract.id}", quote=f"quotes/{contract.quote}", etag=etag)
    message.customer = f"{CUSTOMERS}/{contract.customer}" if contract.customer else ""
    message.quote_version, message.order = contract.quote_version, f"{ORDERS}/{contract.order}"
    message.rule_book, message.currency_code = f"ruleBooks/{contract.rule_book}", contract.currency.code
    message.billing_account = f"{BILLING_ACCOUNTS}/{contract.billing_account}" if contract.billing_account else ""
    message.selling_entity = f"{SELLING_ENTITIES}/{contract.selling_entity}" if contract.selling_entity else ""
    message.purchase_order = contract.purchase_order
    message.payment_terms_days, message.bill_day = contract.terms.payment_days, contract.terms.bill_day
    message.payment_from = PAYMENT_FROM[contract.terms.payment_from]  # type: ignore[assignment]
    fill_date(message.start, contract.start)
    fill_instant(message.sign_time, contract.signed_at)
    message.notice_days = contract.terms.notice_days
    _fill_renewal(message.renewal, contract)
    for line in contract.lines:
        _fill_line(message.lines.add(), line)
    message.suspended_lines.extend(suspended_lines(contract))
    for change in contract.changes:
        row = message.changes.add()
        row.number, row.reason = change.number, change.reason
        row.by = f"{USERS}/{change.by}" if change.by else ""
        fill_date(row.effective, change.effective)
        fill_instant(row.sign_time, change.at)
        row.quote = f"quotes/{change.quote}" if change.quote else ""
        row.quote_version, row.order = change.quote_version, f"{ORDERS}/{change.order}" if change.order else ""
        row.bill_day = change.bill_day or 0
        row.suspended_term = SUSPENDED_TERMS[change.suspends]  # type: ignore[assignment]
        row.ended_lines.extend(each.line for each in change.ended)
        for end in change.ended:
            _fill_end(row.ends.add(), end)
        for line in change.added:
            _fill_line(row.added_lines.add(), line)
    return message


def termination_message(done: Settled, etag: str) -> Terminated:
    """A contract after it was ended, with the credit notes that this gave and the drafts thrown away."""
    message = Terminated(contract=contract_message(done.contract, etag))
    message.credit_notes.extend(credit_note_message(each) for each in done.notes)
    message.voided_invoices.extend(void_message(each) for each in done.dropped)
    return message


def suspension_message(done: Settled, etag: str) -> contract_pb2.SuspendContractResponse:
    """A contract after lines were suspended, with the credit notes that this gave and the drafts thrown away."""
    message = contract_pb2.SuspendContractResponse(contract=contract_message(done.contract, etag))
    message.credit_notes.extend(credit_note_message(each) for each in done.notes)
    message.voided_invoices.extend(void_message(each) for each in done.dropped)
    return message


def resumption_message(done: Settled, etag: str) -> contract_pb2.ResumeContractResponse:
    """A contract after lines came back, with the drafts thrown away."""
    message = contract_pb2.ResumeContractResponse(contract=contract_message(done.contract, etag))
    message.voided_invoices.extend(void_message(each) for each in done.dropped)
    return message


def bill_day_message(done: BillDayChanged, etag: str) -> contract_pb2.SetBillDayResponse:
    """A contract on its new bill day, with the drafts thrown away."""
    message = contract_pb2.SetBillDayResponse(contract=contract_message(done.contract, etag))
    message.voided_invoices.extend(void_message(each) for each in done.dropped)
    return message


def _fill_renewal(row: contract_pb2.RenewalTerms, contract: Contract) -> None:
    terms, ends = contract.terms.renewal, [each.end for each in renewing(contract).values() if each.end is not None]
    row.automatic, row.months, row.lead_days = terms.kind is RenewalKind.AUTOMATIC, terms.months, terms.lead_days
    row.price = RENEWAL_PRICES[terms.price]  # type: ignore[assignment]
    row.uplift_percent, row.list_discount_percent = (
        decimal_text(terms.uplift_percent),
        decimal_text(terms.list_discount_percent),
    )
    row.uplift_percent_min = decimal_text(terms.uplift_percent_min)
    row.uplift_percent_max = decimal_text(terms.uplift_percent_max)
    row.problem = contract.renewal_problem
    fill_date(row.renew_day, renews_on(contract))
    if ends:
        fill_date(row.last_notice_day, last_notice_day(min(ends), contract.terms.notice_days))


def _fill_end(row: contract_pb2.LineEnd, end: LineEnd) -> None:
    row.line = end.line
    fill_date(row.end, end.on)
    if end.released is not None:
        row.released = end.released.minor_units


def _fill_line(row: contract_pb2.SubscriptionLine, line: SubscriptionLine) -> None:
    row.id, row.quote_line, row.sku, row.display_name = line.id, line.quote_line, line.sku, line.name
    row.quantity = decimal_text(line.quantity)
    row.unit_price = price_text(line.unit_price, line.amount.currency.exponent)
    row.amount, row.parent = line.amount.minor_units, line.parent
    if line.term_total is not None:
        row.term_amount = line.term_total.minor_units
    fill_charge(row.charge, line.charge)
    fill_date(row.period.start, line.start)
    if line.end is not None:
        fill_date(row.period.end, line.end)
