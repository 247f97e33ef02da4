"""Step 5 over time: an amount cut into service periods, one or more to a month, that add up to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.money import Money, Ratio, share_of
from engine.periods import Period, add_months, months_between
from engine.revenue.policy import ScheduleRounding


@dataclass(frozen=True, slots=True)
class Slice:
    """A share of an amount that belongs to a service period; ``month`` is the first day of its accounting month."""

    month: date
    service: Period
    share: Ratio

    @property
    def on(self) -> date:
        """The day it is recognised: the last day of the service, or of the month when the service runs on."""
        return min(self.service.last_day, month_of(self.month).last_day)


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """Revenue of one service period; ``month`` is the first day of its accounting month, ``on`` the day it is due.

    ``planned`` lines follow from time and may be planned anew; others happened: a delivery, usage, a credit.
    """

    month: date
    service: Period
    on: date
    amount: Money
    planned: bool = True


def month_of(day: date) -> Period:
    """The calendar month that a day lies in."""
    first = day.replace(day=1)
    return Period(first, add_months(first, 1))


def at_once(on: date) -> tuple[Slice, ...]:
    """Everything on one day: control passes at a point in time."""
    return (Slice(on.replace(day=1), Period(on, on + timedelta(days=1)), Ratio(1, 1)),)


def line_on(on: date, amount: Money) -> ScheduleLine:
    """Revenue of something that happened on a day."""
    (part,) = at_once(on)
    return ScheduleLine(part.month, part.service, on, amount, planned=False)


def by_day(service: Period) -> tuple[Slice, ...]:
    """Every day alike, cut at the ends of calendar months."""
    parts = []
    month = month_of(service.start)
    while month.start < service.end:
        part = month.overlap(service)
        assert part is not None, "months are walked from the start of the service to its end"
        parts.append(Slice(month.start, part, Ratio(part.days, service.days)))
        month = month_of(month.end)
    return tuple(parts)


def by_even_months(service: Period, *, months: int | None = None) -> tuple[Slice, ...]:
    """Every month alike from the month of the start, ``months`` of them.

    Without ``months`` the whole months of the service count, and a rest at its end as one more; a service that starts
    within a month puts each of its months into the calendar month in which it begins.
    """
    count = months or service_months(service)
    return tuple(
        Slice(month, _nth_month(service, n, count), Ratio(1, count))
        for n, month in enumerate(_months_from(service.start, count))
    )


def by_months_first_prorated(service: Period, *, months: int | None = None) -> tuple[Slice, ...]:
    """Equal months, the first by its days over the days of its month, and the rest in the month after the last."""
    count = months or service_months(service)
    first = month_of(service.start)
    days = (first.end - service.start).days
    opening = Ratio(days, first.days * count)
    rest = Ratio(first.days - days, first.days * count)
    starts = _months_from(service.start, count + 1)
    parts = [Slice(starts[0], _clipped(first, service), opening)]
    parts += [Slice(each, _clipped(month_of(each), service), Ratio(1, count)) for each in starts[1:count]]
    if rest.numerator:
        parts.append(Slice(starts[count], _clipped(month_of(starts[count]), service), rest))
    return tuple(parts)


def by_weights(weights: Sequence[tuple[date, Decimal]]) -> tuple[Slice, ...]:
    """Each named month by its weight: any odd convention can be written so."""
    ratios = [Ratio.of(weight) for _, weight in weights]
    whole = Ratio(0, 1)
    for each in ratios:
        whole = whole + each
    if whole.numerator <= 0:
        raise ValueError("the weights of a schedule add up to more than nothing")
    turned = Ratio(whole.denominator, whole.numerator)
    return tuple(
        Slice(day.replace(day=1), month_of(day), ratio * turned)
        for (day, _), ratio in zip(weights, ratios, strict=True)
    )


def by_second(start: datetime, end: datetime) -> tuple[Slice, ...]:
    """Every second alike, start included, end not, cut at the ends of calendar months; both instants are aware UTC."""
    if end <= start:
        raise ValueError("a schedule by seconds needs an end after its start")
    whole = (end - start) // timedelta(seconds=1)
    parts = []
    at = start
    while at < end:
        month = month_of(at.date())
        until = min(datetime.combine(month.end, datetime.min.time(), tzinfo=start.tzinfo), end)
        seconds = (until - at) // timedelta(seconds=1)
        last = (until - timedelta(seconds=1)).date()
        parts.append(Slice(month.start, Period.through(at.date(), last), Ratio(seconds, whole)))
        at = until
    return tuple(parts)


def spread(amount: Money, slices: Sequence[Slice], rounding: ScheduleRounding) -> tuple[ScheduleLine, ...]:
    """Cut an amount by shares that add up to the whole; the lines add up to the amount, negative amounts too."""
    zero = Money.zero(amount.currency)
    lines: list[ScheduleLine] = []
    reached, share = zero, Ratio(0, 1)
    for n, part in enumerate(slices):
        share = share + part.share
        if n == len(slices) - 1:
            upto = amount
        elif rounding is ScheduleRounding.CUMULATIVE:
            upto = share_of(amount, share)
        else:
            upto = reached + share_of(amount, part.share)
        lines.append(ScheduleLine(part.month, part.service, part.on, upto - reached))
        reached = upto
    return tuple(lines)


def service_months(service: Period) -> int:
    """How many months a service has: whole ones from its start, and one more for a rest."""
    whole = months_between(service.start, service.end)
    return whole + (add_months(service.start, whole) < service.end)


def _months_from(start: date, count: int) -> list[date]:
    first = start.replace(day=1)
    return [add_months(first, n) for n in range(count)]


def _nth_month(service: Period, n: int, count: int) -> Period:
    start = add_months(service.start, n)
    end = service.end if n == count - 1 else add_months(service.start, n + 1)
    return Period(start, max(end, start + timedelta(days=1)))


def _clipped(month: Period, service: Period) -> Period:
    return month.overlap(service) or month
