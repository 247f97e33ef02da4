"""MetricService: definitions, figures and the rows behind them."""

from __future__ import annotations

import threading

import grpc
from cachetools import LRUCache
from cpq.v1 import metric_pb2

from engine.api.calls import Calls, Reply, checked, ok
from engine.application.metrics import find_metric, kinds_of, report_of
from engine.application.perform import DEFAULT_TENANT
from engine.diagnostics import Refusal
from engine.metrics import METRICS, Metric, MetricRow, Report, window_of
from engine.periods import Period
from engine.wire import metrics as wire
from engine.wire.basics import Faults, read_date, read_key

MOST_DIMENSIONS = 8
MOST_REPORTS = 8
ROW_DIGITS = 9


class MetricService:
    """Metrics over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._reports: LRUCache[tuple[object, ...], Report] = LRUCache(MOST_REPORTS)
        self._gate = threading.Lock()

    def ListMetrics(self, request: metric_pb2.ListMetricsRequest, _: grpc.ServicerContext) -> Reply:
        """A page of definitions."""

        def after(key: str, limit: int) -> list[Metric]:
            return [each for each in METRICS.values() if each.name > key][:limit]

        found, token = ok(self._calls.pages.page(request, after, lambda each: each.name))
        return metric_pb2.ListMetricsResponse(metrics=map(wire.metric_message, found), next_page_token=token)

    def GetMetric(self, request: metric_pb2.GetMetricRequest, _: grpc.ServicerContext) -> Reply:
        """The figures of a metric."""
        return wire.report_message(self._report(request))

    def ListMetricRows(self, request: metric_pb2.ListMetricRowsRequest, _: grpc.ServicerContext) -> Reply:
        """A page of the rows behind the figures."""
        report = self._report(request)
        numbered = [(f"{n:0{ROW_DIGITS}d}", row) for n, row in enumerate(report.rows)]

        def after(key: str, limit: int) -> list[tuple[str, MetricRow]]:
            first = int(key) + 1 if key else 0
            return numbered[first : first + limit]

        period, asked = report.period, ",".join(request.group_by)
        filters = {"metric": report.metric.name, "period": str(period), "by": asked}
        found, token = ok(self._calls.pages.page(request, after, lambda each: each[0], filters))
        reply = metric_pb2.ListMetricRowsResponse(next_page_token=token)
        for _number, row in found:
            wire.fill_row(reply.rows.add(), row)
        return reply

    def _report(self, request: metric_pb2.GetMetricRequest | metric_pb2.ListMetricRowsRequest) -> Report:
        faults = Faults()
        key = read_key(request.name, wire.METRICS_NAMES, "name", faults)
        since = read_date(request.since, "since", faults)
        until = read_date(request.until, "until", faults) or self._calls.env.clock.now(DEFAULT_TENANT).date()
        if since is not None and since > until:
            faults.invalid("since", f"{since} is after the last day, {until}")
        if len(request.group_by) > MOST_DIMENSIONS:
            faults.invalid("group_by", f"{len(request.group_by)} dimensions; {MOST_DIMENSIONS} are allowed")
        checked(faults)
        metric = find_metric(key)
        if isinstance(metric, Refusal):
            return ok(metric)
        return self._made(metric, window_of(metric, since, until), tuple(request.group_by))

    def _made(self, metric: Metric, window: Period, by: tuple[str, ...]) -> Report:
        """The report, once for as long as nobody saves what it is made of: its pages are one report."""
        # The marks are taken before anything is read: a report may be newer than they say, and never older.
        marks = tuple(self._calls.env.store.mark(kind) for kind in kinds_of(metric))
        key = (metric.name, window, by, marks)
        with self._gate:
            found = self._reports.get(key)
        if found is None:
            found = self._calls.read(lambda reader: report_of(self._calls.env, reader, metric, window, by))
            with self._gate:
                self._reports[key] = found
        return found
