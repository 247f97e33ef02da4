"""Use cases on billing: preview, run, make final."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine.application.bill_of_contract import bill_of
from engine.application.corrections import BillingMark, issue_notes
from engine.application.coupons import give_back_coupons, use_coupons
from engine.application.drafting import Drafts, drafts_of
from engine.application.faults import invalid, not_found
from engine.application.invoices import load_invoice
from engine.application.kept_usage import usage_since
from engine.application.ledger import book
from engine.application.paging import chosen
from engine.application.perform import Environment, Work
from engine.application.ports import Reader
from engine.application.prepaid import use_credits
from engine.application.revenue import revenue_of_invoice
from engine.billing import (
    CreditNote,
    Documents,
    Invoice,
    fact_of,
    finalize,
)
from engine.billing.progressive import crossed_usage, running_periods
from engine.contracts import Contract
from engine.diagnostics import Refusal
from engine.parties import SellingEntity

DAYS_AHEAD_MAX = 3_660
NO_PREFIX = "INV"


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day on which all that is due of a contract costs nothing, and no invoice is wanted; ``lines`` are how many."""

    contract: str
    on: date
    lines: int


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a run drafted: invoices, and credit notes on final invoices; and the days that it left without one."""

    invoices: tuple[Invoice, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()
    free: tuple[FreeDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Previewed:
    """The invoices that a run would draft, and the days that it would leave without one."""

    invoices: tuple[Invoice, ...]
    free: tuple[FreeDay, ...]


def preview_invoices(
    env: Environment, reader: Reader, key: str, until: date, *, at: datetime, tenant: str
) -> Previewed | Refusal:
    """The invoices that a run up to a day would draft for a contract; they equal the later invoices to the cent.

    Only a draft that the run would correct has an id yet.
    """
    contract = reader.get(Contract, key)
    if contract is None:
        return not_found("contract", f"contracts/{key}")
    if (far := too_far(until, at)) is not None:
        return far
    bill = bill_of(env, reader, contract, tenant)
    if isinstance(bill, Refusal):
        return bill
    documents = bill.documents(bill.missing(until, today=at.date()))
    drafts = drafts_of(bill, documents, at=at)
    return drafts if isinstance(drafts, Refusal) else Previewed(drafts.invoices, _free(contract.id, documents))


def run_billing(work: Work, until: date, contracts: Sequence[str] = ()) -> Drafted | Refusal:
    """Draft an invoice for every contract and due day, and a credit note for every final invoice to be corrected.

    What was charged too much on a draft is taken off that draft, which is among the answer then. Running it again
    drafts nothing, since the lines exist by then.
    """
    missing = [each for each in contracts if work.tx.get(Contract, each) is None]
    if missing:
        return Refusal(tuple(f for each in missing for f in not_found("contracts", f"contracts/{each}").faults))
    if (far := too_far(until, work.at)) is not None:
        return far
    invoices: list[Invoice] = []
    notes: list[CreditNote] = []
    free: list[FreeDay] = []
    for contract in chosen(work.tx, Contract, contracts):
        drafted = bill_contract(work, contract, until)
        if isinstance(drafted, Refusal):
            return drafted
        invoices += drafted.invoices
        notes += drafted.credit_notes
        free += drafted.free
    return Drafted(tuple(invoices), tuple(notes), tuple(free))


def bill_contract(work: Work, contract: Contract, until: date) -> Drafted | Refusal:
    """Draft what is missing of one contract up to a day, and note that it is billed so far.

    After a refusal the unit has parts of it, so that it must not be saved.
    """
    drafted = _bill(work, contract, until)
    if not isinstance(drafted, Refusal):
        _mark(work, contract.id, until, (*drafted.invoices, *drafted.credit_notes))
    return drafted


@dataclass(frozen=True, slots=True)
class UsageBilled:
    """The drafts of usage that crossed a threshold, and the next day on which usage is dated that is known already."""

    invoices: tuple[Invoice, ...]
    next_day: date | None


def bill_usage(work: Work, contract: Contract) -> UsageBilled | Refusal:
    """Draft the usage of running periods that crossed a threshold of the rule book by today.

    What else is due waits for a run, so that the contract is billed no further by it.
    """
    bill = bill_of(work.env, work.tx, contract, work.tenant, usage=())
    if isinstance(bill, Refusal):
        return bill
    today = work.at.date()
    periods = running_periods(contract, bill.existing, today, bill.policy)
    since = min((each.piece.part.start for each in periods), default=today)
    usage = usage_since(work, contract.id, since)
    lines = crossed_usage(contract, periods, usage, today, bill.policy)
    drafts = drafts_of(bill, bill.documents(lines), at=work.at, name=lambda: work.new_id("in"))
    if isinstance(drafts, Refusal):
        return drafts
    _save_drafts(work, drafts)
    if drafts.invoices:
        _mark(work, contract.id, contract.start - timedelta(days=1), drafts.invoices)
    return UsageBilled(drafts.invoices, min((each.on for each in usage if each.on > today), default=None))


def finalize_invoice(work: Work, key: str, *, etag: str) -> Invoice | Refusal:
    """Make a draft final under the next number of its series, and book it; number and entry are one transaction.

    Prepaid credits of the customer pay what they may of it.
    """
    invoice = load_invoice(work, key, etag)
    if isinstance(invoice, Refusal):
        return invoice
    prefix = prefix_of(work.tx, invoice)
    day = max(invoice.on, work.at.date())
    number = work.tx.number(f"invoice:{prefix}") if invoice.is_draft else 0
    final = work.saved(finalize(invoice, number=number, prefix=prefix, on=day, at=work.at))
    if isinstance(final, Refusal):
        return final
    problem = revenue_of_invoice(work, final) or book(work, (fact_of(final),))
    if problem is not None:
        return problem
    paid = use_credits(work, final, on=final.on, left=final.gross)
    return paid if isinstance(paid, Refusal) else final


def prefix_of(reader: Reader, invoice: Invoice) -> str:
    """The prefix of the selling entity's numbers."""
    key = invoice.bill_to.selling_entity
    entity = reader.get(SellingEntity, key) if key else None
    return entity.invoice_prefix if entity is not None else NO_PREFIX


def _save_drafts(work: Work, drafts: Drafts) -> None:
    """Save drafts with what they use of coupons."""
    for before, changed in drafts.corrected:
        give_back_coupons(work, before)
        work.saved(changed)
        use_coupons(work, changed.value)
    for made in drafts.fresh:
        work.decided(made)
        work.tx.add(made.value)
        use_coupons(work, made.value)


def _mark(work: Work, contract: str, until: date, drafted: Sequence[Invoice | CreditNote]) -> None:
    """Note how far a contract is billed.

    Whoever drafted anything saves the mark, changed or not: a run beside it drafted the same, and new documents alone
    are nothing that two units could conflict on.
    """
    mark = work.tx.get(BillingMark, contract)
    if mark is None:
        work.tx.add(BillingMark(contract, until))
    elif mark.until < until or drafted:
        work.tx.replace(replace(mark, until=max(mark.until, until)))


def too_far(until: date, at: datetime) -> Refusal | None:
    """A service without an end has no last invoice, so a run or preview looks a limited number of days ahead."""
    if until <= at.date() + timedelta(days=DAYS_AHEAD_MAX):
        return None
    message = f"{until} is more than {DAYS_AHEAD_MAX} days ahead"
    return Refusal((invalid("until", message, "choose an earlier day"),))


def _bill(work: Work, contract: Contract, until: date) -> Drafted | Refusal:
    bill = bill_of(work.env, work.tx, contract, work.tenant)
    if isinstance(bill, Refusal):
        return bill
    documents = bill.documents(bill.missing(until, today=work.at.date()))
    drafts = drafts_of(bill, documents, at=work.at, name=lambda: work.new_id("in"))
    if isinstance(drafts, Refusal):
        return drafts
    _save_drafts(work, drafts)
    notes = issue_notes(work, bill, documents)
    if isinstance(notes, Refusal):
        return notes
    return Drafted(drafts.invoices, notes, _free(contract.id, documents))


def _free(contract: str, documents: Documents) -> tuple[FreeDay, ...]:
    return tuple(FreeDay(contract, day, len(lines)) for day, lines in documents.free.items())
