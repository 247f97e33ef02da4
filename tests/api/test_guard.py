"""What leaves the server when something breaks, and how calls end: ``engine.api.guard``, ``engine.api.register``."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import grpc
import pytest
from cpq.v1 import party_pb2, pricing_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from engine.api.calls import serialized
from engine.api.register import add_service
from engine.api.services import SERVICES
from engine.application.ports import StoreFailed
from engine.bootstrap.running import Running
from engine.bootstrap.serving import in_process
from engine.bootstrap.settings import Settings, SettingsError
from tests.api import deal
from tests.api.server import Served, failure, served

ANNA = party_pb2.CreateCustomerRequest(customer=party_pb2.Customer(display_name="Anna"))


def test_an_error_of_ours_says_nothing_but_a_reference(
    shop: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("SELECT secret FROM /etc/passwd")

    monkeypatch.setattr(type(shop.env.store), "look", broken)
    with caplog.at_level(logging.ERROR, "cpq.calls"):
        found = failure(shop.parties.GetCustomer, party_pb2.GetCustomerRequest(name="customers/anna"))
    assert (found.code, found.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    reference = found.infos[0].metadata["reference"]
    assert found.message == f"internal error; quote {reference} when you report it"
    assert reference in caplog.text
    assert "SELECT secret" in caplog.text


def test_the_log_names_how_a_call_ended(shop: Served, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "cpq.calls"):
        failure(shop.parties.GetCustomer, party_pb2.GetCustomerRequest(name="customers/nobody"))
        shop.parties.CreateCustomer(ANNA)
    assert "PartyService/GetCustomer code=NOT_FOUND ms=" in caplog.text
    assert "PartyService/CreateCustomer code=OK ms=" in caplog.text


def test_a_store_that_cannot_save_is_unavailable(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreFailed("database or disk is full at /var/secret")

    monkeypatch.setattr(shop.env.store._writer, "submit", full)
    found = failure(shop.parties.CreateCustomer, ANNA)
    assert (found.code, found.reason) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")
    assert "secret" not in found.message


def test_health_and_reflection_are_on(server: Served) -> None:
    health = health_pb2_grpc.HealthStub(server.channel)
    for service in ("", "cpq.v1.QuoteService"):
        answer = health.Check(health_pb2.HealthCheckRequest(service=service))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    reflection = reflection_pb2_grpc.ServerReflectionStub(server.channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    (answer,) = reflection.ServerReflectionInfo(iter([request]))
    names = {each.name for each in answer.list_services_response.service}
    assert {service.full_name for service in SERVICES.values()} <= names


def test_messages_above_the_limit_are_refused(tmp_path: Path) -> None:
    with served(tmp_path, message_bytes_max=65536) as server:
        big = party_pb2.CreateCustomerRequest(customer=party_pb2.Customer(display_name="x" * 70_000))
        with pytest.raises(grpc.RpcError) as error:
            server.parties.CreateCustomer(big, timeout=30)
        assert error.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_the_number_of_lines_is_a_setting(tmp_path: Path) -> None:
    with served(tmp_path, lines_max=2) as server:
        deal.people(server)
        lines = [deal.line("MUG", id=f"l{n}") for n in range(3)]
        request = pricing_pb2.PriceQuoteRequest(content=deal.content(*lines))
        assert failure(server.pricing.PriceQuote, request).reason == "TOO_MANY"


def test_a_call_whose_time_is_up_saves_nothing(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = shop.env.clock
    original = type(clock).now

    def slow(self: object, tenant: str = "default") -> object:
        time.sleep(0.5)
        return original(self, tenant)  # type: ignore[arg-type]

    monkeypatch.setattr(type(clock), "now", slow)
    with pytest.raises(grpc.RpcError) as error:
        shop.parties.CreateCustomer(ANNA, timeout=0.2)
    assert error.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    time.sleep(0.6)
    monkeypatch.undo()
    names = [each.display_name for each in shop.parties.ListCustomers(party_pb2.ListCustomersRequest()).customers]
    assert "Anna" not in names


def test_draining_ends_what_runs_and_takes_nothing_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(tmp_path) as server:
        clock = server.env.clock
        original = type(clock).now
        entered = threading.Event()

        def slow(self: object, tenant: str = "default") -> object:
            entered.set()
            time.sleep(0.5)
            return original(self, tenant)  # type: ignore[arg-type]

        monkeypatch.setattr(type(clock), "now", slow)
        answers: list[party_pb2.Customer] = []
        worker = threading.Thread(target=lambda: answers.append(server.parties.CreateCustomer(ANNA, timeout=30)))
        worker.start()
        entered.wait(30)
        server.running.drain()
        worker.join(30)
        assert [each.display_name for each in answers] == ["Anna"]
        with pytest.raises(grpc.RpcError) as error:
            server.parties.CreateCustomer(ANNA, timeout=2)
        assert error.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_busy_port_is_refused(server: Served, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "other.sqlite3", listen=server.running.address)
    with pytest.raises(SettingsError, match="cannot listen"):
        Running(settings, server_calls(server))


def server_calls(server: Served) -> object:
    from engine.api.calls import Calls
    from engine.api.pages import Pages

    return Calls(server.env, Pages(b"key"))


def test_services_bound_when_called_are_the_same_ones(tmp_path: Path) -> None:
    with in_process(Settings(tmp_path / "a.sqlite3")) as running, grpc.insecure_channel(running.address) as channel:
        for name, service in SERVICES.items():
            for method in service.methods:
                if not method.client_streaming and not method.server_streaming:
                    with pytest.raises(grpc.RpcError) as error:
                        channel.unary_unary(f"/{service.full_name}/{method.name}")(b"\xff", timeout=10)
                    # Somebody is there to find that these bytes are no message.
                    found = (grpc.StatusCode.INTERNAL, grpc.StatusCode.INVALID_ARGUMENT)
                    assert error.value.code() in found, (name, method.name)
        for unknown in ("/cpq.v1.CatalogService/Nothing", "/cpq.v1.NoService/GetProduct"):
            with pytest.raises(grpc.RpcError) as error:
                channel.unary_unary(unknown)(b"", timeout=10)
            assert error.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_method_without_a_servicer_keeps_the_server_from_starting() -> None:
    plain = grpc.server(None)
    with pytest.raises(AttributeError, match="ListProducts"):
        add_service(plain, SERVICES["CatalogService"], object())
    assert serialized(b"as it is") == b"as it is"
    assert serialized(party_pb2.Customer(name="x")) == party_pb2.Customer(name="x").SerializeToString()
