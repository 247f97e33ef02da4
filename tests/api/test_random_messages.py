"""Random messages to every method: an answer or a clean refusal, never INTERNAL, and a refusal saves nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.api.services import SERVICES
from engine.application.perform import Unheard
from tests.api import deal
from tests.api.messages import messages
from tests.api.mutations import MUTATIONS
from tests.api.server import STUBS, Failure, Served, served

METHODS = {method.name: method for service in SERVICES.values() for method in service.methods}
ENDLESS = {"WatchEvents"}
CLEAN = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
}
RELAXED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
SOAK_EXAMPLES = int(os.environ.get("CPQ_SOAK_MESSAGES", "600"))


class Shop:
    """A server in the middle of some deals."""

    def __init__(self, server: Served) -> None:
        self.server = server

    def call(self, method: MethodDescriptor, request: Message) -> None:
        """Send a request; whatever comes back is an answer or a clean refusal after which nothing was saved."""
        service = method.containing_service.name
        stub = getattr(self.server, next(short for short, full in STUBS.items() if full == service))
        saved = self.server.saved
        version, before = saved.version(), saved.rows()
        try:
            sent = iter([request, request]) if method.client_streaming else request
            reply = getattr(stub, method.name)(sent, timeout=0.2 if method.name in ENDLESS else 60)
            if method.server_streaming:
                list(reply)
        except grpc.RpcError as error:
            code = error.code()
            assert code in CLEAN, f"{method.name}: {code} {error.details()}\n{request}"
            if code is not grpc.StatusCode.DEADLINE_EXCEEDED:
                assert len(Failure(error).infos) == 1
            if saved.version() != version:
                assert saved.rows() == before, f"{method.name} refused and saved\n{request}"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One server for all random messages: whatever they have done to it, it answers or refuses cleanly."""
    with begun(tmp_path_factory.mktemp("random")) as found:
        yield found


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Shop]:
    """A server of one's own, in which a good request is still good."""
    with begun(tmp_path) as found:
        yield found


@contextmanager
def begun(folder: Path) -> Iterator[Shop]:
    # What goes on in the background would look like something that a refused call saved.
    with served(folder, bell=Unheard()) as server:
        deal.set_clock(server)
        deal.people(server)
        order = deal.ordered(server, deal.line("PLAN"), deal.line("MUG", "2"), term_months=12)
        deal.invoiced(server, order.contract, "2026-04-30")
        deal.create(server)
        yield Shop(server)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_a_random_message_is_answered_or_cleanly_refused(shop: Shop, name: str) -> None:
    _send(shop, name, examples=25)


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(METHODS))
def test_many_random_messages_are_answered_or_cleanly_refused(shop: Shop, name: str) -> None:
    _send(shop, name, examples=SOAK_EXAMPLES)


def _send(shop: Shop, name: str, *, examples: int) -> None:
    method = METHODS[name]

    @settings(max_examples=examples, deadline=None, suppress_health_check=RELAXED, database=None)
    @given(messages(method.input_type))
    def send(request: Message) -> None:
        shop.call(method, request)

    send()


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_a_good_request_with_one_part_replaced_is_answered_or_cleanly_refused(fresh: Shop, name: str) -> None:
    good = MUTATIONS[name](fresh.server)
    method = METHODS[name]

    @settings(max_examples=15, deadline=None, suppress_health_check=RELAXED, database=None)
    @given(messages(method.input_type), st.sampled_from(list(method.input_type.fields)))
    def send(other: Any, field: Any) -> None:
        request: Any = type(good)()
        request.CopyFrom(good)
        request.ClearField(field.name)
        changed = type(good)()
        changed.CopyFrom(other)
        for each in method.input_type.fields:
            if each.name != field.name:
                changed.ClearField(each.name)
        request.MergeFrom(changed)
        fresh.call(method, request)

    send()
