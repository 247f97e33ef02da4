"""MetricService, typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypedDict, Unpack

from cpq.v1 import metric_pb2

from engine.client.connection import Connection, ServiceClient


class ListMetricsFields(TypedDict, total=False):
    """Fields of ListMetricsRequest."""

    page_size: int
    page_token: str


class GetMetricFields(TypedDict, total=False):
    """Fields of GetMetricRequest."""

    name: str
    since: date
    until: date
    group_by: Sequence[str]


class ListMetricRowsFields(TypedDict, total=False):
    """Fields of ListMetricRowsRequest."""

    name: str
    since: date
    until: date
    group_by: Sequence[str]
    page_size: int
    page_token: str


class MetricClient(ServiceClient):
    """Answers what finance and sales ask of quotes, contracts, invoices and the journal."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, metric_pb2.DESCRIPTOR.services_by_name["MetricService"])

    def list_metrics(self, **fields: Unpack[ListMetricsFields]) -> Iterator[metric_pb2.Metric]:
        """Lists every metric with its definition. All pages, as they are needed."""
        return self._pages("ListMetrics", metric_pb2.Metric, "metrics", fields)

    def get_metric(self, **fields: Unpack[GetMetricFields]) -> metric_pb2.MetricReport:
        """Returns the figures of a metric for a period or a day, by currency and by what it is split by."""
        return self._call("GetMetric", metric_pb2.MetricReport, fields)

    def list_metric_rows(self, **fields: Unpack[ListMetricRowsFields]) -> Iterator[metric_pb2.MetricRow]:
        """Lists the rows that the figures of a metric are made of. All pages, as they are needed."""
        return self._pages("ListMetricRows", metric_pb2.MetricRow, "rows", fields)
