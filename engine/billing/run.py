"""A billing run: missing lines sorted onto the documents they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.billing.invoice import Invoice
from engine.billing.line import BillLine


@dataclass(frozen=True, slots=True)
class Documents:
    """Lines by the document they go onto: charges by the day of their invoice, credits by the invoice they correct.

    ``credits`` are for final invoices and become credit notes; ``drafts`` are for drafts, which take them as lines.
    """

    invoices: Mapping[date, tuple[BillLine, ...]]
    credits: Mapping[str, tuple[BillLine, ...]]
    drafts: Mapping[str, tuple[BillLine, ...]]


def sort_onto_documents(lines: Sequence[BillLine], invoices: Sequence[Invoice]) -> Documents:
    """Give each due day its invoice, each final invoice whose lines are credited its credit note, and each draft the
    credits of its own lines: so no draft comes to less than nothing.
    """
    holder = {line.id: invoice for invoice in invoices for line in invoice.lines}
    charges: dict[date, list[BillLine]] = {}
    credits: dict[str, list[BillLine]] = {}
    drafts: dict[str, list[BillLine]] = {}
    for line in lines:
        credited = holder.get(line.credits)
        if credited is None:
            charges.setdefault(line.due_on, []).append(line)
        else:
            (credits if credited.is_final else drafts).setdefault(credited.id, []).append(line)
    return Documents(
        {day: tuple(charges[day]) for day in sorted(charges)},
        {key: tuple(each) for key, each in credits.items()},
        {key: tuple(each) for key, each in drafts.items()},
    )
