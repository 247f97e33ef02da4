"""Use cases on billing: preview, run, make final, void, usage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine.application.content import find_book
from engine.application.faults import invalid, not_found
from engine.application.invoices import load_invoice
from engine.application.ledger import book
from engine.application.perform import Environment, Work
from engine.application.ports import Reader
from engine.application.revenue import credit_revenue, recognise_usage
from engine.application.taxes import included_percents, tax_table
from engine.billing import (
    BillingPolicy,
    BillLine,
    CreditNote,
    Documents,
    DocumentStatus,
    Invoice,
    Reason,
    TaxTable,
    bill_to,
    draft_credit_note,
    draft_invoice,
    fact_of,
    finalize,
    issue,
    missing_lines,
    sort_onto_documents,
)
from engine.contracts import Contract, Delivery, UsageRecord
from engine.diagnostics import Code, Fault, Refusal
from engine.orders.delivery import deliveries
from engine.orders.order import Order
from engine.parties import SellingEntity
from engine.rulebook.parts import billing_policy

PAGE = 500
MOST = 100_000
DAYS_AHEAD_MAX = 3_660
INVOICE_FINAL = Code("BIL030")
STILL_CREDITED = Code("BIL031")
NO_PREFIX = "INV"
CREDIT_PREFIX = "CN"


@dataclass(frozen=True, slots=True)
class StoredUsage:
    """Usage of a contract as it was reported; the sender's id counts once in a contract."""

    contract: str
    record: UsageRecord

    @property
    def id(self) -> str:
        """Contract and sender's id."""
        return f"{self.contract}/{self.record.id}"


@dataclass(frozen=True, slots=True)
class UsageRecorded:
    """Usage was reported."""

    contract: str
    records: int
    duplicates: int
    at: datetime


@dataclass(frozen=True, slots=True)
class InvoiceVoided:
    """A draft invoice was thrown away."""

    invoice: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BillingMark:
    """The latest day that a contract was billed up to; ``id`` is that of the contract."""

    id: str
    until: date


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a run drafted: invoices, and credit notes on final invoices."""

    invoices: tuple[Invoice, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()


@dataclass(frozen=True, slots=True)
class UsageResult:
    """How many records were new, and how many had been reported before."""

    recorded: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class _Billing:
    """All that the billing of one contract reads."""

    contract: Contract
    deliveries: tuple[Delivery, ...]
    usage: tuple[UsageRecord, ...]
    invoices: tuple[Invoice, ...]
    notes: tuple[CreditNote, ...]
    policy: BillingPolicy
    taxes: TaxTable

    def missing(self, until: date) -> tuple[BillLine, ...]:
        existing = [line for each in self.invoices for line in each.lines]
        existing += [line for each in self.notes for line in each.lines]
        return missing_lines(self.contract, self.deliveries, self.usage, existing, until, self.policy)


def preview_invoices(
    env: Environment, reader: Reader, key: str, until: date, *, at: datetime, tenant: str
) -> tuple[Invoice, ...] | Refusal:
    """The invoices that a run up to a day would draft for a contract; they equal the later invoices to the cent."""
    contract = reader.get(Contract, key)
    if contract is None:
        return not_found("contract", f"contracts/{key}")
    if (far := _too_far(until, at)) is not None:
        return far
    billing = _billing(env, reader, contract, tenant)
    if isinstance(billing, Refusal):
        return billing
    documents = sort_onto_documents(billing.missing(until), billing.invoices)
    drafts = []
    for number, (day, lines) in enumerate(documents.invoices.items(), 1):
        made = draft_invoice(f"preview-{number}", lines, bill_to(contract), on=day, taxes=billing.taxes, at=at)
        if isinstance(made, Refusal):
            return made
        drafts.append(made.value)
    return tuple(drafts)


def run_billing(work: Work, until: date, contracts: Sequence[str] = ()) -> Drafted | Refusal:
    """Draft an invoice for every contract and due day, and a credit note for every final invoice to be corrected.

    Running it again drafts nothing, since the lines exist by then.
    """
    missing = [each for each in contracts if work.tx.get(Contract, each) is None]
    if missing:
        return Refusal(tuple(f for each in missing for f in not_found("contracts", f"contracts/{each}").faults))
    if (far := _too_far(until, work.at)) is not None:
        return far
    invoices: list[Invoice] = []
    notes: list[CreditNote] = []
    for contract in _chosen(work.tx, contracts):
        drafted = _bill(work, contract, until)
        if isinstance(drafted, Refusal):
            return drafted
        _mark(work, contract.id, until)
        invoices += drafted.invoices
        notes += drafted.credit_notes
    return Drafted(tuple(invoices), tuple(notes))


def finalize_invoice(work: Work, key: str, *, etag: str) -> Invoice | Refusal:
    """Make a draft final under the next number of its series, and book it; number and entry are one transaction."""
    invoice = load_invoice(work, key, etag)
    if isinstance(invoice, Refusal):
        return invoice
    prefix = prefix_of(work.tx, invoice)
    day = max(invoice.on, work.at.date())
    number = work.tx.number(f"invoice:{prefix}") if invoice.status is DocumentStatus.DRAFT else 0
    final = work.saved(finalize(invoice, number=number, prefix=prefix, on=day, at=work.at))
    if isinstance(final, Refusal):
        return final
    return recognise_usage(work, final) or book(work, (fact_of(final),)) or final


def void_invoice(work: Work, key: str, *, etag: str) -> Invoice | Refusal:
    """Throw a draft away; its lines are missing again. A final invoice never changes: it is corrected by credit."""
    invoice = load_invoice(work, key, etag)
    if isinstance(invoice, Refusal):
        return invoice
    if invoice.is_final:
        message = f"the invoice is final as `{invoice.number}`"
        return Refusal((Fault(INVOICE_FINAL, "name", message, "issue a credit note"),))
    lines = {each.id for each in invoice.lines}
    others: Iterator[Invoice | CreditNote] = (each for each in documents_of(work.tx, invoice) if each.id != key)
    crediting = next((each.id for each in others if any(line.credits in lines for line in each.lines)), "")
    if crediting:
        message = f"`{crediting}` credits a line of it"
        return Refusal((Fault(STILL_CREDITED, "name", message, "void that draft first"),))
    _drop(work, invoice)
    return invoice


def drop_drafts(work: Work, contract: str) -> None:
    """Throw the drafts of a contract away because it changed: the next run drafts what is due now."""
    for invoice in work.tx.page(Invoice, where={"contract": contract}, limit=MOST):
        if not invoice.is_final:
            _drop(work, invoice)


def record_usage(work: Work, key: str, records: Sequence[UsageRecord]) -> UsageResult | Refusal:
    """Keep reported usage of a contract; a record with an id known before changes nothing."""
    contract = work.tx.get(Contract, key)
    if contract is None:
        return not_found("contract", f"contracts/{key}")
    lines = {each.id for each in contract.lines} | {line.id for each in contract.changes for line in each.added}
    unknown = [n for n, each in enumerate(records) if each.line not in lines]
    if unknown:
        return Refusal(
            tuple(invalid(f"records[{n}].line", f"there is no line `{records[n].line[:80]}`") for n in unknown)
        )
    fresh = 0
    for record in records:
        stored = StoredUsage(key, record)
        if work.tx.get(StoredUsage, stored.id) is None:
            work.tx.add(stored)
            fresh += 1
    work.tx.emit(UsageRecorded(key, fresh, len(records) - fresh, work.at))
    return UsageResult(fresh, len(records) - fresh)


def issue_note(work: Work, credits: Sequence[BillLine], invoice: Invoice, reason: Reason) -> CreditNote | Refusal:
    """Draft a credit note, make it final, and book it with what it means for revenue."""
    earlier = work.tx.page(CreditNote, where={"invoice": invoice.id}, limit=MOST)
    key = work.env.ids.new("cn")
    note = work.decided(draft_credit_note(key, credits, invoice, earlier=earlier, reason=reason, at=work.at))
    if isinstance(note, Refusal):
        return note
    number = work.tx.number(f"credit-note:{CREDIT_PREFIX}")
    final = work.decided(issue(note, number=number, prefix=CREDIT_PREFIX, on=work.at.date(), at=work.at))
    if isinstance(final, Refusal):
        return final
    work.tx.add(final)
    return credit_revenue(work, final) or book(work, (fact_of(final),)) or final


def documents_of(reader: Reader, invoice: Invoice) -> list[Invoice | CreditNote]:
    """All documents of the contracts that an invoice bills."""
    contracts = dict.fromkeys(line.contract for line in invoice.lines)
    found: list[Invoice | CreditNote] = []
    for contract in contracts:
        found += reader.page(Invoice, where={"contract": contract}, limit=MOST)
        found += reader.page(CreditNote, where={"contract": contract}, limit=MOST)
    return found


def prefix_of(reader: Reader, invoice: Invoice) -> str:
    """The prefix of the selling entity's numbers."""
    key = invoice.bill_to.selling_entity
    entity = reader.get(SellingEntity, key) if key else None
    return entity.invoice_prefix if entity is not None else NO_PREFIX


def correct_invoices(work: Work, contract: Contract, until: date) -> Refusal | None:
    """Credit at once what final invoices of a changed contract hold too much, up to a day; drop its drafts."""
    drop_drafts(work, contract.id)
    billing = _billing(work.env, work.tx, contract, work.tenant)
    if isinstance(billing, Refusal):
        return billing
    finals = tuple(each for each in billing.invoices if each.is_final)
    billing = replace(billing, invoices=finals)
    issued = _issue_notes(work, billing, sort_onto_documents(billing.missing(until), finals))
    return issued if isinstance(issued, Refusal) else None


def _drop(work: Work, draft: Invoice) -> None:
    """Remove a draft; its contracts are no longer billed up to the day of their last run."""
    work.tx.remove(Invoice, draft.id)
    work.tx.emit(InvoiceVoided(draft.id, work.at))
    for contract in sorted({each.contract for each in draft.lines}):
        if work.tx.get(BillingMark, contract) is not None:
            work.tx.remove(BillingMark, contract)


def _mark(work: Work, contract: str, until: date) -> None:
    mark = work.tx.get(BillingMark, contract)
    if mark is None:
        work.tx.add(BillingMark(contract, until))
    elif mark.until < until:
        work.tx.replace(replace(mark, until=until))


def _too_far(until: date, at: datetime) -> Refusal | None:
    """A service without an end has no last invoice, so a run or preview looks a limited number of days ahead."""
    if until <= at.date() + timedelta(days=DAYS_AHEAD_MAX):
        return None
    message = f"{until} is more than {DAYS_AHEAD_MAX} days ahead"
    return Refusal((invalid("until", message, "choose an earlier day"),))


def _bill(work: Work, contract: Contract, until: date) -> Drafted | Refusal:
    billing = _billing(work.env, work.tx, contract, work.tenant)
    if isinstance(billing, Refusal):
        return billing
    documents = sort_onto_documents(billing.missing(until), billing.invoices)
    invoices = []
    for day, lines in documents.invoices.items():
        key = work.env.ids.new("in")
        made = work.decided(draft_invoice(key, lines, bill_to(contract), on=day, taxes=billing.taxes, at=work.at))
        if isinstance(made, Refusal):
            return made
        work.tx.add(made)
        invoices.append(made)
    notes = _issue_notes(work, billing, documents)
    return notes if isinstance(notes, Refusal) else Drafted(tuple(invoices), notes)


def _issue_notes(work: Work, billing: _Billing, documents: Documents) -> tuple[CreditNote, ...] | Refusal:
    notes = []
    finals = {each.id: each for each in billing.invoices}
    for invoice, credits in documents.credits.items():
        note = issue_note(work, credits, finals[invoice], Reason("service ended"))
        if isinstance(note, Refusal):
            return note
        notes.append(note)
    return tuple(notes)


def _billing(env: Environment, reader: Reader, contract: Contract, tenant: str) -> _Billing | Refusal:
    active = find_book(env, tenant, book_hash=contract.rule_book, day=contract.start)
    if isinstance(active, Refusal):
        return active
    order = reader.get(Order, contract.order)
    invoices = reader.page(Invoice, where={"contract": contract.id}, limit=MOST)
    usage = reader.page(StoredUsage, where={"contract": contract.id}, limit=MOST)
    policy = billing_policy(active.book, contract.currency.code)
    taxes = tax_table(reader, contract, active.parts)
    return _Billing(
        contract=contract,
        deliveries=deliveries(order) if order is not None else (),
        usage=tuple(each.record for each in usage),
        invoices=tuple(invoices),
        notes=tuple(reader.page(CreditNote, where={"contract": contract.id}, limit=MOST)),
        policy=replace(policy, included_percents=included_percents(taxes, active.parts)),
        taxes=taxes,
    )


def _chosen(reader: Reader, contracts: Sequence[str]) -> Iterator[Contract]:
    if contracts:
        found = (reader.get(Contract, key) for key in contracts)
        yield from (each for each in found if each is not None)
        return
    after = ""
    while rows := reader.page(Contract, after=after, limit=PAGE):
        yield from rows
        after = rows[-1].id
