"""A real server on a free port with a fresh store, for tests that call it as a client does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from cpq.v1 import party_pb2_grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from engine.adapters.clock import TenantClock, WallClock
from engine.adapters.ids import SequenceIds
from engine.api.calls import Calls
from engine.api.pages import Pages
from engine.application.perform import Environment
from engine.application.rule_books import RuleBooks
from engine.approvals.machine import PlainApprovalProcess
from engine.bootstrap.running import Running, limits_of
from engine.bootstrap.settings import Settings
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import open_store
from tests.fakes.books import FixedBooks


class Served:
    """A server with a channel to it."""

    def __init__(self, running: Running, channel: grpc.Channel, env: Environment) -> None:
        self.running = running
        self.channel = channel
        self.env = env
        self.parties = party_pb2_grpc.PartyServiceStub(channel)

    def stub(self, module: Any, service: str) -> Any:
        return getattr(module, f"{service}Stub")(self.channel)


@contextmanager
def served(folder: Path, books: RuleBooks | None = None, **settings: Any) -> Iterator[Served]:
    chosen = Settings(database=folder / "cpq.sqlite3", **{"listen": "127.0.0.1:0", "test_clock": True, **settings})
    store = open_store(chosen.database, TABLES, SCALARS)
    clock = TenantClock(store, WallClock())
    env = Environment(store, clock, SequenceIds(store), books or FixedBooks(), PlainApprovalProcess())
    calls = Calls(env, Pages(b"key of the tests"), limits_of(chosen))
    with Running(chosen, calls, on_close=store.close) as running, grpc.insecure_channel(running.address) as channel:
        yield Served(running, channel, env)


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


def failure(call: Any, request: Any, **options: Any) -> Failure:
    """Call and expect a failure; every failure has exactly one ErrorInfo."""
    try:
        reply = call(request, timeout=options.pop("timeout", 30), **options)
        if hasattr(reply, "__next__"):
            list(reply)
    except grpc.RpcError as error:
        found = Failure(error)
        assert len(found.infos) == 1
        assert found.infos[0].domain == "cpq.v1"
        return found
    raise AssertionError("the call succeeded")
