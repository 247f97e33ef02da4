"""A billable line: what is owed for a stretch of service, a delivery or what was used, or taken back again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from engine.money import WHOLE, Money, Ratio, share_of
from engine.periods import Period
from engine.pricing.models import PricePart


class LineKind(Enum):
    """What a line is for; a credit takes back a part of an earlier line and is negative."""

    ONE_TIME = "one_time"
    RECURRING = "recurring"
    USAGE = "usage"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line; ``amount`` is before tax, negative for a credit, which names the line it takes back in ``credits``.

    ``id`` follows from contract, line, kind and service, so that the same line cannot be billed twice. ``share`` is
    the share of a charge period that ``amount`` is for. ``due_on`` is the day on which it may be billed. ``delivery``
    names the delivery that a one-time line bills. ``by_hand``: somebody gave the credit; other
    credits follow from the contract. ``tax`` is the tax on ``amount`` that the quote worked out, with its sign, or
    None. ``parts`` say what each tier of the price model adds to the amount; none where a quantity and a price say it
    all. ``discount`` is what coupons take off it on its document, with the sign of the amount; a draft may work it out
    anew. Nothing else of a line changes once it exists.
    """

    id: str
    contract: str
    subscription: str
    quote_line: str
    sku: str
    name: str
    kind: LineKind
    quantity: Decimal
    amount: Money
    due_on: date
    service: Period | None = None
    share: Ratio = WHOLE
    tax_code: str = "standard"
    credits: str = ""
    delivery: str = ""
    tax: Money | None = None
    by_hand: bool = False
    parts: tuple[PricePart, ...] = ()
    discount: Money | None = None

    @property
    def net(self) -> Money:
        """What is owed for it before tax: its amount less what coupons take off."""
        return self.amount if self.discount is None else self.amount - self.discount


def credit_line(charge: BillLine, amount: Money, *, service: Period | None, due_on: date) -> BillLine:
    """The line that takes ``amount`` of a charge back, for the days ``service`` or for good."""
    when = service.start if service is not None else due_on
    return BillLine(
        id=f"{charge.id}/credit/{when}",
        contract=charge.contract,
        subscription=charge.subscription,
        quote_line=charge.quote_line,
        sku=charge.sku,
        name=charge.name,
        kind=LineKind.CREDIT,
        quantity=charge.quantity,
        amount=-amount,
        due_on=due_on,
        service=service,
        share=charge.share,
        tax_code=charge.tax_code,
        credits=charge.id,
        tax=None if charge.tax is None else -tax_share(charge.tax, amount, of=charge.amount),
    )


def tax_share(tax: Money, amount: Money, *, of: Money) -> Money:
    """The part of a quoted tax that belongs to ``amount`` of the amount it is on."""
    if amount == of or of.is_zero:
        return tax
    sign = -1 if of.minor_units < 0 else 1
    return share_of(tax, Ratio(sign * amount.minor_units, abs(of.minor_units)))
