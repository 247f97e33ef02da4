"""The rows of a lived deal, as the audit reads them."""

from __future__ import annotations

from datetime import date

from engine.audit import (
    CreditLineRow,
    InvoiceLineRow,
    InvoiceRow,
    JournalLineRow,
    ObligationRow,
    OrderItemRow,
    QuoteLineRow,
    ReconcilingRow,
    Rows,
    ScheduleRow,
)
from engine.revenue import Timing
from tests.audit.lived import Deal


def rows_of(deal: Deal) -> Rows:
    """The rows of a deal as a store would hold them."""
    return Rows(
        quote_lines=tuple(
            QuoteLineRow("q-1", 2, each.id, "EUR", each.term_total.minor_units) for each in deal.accepted.lines
        ),
        order_items=tuple(
            OrderItemRow(
                "o-1",
                each.id,
                "q-1",
                2,
                each.quote_line,
                "c-1",
                "EUR",
                each.term_total.minor_units,
                deal.faults.get(each.quote_line, 0),
                _billing_ends(deal, each.quote_line),
            )
            for each in deal.order.items
        ),
        invoices=tuple(
            InvoiceRow(each.id, "INV", n, "EUR", each.net.minor_units, each.tax.minor_units)
            for n, each in enumerate(deal.invoices, 1)
        ),
        invoice_lines=tuple(
            InvoiceLineRow(each.id, line.id, "o-1", line.quote_line, "c-1", "EUR", line.amount.minor_units)
            for each in deal.invoices
            for line in each.lines
        ),
        credit_lines=tuple(
            CreditLineRow(
                note.id,
                line.id,
                note.invoice,
                line.credits,
                "o-1",
                line.quote_line,
                "c-1",
                "EUR",
                -line.amount.minor_units,
                note.tax.minor_units if n == 0 else 0,
            )
            for note in deal.notes
            for n, line in enumerate(note.lines)
        ),
        obligations=tuple(
            ObligationRow(
                "c-1",
                each.id,
                "EUR",
                each.price.minor_units,
                each.recognised.minor_units,
                deal.revenue.settled_until,
                each.obligation.timing is not Timing.POINT_IN_TIME,
            )
            for each in deal.revenue.accounts
        ),
        reconciling=tuple(
            ReconcilingRow("c-1", "EUR", each.id, each.priced.minor_units) for each in deal.revenue.stated
        ),
        schedule=tuple(
            ScheduleRow("c-1", each.id, "EUR", line.on, line.amount.minor_units)
            for each in deal.revenue.accounts
            for line in each.lines
        ),
        journal=tuple(
            JournalLineRow(
                entry.key,
                line.account,
                line.amount.currency.code,
                line.amount.minor_units,
                line.trace.contract or ("c-1" if line.account == "contract_clearing" else ""),
                line.trace.obligation,
                _invoice_id(deal, line.trace.invoice),
            )
            for entry in deal.journal.entries
            for line in entry.lines
        ),
    )


def _invoice_id(deal: Deal, name: str) -> str:
    return next((each.id for each in deal.invoices if name in (each.id, each.number)), name)


def _billing_ends(deal: Deal, key: str) -> date:
    """The day by which a line was billed whole: its term is over, or all of it was delivered, and billing ran then."""
    line = next(each for each in deal.contract.lines if each.quote_line == key)
    item = next(each for each in deal.order.items if each.quote_line == key)
    handed_over = item.delivered == item.quantity and item.id not in deal.unbilled
    whole = deal.ended.get(key) or line.end or (line.start if handed_over else date.max)
    return whole if whole <= deal.billed_until else date.max
