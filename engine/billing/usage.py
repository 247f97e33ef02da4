"""Usage lines: in arrears, rated by the price model of the quote, each period as a whole less what was billed of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from engine.billing.line import BillLine, LineKind
from engine.billing.policy import BillingPolicy, PartMinimum
from engine.billing.service import Service
from engine.contracts import SubscriptionLine, UsageRecord
from engine.money import EXACT, WHOLE, Money, Ratio, UnitPrice, settle, share_of, total
from engine.periods import Period, Piece
from engine.pricing.models import PriceModel, PricePart, PricePartKind, Usage, brought_to, price_parts

SHARE_PLACES = 6
_ONE = Decimal(1)


def missing_usage(
    service: Service, usage: Sequence[UsageRecord], existing: Sequence[BillLine], policy: BillingPolicy
) -> Iterator[BillLine]:
    """Yield the usage of each ended period that is not billed yet.

    Usage on a boundary belongs to the period that begins there, usage on the day of a cancellation to the period it
    ends; later usage is not billed. Late usage of a billed period gives a further line within the look-back window, or
    later when it was told of within it.
    """
    billed: dict[date, list[BillLine]] = {}
    by_hand = [each for each in existing if each.by_hand]
    for each in existing:
        if each.service is not None:
            billed.setdefault(each.service.start, []).append(each)
    records = sorted({each.id: each for each in usage}.values(), key=_day)
    still_taken = _still_taken_since(service, policy, service.until)
    for piece in service.pieces(_first_wanted(service, records, existing, still_taken)):
        if piece.part.end > service.until:
            return
        lines = billed.get(piece.part.start, [])
        is_closed = any(each.due_on >= piece.part.end for each in lines)
        own, is_late = _of_piece(service, piece, records), is_closed and piece.part.start < still_taken
        known = _known_in_time(service, piece, own, policy) if is_late else own
        used = _quantity(known)
        if is_late and (not known or used == _quantity(lines)):
            continue
        due_on = service.until if is_closed else piece.part.end
        fresh = line_of_period(service, piece, used, rated(service, piece, used, policy), lines, due_on=due_on)
        if fresh is not None and fresh.amount.minor_units < 0 and not is_late:
            yield from _taken_back(fresh, lines, by_hand)
        elif fresh is not None and (fresh.amount.minor_units > 0 or not is_late):
            yield fresh


def _first_wanted(
    service: Service, records: Sequence[UsageRecord], existing: Sequence[BillLine], still_taken: date
) -> date:
    """The start of the first period that may want a line: what is billed as it was told of, and too old for more, is
    passed over.
    """
    turnover = service.turnover
    odd: dict[date, Decimal] = {}
    for each in records:
        if service.state.line.start <= each.on < still_taken and each.reported is not None:
            start = turnover.open_since(each.on)
            odd[start] = odd.get(start, Decimal(0)) + each.quantity
    for line in existing:
        if line.service is not None and line.service.start in odd:
            odd[line.service.start] -= line.quantity
    return min(
        [
            service.first_open_period(_closed(existing, still_taken)),
            *(each for each, quantity in odd.items() if quantity),
        ]
    )


def _known_in_time(
    service: Service, piece: Piece, records: Sequence[UsageRecord], policy: BillingPolicy
) -> Sequence[UsageRecord]:
    """The usage of a period that was told of by the last day on which a record of it came in time.

    A run on that day would have billed it; the line that did may have gone with its draft since.
    """
    days = {each.reported for each in records if each.reported is not None}
    in_time = [each for each in days if piece.part.start >= _still_taken_since(service, policy, each)]
    last = max(in_time, default=None)
    return [each for each in records if last is not None and each.reported is not None and each.reported <= last]


def _quantity(parts: Sequence[UsageRecord] | Sequence[BillLine]) -> Decimal:
    return sum((each.quantity for each in parts), Decimal(0))


def running_period(service: Service, existing: Sequence[BillLine]) -> Piece | None:
    """The period that runs on the day up to which is billed; None where the line is not served then."""
    pieces = service.pieces(service.first_open_period(_closed(existing, service.until)))
    return next((each for each in pieces if each.part.start <= service.until < each.part.end), None)


def _closed(existing: Sequence[BillLine], until: date) -> list[Period]:
    """The periods up to a day whose end was billed; what was billed of a period that ran leaves it open."""
    return sorted(
        {
            each.service
            for each in existing
            if each.service is not None and each.service.end <= until and each.due_on >= each.service.end
        }
    )


@dataclass(frozen=True, slots=True)
class Rated:
    """What the usage of a whole period costs before tax, the tax inside its price where prices include it, and what
    each tier adds to the net.
    """

    net: Money
    tax: Money | None
    parts: tuple[PricePart, ...] = ()


def rated(
    service: Service, piece: Piece, quantity: Decimal, policy: BillingPolicy, *, commits: Ratio | None = None
) -> Rated:
    """Rate the usage of a period, rounded once: by the price model, else by the unit price.

    A part of a period commits to its share of the model's least, unless the policy or ``commits`` says otherwise.
    Discounts on the line of the quote are kept: the same share of the model's price is charged that the estimate was.
    Of a price that includes tax the tax is rounded, and the rest is the net.
    """
    line = service.state.line
    model: PriceModel | None = policy.models.get(line.usage_model)
    parts: tuple[PricePart, ...] = ()
    if model is None:
        price, share = EXACT.multiply(line.unit_price, quantity), WHOLE
    else:
        own = _of_part(model, service.ratio(piece.part, piece.whole), policy, commits)
        found, share = own.rate(quantity, base=line.list_price), kept_share(line, model)
        price, parts = found.amount, price_parts(found, line.amount.currency, policy.rounding.mode)
    settled = settle(UnitPrice(price, line.amount.currency), quantity=_ONE, rounding=policy.rounding, share=share)
    parts = brought_to(parts, settled, PricePartKind.ADJUSTMENTS)
    included = policy.included_percents.get(line.tax_code)
    if included is None:
        return Rated(settled, None, parts)
    tax = share_of(settled, _tax_inside(included), rounding=policy.rounding)
    return Rated(settled - tax, tax, brought_to(parts, settled - tax, PricePartKind.TAX))


def _of_part(model: PriceModel, share: Ratio, policy: BillingPolicy, commits: Ratio | None) -> PriceModel:
    if commits is not None:
        return model.for_part(commits) if isinstance(model, Usage) else model
    least = isinstance(model, Usage) and policy.part_minimum is PartMinimum.PRORATED and share != WHOLE
    return model.for_part(share) if least and isinstance(model, Usage) else model


def kept_share(line: SubscriptionLine, model: PriceModel) -> Ratio:
    """The share of the model's price that the quote's discounts on the line left, to 6 decimals half up.

    Six decimals hold a discount in percent exactly. Without an estimate that costs something, or without a quoted
    price, nothing can be said, so that all of the price is charged.
    """
    whole = model.rate(line.quantity, base=line.list_price).amount
    if whole <= 0 or not (line.unit_price or line.list_price):
        return WHOLE
    quoted = Ratio.of(EXACT.multiply(line.unit_price, line.quantity))
    exact = Ratio.of(whole)
    share = Ratio(quoted.numerator * exact.denominator, quoted.denominator * exact.numerator)
    rounded = share.rounded(SHARE_PLACES)
    return WHOLE if rounded == WHOLE else rounded


def _tax_inside(percent: Decimal) -> Ratio:
    """The share of a price that includes tax which is the tax: 19 of 119."""
    inside = Ratio.of(percent)
    return Ratio(inside.numerator, 100 * inside.denominator + inside.numerator)


def line_of_period(
    service: Service, piece: Piece, used: Decimal, whole: Rated, billed: Sequence[BillLine], *, due_on: date
) -> BillLine | None:
    """What a period costs beyond what was billed of it; below zero when that was too much."""
    line = service.state.line
    quantity = EXACT.subtract(used, sum((each.quantity for each in billed), Decimal(0)))
    amount = whole.net - total((each.amount for each in billed), line.amount.currency)
    taxed = total((each.tax for each in billed if each.tax is not None), line.amount.currency)
    if not quantity and amount.is_zero:
        return None
    return BillLine(
        id=_id(service.contract.id, line.id, piece.part.start, _last_number(billed) + 1),
        contract=service.contract.id,
        subscription=line.id,
        quote_line=line.quote_line,
        sku=line.sku,
        name=line.name,
        kind=LineKind.USAGE,
        quantity=quantity,
        amount=amount,
        due_on=due_on,
        service=piece.part,
        share=service.ratio(piece.part, piece.whole),
        tax_code=line.tax_code,
        tax=None if whole.tax is None else whole.tax - taxed,
        parts=brought_to(whole.parts, amount, PricePartKind.BILLED),
    )


def _taken_back(fresh: BillLine, billed: Sequence[BillLine], by_hand: Sequence[BillLine]) -> Iterator[BillLine]:
    """Credit the charges of a period, the latest first, each with no more than is left on it.

    A charge that is used up gives back its whole quantity and tax; what somebody credited by hand is not left on it.
    """
    assert fresh.service is not None, "usage is of a period"
    amount, quantity, tax, number = fresh.amount, fresh.quantity, fresh.tax, _last_number(billed)
    for charge in reversed([each for each in billed if not each.credits]):
        own = [each for each in billed if charge.id in (each.id, each.credits)]
        given = total((each.amount for each in by_hand if each.credits == charge.id), amount.currency)
        left = total((each.amount for each in own), amount.currency) + given
        if left.minor_units <= 0 or amount.minor_units >= 0:
            continue
        number += 1
        name = _id(fresh.contract, fresh.subscription, fresh.service.start, number)
        credit = replace(fresh, id=name, kind=LineKind.CREDIT, credits=charge.id, parts=())
        if -amount <= left:
            yield replace(credit, amount=amount, quantity=quantity, tax=tax)
            return
        units = sum((each.quantity for each in own), Decimal(0))
        taxed = None if tax is None else total((each.tax for each in own if each.tax is not None), amount.currency)
        yield replace(credit, amount=-left, quantity=-units, tax=None if taxed is None else -taxed)
        amount, quantity = amount + left, EXACT.add(quantity, units)
        tax = None if tax is None or taxed is None else tax + taxed


def _id(contract: str, line: str, start: date, number: int) -> str:
    return f"{contract}/{line}/usage/{start}/{number}"


def _last_number(billed: Sequence[BillLine]) -> int:
    """The highest number of a line of a period; a lower one is free again when its draft is gone."""
    numbers = (each.id.rpartition("/")[2] for each in billed)
    return max((int(each) for each in numbers if each.isdecimal()), default=0)


def _of_piece(service: Service, piece: Piece, records: Sequence[UsageRecord]) -> Sequence[UsageRecord]:
    """The usage of a period, from records in order of days, each id once."""
    first = bisect_left(records, piece.part.start, key=_day)
    cancelled = piece.part.end == service.state.end and service.state.ended_early
    after = bisect_right if cancelled else bisect_left
    return records[first : after(records, piece.part.end, key=_day)]


def _day(record: UsageRecord) -> date:
    return record.on


def _still_taken_since(service: Service, policy: BillingPolicy, day: date) -> date:
    """The start of the oldest period for which usage that comes on a day is still billed."""
    cycle = service.turnover.around(day).cycle
    return cycle.boundary(cycle.index_around(day) - policy.late_usage_periods)
