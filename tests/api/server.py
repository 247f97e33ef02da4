"""A real server on a free port with a fresh store, for tests that call it as a client does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from engine.adapters.afterwards import Afterwards
from engine.adapters.ids import SequenceIds
from engine.api.calls import Calls
from engine.api.pages import Pages
from engine.api.services import SERVICES
from engine.application.perform import Environment, perform
from engine.application.ports import Asked, Bell
from engine.application.publish import publish_files
from engine.bootstrap.build import environment
from engine.bootstrap.running import Running, limits_of
from engine.bootstrap.settings import Settings
from engine.diagnostics import Refusal
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import open_store
from tests.fakes.rules import SMALL


class Saved:
    """A look into the database of a server from outside: how much is stored, and whether anything was committed."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, check_same_thread=False)

    def rows(self) -> dict[str, int]:
        """How much is stored, by table; ids that were set aside and answers that were forgotten do not count."""
        names = [row[0] for row in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = [name for name in names if name not in {"sequences", "sqlite_sequence", "requests"}]
        return {name: self._connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in kept}

    def version(self) -> int:
        """Changes whenever somebody else commits a change."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        self._connection.close()


class Served:
    """A server with a channel to it and a stub for each service, such as ``quotes`` for QuoteService."""

    def __init__(self, running: Running, channel: grpc.Channel, env: Environment, saved: Saved) -> None:
        self.running = running
        self.channel = channel
        self.env = env
        self.saved = saved

    def __getattr__(self, name: str) -> Any:
        service = SERVICES[STUBS[name]]
        return Stub(self.channel, service, self.saved)


class Method:
    """One method to call, and a look at what the server stored."""

    def __init__(self, call: Any, saved: Saved) -> None:
        self.call = call
        self.saved = saved

    def __call__(self, request: Any, **options: Any) -> Any:
        return self.call(request, **options)

    def future(self, request: Any, **options: Any) -> Any:
        return self.call.future(request, **options)


class Stub:
    """Calls the methods of one service, whatever its descriptor holds."""

    def __init__(self, channel: grpc.Channel, service: ServiceDescriptor, saved: Saved) -> None:
        for method in service.methods:
            path = f"/{service.full_name}/{method.name}"
            read = GetMessageClass(method.output_type).FromString
            kind = channel.unary_stream if method.server_streaming else channel.unary_unary
            kind = channel.stream_stream if method.client_streaming else kind
            write = GetMessageClass(method.input_type).SerializeToString
            call = kind(path, request_serializer=write, response_deserializer=read)
            setattr(self, method.name, Method(call, saved))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


STUBS = {
    "approvals": "ApprovalService",
    "billing": "BillingService",
    "billing_runs": "BillingRunService",
    "catalog": "CatalogService",
    "configuration": "ConfigurationService",
    "contracts": "ContractService",
    "coupons": "CouponService",
    "dunning": "DunningService",
    "events": "EventService",
    "metrics": "MetricService",
    "orders": "OrderService",
    "parties": "PartyService",
    "prepaid": "PrepaidService",
    "refunds": "RefundService",
    "pricing": "PricingService",
    "quotes": "QuoteService",
    "revenue": "RevenueService",
    "rules": "RuleBookService",
    "clock": "TestClockService",
}


@contextmanager
def served(
    folder: Path, files: Mapping[str, bytes] = SMALL, *, bell: Bell | None = None, **settings: Any
) -> Iterator[Served]:
    """A server whose store is in ``folder`` and whose rule book is ``files``, published; with a ``bell`` of the test's
    own it does nothing in the background.
    """
    chosen = Settings(database=folder / "cpq.sqlite3", **{"listen": "127.0.0.1:0", "test_clock": True, **settings})
    store = open_store(chosen.database, TABLES, SCALARS)
    env = environment(chosen, store, SequenceIds(store), Afterwards())
    env = env if bell is None else replace(env, bell=bell)
    done = perform(
        env, Asked("Publish"), lambda work: publish_files(work, files, etag=""), lambda _, book: book.id.encode()
    )
    assert not isinstance(done, Refusal), done
    calls = Calls(env, Pages(b"key of the tests"), limits_of(chosen))
    with Running(chosen, calls, on_close=store.close) as running, grpc.insecure_channel(running.address) as channel:
        saved = Saved(chosen.database)
        yield Served(running, channel, env, saved)
        saved.close()


class Failure:
    """What a failed call said."""

    def __init__(self, error: grpc.RpcError) -> None:
        status = rpc_status.from_call(error)
        assert status is not None, error
        self.code = error.code()
        self.message = status.message
        self.infos: list[error_details_pb2.ErrorInfo] = []
        self.fields: dict[str, str] = {}
        self.reasons: list[str] = []
        self.states: list[str] = []
        for detail in status.details:
            for kind in (
                error_details_pb2.ErrorInfo,
                error_details_pb2.BadRequest,
                error_details_pb2.PreconditionFailure,
            ):
                part = kind()
                if detail.Unpack(part):
                    self._take(part)

    @property
    def reason(self) -> str:
        (info,) = self.infos
        return str(info.reason)

    def _take(self, part: Any) -> None:
        if isinstance(part, error_details_pb2.ErrorInfo):
            self.infos.append(part)
        elif isinstance(part, error_details_pb2.BadRequest):
            self.fields = {each.field: each.description for each in part.field_violations}
            self.reasons = [each.reason for each in part.field_violations]
        else:
            self.states = [each.type for each in part.violations]
            self.fields = {each.subject: each.description for each in part.violations}


def failure(call: Any, request: Any, **options: Any) -> Failure:
    """Call and expect a failure; every failure has exactly one ErrorInfo, and nothing was saved by it."""
    version, before = call.saved.version(), call.saved.rows()
    try:
        reply = call(request, timeout=options.pop("timeout", 30), **options)
        if hasattr(reply, "__next__"):
            list(reply)
    except grpc.RpcError as error:
        found = Failure(error)
        assert len(found.infos) == 1
        assert found.infos[0].domain == "cpq.v1"
        if call.saved.version() != version:
            assert call.saved.rows() == before, "a call that failed saved something"
        return found
    raise AssertionError("the call succeeded")
