"""Identities of the ledger and of the event log: entries sum to zero, invoices are booked, events change things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from engine.audit.rows import Rows
from engine.audit.violation import (
    CHANGE_WITHOUT_EVENT,
    CLEARING,
    ENTRY_UNBALANCED,
    EVENT_WITHOUT_CHANGE,
    OPEN,
    PREPAID_LIABILITY,
    PREPAID_USED,
    RECEIVABLE,
    REFUNDED,
    TAX,
    VERSION_GAP,
    Violation,
)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Which account plays which part; ``revenue`` holds every revenue account of the chart."""

    clearing: str = "contract_clearing"
    receivable: str = "receivable"
    tax: str = "tax_payable"
    prepaid: str = "customer_credits"
    revenue: frozenset[str] = frozenset({"revenue"})

    def is_revenue(self, account: str) -> bool:
        """Whether an account is one of the revenue accounts."""
        return account in self.revenue


def entries_sum_to_zero(rows: Rows) -> Iterator[Violation]:
    """Every entry sums to zero in each of its currencies."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for line in rows.journal:
        sums[line.entry, line.currency] += line.amount
    for (entry, currency), found in sums.items():
        if found:
            yield Violation(ENTRY_UNBALANCED, f"entry {entry}", 0, found, currency)


def invoices_are_booked(rows: Rows, accounts: Accounts) -> Iterator[Violation]:
    """An invoice's entry debits the receivable with its gross and credits its tax."""
    owed: dict[str, int] = defaultdict(int)
    taxed: dict[str, int] = defaultdict(int)
    for line in rows.journal:
        if not line.entry.startswith("invoice/"):
            continue
        if line.account == accounts.receivable:
            owed[line.invoice] += line.amount
        elif line.account == accounts.tax:
            taxed[line.invoice] -= line.amount
    for invoice in rows.invoices:
        where = f"invoice {invoice.invoice}"
        gross = invoice.net + invoice.tax
        if owed[invoice.invoice] != gross:
            yield Violation(RECEIVABLE, where, gross, owed[invoice.invoice], invoice.currency)
        if taxed[invoice.invoice] != invoice.tax:
            yield Violation(TAX, where, invoice.tax, taxed[invoice.invoice], invoice.currency)


def open_as_booked(rows: Rows, accounts: Accounts) -> Iterator[Violation]:
    """What the journal has open of an invoice is its gross less credits, payments and prepaid credits; its tax is its
    own less what is credited. Of a void invoice neither is anything.
    """
    owed = {each.invoice: each.net + each.tax for each in rows.invoices if not each.is_void}
    taxed = {each.invoice: each.tax for each in rows.invoices if not each.is_void}
    for note in rows.credit_lines:
        owed[note.invoice] = owed.get(note.invoice, 0) - note.net - note.tax
        taxed[note.invoice] = taxed.get(note.invoice, 0) - note.tax
    came = [(each.invoice, each.amount) for each in rows.payments]
    came += [(each.invoice, each.amount) for each in rows.draws]
    came += [(each.invoice, -each.amount) for each in rows.refunds if each.invoice]
    for invoice, amount in came:
        owed[invoice] = owed.get(invoice, 0) - amount
    booked: dict[tuple[str, str], int] = defaultdict(int)
    for line in rows.journal:
        booked[line.invoice, line.account] += line.amount
    currencies = {each.invoice: each.currency for each in rows.invoices}
    for invoice in sorted({*currencies, *owed}):
        where, unit = f"invoice {invoice}", currencies.get(invoice, "")
        left, tax = booked[invoice, accounts.receivable], -booked[invoice, accounts.tax]
        if left != owed.get(invoice, 0):
            yield Violation(OPEN, where, owed.get(invoice, 0), left, unit)
        if tax != taxed.get(invoice, 0):
            yield Violation(TAX, where, taxed.get(invoice, 0), tax, unit)


def clearing_is_billed_less_earned(rows: Rows, accounts: Accounts) -> Iterator[Violation]:
    """Per contract and currency: clearing is recognised less billed (and interest or the like that met it).

    What was billed comes from the invoice and credit lines, not from the journal.
    """
    cleared: dict[tuple[str, str], int] = defaultdict(int)
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for line in rows.journal:
        if line.account == accounts.clearing:
            cleared[line.contract, line.currency] += line.amount
        elif accounts.is_revenue(line.account):
            expected[line.contract, line.currency] -= line.amount
    for invoiced in rows.invoice_lines:
        expected[invoiced.contract, invoiced.currency] -= invoiced.net
    for credit in rows.credit_lines:
        expected[credit.contract, credit.currency] += credit.net
    for key, amount in other_in_clearing(rows, accounts).items():
        expected[key] -= amount
    for key in sorted({*cleared, *expected}):
        if cleared[key] != expected[key]:
            yield Violation(CLEARING, f"contract {key[0]}", expected[key], cleared[key], key[1])


def other_in_clearing(rows: Rows, accounts: Accounts) -> dict[tuple[str, str], int]:
    """Per contract and currency: debits that met clearing and are neither billing nor revenue, such as interest."""
    clearing = {each.entry for each in rows.journal if each.account == accounts.clearing}
    known = {accounts.clearing, accounts.receivable, accounts.tax, *accounts.revenue}
    other: dict[tuple[str, str], int] = defaultdict(int)
    for line in rows.journal:
        if line.entry in clearing and line.account not in known:
            other[line.contract, line.currency] += line.amount
    return other


def prepaid_credits_are_owed(rows: Rows, accounts: Accounts) -> Iterator[Violation]:
    """What is used of a credit is what it pays of invoices; what is left of all is owed in the journal, by currency."""
    paid: dict[str, int] = defaultdict(int)
    for draw in rows.draws:
        paid[draw.credit] += draw.amount
    left: dict[str, int] = defaultdict(int)
    for each in rows.prepaid:
        left[each.currency] += each.amount - each.used - each.expired - each.refunded
        spent = paid.pop(each.credit, 0)
        if spent != each.used or each.used + each.expired + each.refunded > each.amount:
            yield Violation(PREPAID_USED, f"credit {each.credit}", spent, each.used, each.currency)
    for unknown, amount in sorted(paid.items()):
        yield Violation(PREPAID_USED, f"credit {unknown}", amount, 0)
    owed: dict[str, int] = defaultdict(int)
    for line in rows.journal:
        if line.account == accounts.prepaid:
            owed[line.currency] -= line.amount
    for unit in sorted({*left, *owed}):
        if left[unit] != owed[unit]:
            yield Violation(PREPAID_LIABILITY, f"credits in {unit}", left[unit], owed[unit], unit)


def refunds_are_of_credits(rows: Rows) -> Iterator[Violation]:
    """What was paid back of a prepaid credit is what its refunds say, and one that a refund became has its amount."""
    back: dict[str, int] = defaultdict(int)
    kept: dict[str, int] = {}
    for each in rows.refunds:
        if each.kept:
            kept[each.credit] = each.amount
        elif not each.invoice:
            back[each.credit] += each.amount
    for credit in rows.prepaid:
        where, unit = f"credit {credit.credit}", credit.currency
        told, amount = back.pop(credit.credit, 0), kept.pop(credit.credit, credit.amount)
        if credit.refunded != told:
            yield Violation(REFUNDED, where, told, credit.refunded, unit)
        if credit.amount != amount:
            yield Violation(REFUNDED, where, amount, credit.amount, unit)
    for unknown, amount in sorted({**back, **kept}.items()):
        yield Violation(REFUNDED, f"credit {unknown}", amount, 0)


def every_event_changed_one_thing(rows: Rows) -> Iterator[Violation]:
    """Every event has exactly one state change, of its own entity, and versions run from 1 without a gap.

    One change may have several events: an order that moves on says what each of its items did.
    """
    changes: dict[str, int] = defaultdict(int)
    entities = {each.event: each.entity for each in rows.events}
    versions: dict[str, list[int]] = defaultdict(list)
    for change in rows.changes:
        versions[change.entity].append(change.version)
        changes[change.event] += 1
        if entities.get(change.event) != change.entity:
            yield Violation(CHANGE_WITHOUT_EVENT, f"{change.entity} v{change.version}", 1, 0)
    for event in rows.events:
        if changes[event.event] != 1:
            yield Violation(EVENT_WITHOUT_CHANGE, f"event {event.event} of {event.entity}", 1, changes[event.event])
    for entity, found in sorted(versions.items()):
        for expected, version in enumerate(sorted(set(found)), 1):
            if expected != version:
                yield Violation(VERSION_GAP, entity, expected, version)
                break
