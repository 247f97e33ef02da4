"""TestClockService, typed."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack

from cpq.v1 import test_clock_pb2

from engine.client.connection import Connection, ServiceClient


class CreateTestClockFields(TypedDict, total=False):
    """Fields of CreateTestClockRequest."""

    now: datetime
    request_id: str
    validate_only: bool
    etag: str


class GetTestClockFields(TypedDict, total=False):
    """Fields of GetTestClockRequest."""

    name: str


class AdvanceTestClockFields(TypedDict, total=False):
    """Fields of AdvanceTestClockRequest."""

    name: str
    until: datetime
    request_id: str
    validate_only: bool
    etag: str


class TestClockClient(ServiceClient):
    """Moves the time of a tenant forward."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, test_clock_pb2.DESCRIPTOR.services_by_name["TestClockService"])

    def create_test_clock(self, **fields: Unpack[CreateTestClockFields]) -> test_clock_pb2.TestClock:
        """Stops the clock of the tenant at an instant."""
        return self._call("CreateTestClock", test_clock_pb2.TestClock, fields)

    def get_test_clock(self, **fields: Unpack[GetTestClockFields]) -> test_clock_pb2.TestClock:
        """Returns the test clock."""
        return self._call("GetTestClock", test_clock_pb2.TestClock, fields)

    def advance_test_clock(self, **fields: Unpack[AdvanceTestClockFields]) -> test_clock_pb2.AdvanceTestClockResponse:
        """Moves the clock forward and does all that falls due on the way."""
        return self._call("AdvanceTestClock", test_clock_pb2.AdvanceTestClockResponse, fields)
