"""A metric over a period: one figure a group and currency, and the rows behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engine.diagnostics import Code, Fault, Refusal, did_you_mean
from engine.metrics.facts import Facts
from engine.metrics.metric import Figure, Metric, MetricRow, Moment, figure_of
from engine.periods import Period, add_months

UNKNOWN_DIMENSION = Code("MET001")
REPEATED_DIMENSION = Code("MET002")
TOO_MANY_MONTHS = Code("MET003")
MONTH = "month"
MOST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a metric in order of their groups, and every row that they are made of."""

    metric: Metric
    period: Period
    figures: tuple[Figure, ...]
    rows: tuple[MetricRow, ...]


def dimensions_of(metric: Metric) -> tuple[str, ...]:
    """What a metric can be split by; every one by month."""
    return (*metric.dimensions, MONTH)


def dimension_faults(metric: Metric, period: Period, by: Sequence[str]) -> tuple[Fault, ...]:
    """Everything wrong with what a metric is to be split by."""
    known = dimensions_of(metric)
    faults = []
    for n, name in enumerate(by):
        if name not in known:
            message = f"`{metric.name}` is not split by `{name[:40]}`"
            hint = did_you_mean(name, known) or f"it is split by {', '.join(known)}"
            faults.append(Fault(UNKNOWN_DIMENSION, f"group_by[{n}]", message, hint))
        elif name in by[:n]:
            faults.append(Fault(REPEATED_DIMENSION, f"group_by[{n}]", f"`{name}` is named twice"))
    months = sum(1 for _ in months_of(period)) if MONTH in by else 0
    if months > MOST_MONTHS:
        message = f"{months} months are more than {MOST_MONTHS}"
        faults.append(Fault(TOO_MANY_MONTHS, "since", message, "ask for a shorter period"))
    return tuple(faults)


def measured(metric: Metric, facts: Facts, period: Period, by: Sequence[str] = ()) -> Report | Refusal:
    """The figures of a metric, split as asked and by currency; a value by month is that of each month on its own.

    Without a row there is one figure without currency, so that "nothing happened" is an answer too.
    """
    faults = dimension_faults(metric, period, by)
    if faults:
        return Refusal(faults)
    figures: list[Figure] = []
    rows: list[MetricRow] = []
    monthly = MONTH in by
    for window in months_of(period) if monthly else (period,):
        found = _ordered(
            _placed(each, facts, window.start if monthly else each.on) for each in metric.rows(facts, window)
        )
        rows += found
        figures += _figures(metric, found, window, by)
    return Report(metric, period, tuple(figures), tuple(rows))


def months_of(period: Period) -> Iterator[Period]:
    """The calendar months of a period, the first and the last as far as they are in it."""
    start = period.start
    while start < period.end:
        end = min(add_months(start.replace(day=1), 1), period.end)
        yield Period(start, end)
        start = end


def window_of(metric: Metric, start: date | None, last_day: date) -> Period:
    """The period that is asked for: without a start, the last day alone, or the twelve months up to it."""
    if start is None and metric.moment is Moment.OVER_PERIOD:
        start = add_months(last_day + timedelta(days=1), -12)
    return Period.through(start or last_day, last_day)


def _placed(row: MetricRow, facts: Facts, counted: date) -> MetricRow:
    """The row with what follows from it: the month of a day, and the market of its customer.

    Split by month that is the month a row counts in, which may be a later one than that of its day (an offer that is
    still open); otherwise the month of its day.
    """
    by = {**row.by, MONTH: f"{counted:%Y-%m}"}
    customer = row.by.get("customer")
    if customer is not None:
        market = facts.markets.get(customer)
        by["segment"] = market.segment if market is not None else ""
        by["region"] = market.region if market is not None else ""
    return replace(row, by=by)


def _figures(metric: Metric, rows: Sequence[MetricRow], window: Period, by: Sequence[str]) -> list[Figure]:
    groups: dict[tuple[str, ...], list[MetricRow]] = {}
    for row in rows:
        groups.setdefault((_code(row), *(row.by.get(name, "") for name in by)), []).append(row)
    if not groups:
        month = {MONTH: f"{window.start:%Y-%m}"} if MONTH in by else {}
        return [replace(figure_of(metric, (), window), by=month)]
    return [
        replace(figure_of(metric, groups[key], window), by=_named(by, key[1:]))
        for key in sorted(groups, key=lambda each: (each[1:], each[0]))
    ]


def _named(by: Sequence[str], values: Sequence[str]) -> Mapping[str, str]:
    return dict(zip(by, values, strict=True))


def _ordered(rows: Iterator[MetricRow]) -> list[MetricRow]:
    return sorted(rows, key=lambda each: (each.on, each.subject, _code(each), sorted(each.parts)))


def _code(row: MetricRow) -> str:
    return row.currency.code if row.currency is not None else ""
