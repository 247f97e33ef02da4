"""Prepaid credits: money of a customer that pays invoices to come, granted or bought, for some products, up to a day.

They pay after tax: a credit for some products pays the net of their lines and the tax on it. What they pay is whole
minor units, and together never more than is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from engine.billing.invoice import Invoice
from engine.billing.line import BillLine, LineKind
from engine.money import Currency, Money, allocate, total


class CreditSource(Enum):
    """Where a prepaid credit comes from: given for nothing, paid for, or paid beyond what an invoice came to."""

    GRANTED = "granted"
    BOUGHT = "bought"
    OVERPAID = "overpaid"


@dataclass(frozen=True, slots=True)
class PrepaidCredit:
    """A credit of a customer, for ``products`` (all when empty), on invoices dated before ``end``.

    ``used`` is what invoices hold of it now, ``expired`` what was left when it ended, and what came back afterwards,
    ``refunded`` what was paid back of it (None: nothing).
    """

    id: str
    customer: str
    title: str
    source: CreditSource
    amount: Money
    used: Money
    expired: Money
    products: tuple[str, ...] = ()
    priority: int = 0
    end: date | None = None
    reference: str = ""
    refunded: Money | None = None

    @property
    def is_money_of_the_customer(self) -> bool:
        """Whether the customer paid for it."""
        return self.source is not CreditSource.GRANTED

    @property
    def left(self) -> Money:
        """What it may still pay."""
        rest = self.amount - self.used - self.expired
        return rest if self.refunded is None else rest - self.refunded

    def pays(self, on: date, currency: Currency) -> bool:
        """Whether it may pay an invoice of that day and currency."""
        in_time = self.end is None or on < self.end
        return in_time and self.amount.currency == currency and self.left.minor_units > 0

    def is_for(self, line: BillLine) -> bool:
        """Whether it may pay a line."""
        return not self.products or line.sku in self.products


@dataclass(frozen=True, slots=True)
class Draw:
    """What one credit pays of an invoice."""

    credit: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PrepaidUse:
    """What credits pay of an invoice, in the order in which they were drawn; ``id`` is that of the invoice."""

    id: str
    draws: tuple[Draw, ...] = ()

    def paid(self, currency: Currency) -> Money:
        """All that they pay."""
        return total((each.amount for each in self.draws), currency)


def drawn(invoice: Invoice, credits: Sequence[PrepaidCredit], *, on: date, left: Money) -> tuple[Draw, ...]:
    """What credits pay of the ``left`` that is open of an invoice.

    A lower priority goes first, then what ends first, then what came first. Each takes its part of the lines that it is
    for in proportion.
    """
    lines = grosses(invoice)
    rests = list(lines.values())
    usable = (each for each in credits if each.pays(on, left.currency))
    found: list[Draw] = []
    for credit in sorted(usable, key=lambda each: (each.priority, each.end or date.max, each.id)):
        own = [
            rest if credit.is_for(line) else Money.zero(left.currency) for line, rest in zip(lines, rests, strict=True)
        ]
        amount = min(credit.left, total(own, left.currency), left)
        if amount.minor_units <= 0:
            continue
        parts = allocate(amount, [each.minor_units for each in own])
        rests = [rest - part for rest, part in zip(rests, parts, strict=True)]
        left -= amount
        found.append(Draw(credit.id, amount))
    return tuple(found)


def grosses(invoice: Invoice) -> Mapping[BillLine, Money]:
    """What each charge of an invoice comes to with its tax, less what the invoice itself takes back of it.

    The tax of a code is that of the document, shared by its lines in proportion to what is left of them.
    """
    currency = invoice.bill_to.currency
    nets = {each.id: each.net for each in invoice.lines if each.kind is not LineKind.CREDIT}
    for each in invoice.lines:
        if each.kind is LineKind.CREDIT:
            nets[each.credits] += each.net
    found = {each: nets[each.id] for each in invoice.lines if each.id in nets}
    for taxed in invoice.taxes:
        own = [each for each in found if each.tax_code == taxed.tax_code]
        weights = [max(nets[each.id].minor_units, 0) for each in own]
        parts = allocate(taxed.tax, weights) if any(weights) else [Money.zero(currency)] * len(own)
        found |= {each: found[each] + part for each, part in zip(own, parts, strict=True)}
    return found


def given_back_of(use: PrepaidUse, over: Money) -> tuple[Draw, ...]:
    """What goes back when an invoice was paid ``over`` what is owed: what was drawn last goes back first."""
    found: list[Draw] = []
    for each in reversed(use.draws):
        amount = min(each.amount, over)
        if amount.minor_units > 0:
            found.append(Draw(each.credit, amount))
            over -= amount
    return tuple(found)


def less(use: PrepaidUse, back: Sequence[Draw]) -> PrepaidUse:
    """The use of an invoice once so much of it went back."""
    gone = {each.credit: each.amount for each in back}
    kept = (
        replace(each, amount=each.amount - gone[each.credit]) if each.credit in gone else each for each in use.draws
    )
    return replace(use, draws=tuple(each for each in kept if not each.amount.is_zero))


def more(use: PrepaidUse, draws: Sequence[Draw]) -> PrepaidUse:
    """The use of an invoice once so much more of it was paid; each credit stands in it once."""
    sums = {each.credit: each.amount for each in use.draws}
    for each in draws:
        sums[each.credit] = sums[each.credit] + each.amount if each.credit in sums else each.amount
    return replace(use, draws=tuple(Draw(credit, amount) for credit, amount in sums.items()))
