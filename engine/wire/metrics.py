"""Metrics, figures and the rows behind them: proto and domain."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from cpq.v1 import metric_pb2

from engine.metrics import Figure, Metric, MetricRow, Moment, Report, Unit, dimensions_of
from engine.wire.basics import decimal_text, fill_date

METRICS_NAMES = "metrics"
UNITS = {
    Unit.MONEY: metric_pb2.METRIC_UNIT_MONEY,
    Unit.RATIO: metric_pb2.METRIC_UNIT_RATIO,
    Unit.HOURS: metric_pb2.METRIC_UNIT_HOURS,
    Unit.DAYS: metric_pb2.METRIC_UNIT_DAYS,
    Unit.COUNT: metric_pb2.METRIC_UNIT_COUNT,
}
MOMENTS = {
    Moment.AT_DAY: metric_pb2.METRIC_MOMENT_AT_DAY,
    Moment.OVER_PERIOD: metric_pb2.METRIC_MOMENT_OVER_PERIOD,
}


def metric_message(metric: Metric) -> metric_pb2.Metric:
    """A metric with its definition."""
    return metric_pb2.Metric(
        name=f"{METRICS_NAMES}/{metric.name}",
        display_name=metric.title,
        definition=metric.definition,
        version=metric.version,
        unit=UNITS[metric.unit],
        moment=MOMENTS[metric.moment],
        dimensions=dimensions_of(metric),
        measures=sorted(metric.measures),
    )


def report_message(report: Report) -> metric_pb2.MetricReport:
    """The figures of a metric over a period."""
    message = metric_pb2.MetricReport(metric=metric_message(report.metric))
    fill_date(message.period.start, report.period.start)
    fill_date(message.period.end, report.period.end)
    for figure in report.figures:
        _fill_figure(message.figures.add(), figure)
    return message


def fill_row(message: metric_pb2.MetricRow, row: MetricRow) -> None:
    """Set a row."""
    message.subject = row.subject
    fill_date(message.date, row.on)
    message.currency_code = row.currency.code if row.currency is not None else ""
    _fill_numbers(message.parts, row.parts)
    message.group.update({name: value for name, value in row.by.items() if value})


def _fill_figure(message: metric_pb2.MetricFigure, figure: Figure) -> None:
    message.group.update(figure.by)
    message.currency_code = figure.currency.code if figure.currency is not None else ""
    message.value = decimal_text(figure.value)
    _fill_numbers(message.measures, figure.measures)
    message.row_count = figure.rows


def _fill_numbers(target: Mapping[str, str], numbers: Mapping[str, Decimal]) -> None:
    target.update({name: decimal_text(number) for name, number in numbers.items()})  # type: ignore[attr-defined]
