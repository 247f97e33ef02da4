"""What is owed and earned: receivables against sales, the way from order to invoice, what is still to be earned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from engine.ledger.accounts import CLEARING, RECEIVABLE
from engine.metrics.facts import BookedLine, Facts
from engine.metrics.metric import MetricRow
from engine.money import Currency, Money, Ratio, share_of, total
from engine.orders.order import ItemAction, Order, OrderItem
from engine.orders.states import OrderState
from engine.periods import Period
from engine.revenue import RevenueContract, position
from engine.revenue.position import remaining_by_month

ONE = Decimal(1)
UNSCHEDULED = "unscheduled"
DELIVERED_BY = frozenset({ItemAction.ADD, ItemAction.MODIFY})
"""Items that hand something over; others say what stays or goes."""
SALES = frozenset({"InvoiceFinalized", "CreditNoteIssued", "InvoiceVoided", "CreditNoteVoided"})
FLOWS = {
    "InvoiceFinalized": ("billed", -1),
    "InvoiceVoided": ("billed", -1),
    "CreditNoteIssued": ("refunds", 1),
    "CreditNoteVoided": ("refunds", 1),
    "RevenueRecognised": ("recognised", 1),
    "RevenueReversed": ("recognised", 1),
}
"""Which flow of a contract's net position an entry is, and the sign with which its clearing line counts in it."""


_ByLine: TypeAlias = dict[str, dict[str, int]]
"""Minor units by contract and order line."""


@dataclass(slots=True)
class _Sums:
    """Running sums of one key in minor units."""

    parts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def decimals(self, unit: Currency) -> dict[str, Decimal]:
        return {name: Money(units, unit).decimal for name, units in self.parts.items() if units}


def receivable_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """By invoice: what is open at the end of the period, and what the period sold on credit, less credit notes."""
    sums: dict[tuple[str, Currency], _Sums] = defaultdict(_Sums)
    for line in facts.journal:
        if line.account == RECEIVABLE and line.on < period.end:
            found = sums[line.invoice, line.currency]
            found.parts["receivables"] += line.amount_minor
            if line.kind in SALES and line.on in period:
                found.parts["credit_sales"] += line.amount_minor
    customers = {each.id: each.customer for each in facts.invoices}
    for (invoice, unit), found in sums.items():
        parts = found.decimals(unit)
        if parts:
            by = {"customer": customers.get(invoice, "")}
            yield MetricRow(f"invoices/{invoice}", period.last_day, parts, unit, by)


def corrected_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The invoices of the period, and which of them were credited by hand or voided since."""
    for each in facts.invoices:
        if each.on in period:
            parts = {"invoices": ONE} if each.corrected_on is None else {"invoices": ONE, "corrected": ONE}
            yield MetricRow(f"invoices/{each.id}", each.on, parts, by={"customer": each.customer})


def first_invoice_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The days from each order that opened a contract to the first final invoice of that, where it is of the period."""
    first: dict[str, date] = {}
    for each in (each for each in facts.invoices if not each.is_void):
        first[each.contract] = min(first.get(each.contract, each.on), each.on)
    opening = {each.order for each in facts.contracts}
    for order in facts.orders:
        on = first.get(order.contract)
        if order.id in opening and on is not None and on in period:
            days = Decimal(max((on - order.placed_at.date()).days, 0))
            yield MetricRow(f"orders/{order.id}", on, {"days": days}, by={"customer": order.customer})


def remaining_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """By contract signed by the last day: its fixed price that is billed and not earned, and not billed yet."""
    at = period.last_day
    billed, aside = _met(facts, at)
    for contract in _signed(facts, at):
        found = position(
            contract,
            billed=_of_lines(contract, billed[contract.id]),
            at=at,
            set_aside=_of_lines(contract, aside[contract.id]) + Money(aside[contract.id].get("", 0), contract.currency),
        )
        if found.rpo.is_zero and found.unbilled_backlog.is_zero:
            continue
        parts = {
            "deferred_revenue": (found.contract_liability - found.contract_asset).decimal,
            "unbilled_backlog": found.unbilled_backlog.decimal,
            "rpo_current": found.rpo_current.decimal,
        }
        by = {"customer": contract.customer, "contract": contract.id}
        yield MetricRow(f"contracts/{contract.id}", at, parts, contract.currency, by)


def unbilled_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """What is due and on no final invoice, line by line, by the day it was due."""
    for each in facts.unbilled:
        if not each.amount.is_zero:
            by = {"customer": each.customer, "sku": each.sku, "contract": each.contract}
            parts = {"drafted" if each.drafted else "missing": each.amount.decimal}
            yield MetricRow(f"contracts/{each.contract}", each.due_on, parts, each.amount.currency, by)


def maturity_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """By contract and month: when its fixed price that is not earned on the last day will be; what no schedule says
    waits for a delivery or report.
    """
    for contract in _signed(facts, period.last_day):
        left = {f"{month:%Y-%m}": amount for month, amount in remaining_by_month(contract, at=period.last_day).items()}
        whole = position(contract, billed=Money.zero(contract.currency), at=period.last_day).rpo
        waiting = whole - total(left.values(), contract.currency)
        for due, amount in (*left.items(), (UNSCHEDULED, waiting)):
            if not amount.is_zero:
                by = {"customer": contract.customer, "contract": contract.id, "due": due}
                parts = {"rpo": amount.decimal}
                yield MetricRow(f"contracts/{contract.id}", period.last_day, parts, contract.currency, by)


def _signed(facts: Facts, at: date) -> Iterator[RevenueContract]:
    """The fixed part of every contract that was signed by a day."""
    signed = {each.id: each.signed_at.date() for each in facts.contracts}
    return (_fixed_part(each) for each in facts.revenue if each.id in signed and signed[each.id] <= at)


def _met(facts: Facts, at: date) -> tuple[_ByLine, _ByLine]:
    """By contract and order line, by the end of a day: what was billed less credits, and what of that is no revenue but
    a refund liability, interest or the like. By the day of what happened, as the price and the revenue that it meets.
    """
    billed: _ByLine = defaultdict(lambda: defaultdict(int))
    aside: _ByLine = defaultdict(lambda: defaultdict(int))
    for line in facts.journal:
        if line.account != CLEARING or line.happened_on > at:
            continue
        if line.kind in SALES:
            billed[line.contract][line.order_line] -= line.amount_minor
        elif line.kind not in FLOWS:
            aside[line.contract][line.order_line] += line.amount_minor
    return billed, aside


def _fixed_part(contract: RevenueContract) -> RevenueContract:
    """A contract without what is priced as it is billed, which never remains."""
    return replace(contract, accounts=tuple(each for each in contract.accounts if not each.obligation.priced_as_billed))


def _of_lines(contract: RevenueContract, units: Mapping[str, int]) -> Money:
    """What there is of the order lines of a contract."""
    return Money(
        sum(units.get(line, 0) for each in contract.accounts for line in each.obligation.order_lines),
        contract.currency,
    )


def backlog_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The items ordered by the last day that are not all handed over then: the share of their price that waits."""
    without_value = facts.without_value()
    for order in facts.orders:
        if order.placed_at.date() >= period.end:
            continue
        for item in order.items:
            waiting = _waiting(item, period.last_day)
            if not waiting.is_zero and (order.contract, item.line) not in without_value:
                by = {"customer": order.customer, "sku": item.sku, "contract": order.contract}
                yield MetricRow(
                    _item_name(order, item), period.last_day, {"backlog": waiting.decimal}, waiting.currency, by
                )


def liability_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """By contract: the balance of its clearing account at the end of the last day, as liability or as asset."""
    customers = _customers(facts)
    for (contract, unit), lines in _clearing(facts, period.last_day).items():
        owed = -sum(each.amount_minor for each in lines)
        if owed:
            side = "contract_liability" if owed > 0 else "contract_asset"
            parts = {side: Money(abs(owed), unit).decimal}
            yield MetricRow(f"contracts/{contract}", period.last_day, parts, unit, _of_contract(customers, contract))


def flow_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """By contract: its net position before the period, what was billed, earned and credited in it, and what else moved.

    Liabilities count above zero. The parts add up to the position at the end, whatever was booked.
    """
    customers = _customers(facts)
    for (contract, unit), lines in _clearing(facts, period.last_day).items():
        sums = _Sums()
        for line in lines:
            name, sign = FLOWS.get(line.kind, ("other", -1)) if line.on in period else ("opening", -1)
            sums.parts[name] += sign * line.amount_minor
        parts = sums.decimals(unit)
        if parts:
            yield MetricRow(f"contracts/{contract}", period.last_day, parts, unit, _of_contract(customers, contract))


def _clearing(facts: Facts, until: date) -> dict[tuple[str, Currency], list[BookedLine]]:
    found: dict[tuple[str, Currency], list[BookedLine]] = defaultdict(list)
    for line in facts.journal:
        if line.account == CLEARING and line.on <= until:
            found[line.contract, line.currency].append(line)
    return found


def _customers(facts: Facts) -> Mapping[str, str]:
    """The customer of each contract."""
    return {each.id: each.customer for each in facts.contracts}


def _of_contract(customers: Mapping[str, str], contract: str) -> dict[str, str]:
    return {"customer": customers.get(contract, ""), "contract": contract}


def _waiting(item: OrderItem, on: date) -> Money:
    """The share of an item's price for the units not handed over by the end of a day; nothing once it is cancelled."""
    if item.action not in DELIVERED_BY or item.state is OrderState.CANCELLED or not item.quantity:
        return Money.zero(item.term_total.currency)
    done = sum((each.quantity for each in item.handovers if each.at.date() <= on), Decimal(0))
    part, whole = Ratio.of(max(item.quantity - done, Decimal(0))), Ratio.of(item.quantity)
    return share_of(item.term_total, part * Ratio(whole.denominator, whole.numerator))


def _item_name(order: Order, item: OrderItem) -> str:
    return f"orders/{order.id}/items/{item.id}"
