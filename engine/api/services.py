"""Every service: its descriptor and its servicer."""

from __future__ import annotations

from collections.abc import Mapping

from cpq.v1 import event_pb2, party_pb2, test_clock_pb2
from google.protobuf.descriptor import ServiceDescriptor

from engine.api.calls import Calls
from engine.api.event_service import EventService
from engine.api.party_service import PartyService
from engine.api.test_clock_service import TestClockService

FILES = (party_pb2, event_pb2, test_clock_pb2)
SERVICES: Mapping[str, ServiceDescriptor] = {
    name: service for file in FILES for name, service in file.DESCRIPTOR.services_by_name.items()
}


def servicers(calls: Calls) -> Mapping[str, object]:
    """A servicer for each service."""
    return {
        "EventService": EventService(calls),
        "PartyService": PartyService(calls),
        "TestClockService": TestClockService(calls),
    }
