"""Recurring lines: every period of a service that is due and not yet billed, and credits for what is not served.

Lines are worked out from the contract from the first period that is not billed whole; what exists already is taken off
by the days it covers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from engine.billing.line import BillLine, LineKind, credit_line, tax_share
from engine.billing.policy import ArrearsBilled
from engine.billing.proration import credit_amount, credit_ratio
from engine.billing.service import Service
from engine.catalog import BillingTiming
from engine.contracts import Credit
from engine.money import Money, Ratio, share_of, total
from engine.periods import Period, Piece
from engine.pricing.models import PricePartKind, brought_to


def missing_recurring(
    service: Service, existing: Sequence[BillLine], arrears: ArrearsBilled = ArrearsBilled.AT_END
) -> Iterator[BillLine]:
    """Yield the missing charges and credits of one recurring line; ``existing`` are the lines billed for it so far."""
    charges = [each for each in existing if each.kind is LineKind.RECURRING]
    credits: dict[str, list[BillLine]] = {}
    for each in existing:
        if each.credits:
            credits.setdefault(each.credits, []).append(each)
    active = {each.id: _active(each, credits.get(each.id, ())) for each in charges}
    for charge in charges:
        yield from _credits(service, charge, active[charge.id], credits.get(charge.id, ()))
    covered = sorted(each for periods in active.values() for each in periods)
    spent = total((_kept(each, credits.get(each.id, ())) for each in charges), service.state.line.amount.currency)
    turnover = service.turnover
    for piece in service.pieces(service.first_open_period(covered)):
        if not _is_due(service, piece, arrears):
            return
        for part in _uncovered(piece.part, covered):
            amount = _amount(service, part, piece, spent)
            spent += amount
            yield _charge(service, piece, part, amount, in_advance=turnover.advance_day(piece))


def _is_due(service: Service, piece: Piece, arrears: ArrearsBilled) -> bool:
    """Whether a period is billed by now; in advance the pieces end with the last one that is."""
    if service.state.line.charge.timing is BillingTiming.ADVANCE or piece.part.end <= service.until:
        return True
    return arrears is ArrearsBilled.BY_ANY_RUN and piece.part.start < service.until


def _amount(service: Service, part: Period, piece: Piece, spent: Money) -> Money:
    """What is due for a part of a period; the last of an agreed term takes what the quote has left.

    The last before an early end takes what is left of what was agreed on then: the bill day may have changed since.

    ``spent`` is what all other days were billed with.
    """
    line = service.state.line
    amount = share_of(line.amount, service.ratio(part, piece.whole), rounding=service.rounding)
    in_all = service.state.billed_in_all
    if in_all is None:
        return amount
    left = in_all - spent
    return left if part.end == service.state.end or left < amount else amount


def _charge(service: Service, piece: Piece, part: Period, amount: Money, *, in_advance: date) -> BillLine:
    line = service.state.line
    arrears = line.charge.timing is BillingTiming.ARREARS
    return BillLine(
        id=f"{service.contract.id}/{line.id}/recurring/{part.start}/{part.end}",
        contract=service.contract.id,
        subscription=line.id,
        quote_line=line.quote_line,
        sku=line.sku,
        name=line.name,
        kind=LineKind.RECURRING,
        quantity=line.quantity,
        amount=amount,
        due_on=min(part.end, service.until) if arrears else in_advance,
        service=part,
        share=service.ratio(part, piece.whole),
        tax_code=line.tax_code,
        tax=None if line.tax is None else tax_share(line.tax, amount, of=line.amount),
        parts=brought_to(line.parts, amount, PricePartKind.PERIOD),
    )


def _credits(
    service: Service, charge: BillLine, active: Sequence[Period], earlier: Sequence[BillLine]
) -> Iterator[BillLine]:
    """Credit the days of a billed line that will not be served, once the service has ended."""
    state = service.state
    if state.end is None or state.end > service.until or state.credit is Credit.NOTHING:
        return
    served_until = max(state.end, state.line.start)
    unused = [each for each in (period.since(served_until) for period in active) if each is not None]
    left = _left(charge, earlier)
    all_of_it = unused == list(active)
    for at, period in enumerate(unused):
        share = _unused_share(service, charge, period)
        amount = credit_amount(charge.amount, share, left=left, rounding=service.rounding)
        if all_of_it and at == len(unused) - 1:
            amount = left
        left -= amount
        if not amount.is_zero:
            yield credit_line(charge, amount, service=period, due_on=served_until)


def _unused_share(service: Service, charge: BillLine, unused: Period) -> Ratio:
    assert charge.service is not None, "a recurring charge has a service period"
    whole = service.turnover.whole_around(charge.service.start)
    terms = service.contract.terms
    return credit_ratio(unused, charge.service, whole=whole, recurrence=service.recurrence, terms=terms)


def _active(charge: BillLine, credits: Sequence[BillLine]) -> list[Period]:
    """The days that a charge still covers: its service without what was credited."""
    credited = [each.service for each in credits if each.service is not None]
    return _uncovered(charge.service, credited) if charge.service is not None else []


def _kept(charge: BillLine, credits: Sequence[BillLine]) -> Money:
    """What a charge takes of the term's total; a credit by hand is given away for good and is not billed again."""
    return _left(charge, [each for each in credits if each.service is not None])


def _left(charge: BillLine, credits: Sequence[BillLine]) -> Money:
    return total((each.amount for each in credits), charge.amount.currency) + charge.amount


def _uncovered(period: Period, covered: Sequence[Period]) -> list[Period]:
    left = [period]
    for each in covered:
        if each.overlaps(period):
            left = [part for one in left for part in one.without(each)]
    return left
