"""EventService and TestClockService through a real server."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from pathlib import Path

import grpc
import pytest
from cpq.v1 import event_pb2, test_clock_pb2

from engine.quotes import lifecycle
from engine.quotes.quote import Quote
from tests.api import deal
from tests.api.server import Served, failure, served


def events(server: Served, **fields: object) -> list[event_pb2.Event]:
    return list(server.events.WatchEvents(event_pb2.WatchEventsRequest(**fields), timeout=30))  # type: ignore[arg-type]


def test_everything_that_happened_is_told_once_and_in_order(shop: Served) -> None:
    start = events(shop)[-1].cursor
    offer = deal.sent(shop)
    told = events(shop, after_cursor=start)
    assert [each.event_type for each in told] == ["QuoteCreated", "QuoteSubmitted", "QuoteApproved", "QuoteSent"]
    assert {each.entity for each in told} == {offer.name.removeprefix("quotes/")}
    assert json.loads(told[-1].body_json)["net_total"] == {"currency": "EUR", "minor_units": 5000}
    assert told[0].event_time.ToJsonString() == deal.NOW
    assert [each.cursor for each in told] == sorted(each.cursor for each in told)
    assert [each.event_type for each in events(shop, event_types=["QuoteSent"])] == ["QuoteSent"]
    assert events(shop, entity=offer.name.removeprefix("quotes/")) == told


def test_a_watcher_is_told_at_once(shop: Served) -> None:
    last = events(shop)[-1].cursor
    stream = shop.events.WatchEvents(event_pb2.WatchEventsRequest(after_cursor=last, follow=True), timeout=60)
    worker = threading.Thread(target=deal.create, args=(shop,))
    worker.start()
    assert next(stream).event_type == "QuoteCreated"
    stream.cancel()
    worker.join()


def test_a_watch_ends_with_its_deadline(shop: Served) -> None:
    request = event_pb2.WatchEventsRequest(after_cursor=10**9, follow=True)
    try:
        list(shop.events.WatchEvents(request, timeout=0.3))
    except grpc.RpcError as error:
        assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    negative = event_pb2.WatchEventsRequest(after_cursor=-1)
    assert failure(shop.events.WatchEvents, negative).fields.keys() == {"after_cursor"}


def test_the_clock_stands_and_moves_forward_only(server: Served) -> None:
    missing = test_clock_pb2.GetTestClockRequest(name="testClocks/default")
    assert failure(server.clock.GetTestClock, missing).code is grpc.StatusCode.NOT_FOUND
    deal.set_clock(server)
    assert server.clock.GetTestClock(missing).now.ToJsonString() == deal.NOW
    twice = test_clock_pb2.CreateTestClockRequest(now={"seconds": 1})
    assert failure(server.clock.CreateTestClock, twice).code is grpc.StatusCode.ALREADY_EXISTS
    back = test_clock_pb2.AdvanceTestClockRequest(name="testClocks/default", until={"seconds": 1})
    assert failure(server.clock.AdvanceTestClock, back).fields.keys() == {"until"}
    empty = test_clock_pb2.CreateTestClockRequest()
    assert failure(server.clock.CreateTestClock, empty).fields.keys() == {"now"}
    moved = deal.move_clock(server, "2029-03-01T12:00:00Z")
    assert moved.test_clock.now.ToJsonString() == "2029-03-01T12:00:00Z"


def test_a_move_does_all_that_is_due_but_what_we_fail_on_and_says_so(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (deal.create(shop).name.removeprefix("quotes/") for _ in range(2))
    expire = lifecycle.expire

    def broken(quote: Quote, *, at: datetime) -> object:
        if quote.id == first:
            raise KeyError("a bug of ours")
        return expire(quote, at=at)

    monkeypatch.setattr(lifecycle, "expire", broken)
    later = test_clock_pb2.AdvanceTestClockRequest(name="testClocks/default")
    later.until.FromJsonString("2027-03-01T12:00:00Z")
    with pytest.raises(grpc.RpcError) as error:
        shop.clock.AdvanceTestClock(later, timeout=30)
    assert error.value.code() is grpc.StatusCode.INTERNAL
    assert [each.entity for each in events(shop, event_types=["QuoteClosed"])] == [second]


def test_without_the_switch_time_is_nobodys_to_move(tmp_path: Path) -> None:
    with served(tmp_path, test_clock=False) as server:
        for call, request in (
            (server.clock.CreateTestClock, test_clock_pb2.CreateTestClockRequest(now={"seconds": 1})),
            (server.clock.GetTestClock, test_clock_pb2.GetTestClockRequest(name="testClocks/default")),
            (server.clock.AdvanceTestClock, test_clock_pb2.AdvanceTestClockRequest(name="testClocks/default")),
        ):
            found = failure(call, request)
            assert (found.code, found.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "TEST_CLOCK_OFF")
