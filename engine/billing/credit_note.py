"""Credit notes: corrections of a final invoice, whose last one takes what is left to the cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from engine.billing.events import CreditNoteDrafted, CreditNoteNumbered, CreditNoteVoided
from engine.billing.invoice import BillTo, DocumentStatus, Invoice, document_number, void_faults
from engine.billing.line import BillLine, LineKind, credit_line
from engine.billing.tax import TaxLine, TaxPoint, line_tax, percent_ratio
from engine.diagnostics import Code, Decision, Fault, Refusal, did_you_mean
from engine.money import Money, Ratio, RoundingRule, share_of, total

NOT_FINAL = Code("BIL020")
UNKNOWN_LINE = Code("BIL021")
TOO_MUCH = Code("BIL022")
NOTHING_TO_CREDIT = Code("BIL023")
ALREADY_FINAL = Code("BIL024")


@dataclass(frozen=True, slots=True)
class CreditNote:
    """A credit note on one invoice. Its lines are credits, so they are negative; its totals say what is taken off,
    so they are positive. A credit gives back the share of the discount that coupons took off what it takes back.
    ``past_fault``: the service already given was at fault. ``price_change``: the price of what is still to come was
    agreed anew.
    """

    id: str
    invoice: str
    bill_to: BillTo
    status: DocumentStatus
    on: date
    lines: tuple[BillLine, ...]
    taxes: tuple[TaxLine, ...]
    reason: str
    past_fault: bool = False
    number: str = ""
    finalized_at: datetime | None = None
    etag: int = 1
    price_change: bool = False
    voided_on: date | None = None

    @property
    def net(self) -> Money:
        """What is taken off before tax."""
        return -total((each.net for each in self.lines), self.bill_to.currency)

    @property
    def discount(self) -> Money:
        """What coupons had taken off it, and is not paid back."""
        return -total((each.discount for each in self.lines if each.discount is not None), self.bill_to.currency)

    @property
    def tax(self) -> Money:
        """The tax that is taken off."""
        return total((each.tax for each in self.taxes), self.bill_to.currency)

    @property
    def gross(self) -> Money:
        """What the customer owes less."""
        return self.net + self.tax

    @property
    def is_final(self) -> bool:
        """Whether it has its number, and counts."""
        return self.status is DocumentStatus.FINALIZED

    @property
    def is_void(self) -> bool:
        """Whether it was final and counts no more."""
        return self.status is DocumentStatus.VOIDED

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody gave it; others follow from the contract."""
        return any(each.by_hand for each in self.lines)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is credited: service already given was at fault, the price was agreed anew, or else goodwill."""

    text: str
    past_fault: bool = False
    price_change: bool = False


def credit(
    key: str, amount: Money, *, of: BillLine, on: date, earlier: Sequence[BillLine] = ()
) -> Decision[BillLine] | Refusal:
    """Credit an amount of one billed line by hand; ``earlier`` are the credits on it so far.

    Refused when it is not above zero or more than what is left on the line.
    """
    left = _left(of, earlier)
    if not Money.zero(left.currency) < amount <= left:
        message = f"{amount} cannot be credited on `{of.id}`"
        return Refusal((Fault(TOO_MUCH, "amount", message, f"{left} are left on it"),))
    line = credit_line(of, amount, service=None, due_on=on)
    return Decision(replace(line, id=f"{of.id}/credit/{key}", by_hand=True))


def draft_credit_note(
    key: str,
    credits: Sequence[BillLine],
    invoice: Invoice,
    *,
    earlier: Sequence[CreditNote],
    reason: Reason,
    at: datetime,
) -> Decision[CreditNote] | Refusal:
    """Put credits of lines of one final invoice on a draft note; ``earlier`` are the notes on that invoice so far.

    Tax is taken off at the rates of the invoice and rounded as on it; the note that uses up a rate's base takes the
    rest of its tax, so that all notes add up to the invoice.
    """
    notes = [each for each in earlier if each.invoice == invoice.id]
    faults = [*_faults(credits, invoice, notes)]
    if faults:
        return Refusal(tuple(faults))
    own = _discounted(credits, invoice, notes)
    note = CreditNote(
        id=key,
        invoice=invoice.id,
        bill_to=invoice.bill_to,
        status=DocumentStatus.DRAFT,
        on=max(at.date(), invoice.on),
        lines=own,
        taxes=tuple(_taxes(own, invoice, notes)),
        reason=reason.text,
        past_fault=reason.past_fault,
        price_change=reason.price_change,
    )
    return Decision(note, (CreditNoteDrafted(key, invoice.id, note.bill_to.customer, note.on, note.gross, at),))


def issue(
    note: CreditNote, *, number: int, prefix: str = "CN", on: date, at: datetime
) -> Decision[CreditNote] | Refusal:
    """Make a draft note final under the next number of its series, given in the same transaction."""
    if note.is_final:
        return Refusal((Fault(ALREADY_FINAL, "credit_note", f"the credit note is final as `{note.number}`"),))
    final = replace(
        note,
        status=DocumentStatus.FINALIZED,
        on=on,
        number=document_number(prefix, number),
        finalized_at=at,
        etag=note.etag + 1,
    )
    event = CreditNoteNumbered(final.id, final.number, final.invoice, final.bill_to.customer, on, final.gross, at)
    return Decision(final, (event,))


def void_note(note: CreditNote, *, on: date, at: datetime) -> Decision[CreditNote]:
    """Make a final note void together with its invoice: it keeps its number and counts no more."""
    assert note.is_final, "only a final document becomes void"
    gone = replace(note, status=DocumentStatus.VOIDED, voided_on=on, etag=note.etag + 1)
    event = CreditNoteVoided(gone.id, gone.number, gone.invoice, gone.bill_to.customer, on, gone.gross, at)
    return Decision(gone, (event,))


def _taxes(credits: Sequence[BillLine], invoice: Invoice, notes: Sequence[CreditNote]) -> Iterator[TaxLine]:
    currency, rounding = invoice.bill_to.currency, invoice.tax_rounding
    for taxed in invoice.taxes:
        own = [each for each in credits if each.tax_code == taxed.tax_code]
        base = -total((each.net for each in own), currency)
        if base.is_zero:
            continue
        before = [each for note in notes for each in note.taxes if each.tax_code == taxed.tax_code]
        base_left = taxed.base - total((each.base for each in before), currency)
        tax_left = taxed.tax - total((each.tax for each in before), currency)
        match invoice.tax_point:
            case TaxPoint.QUOTED | TaxPoint.LINE | TaxPoint.UNIT:
                tax = total(_taxes_of_lines(own, taxed.percent, invoice, notes), currency)
            case TaxPoint.RATE | TaxPoint.TOTAL:
                tax = share_of(base, percent_ratio(taxed.percent), rounding=rounding)
        yield TaxLine(taxed.tax_code, taxed.percent, base, tax_left if base == base_left else min(tax, tax_left))


def _taxes_of_lines(
    credits: Sequence[BillLine], percent: Decimal, invoice: Invoice, notes: Sequence[CreditNote]
) -> Iterator[Money]:
    """What each credit takes off of the tax that its line bears: all credits of a line together take its very tax.

    Each takes what all so far are worth less what was taken before. Usage is rated anew, and says its tax itself.
    """
    billed = {each.id: each for each in invoice.lines}
    before: Counter[str] = Counter()
    for line in credits_on(invoice, notes):
        before[line.credits] -= line.net.minor_units
    for credit_of in credits:
        charge = billed[credit_of.credits]
        if charge.kind is LineKind.USAGE:
            yield -line_tax(credit_of, percent, point=invoice.tax_point, rounding=invoice.tax_rounding)
            continue
        whole = line_tax(charge, percent, point=invoice.tax_point, rounding=invoice.tax_rounding)
        taken = _part(whole, before[charge.id], charge.net, invoice.tax_rounding)
        before[charge.id] -= credit_of.net.minor_units
        yield _part(whole, before[charge.id], charge.net, invoice.tax_rounding) - taken


def _discounted(credits: Sequence[BillLine], invoice: Invoice, notes: Sequence[CreditNote]) -> tuple[BillLine, ...]:
    """The credits with their share of what coupons took off the lines: all credits of a line together have all of it.

    Coupons were taken off what the invoice itself does not credit.
    """
    billed = {each.id: each for each in invoice.lines}
    reduced = {each.id: each.amount for each in invoice.lines if not each.credits}
    for line in credits_on(invoice, ()):
        reduced[line.credits] += line.amount
    before: Counter[str] = Counter()
    for note in notes:
        for line in note.lines:
            before[line.credits] -= line.amount.minor_units
    found = []
    for each in credits:
        charge = billed[each.credits]
        taken = before[charge.id]
        before[charge.id] -= each.amount.minor_units
        if charge.discount is None:
            found.append(each)
            continue
        of, rounding = reduced[charge.id], invoice.tax_rounding
        until = _part(charge.discount, before[charge.id], of, rounding)
        found.append(replace(each, discount=_part(charge.discount, taken, of, rounding) - until))
    return tuple(found)


def credits_on(invoice: Invoice, notes: Sequence[CreditNote]) -> Iterator[BillLine]:
    """The credits that stand on the invoice itself and on notes on it."""
    yield from (each for each in invoice.lines if each.credits)
    yield from (each for note in notes for each in note.lines)


def _part(whole: Money, units: int, of: Money, rounding: RoundingRule) -> Money:
    """The share of a tax that so many units of an amount bear; all of it for all of them."""
    return whole if units == of.minor_units else share_of(whole, Ratio(units, of.minor_units), rounding=rounding)


def _faults(credits: Sequence[BillLine], invoice: Invoice, notes: Sequence[CreditNote]) -> Iterator[Fault]:
    yield from void_faults(invoice)
    if invoice.is_draft:
        yield Fault(NOT_FINAL, "invoice", f"`{invoice.id}` is a draft", "change the draft instead")
    if not credits:
        yield Fault(NOTHING_TO_CREDIT, "lines", "there is nothing to credit")
    billed = {each.id: each for each in invoice.lines}
    taken: Counter[str] = Counter()
    for each in credits_on(invoice, notes):
        taken[each.credits] -= each.amount.minor_units
    for at, line in enumerate(credits):
        charge = billed.get(line.credits)
        if charge is None or line.kind is not LineKind.CREDIT:
            hint = did_you_mean(line.credits, billed)
            yield Fault(UNKNOWN_LINE, f"lines[{at}]", f"`{line.credits}` is not a line of the invoice", hint)
            continue
        taken[charge.id] -= line.amount.minor_units
        if line.amount.minor_units >= 0 or taken[charge.id] > charge.amount.minor_units:
            yield Fault(TOO_MUCH, f"lines[{at}].amount", f"{-line.amount} is more than what is left of `{charge.id}`")


def _left(charge: BillLine, earlier: Sequence[BillLine]) -> Money:
    credited = (each.amount for each in earlier if each.credits == charge.id)
    return charge.amount + total(credited, charge.amount.currency)
