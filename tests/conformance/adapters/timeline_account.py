"""The account credits of a timeline: what was granted pays invoices, and comes back with what is credited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.billing import BillLine, CreditNote, Invoice
from engine.billing.prepaid import (
    CreditSource,
    Draw,
    PrepaidCredit,
    PrepaidUse,
    drawn,
    given_back_of,
    less,
    more,
)
from engine.money import Money, currency, total
from tests.conformance.adapters.gap import need
from tests.conformance.adapters.timeline_documents import Documented

GRANT = "grant_account_credit"


class Account:
    """What was granted to an account, and what its invoices hold of it."""

    def __init__(self, case: dict[str, Any]) -> None:
        self._case = case
        self._unit = currency(case["currency"])
        self._documents = Documented(case)
        self._credits: list[PrepaidCredit] = []
        self._uses: dict[str, PrepaidUse] = {}
        self._done = (0, 0)

    def grant(self, events: Sequence[dict[str, Any]]) -> None:
        """Add what events of a day grant."""
        for event in (each for each in events if each["type"] == GRANT):
            amount = Money.exactly(Decimal(event["amount"]), self._unit)
            nothing = Money.zero(self._unit)
            key = f"pc{len(self._credits)}"
            self._credits.append(PrepaidCredit(key, "a", "", CreditSource.GRANTED, amount, nothing, nothing))

    def bill(self, lines: Sequence[BillLine], day: date) -> None:
        """Put the lines of a day on documents, and let credits pay them or come back."""
        self._documents.shown(lines, day)
        invoices, notes = self._documents.invoices, self._documents.notes
        seen, noted = self._done
        self._done = len(invoices), len(notes)
        for invoice in invoices[seen:]:
            draws = drawn(invoice, self._credits, on=day, left=invoice.gross)
            self._uses[invoice.id] = more(PrepaidUse(invoice.id), draws)
            self._count(draws, 1)
        for note in notes[noted:]:
            invoice = next(each for each in invoices if each.id == note.invoice)
            use = self._uses[invoice.id]
            back = given_back_of(use, -self._open(invoice, notes))
            self._uses[invoice.id] = less(use, back)
            self._count(back, -1)

    def void(self, day: date) -> None:
        """Let all documents become void: what credits paid of them comes back."""
        self._documents.void(day)
        self._done = (0, 0)
        for use in self._uses.values():
            self._count(use.draws, -1)
        self._uses = {}

    @property
    def used(self) -> Money:
        """What invoices hold of all that was granted."""
        return total((each.used for each in self._credits), self._unit)

    def compare(self, before: Money, wanted: Sequence[str]) -> None:
        """What the account gave on a day, with the sign of the source: below zero for what was used."""
        asked = total((Money.exactly(Decimal(each), self._unit) for each in wanted), self._unit)
        need(asked <= before, "account-credit-of-payments")
        assert before - self.used == asked

    def _open(self, invoice: Invoice, notes: Sequence[CreditNote]) -> Money:
        credited = total((each.gross for each in notes if each.invoice == invoice.id), self._unit)
        return invoice.gross - credited - self._uses[invoice.id].paid(self._unit)

    def _count(self, draws: Sequence[Draw], sign: int) -> None:
        amounts = {each.credit: each.amount for each in draws}
        self._credits = [
            replace(each, used=each.used + amounts[each.id] * sign) if each.id in amounts else each
            for each in self._credits
        ]
