"""Use cases on revenue: opening a contract, deliveries, usage, cancellation, credits, and the recognition run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from engine.application.ledger import book
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.billing import BillLine, CreditNote, Invoice, LineKind
from engine.contracts import Contract
from engine.diagnostics import Refusal
from engine.money import Money, Ratio, total
from engine.orders.order import Order
from engine.quotes.accepted import AcceptedQuote
from engine.revenue import (
    RevenueContract,
    RevenuePolicies,
    Timing,
    credit_past_fault,
    obligations_of,
    open_contract,
    recognise,
    record_usage,
    reestimate,
    report,
    take_back,
)
from engine.revenue.promises import bundles_of, promises_of

PAGE = 500
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
    promises = promises_of(accepted, policies)
    if isinstance(promises, Refusal):
        return promises
    obligations = obligations_of(promises, bundles=bundles_of(promises, policies.ssp))
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
        work.tx.replace(changed)
    return None


def cancel_revenue(work: Work, contract: Contract, lines: Sequence[str]) -> Refusal | None:
    """Take cancelled lines back: the price falls by what they cost, less what was credited by hand before."""
    revenue = work.tx.get(RevenueContract, contract.id)
    assert revenue is not None, "a contract has its revenue contract"
    credited = _credited_by_hand(work.tx, contract.id)
    undone = {}
    for line in contract.lines:
        if line.id in lines and revenue.account_of_line(line.quote_line) is not None:
            cost = line.term_total if line.term_total is not None else line.amount
            undone[line.quote_line] = cost + total(credited.get(line.quote_line, ()), cost.currency)
    changed = take_back(revenue, undone, on=work.at.date())
    if isinstance(changed, Refusal):
        return changed
    work.tx.replace(changed)
    return None


def _credited_by_hand(reader: Reader, contract: str) -> dict[str, list[Money]]:
    """What was credited by hand so far (negative amounts), by quote line."""
    found: dict[str, list[Money]] = {}
    for note in reader.page(CreditNote, where={"contract": contract}, limit=PAGE):
        for line in _by_hand(note):
            found.setdefault(line.quote_line, []).append(line.amount)
    return found


def _by_hand(note: CreditNote) -> list[BillLine]:
    return [each for each in note.lines if "/credit/" in each.id and each.service is None]


def recognise_usage(work: Work, invoice: Invoice) -> Refusal | None:
    """Usage on a final invoice is revenue of the month in which it was used."""
    return _each_contract(work, [each for each in invoice.lines if each.kind is LineKind.USAGE], _with_usage)


def credit_revenue(work: Work, note: CreditNote) -> Refusal | None:
    """A credit by hand lowers the price; for a fault in what was given already it reduces revenue now.

    Credits of a cancelled service are not counted again: the cancellation lowered the price already.
    """

    def change(revenue: RevenueContract, line: BillLine) -> RevenueContract | Refusal:
        if note.past_fault:
            return credit_past_fault(revenue, line.quote_line, on=work.at.date(), credit=-line.amount)
        return reestimate(revenue, on=work.at.date(), price_delta=line.amount)

    return _each_contract(work, _by_hand(note), change)


def run_recognition(work: Work, until: date, contracts: Sequence[str] = ()) -> RunResult | Refusal:
    """Recognise everything due on or before a day, of some contracts or of all; a second run books nothing."""
    seen = booked = 0
    for contract in _chosen(work.tx, contracts):
        seen += 1
        found = recognise(contract, until=until)
        if found.contract != contract:
            work.tx.replace(found.contract)
        if not found.facts:
            continue
        problem = book(work, found.facts)
        if problem is not None:
            return problem
        booked += len(found.facts)
        work.tx.emit(RevenueRecognised(contract.id, until, len(found.facts), work.at))
    return RunResult(seen, booked)


def _chosen(reader: Reader, contracts: Sequence[str]) -> Iterator[RevenueContract]:
    if contracts:
        found = (reader.get(RevenueContract, key) for key in contracts)
        yield from (each for each in found if each is not None)
        return
    after = ""
    while rows := reader.page(RevenueContract, after=after, limit=PAGE):
        yield from rows
        after = rows[-1].id


def _with_usage(revenue: RevenueContract, line: BillLine) -> RevenueContract | Refusal:
    on = line.service.last_day if line.service is not None else line.due_on
    return record_usage(revenue, line.quote_line, on=on, amount=line.amount)


def _each_contract(work: Work, lines: Sequence[BillLine], change: Change) -> Refusal | None:
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
        work.tx.replace(changed)
    return None
