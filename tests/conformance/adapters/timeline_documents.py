"""The documents of a timeline: invoices and credit notes of its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from engine.billing import (
    BillLine,
    BillTo,
    CreditNote,
    Invoice,
    LineKind,
    Reason,
    TaxTable,
    draft_credit_note,
    draft_invoice,
    finalize,
    sort_onto_documents,
    void,
)
from engine.diagnostics import Decision
from engine.money import currency


class Documented:
    """Invoices and credit notes of a story, for cases whose credits are told with their tax."""

    def __init__(self, case: dict[str, Any]) -> None:
        told = [line for each in case["expect"]["invoices"] for line in each["lines"]]
        percents = {Decimal(each["incl_tax_percent"]) for each in told if "incl_tax_percent" in each}
        self._taxes = TaxTable({"standard": max(percents, default=Decimal(0))})
        self._to = BillTo("a", "", "", currency(case["currency"]))
        self.invoices: list[Invoice] = []
        self.notes: list[CreditNote] = []

    def shown(self, lines: Sequence[BillLine], day: date) -> Counter[tuple[str, ...]]:
        """The charges as they are, a credit note as what it takes off with tax."""
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        sorted_lines = sort_onto_documents(lines, self.invoices)
        found = shown_lines([each for each in lines if each.kind is not LineKind.CREDIT])
        for charges in sorted_lines.invoices.values():
            draft = draft_invoice(f"i{len(self.invoices)}", charges, self._to, on=day, taxes=self._taxes, at=at)
            assert isinstance(draft, Decision), draft
            final = finalize(draft.value, number=len(self.invoices) + 1, on=day, at=at)
            assert isinstance(final, Decision), final
            self.invoices.append(final.value)
        finals = {each.id: each for each in self.invoices}
        for invoice, credits in sorted_lines.credits.items():
            key, reason = f"n{len(self.notes)}", Reason("ended")
            note = draft_credit_note(key, credits, finals[invoice], earlier=self.notes, reason=reason, at=at)
            assert isinstance(note, Decision), note
            self.notes.append(note.value)
            found[(LineKind.CREDIT.value, str(day), str(day), str(-note.value.gross))] += 1
        return found

    def void(self, day: date) -> None:
        """Make all documents void, so that none of them counts any more."""
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        for invoice in self.invoices:
            gone = void(invoice, reason="all over again", on=day, at=at)
            assert isinstance(gone, Decision), gone
        self.invoices, self.notes = [], []


def shown_lines(lines: Sequence[BillLine]) -> Counter[tuple[str, ...]]:
    return Counter(
        (each.kind.value, str(each.service.start), str(each.service.end), str(each.amount))
        for each in lines
        if each.service is not None and not each.amount.is_zero
    )
