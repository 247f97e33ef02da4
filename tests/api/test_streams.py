"""Callers who stay: however many watch, list services or send usage, a call of anybody else finds a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, catalog_pb2, event_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.api.server import Failure, Served, served

THREADS, PLACES = 8, 2
SOMEBODY = catalog_pb2.GetProductRequest(name="products/MUG")


class Silent:
    """What a caller sends who says one thing at most, and does not hang up."""

    def __init__(self, *first: Any) -> None:
        self._first = first
        self.hang_up = threading.Event()

    def __iter__(self) -> Iterator[Any]:
        yield from self._first
        self.hang_up.wait(60)


def watch(server: Served, _: Silent) -> Any:
    return server.events.WatchEvents(event_pb2.WatchEventsRequest(follow=True), timeout=60)


def usage(server: Served, said: Silent) -> Any:
    return server.billing.StreamUsage(iter(said), timeout=60)


def reflection(server: Served, said: Silent) -> Any:
    return reflection_pb2_grpc.ServerReflectionStub(server.channel).ServerReflectionInfo(iter(said), timeout=60)


SENT = {
    watch: (),
    usage: (billing_pb2.StreamUsageRequest(),),
    reflection: (reflection_pb2.ServerReflectionRequest(list_services=""),),
}


@pytest.mark.parametrize("opened", SENT, ids=lambda each: each.__name__)
def test_more_streams_than_there_is_room_for_are_turned_away(
    opened: Callable[[Served, Silent], Any], tmp_path: Path
) -> None:
    with served(tmp_path, handler_threads=THREADS) as server:
        said = [Silent(*SENT[opened]) for _ in range(PLACES)]
        taken = [opened(server, each) for each in said]
        for each in taken:
            next(each)
        for _ in range(THREADS):
            one_more = Silent(*SENT[opened])
            with pytest.raises(grpc.RpcError) as error:
                list(opened(server, one_more))
            one_more.hang_up.set()
            found = Failure(error.value)
            assert (found.code, found.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_STREAMS")
        assert server.catalog.GetProduct(SOMEBODY, timeout=30).name == "products/MUG"
        for stream, each in zip(taken, said, strict=True):
            stream.cancel()
            each.hang_up.set()


def test_whoever_watches_the_health_holds_no_thread(tmp_path: Path) -> None:
    with served(tmp_path, handler_threads=THREADS, drain_seconds=0.5) as server:
        health = health_pb2_grpc.HealthStub(server.channel)
        watches = [health.Watch(health_pb2.HealthCheckRequest(), timeout=60) for _ in range(3 * THREADS)]
        assert {next(each).status for each in watches} == {health_pb2.HealthCheckResponse.SERVING}
        assert server.catalog.GetProduct(SOMEBODY, timeout=30).name == "products/MUG"
        server.running.drain()
        assert {next(each).status for each in watches} == {health_pb2.HealthCheckResponse.NOT_SERVING}


def test_who_waits_for_events_does_not_hold_up_a_server_that_stops(tmp_path: Path) -> None:
    """It waited for them as long as calls in flight may take: here an hour."""
    with served(tmp_path, handler_threads=THREADS, drain_seconds=3_600) as server:
        waiting = watch(server, Silent())
        next(waiting)
        stopping = threading.Thread(target=server.running.drain, daemon=True)
        stopping.start()
        with pytest.raises(grpc.RpcError) as error:
            next(waiting)
        found = Failure(error.value)
        assert (found.code, found.reason) == (grpc.StatusCode.UNAVAILABLE, "STOPPING")
        stopping.join(60)
        assert not stopping.is_alive()


def test_who_reads_what_is_there_needs_no_place(tmp_path: Path) -> None:
    with served(tmp_path, handler_threads=THREADS) as server:
        taken = [watch(server, Silent()) for _ in range(PLACES)]
        for each in taken:
            next(each)
        told = list(server.events.WatchEvents(event_pb2.WatchEventsRequest(), timeout=30))
        assert [each.event_type for each in told] == ["RuleBookPublished"]
        for each in taken:
            each.cancel()


def test_a_caller_who_hangs_up_while_sending_is_no_failure_of_ours(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with served(tmp_path, handler_threads=THREADS) as server:
        for opened in (usage, reflection):
            said = Silent(*SENT[opened])
            stream = opened(server, said)
            next(stream)
            stream.cancel()
            said.hang_up.set()
    assert "failed method=" not in caplog.text
