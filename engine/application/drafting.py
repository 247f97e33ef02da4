"""Lines sorted onto documents become drafts: the same for a preview, a run, and the schedule of a change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.application.bill_of_contract import BillOfContract
from engine.billing import (
    BillLine,
    Documents,
    Invoice,
    bill_to,
    correct_draft,
    discount,
    draft_invoice,
    given_back,
    taken,
)
from engine.diagnostics import Decision, Refusal


@dataclass(frozen=True, slots=True)
class Drafts:
    """Drafts that are corrected, each with what it was before, and new ones."""

    corrected: tuple[tuple[Invoice, Decision[Invoice]], ...]
    fresh: tuple[Decision[Invoice], ...]

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        """All of them."""
        return (*(each.value for _, each in self.corrected), *(each.value for each in self.fresh))


def drafts_of(
    bill: BillOfContract, documents: Documents, *, at: datetime, name: Callable[[], str] = lambda: ""
) -> Drafts | Refusal:
    """What documents come to, in the order in which they use the coupons of the customer: corrections, then by day.

    ``name`` gives a new draft its key; one that nobody saves has none.
    """
    drafts = {each.id: each for each in bill.invoices}
    coupons = bill.coupons
    corrected: list[tuple[Invoice, Decision[Invoice]]] = []
    for key, credits in documents.drafts.items():
        before = drafts[key]
        free = given_back(coupons, before.discounts)
        changed = correct_draft(before, credits, taxes=bill.taxes, coupons=free, at=at)
        if isinstance(changed, Refusal):
            return changed
        coupons = taken(free, changed.value.discounts)
        corrected.append((before, changed))
    fresh: list[Decision[Invoice]] = []
    for made in _fresh(replace(bill, coupons=coupons), documents.invoices, at, name):
        if isinstance(made, Refusal):
            return made
        fresh.append(made)
    return Drafts(tuple(corrected), tuple(fresh))


def _fresh(
    bill: BillOfContract, charges: Mapping[date, tuple[BillLine, ...]], at: datetime, name: Callable[[], str]
) -> Iterator[Decision[Invoice] | Refusal]:
    to, coupons = bill_to(bill.contract), bill.coupons
    for day, lines in charges.items():
        charged = discount(lines, coupons, on=day, currency=to.currency, rounding=bill.taxes.rounding)
        made = draft_invoice(name(), charged, to, on=day, taxes=bill.taxes, at=at)
        yield made
        coupons = taken(coupons, charged.discounts)
