"""TestClockService: moves the time of the tenant, where the operator allowed it."""

from __future__ import annotations

from collections import Counter
from threading import Lock

import grpc
from cpq.v1 import test_clock_pb2

from engine.api.calls import Calls, Reply, checked
from engine.api.listing import key_of
from engine.api.refused import Refused
from engine.application.clock_walk import walk_test_clock
from engine.application.faults import not_found
from engine.application.perform import etag_of
from engine.application.ports import Reader
from engine.application.run_due import Due
from engine.application.test_clock import TestClock, advance_test_clock, create_test_clock
from engine.diagnostics import Code, Fault, Refusal
from engine.wire.basics import Faults, fill_instant, read_instant, read_key

COLLECTION = "testClocks"
OFF = Refusal((Fault(Code("TEST_CLOCK_OFF"), "", "test clocks are off; start the server with `--test-clock`"),))


class TestClockService:
    """The clock of a tenant, for tests."""

    __test__ = False

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._walking = Lock()  # two walks at once would skip what is due on days that the other one moves over

    def CreateTestClock(self, request: test_clock_pb2.CreateTestClockRequest, context: grpc.ServicerContext) -> Reply:
        """Stop the clock at an instant."""
        self._check_on()
        faults = Faults()
        now = read_instant(request.now, "now", faults)
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: create_test_clock(work, now, etag=request.etag),
            lambda work, clock: _message(clock, work.etag(TestClock, clock.id)),
        )

    def GetTestClock(self, request: test_clock_pb2.GetTestClockRequest, _: grpc.ServicerContext) -> Reply:
        """The test clock."""
        self._check_on()
        return self._shown(request.name)

    def _shown(self, name: str) -> test_clock_pb2.TestClock:
        key = key_of(name, COLLECTION)

        def answer(reader: Reader) -> test_clock_pb2.TestClock | Refusal:
            clock = reader.get(TestClock, key)
            return not_found("name", name) if clock is None else _message(clock, etag_of(reader, TestClock, key))

        return self._calls.read(answer)

    def AdvanceTestClock(self, request: test_clock_pb2.AdvanceTestClockRequest, context: grpc.ServicerContext) -> Reply:
        """Let the clock go where it is sent, and do all that is due on each day of the way; a replay of it counts 0."""
        self._check_on()
        faults = Faults()
        key = read_key(request.name, COLLECTION, "name", faults)
        until = read_instant(request.until, "until", faults)
        checked(faults)
        moved = self._calls.mutate(
            request,
            context,
            lambda work: advance_test_clock(work, key, until, etag=request.etag),
            lambda work, clock: test_clock_pb2.AdvanceTestClockResponse(
                test_clock=_message(clock, work.etag(TestClock, clock.id))
            ),
        )
        reply = test_clock_pb2.AdvanceTestClockResponse.FromString(moved)
        if not request.validate_only:
            counts = self._walk(context)
            reply.test_clock.CopyFrom(self._shown(request.name))
            reply.done_count = counts.total()
            for kind in (each for each in Due if counts[each]):
                reply.done.add(kind=kind.value, count=counts[kind])
        return reply

    def _walk(self, context: grpc.ServicerContext) -> Counter[Due]:
        """Do all that is due on the way; what we fail on is our failure once everything else is done."""
        failures: list[Exception] = []
        with self._walking:
            total = walk_test_clock(self._calls.env, alive=context.is_active, failed=failures.append)
        if failures:
            raise failures[0]
        return total

    def _check_on(self) -> None:
        if not self._calls.limits.test_clock:
            raise Refused(OFF)


def _message(clock: TestClock, etag: str) -> test_clock_pb2.TestClock:
    message = test_clock_pb2.TestClock(name=f"{COLLECTION}/{clock.id}", etag=etag)
    fill_instant(message.now, clock.now)
    return message
