"""EventService: the outbox as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import grpc
from cpq.v1 import event_pb2

from engine.api.calls import Calls, checked
from engine.api.refused import Refused
from engine.application.faults import NOT_FOUND
from engine.application.perform import DEFAULT_TENANT
from engine.application.ports import StoredEvent
from engine.diagnostics import Fault, Refusal
from engine.wire.basics import Faults, fill_instant

BATCH = 200
WAIT_SECONDS = 0.5
HINT = "an entity is named by its id alone, such as `q-000001`; to wait for its first event, follow"


class EventService:
    """What happened, in order."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def WatchEvents(
        self, request: event_pb2.WatchEventsRequest, context: grpc.ServicerContext
    ) -> Iterator[event_pb2.Event]:
        """Send events after a cursor; with ``follow``, wait for more until the caller leaves."""
        faults = Faults()
        if request.after_cursor < 0:
            faults.invalid("after_cursor", f"{request.after_cursor} is below zero")
        checked(faults)
        with self._calls.streams.place() if request.follow else nullcontext():
            yield from self._told(request, context)

    def _told(self, request: event_pb2.WatchEventsRequest, context: grpc.ServicerContext) -> Iterator[event_pb2.Event]:
        cursor, wanted = request.after_cursor, frozenset(request.event_types)
        is_known = bool(cursor) or request.follow or not request.entity
        while context.is_active():
            with self._calls.env.store.read(DEFAULT_TENANT) as reader:
                events = reader.events(after=cursor, limit=BATCH)
            for each in events:
                cursor = each.cursor
                is_known = is_known or each.entity == request.entity
                if _is_wanted(each, wanted, request.entity):
                    yield _message(each)
            if len(events) < BATCH:
                if not is_known:
                    raise Refused(Refusal((Fault(NOT_FOUND, "entity", f"no event is about `{request.entity}`", HINT),)))
                if not request.follow:
                    return
                self._calls.streams.check()
                self._calls.env.store.wait_for_events(after=cursor, seconds=WAIT_SECONDS)


def _is_wanted(event: StoredEvent, names: frozenset[str], entity: str) -> bool:
    return (not names or event.name in names) and (not entity or event.entity == entity)


def _message(event: StoredEvent) -> event_pb2.Event:
    message = event_pb2.Event(cursor=event.cursor, event_type=event.name, entity=event.entity, body_json=event.body)
    fill_instant(message.event_time, event.at)
    return message
