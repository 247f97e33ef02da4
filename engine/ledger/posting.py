"""Posting: a fact becomes a balanced entry, by the rules of the chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import MappingProxyType

from engine.diagnostics import Code, Fault, Refusal
from engine.ledger.accounts import DEFAULT_CHART, NO_POSTING_RULE, Chart, Component
from engine.ledger.calendar import BooksCalendar
from engine.ledger.entry import (
    DraftEntry,
    EntryKey,
    JournalEntry,
    JournalLine,
    account_faults,
    balance_faults,
    body_hash,
)
from engine.ledger.facts import (
    ContractCostAmortised,
    ContractCostCapitalised,
    ContractCostExpensed,
    ContractCostImpaired,
    ContractCostWrittenUp,
    CreditNoteIssued,
    CreditNoteVoided,
    CustomerPaid,
    CustomerPaymentUsed,
    Document,
    Fact,
    FinancingAccrued,
    GoodsExpectedBack,
    GoodsKept,
    GoodsReturned,
    GoodsSold,
    InvoiceFinalized,
    InvoiceVoided,
    PaymentApplied,
    PaymentReceived,
    PaymentRefunded,
    PrepaidAdded,
    PrepaidExpired,
    PrepaidRefunded,
    PrepaidReturned,
    PrepaidUsed,
    ReceivableWrittenOff,
    RefundLiabilityRaised,
    RefundLiabilityReleased,
    RefundLiabilitySettled,
    RevenueRecognised,
    RevenueReversed,
)
from engine.ledger.traces import Trace
from engine.money import Money
from engine.periods import Period

KEY_CONFLICT = Code("LED030")
NEGATIVE_AMOUNT = Code("LED031")
ALREADY_REVERSED = Code("LED032")


class Outcome(Enum):
    """What became of a posting: a new entry, the entry that was there before, or nothing: all amounts are zero."""

    CREATED = "created"
    REPLAYED = "replayed"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Posted:
    """The entry of a posting and whether it is new; no entry when there was nothing to book."""

    outcome: Outcome
    entry: JournalEntry | None


@dataclass(frozen=True, slots=True)
class Books:
    """What posting needs to know: the chart and which periods are closed."""

    chart: Chart = DEFAULT_CHART
    calendar: BooksCalendar = BooksCalendar()


@dataclass(frozen=True, slots=True)
class Leg:
    """One part of a fact: an amount that debits one account and credits another."""

    component: Component
    amount: Money
    trace: Trace


def post(fact: Fact, *, books: Books, earlier: JournalEntry | None = None) -> Posted | Refusal:
    """Book a fact. ``earlier`` is the entry that already has the fact's key, if there is one.

    The same key with the same body is a replay; with another body a conflict (``LED030``).
    """
    draft = draft_of(fact, books.chart)
    if isinstance(draft, Refusal):
        return draft
    if not draft.lines and earlier is None:
        return Posted(Outcome.NOTHING, None)
    return post_draft(draft, books=books, earlier=earlier)


def post_draft(draft: DraftEntry, *, books: Books, earlier: JournalEntry | None = None) -> Posted | Refusal:
    """Book an entry that was drafted elsewhere: balanced, on accounts of the chart, in an open period."""
    digest = body_hash(draft)
    if earlier is not None:
        if earlier.body_hash == digest:
            return Posted(Outcome.REPLAYED, earlier)
        message = f"`{draft.key}` was posted before with another content"
        return Refusal((Fault(KEY_CONFLICT, "key", message, "correct by a reversal and a new entry"),))
    faults = (*balance_faults(draft.lines), *account_faults(draft.lines, books.chart))
    if faults:
        return Refusal(faults)
    entry = JournalEntry(
        key=draft.key,
        kind=draft.kind,
        on=draft.on,
        posted_on=books.calendar.posting_date(draft.on, at_period_end=draft.at_period_end),
        lines=draft.lines,
        body_hash=digest,
        service=draft.service,
        reverses=draft.reverses,
    )
    return Posted(Outcome.CREATED, entry)


def draft_of(fact: Fact, chart: Chart) -> DraftEntry | Refusal:
    """The entry a fact asks for; parts of zero leave no line."""
    faults: list[Fault] = []
    lines: list[JournalLine] = []
    for leg in legs_of(fact):
        rule = chart.rule(leg.component, leg.trace.category)
        if rule is None:
            faults.append(Fault(NO_POSTING_RULE, "", f"no posting rule for `{leg.component.value}`"))
        elif leg.amount.minor_units:
            credit = Money(-leg.amount.minor_units, leg.amount.currency)
            lines += [JournalLine(rule.debit, leg.amount, leg.trace), JournalLine(rule.credit, credit, leg.trace)]
    if not isinstance(fact, Document) and fact.amount.minor_units < 0:
        faults.append(Fault(NEGATIVE_AMOUNT, "amount", "the amount of a fact is not negative; state the opposite fact"))
    if faults:
        return Refusal(tuple(faults))
    service = fact.service if isinstance(fact, RevenueRecognised | RevenueReversed | ContractCostAmortised) else None
    return DraftEntry(
        key=EntryKey(fact.key),
        kind=type(fact).__name__,
        on=fact.on,
        lines=tuple(lines),
        service=service,
        reverses=EntryKey(fact.reverses) if isinstance(fact, InvoiceVoided | CreditNoteVoided) else None,
        at_period_end=service is not None,
    )


def reversal_of(entry: JournalEntry, *, key: EntryKey, on: date) -> DraftEntry:
    """The draft that undoes an entry line by line; the entry itself stays."""
    lines = tuple(
        JournalLine(each.account, Money(-each.amount.minor_units, each.amount.currency), each.trace)
        for each in entry.lines
    )
    service: Period | None = entry.service
    return DraftEntry(key=key, kind="Reversal", on=on, lines=lines, service=service, reverses=entry.key)


def legs_of(fact: Fact) -> Iterable[Leg]:
    """The parts of a fact."""
    match fact:
        case InvoiceFinalized():
            yield from _document_legs(fact, Component.INVOICE_LINE, Component.INVOICE_TAX)
        case CreditNoteIssued():
            yield from _document_legs(fact, Component.CREDIT_LINE, Component.CREDIT_TAX)
        case InvoiceVoided():
            yield from _document_legs(fact, Component.CREDIT_LINE, Component.CREDIT_TAX)
        case CreditNoteVoided():
            yield from _document_legs(fact, Component.INVOICE_LINE, Component.INVOICE_TAX)
        case PaymentReceived():
            component = Component.PAYMENT if fact.trace.invoice else Component.PAYMENT_UNAPPLIED
            yield Leg(component, fact.amount, fact.trace)
        case FinancingAccrued():
            component = Component.INTEREST_ON_ADVANCE if fact.on_advance else Component.INTEREST_ON_DEFERRAL
            yield Leg(component, fact.amount, fact.trace)
        case _:
            yield Leg(COMPONENTS[type(fact)], fact.amount, fact.trace)


COMPONENTS: Mapping[type[Fact], Component] = MappingProxyType(
    {
        PaymentApplied: Component.PAYMENT_APPLIED,
        PaymentRefunded: Component.PAYMENT_REFUNDED,
        ReceivableWrittenOff: Component.WRITE_OFF,
        RevenueRecognised: Component.REVENUE,
        RevenueReversed: Component.REVENUE_REVERSED,
        RefundLiabilityRaised: Component.REFUND_LIABILITY_RAISED,
        RefundLiabilityReleased: Component.REFUND_LIABILITY_RELEASED,
        RefundLiabilitySettled: Component.REFUND_LIABILITY_SETTLED,
        ContractCostCapitalised: Component.CONTRACT_COST_CAPITALISED,
        ContractCostAmortised: Component.CONTRACT_COST_AMORTISED,
        ContractCostExpensed: Component.CONTRACT_COST_EXPENSED,
        ContractCostImpaired: Component.CONTRACT_COST_IMPAIRED,
        ContractCostWrittenUp: Component.CONTRACT_COST_WRITTEN_UP,
        CustomerPaid: Component.CUSTOMER_PAID,
        CustomerPaymentUsed: Component.CUSTOMER_PAYMENT_USED,
        GoodsExpectedBack: Component.GOODS_EXPECTED_BACK,
        GoodsReturned: Component.GOODS_RETURNED,
        GoodsKept: Component.GOODS_KEPT,
        GoodsSold: Component.GOODS_SOLD,
        PrepaidAdded: Component.PREPAID_ADDED,
        PrepaidUsed: Component.PREPAID_USED,
        PrepaidReturned: Component.PREPAID_RETURNED,
        PrepaidExpired: Component.PREPAID_EXPIRED,
        PrepaidRefunded: Component.PREPAID_REFUNDED,
    }
)
"""Facts of one part, and the component that it always is."""


def _document_legs(document: Document, line: Component, tax: Component) -> Iterable[Leg]:
    for each in document.lines:
        yield Leg(line, each.net, each.trace)
    for taxed in document.taxes:
        yield Leg(tax, taxed.tax, taxed.trace)
