"""What ending lines of a contract means in money: for its documents, its promise and its revenue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from engine.application.bill_of_contract import BillOfContract, orders_of
from engine.application.corrections import correct_invoices
from engine.application.perform import Work
from engine.application.revenue import save_revenue
from engine.billing import CreditNote, Invoice
from engine.contracts import Contract, LineEnd, all_lines, lines_in_force, released_before, with_released
from engine.diagnostics import Refusal
from engine.money import Money, total
from engine.orders.cancellation import stop_fulfilment
from engine.revenue import RevenueContract, end_early, reestimate, take_back


@dataclass(frozen=True, slots=True)
class Settled:
    """A contract whose latest change is settled, the credit notes that it gave, and the drafts thrown away."""

    contract: Contract
    notes: tuple[CreditNote, ...]
    dropped: tuple[Invoice, ...]


def settle_end(work: Work, contract: Contract) -> Settled | Refusal:
    """Settle the ends of the latest change of a contract, and save it.

    A line that is told to end with its term, or that paused and does not come back, bills and earns what it would have,
    so that nothing of it is settled.
    Drafts that hold what is no longer owed are thrown away; final invoices are credited now, for days to
    come too. What will never be billed leaves the promise of the line, and the revenue of the contract with it.
    """
    before = {each.line.id: each.end for each in lines_in_force(replace(contract, changes=contract.changes[:-1]))}
    ended = tuple(each for each in contract.changes[-1].ended if each.on != before[each.line])
    if contract.changes[-1].ended and not ended:
        work.tx.replace(contract)
        return Settled(contract, (), ())
    corrected = correct_invoices(work, contract, max([work.at.date(), *(each.on for each in ended)]))
    if isinstance(corrected, Refusal):
        return corrected
    settled = with_released(contract, _released(work, corrected.bill, ended))
    problem = _end_revenue(work, settled)
    if problem is not None:
        return problem
    work.tx.replace(settled)
    return Settled(settled, corrected.notes, corrected.dropped)


def stop_ended(work: Work, contract: Contract, *, but: str = "") -> Refusal | None:
    """Nobody has to set up any more what the latest change ended by now; before its day work on it goes on.

    ``but`` names the order of the change itself.
    """
    latest, today = contract.changes[-1], work.at.date()
    gone = [each.line for each in latest.ended if each.on <= today]
    for order in orders_of(work.tx, contract):
        stopped = stop_fulfilment(order, gone, at=work.at, note=latest.reason) if order.id != but else None
        if stopped is not None:
            saved = work.saved(stopped)
            if isinstance(saved, Refusal):
                return saved
    return None


def _released(work: Work, bill: BillOfContract, ended: tuple[LineEnd, ...]) -> Mapping[str, Money]:
    """What each ended line promised and will not bill: its promise less credits by hand less all that it bills."""
    lines, today = {each.id: each for each in all_lines(bill.contract)}, work.at.date()
    billed = [*bill.existing, *bill.missing(max([today, *(each.on for each in ended)]), today=today)]
    released = {}
    for end in ended:
        promised = lines[end.line].promised
        if promised is not None:
            own = [each for each in billed if each.subscription == end.line]
            by_hand = total((each.amount for each in own if each.by_hand), promised.currency)
            before = total(released_before(bill.contract, end.line), promised.currency)
            bills = total((each.amount for each in own), promised.currency)
            released[end.line] = promised - before + by_hand - bills
    return released


def _end_revenue(work: Work, contract: Contract) -> Refusal | None:
    """Lines that end are earned up to that day; lines that end before they began are undone now.

    A line that left an obligation of several lines before, and ends still earlier now, lowers the price of the others.
    """
    revenue = work.tx.get(RevenueContract, contract.id)
    assert revenue is not None, "a contract has its revenue contract"
    today, lines = work.at.date(), {each.id: each for each in all_lines(contract)}
    others = Money.zero(contract.currency)
    undone: dict[str, Money] = {}
    ended: dict[date, dict[str, Money]] = {}
    for end in contract.changes[-1].ended:
        line = lines[end.line]
        if end.released is None:
            continue
        if revenue.account_of_line(line.quote_line) is None:
            others += end.released
            continue
        into = undone if end.on <= line.start else ended.setdefault(end.on, {})
        into[line.quote_line] = end.released
    changed: RevenueContract | Refusal = take_back(revenue, undone, on=today) if undone else revenue
    for on, gone in sorted(ended.items()):
        changed = changed if isinstance(changed, Refusal) else end_early(changed, gone, on=on, decided=today)
    if not others.is_zero and not isinstance(changed, Refusal):
        changed = reestimate(changed, on=today, price_delta=-others)
    if isinstance(changed, Refusal):
        return changed
    if changed is not revenue:
        save_revenue(work, changed, cause="end of lines")
    return None
