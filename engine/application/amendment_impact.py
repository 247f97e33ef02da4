"""What signing a quoted change does: credits, charges, and the schedule of invoices before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import cast

from engine.application.amendment_order import reason_of
from engine.application.amendment_remarks import remarks_of
from engine.application.bill_of_contract import BillOfContract, bill_of
from engine.application.billing import DAYS_AHEAD_MAX
from engine.application.content import breakdowns_of, find_book
from engine.application.corrections import without_affected
from engine.application.drafting import drafts_of
from engine.application.faults import invalid
from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.application.revenue import found_obligations
from engine.billing import (
    CreditNote,
    Invoice,
    Reason,
    bill_to,
    draft_credit_note,
    draft_invoice,
    given_back,
)
from engine.contracts import Contract, base_faults, change, lines_in_force, undelivered
from engine.diagnostics import Code, Decision, Fault, Refusal
from engine.money import Currency, Money, total
from engine.orders.amending import change_of
from engine.orders.placing import Booking
from engine.periods import add_months
from engine.quotes.accepted import proposed_quote
from engine.quotes.quote import Quote
from engine.revenue import Obligation, RevenueContract, Treatment, is_part_of, treatment_of

NO_AMENDMENT = Code("CON034")
YEAR = 12


@dataclass(frozen=True, slots=True)
class Impact:
    """What signing a change does; documents have no ids yet, and equal the later ones to the cent.

    ``settle_day`` is when it takes effect, or today: credits are issued, and what is due by then is invoiced. The
    schedules are the invoices to come until ``until``, drafts of today among them. ``delivery_before`` and
    ``delivery_after`` are what the goods still to be delivered will be billed with, on days that nobody knows.
    ``remarks`` name prices that are kept although the rules would give others.
    """

    currency: Currency
    notes: tuple[CreditNote, ...]
    dropped: tuple[Invoice, ...]
    before: tuple[Invoice, ...]
    after: tuple[Invoice, ...]
    delivery_before: Money
    delivery_after: Money
    settle_day: date
    until: date
    treatment: Treatment
    remarks: tuple[str, ...] = ()

    @property
    def credit(self) -> Money:
        """What is credited, with tax."""
        return total((each.gross for each in self.notes), self.currency)

    @property
    def charge(self) -> Money:
        """What is invoiced more by the settle day than without the change, with tax."""
        return self._gross(self.after, self.settle_day) - self._gross(self.before, self.settle_day)

    @property
    def net(self) -> Money:
        """What the customer owes more at once."""
        return self.charge - self.credit

    @property
    def net_until(self) -> Money:
        """What the customer owes more until the end of the schedules, and for goods once they are delivered."""
        scheduled = self._gross(self.after, self.until) - self._gross(self.before, self.until) - self.credit
        return scheduled + self.delivery_after - self.delivery_before

    def _gross(self, invoices: Sequence[Invoice], by: date) -> Money:
        return total((each.gross for each in invoices if each.on <= by), self.currency)


def impact_of(
    env: Environment, reader: Reader, quote: Quote, *, until: date | None, at: datetime, tenant: str
) -> Impact | Refusal:
    """What signing a quote's change would do on the contract as it stands."""
    amendment = quote.amendment
    if amendment is None:
        return Refusal((Fault(NO_AMENDMENT, "quote", f"`{quote.id}` changes no contract"),))
    proposed = _proposed(env, reader, quote, at=at, tenant=tenant)
    if isinstance(proposed, Refusal):
        return proposed
    now, then = proposed.now, proposed.then
    ended = then.contract.changes[-1].ended
    day = max(at.date(), amendment.effective)
    horizon = until or _horizon(then.contract, day)
    if not day <= horizon <= at.date() + timedelta(days=DAYS_AHEAD_MAX):
        message = f"{horizon} is not between {day} and {DAYS_AHEAD_MAX} days ahead"
        return Refusal((invalid("until", message, "choose another day"),))
    dropped, then = without_affected(then, max([at.date(), *(each.on for each in ended)]), today=at.date())
    for each in dropped:
        then = replace(then, coupons=given_back(then.coupons, each.discounts))
    notes = _notes(then, max([at.date(), *(each.on for each in ended)]), at)
    if isinstance(notes, Refusal):
        return notes
    before, after = _schedule(now, (), horizon, at), _schedule(then, notes, horizon, at)
    if isinstance(before, Refusal) or isinstance(after, Refusal):
        return before if isinstance(before, Refusal) else cast("Refusal", after)
    delivery_before, delivery_after = _on_delivery(now, horizon, at), _on_delivery(then, horizon, at)
    if isinstance(delivery_before, Refusal) or isinstance(delivery_after, Refusal):
        return delivery_before if isinstance(delivery_before, Refusal) else cast("Refusal", delivery_after)
    return Impact(
        currency=then.contract.currency,
        notes=notes,
        dropped=dropped,
        before=before,
        after=after,
        delivery_before=delivery_before,
        delivery_after=delivery_after,
        settle_day=day,
        until=horizon,
        treatment=_treatment(reader.get(RevenueContract, then.contract.id), proposed.obligations, len(ended)),
        remarks=remarks_of(env, reader, quote, tenant=tenant),
    )


def _treatment(revenue: RevenueContract | None, added: Sequence[Obligation], ends_lines: int) -> Treatment:
    """How the change is accounted for; what is no distinct part of work in progress catches up with it."""
    apart = [each for each in added if revenue is None or is_part_of(revenue, each) is None]
    return treatment_of(apart, ends_lines=ends_lines, joined=len(added) - len(apart))


@dataclass(frozen=True, slots=True)
class _Proposed:
    """The bills of a contract as it stands and as it would be, and the obligations that the change adds."""

    now: BillOfContract
    then: BillOfContract
    obligations: tuple[Obligation, ...]


def _proposed(env: Environment, reader: Reader, quote: Quote, *, at: datetime, tenant: str) -> _Proposed | Refusal:
    """The change as it would be signed."""
    amendment = quote.amendment
    assert amendment is not None, "asked of a quote that changes a contract"
    contract = reader.get(Contract, amendment.contract)
    assert contract is not None, "contracts are never deleted"
    active = find_book(env, tenant, book_hash=quote.priced.rule_book, day=at.date())
    if isinstance(active, Refusal):
        return active
    stale = tuple(base_faults(contract, amendment))
    if stale:
        return Refusal(stale)
    parts = breakdowns_of(quote.priced, active.parts)
    accepted = proposed_quote(quote, active.parts.catalog, at=at, parts=parts)
    booking = Booking("", contract.id, at, active.book.terms.fulfilment, contract.terms)
    changed = change(contract, change_of(contract, accepted, amendment, booking, reason=reason_of(quote)))
    if isinstance(changed, Refusal):
        return changed
    obligations = found_obligations(accepted, active.book.terms.revenue)
    now = bill_of(env, reader, contract, tenant)
    then = bill_of(env, reader, changed.value, tenant, proposed=quote.priced)
    for outcome in (obligations, now, then):
        if isinstance(outcome, Refusal):
            return outcome
    return _Proposed(
        cast("BillOfContract", now), cast("BillOfContract", then), cast("tuple[Obligation, ...]", obligations)
    )


def _horizon(contract: Contract, day: date) -> date:
    """The last day of agreed service, or a year on where a service has no agreed end."""
    states = [each for each in lines_in_force(contract) if not each.line.is_one_time and not each.was_taken_back]
    ends = [each.end for each in states if each.end is not None]
    return max([day, *ends]) if len(ends) == len(states) else max([add_months(day, YEAR), *ends])


def _notes(bill: BillOfContract, until: date, at: datetime) -> tuple[CreditNote, ...] | Refusal:
    """The credit notes that the ends of a change issue on final invoices."""
    finals = {each.id: each for each in bill.invoices if each.is_final}
    documents = bill.documents(bill.missing(until, today=at.date()))
    made = [
        draft_credit_note("", lines, finals[key], earlier=bill.notes, reason=Reason("service ended"), at=at)
        for key, lines in documents.credits.items()
    ]
    refusal = next((each for each in made if isinstance(each, Refusal)), None)
    return refusal or tuple(each.value for each in made if isinstance(each, Decision))


def _schedule(
    bill: BillOfContract, notes: tuple[CreditNote, ...], until: date, at: datetime
) -> tuple[Invoice, ...] | Refusal:
    """The drafts that stay, and the invoices that runs would draft until a day once notes are issued."""
    drafts = {each.id: each for each in bill.invoices if each.is_draft}
    settled = replace(bill, notes=(*bill.notes, *notes))
    missing = settled.missing_by((*(each.on for each in drafts.values()), at.date(), until))
    made = drafts_of(settled, settled.documents(missing), at=at)
    if isinstance(made, Refusal):
        return made
    drafts |= {each.id: each for _, decided in made.corrected for each in (decided.value,)}
    fresh = (each.value for each in made.fresh)
    return tuple(sorted((*drafts.values(), *fresh), key=lambda each: each.on))


def _on_delivery(bill: BillOfContract, until: date, at: datetime) -> Money | Refusal:
    """What all that is still to be delivered will be billed with, with tax, as if it came at once."""
    rest = tuple(undelivered(bill.contract, bill.deliveries, on=until))
    expected = {each.id for each in rest}
    missing = replace(bill, deliveries=(*bill.deliveries, *rest)).missing(until, today=at.date())
    lines = tuple(each for each in missing if each.delivery in expected)
    if not lines:
        return Money.zero(bill.contract.currency)
    made = draft_invoice("", lines, bill_to(bill.contract), on=until, taxes=bill.taxes, at=at)
    return made if isinstance(made, Refusal) else made.value.gross
