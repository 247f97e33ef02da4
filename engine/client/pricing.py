"""PricingService, typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypedDict, Unpack

from cpq.v1 import pricing_pb2

from engine.client.connection import Connection, ServiceClient
from engine.wire.plain import Plain


class PriceQuoteFields(TypedDict, total=False):
    """Fields of PriceQuoteRequest."""

    content: Plain
    view: str | int
    rule_book: str
    lowest_price_days: int


class ExplainPriceFields(TypedDict, total=False):
    """Fields of ExplainPriceRequest."""

    content: Plain
    quote: str
    line_ids: Sequence[str]
    rule_ids: Sequence[str]
    picture: bool
    rule_book: str
    lowest_price_days: int


class PricingClient(ServiceClient):
    """Prices requests without storing anything."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, pricing_pb2.DESCRIPTOR.services_by_name["PricingService"])

    def price_quote(self, **fields: Unpack[PriceQuoteFields]) -> pricing_pb2.PricedQuote:
        """Checks configurations, prices lines and finds the approval route, without storing anything."""
        return self._call("PriceQuote", pricing_pb2.PricedQuote, fields)

    def stream_price_quote(
        self, timeout: float | None = None, **fields: Unpack[PriceQuoteFields]
    ) -> Iterator[pricing_pb2.PricedQuoteChunk]:
        """Like PriceQuote for large quotes."""
        return self._stream("StreamPriceQuote", pricing_pb2.PricedQuoteChunk, fields, timeout)

    def explain_price(self, **fields: Unpack[ExplainPriceFields]) -> pricing_pb2.ExplainPriceResponse:
        """Tells the whole story of some lines."""
        return self._call("ExplainPrice", pricing_pb2.ExplainPriceResponse, fields)
