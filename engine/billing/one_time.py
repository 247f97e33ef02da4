"""One-time lines: billed at the start of the contract, or part by part as they are delivered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from engine.billing.line import BillLine, LineKind, credit_line
from engine.billing.service import Service
from engine.contracts import BillOn, Credit, Delivery, SubscriptionLine
from engine.money import EXACT, Money, Ratio, share_of, total
from engine.periods import Period
from engine.pricing.models import PricePartKind, brought_to


def missing_one_time(
    service: Service, deliveries: Sequence[Delivery], existing: Sequence[BillLine]
) -> Iterator[BillLine]:
    """Yield what is missing of one line; a line that was taken back is credited with all that is left on it."""
    line = service.state.line
    if service.state.was_taken_back:
        yield from _taken_back(service, existing)
    elif line.bill_on is BillOn.START:
        if line.start <= service.until and not existing:
            yield _line(service, line, line.amount, line.tax)
    else:
        yield from _delivered(service, deliveries, existing)


def _delivered(service: Service, deliveries: Sequence[Delivery], existing: Sequence[BillLine]) -> Iterator[BillLine]:
    """Each delivery bills what all deliveries so far are worth, less what was billed: the parts add up to the line."""
    line = service.state.line
    known = {each.delivery for each in existing}
    done = sum((each.quantity for each in deliveries if each.id in known), Decimal(0))
    # A credit by hand is given away for good: the next delivery must not bill it again.
    charges = [each for each in existing if each.kind is LineKind.ONE_TIME]
    billed = total((each.amount for each in charges), line.amount.currency)
    taxed = total((each.tax for each in charges if each.tax is not None), line.amount.currency)
    fresh = [each for each in deliveries if each.id not in known and each.on <= service.until]
    for delivery in sorted(fresh, key=lambda each: (each.on, each.id)):
        done = EXACT.add(done, delivery.quantity)
        share = _share(done, line.quantity)
        worth = share_of(line.amount, share)
        tax = None if line.tax is None else share_of(line.tax, share)
        yield _line(service, line, worth - billed, None if tax is None else tax - taxed, delivery=delivery)
        billed, taxed = worth, tax or taxed


def _taken_back(service: Service, existing: Sequence[BillLine]) -> Iterator[BillLine]:
    end = service.state.end
    if end is None or end > service.until or service.state.credit is Credit.NOTHING:
        return
    for charge in [each for each in existing if each.kind is LineKind.ONE_TIME]:
        credited = (each.amount for each in existing if each.credits == charge.id)
        left = charge.amount + total(credited, charge.amount.currency)
        if not left.is_zero:
            yield credit_line(charge, left, service=None, due_on=max(end, charge.due_on))


def _line(
    service: Service, line: SubscriptionLine, amount: Money, tax: Money | None, *, delivery: Delivery | None = None
) -> BillLine:
    day = delivery.on if delivery is not None else line.start
    return BillLine(
        id=f"{service.contract.id}/{line.id}/one_time/{delivery.id if delivery is not None else day}",
        contract=service.contract.id,
        subscription=line.id,
        quote_line=line.quote_line,
        sku=line.sku,
        name=line.name,
        kind=LineKind.ONE_TIME,
        quantity=delivery.quantity if delivery is not None else line.quantity,
        amount=amount,
        due_on=day,
        service=Period.through(day, day),
        tax_code=line.tax_code,
        delivery=delivery.id if delivery is not None else "",
        tax=tax,
        parts=brought_to(line.parts, amount, PricePartKind.PERIOD),
    )


def _share(done: Decimal, quantity: Decimal) -> Ratio:
    top, bottom = Ratio.of(done), Ratio.of(quantity)
    return Ratio(top.numerator * bottom.denominator, top.denominator * bottom.numerator)
