"""Use cases on revenue: opening a contract, deliveries, usage, cancellation, credits, and the recognition run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from engine.application.faults import not_found
from engine.application.ledger import book
from engine.application.paging import chosen
from engine.application.perform import Work
from engine.billing import BillLine, CreditNote, Invoice
from engine.contracts import Contract
from engine.diagnostics import Refusal
from engine.money import Money, Ratio
from engine.orders.order import Order
from engine.periods import Period
from engine.quotes.accepted import AcceptedQuote
from engine.revenue import (
    Obligation,
    RevenueContract,
    RevenuePolicies,
    Timing,
    Treatment,
    add_obligations,
    blend,
    change_prospectively,
    credit_past_fault,
    is_part_of,
    join,
    named_apart,
    obligations_of,
    open_contract,
    recognise,
    record_billed,
    reestimate,
    reestimate_line,
    report,
    treatment_of,
)
from engine.revenue.promises import bundles_of, promises_of

Change: TypeAlias = Callable[[RevenueContract, BillLine], RevenueContract | Refusal]
DELIVERED = frozenset({Timing.POINT_IN_TIME, Timing.PROGRESS})


@dataclass(frozen=True, slots=True)
class RevenueContractOpened:
    """A contract's obligations were found and its price allocated to them."""

    contract: str
    obligations: int
    price: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class RevenueChanged:
    """A delivery, an invoice, a credit or an end changed what a contract's obligations cost or have earned."""

    contract: str
    cause: str
    price: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class RevenueRecognised:
    """A recognition run booked revenue of a contract."""

    contract: str
    until: date
    facts: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RunResult:
    """How many contracts a run looked at, and how many facts it booked."""

    contracts: int
    facts: int


def open_revenue(work: Work, accepted: AcceptedQuote, contract: Contract, policies: RevenuePolicies) -> Refusal | None:
    """Find the obligations of an accepted offer and allocate its price."""
    obligations = found_obligations(accepted, policies)
    if isinstance(obligations, Refusal):
        return obligations
    opened = open_contract(
        contract.id,
        customer=contract.customer,
        inception=contract.start,
        obligations=obligations,
        currency=contract.currency,
        gaap=policies.gaap,
    )
    work.tx.add(opened)
    work.tx.emit(RevenueContractOpened(opened.id, len(opened.accounts), opened.price, work.at))
    return None


@dataclass(frozen=True, slots=True)
class Added:
    """What an amendment added to revenue, and how the change is accounted for."""

    obligations: tuple[str, ...]
    treatment: Treatment


def found_obligations(accepted: AcceptedQuote, policies: RevenuePolicies) -> tuple[Obligation, ...] | Refusal:
    """The obligations of an accepted offer, with its price allocated to them."""
    promises = promises_of(accepted, policies)
    if isinstance(promises, Refusal):
        return promises
    return obligations_of(promises, bundles=bundles_of(promises, policies.ssp))


def add_revenue(work: Work, accepted: AcceptedQuote, contract: Contract, policies: RevenuePolicies) -> Added | Refusal:
    """Add the obligations of an amendment to the revenue contract of the changed contract."""
    obligations = found_obligations(accepted, policies)
    if isinstance(obligations, Refusal):
        return obligations
    revenue = work.tx.get(RevenueContract, contract.id)
    assert revenue is not None, "a contract has its revenue contract"
    signed = contract.changes[-1]
    joining = [each for each in obligations if is_part_of(revenue, each) is not None]
    grown = revenue
    for each in joining:
        joined = join(grown, each, on=signed.effective)
        if isinstance(joined, Refusal):
            return joined
        grown = joined
    fresh = named_apart(revenue, [each for each in obligations if each not in joining])
    changed = add_obligations(grown, fresh)
    if isinstance(changed, Refusal):
        return changed
    if obligations:
        save_revenue(work, changed, cause="amendment")
    return Added(tuple(each.id for each in fresh), treatment_of(fresh, ends_lines=len(signed.ended)))


def blend_revenue(work: Work, contract: Contract, added: Added) -> None:
    """Blend what is still to be earned, where an amendment is accounted for prospectively.

    Where nothing came with it, what ends left the price, and all others keep theirs, as after a termination.
    """
    if added.treatment is not Treatment.PROSPECTIVE or not added.obligations:
        return
    revenue = work.tx.get(RevenueContract, contract.id)
    assert revenue is not None, "a contract has its revenue contract"
    blended = blend(revenue, on=contract.changes[-1].effective, added=added.obligations)
    if blended is not revenue:
        save_revenue(work, blended, cause="amendment")


def report_deliveries(work: Work, order: Order, *, before: Order | None) -> Refusal | None:
    """Report what was newly handed over to the obligations that are satisfied by delivery."""
    contract = work.tx.get(RevenueContract, order.contract)
    assert contract is not None, "an order has its revenue contract"
    earlier = {each.id: each.delivered for each in before.items} if before is not None else {}
    changed = contract
    for item in order.items:
        account = changed.account_of_line(item.quote_line)
        if account is None or account.obligation.timing not in DELIVERED:
            continue
        if item.delivered == earlier.get(item.id, Decimal(0)):
            continue
        part, parts = item.delivered.as_integer_ratio()
        whole, wholes = item.quantity.as_integer_ratio()
        done = Ratio(part * wholes, parts * whole)
        moved = report(changed, item.quote_line, on=work.at.date(), done=done)
        if isinstance(moved, Refusal):
            return moved
        changed = moved
    if changed is not contract:
        save_revenue(work, changed, cause="delivery")
    return None


def save_revenue(work: Work, contract: RevenueContract, *, cause: str) -> None:
    """Save a changed revenue contract, and tell of it."""
    work.tx.replace(contract)
    work.tx.emit(RevenueChanged(contract.id, cause, contract.price, work.at))


def revenue_of_invoice(work: Work, invoice: Invoice) -> Refusal | None:
    """What is priced as it is billed (usage, services without an agreed end) becomes revenue of the period billed.

    What coupons take off a line with an agreed price lowers that price.
    """

    def change(revenue: RevenueContract, line: BillLine) -> RevenueContract | Refusal:
        return _off_as_agreed(_as_billed(revenue, line), line, invoice.on)

    return _each_contract(work, invoice.lines, change, cause="invoice")


def revenue_of_credit(work: Work, note: CreditNote) -> Refusal | None:
    """A credit by hand lowers the price of what it is on; for a fault in what was given it reduces revenue now.

    Where the price of what is still to come was agreed anew, it changes from that day on, and what was earned stays.
    A credit that follows from the contract takes back what is priced as it is billed. Elsewhere it is not counted
    again, since the cancellation lowers the agreed price; what coupons had taken off it belongs to the price again.
    """

    def change(revenue: RevenueContract, line: BillLine) -> RevenueContract | Refusal:
        if not line.by_hand:
            return _off_as_agreed(_as_billed(revenue, line), line, note.on)
        if note.past_fault:
            return credit_past_fault(revenue, line.quote_line, on=note.on, credit=-line.net)
        account = revenue.account_of_line(line.quote_line)
        if note.price_change and account is not None and account.runs_with_time:
            return change_prospectively(revenue, line.quote_line, on=note.on, price_delta=line.net)
        return _repriced(revenue, line, note.on, line.net)

    return _each_contract(work, note.lines, change, cause="credit note")


def revenue_of_void(work: Work, document: Invoice | CreditNote) -> Refusal | None:
    """Take back what an invoice, or a credit note that follows from the contract, meant for revenue."""
    assert document.voided_on is not None, "only of a void document"
    on = document.voided_on

    def change(revenue: RevenueContract, line: BillLine) -> RevenueContract | Refusal:
        opposite = replace(
            line, amount=-line.amount, discount=None if line.discount is None else -line.discount, parts=()
        )
        return _off_as_agreed(_as_billed(revenue, opposite), opposite, on)

    return _each_contract(work, document.lines, change, cause="voided")


def run_recognition(work: Work, until: date, contracts: Sequence[str] = ()) -> RunResult | Refusal:
    """Recognise everything due on or before a day, of some contracts or of all; a second run books nothing."""
    unknown = [each for each in contracts if work.tx.get(RevenueContract, each) is None]
    if unknown:
        return Refusal(tuple(f for each in unknown for f in not_found("contracts", f"revenueContracts/{each}").faults))
    seen = booked = 0
    for contract in chosen(work.tx, RevenueContract, contracts):
        seen += 1
        found = recognise(contract, until=until)
        if found.contract != contract:
            work.tx.replace(found.contract)
            work.tx.emit(RevenueRecognised(contract.id, until, len(found.facts), work.at))
        problem = book(work, found.facts)
        if problem is not None:
            return problem
        booked += len(found.facts)
    return RunResult(seen, booked)


def _is_priced_as_billed(revenue: RevenueContract, line: BillLine) -> bool:
    account = revenue.account_of_line(line.quote_line)
    return account is not None and account.obligation.priced_as_billed


def _as_billed(revenue: RevenueContract, line: BillLine) -> RevenueContract | Refusal:
    if not _is_priced_as_billed(revenue, line):
        return revenue
    service = line.service if line.service is not None else Period.through(line.due_on, line.due_on)
    return record_billed(revenue, line.quote_line, service=service, amount=line.net)


def _off_as_agreed(revenue: RevenueContract | Refusal, line: BillLine, on: date) -> RevenueContract | Refusal:
    """The agreed price of a line less what coupons take off it; what is priced as it is billed counts it already."""
    if isinstance(revenue, Refusal) or line.discount is None or _is_priced_as_billed(revenue, line):
        return revenue
    return _repriced(revenue, line, on, -line.discount)


def _repriced(revenue: RevenueContract, line: BillLine, on: date, delta: Money) -> RevenueContract | Refusal:
    """The price of a line changes, or where no obligation holds it that of the contract."""
    if revenue.account_of_line(line.quote_line) is None:
        return reestimate(revenue, on=on, price_delta=delta)
    return reestimate_line(revenue, line.quote_line, on=on, price_delta=delta)


def _each_contract(work: Work, lines: Sequence[BillLine], change: Change, *, cause: str) -> Refusal | None:
    by_contract: dict[str, list[BillLine]] = {}
    for line in lines:
        by_contract.setdefault(line.contract, []).append(line)
    for key, own in by_contract.items():
        revenue = work.tx.get(RevenueContract, key)
        assert revenue is not None, "a billed contract has its revenue contract"
        changed = revenue
        for line in own:
            moved = change(changed, line)
            if isinstance(moved, Refusal):
                return moved
            changed = moved
        if changed is not revenue:
            save_revenue(work, changed, cause=cause)
    return None
