"""EventService, typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypedDict, Unpack

from cpq.v1 import event_pb2

from engine.client.connection import Connection, ServiceClient


class WatchEventsFields(TypedDict, total=False):
    """Fields of WatchEventsRequest."""

    after_cursor: int
    event_types: Sequence[str]
    entity: str
    follow: bool


class EventClient(ServiceClient):
    """Tells what happened, in order, from any point on."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, event_pb2.DESCRIPTOR.services_by_name["EventService"])

    def watch_events(
        self, timeout: float | None = None, **fields: Unpack[WatchEventsFields]
    ) -> Iterator[event_pb2.Event]:
        """Sends events after a cursor as they happen, until the caller leaves or the deadline passes."""
        return self._stream("WatchEvents", event_pb2.Event, fields, timeout)
