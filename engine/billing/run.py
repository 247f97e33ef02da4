"""A billing run: missing lines sorted onto the documents they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.billing.invoice import Invoice
from engine.billing.line import BillLine


@dataclass(frozen=True, slots=True)
class Documents:
    """Lines by the document they go onto: charges by the day of their invoice, credits by the invoice they correct."""

    invoices: Mapping[date, tuple[BillLine, ...]]
    credits: Mapping[str, tuple[BillLine, ...]]


def sort_onto_documents(lines: Sequence[BillLine], invoices: Sequence[Invoice]) -> Documents:
    """Give each due day its invoice, and each final invoice whose lines are credited its credit note.

    A credit of a line that is on no final invoice yet stays among the charges of its day, as a negative line.
    """
    final = {line.id: invoice.id for invoice in invoices if invoice.is_final for line in invoice.lines}
    charges: dict[date, list[BillLine]] = {}
    credits: dict[str, list[BillLine]] = {}
    for line in lines:
        if line.credits in final:
            credits.setdefault(final[line.credits], []).append(line)
        else:
            charges.setdefault(line.due_on, []).append(line)
    return Documents(
        {day: tuple(charges[day]) for day in sorted(charges)}, {key: tuple(each) for key, each in credits.items()}
    )
