"""A running server: started, asked for its address, drained and closed."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable
from concurrent import futures
from functools import partial
from types import TracebackType

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from engine.adapters.bell import ThreadBell
from engine.api.calls import Calls, Limits
from engine.api.guard import Guard
from engine.api.register import Bind, bind_all
from engine.api.services import SERVICES
from engine.application.billing_runs import advance_billing
from engine.application.perform import DEFAULT_TENANT, Environment
from engine.application.usage_looks import look_at_usage
from engine.bootstrap.background import Background, log_failure
from engine.bootstrap.settings import Settings, SettingsError
from engine.configuration.answers import Budget

THREADS_A_STREAM = 4
"""A caller that streams holds a thread for as long as it likes, so only one thread of so many is for such callers."""


class Running:
    """A server that answers; close it, or use it as a context manager."""

    def __init__(
        self, settings: Settings, calls: Calls, on_close: Callable[[], None] = lambda: None, *, bind: Bind = bind_all
    ) -> None:
        self.env = calls.env
        self._streams = calls.streams
        self._settings = settings
        self._on_close = on_close
        self._closing = threading.Lock()
        self._closed = False
        self._threads = futures.ThreadPoolExecutor(settings.handler_threads, thread_name_prefix="call")
        self._server = grpc.server(
            self._threads,
            interceptors=[Guard(calls.streams)],
            maximum_concurrent_rpcs=settings.calls_max,
            options=(
                # By default a second server on a busy port starts without an error and takes half the connections.
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", settings.message_bytes_max),
                ("grpc.max_send_message_length", settings.message_bytes_max),
            ),
        )
        self._background: Background | None = None
        self._health = health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        bind(self._server, calls)
        names = [each.full_name for each in SERVICES.values()]
        reflection.enable_server_reflection((*names, health.SERVICE_NAME, reflection.SERVICE_NAME), self._server)
        try:
            port = self._server.add_insecure_port(settings.listen)
        except RuntimeError as failure:
            self.close()
            raise SettingsError(f"cannot listen on `{settings.listen}`: {_why(settings.listen)}") from failure
        host = settings.listen.rpartition(":")[0]
        self.address = settings.listen if settings.listen.startswith("unix:") else f"{host}:{port}"
        self._server.start()
        for name in ("", *names):
            self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        if isinstance(calls.env.bell, ThreadBell):
            work = partial(_advance, self.env)
            self._background = Background(work, calls.env.bell)

    def drain(self) -> None:
        """Say NOT_SERVING, take no more calls, let go who waits for events, let calls in flight end, then close."""
        self._health.enter_graceful_shutdown()
        self._streams.end()
        self._server.stop(self._settings.drain_seconds).wait()
        self.close()

    def close(self) -> None:
        """Stop at once and release everything; a second call does nothing."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self._server.stop(0).wait()
        self._threads.shutdown(wait=True)
        if self._background is not None:
            self._background.close()
        self._on_close()

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _advance(env: Environment) -> bool:
    """What a server does in the background: thresholds that usage may have crossed, then a chunk of a billing run."""
    looked = look_at_usage(env, tenant=DEFAULT_TENANT, failed=log_failure)
    return advance_billing(env, tenant=DEFAULT_TENANT, failed=log_failure) or looked > 0


def limits_of(settings: Settings) -> Limits:
    """The limits of one call."""
    search = Budget(settings.search_conflicts, int(settings.search_seconds * 1000))
    streams = max(1, settings.handler_threads // THREADS_A_STREAM)
    return Limits(settings.lines_max, settings.test_clock, search, streams)


def _why(listen: str) -> str:
    """Why an address cannot be listened on, in the words of the system: the transport does not pass them on."""
    try:
        _try_to_bind(listen)
    except OSError as failure:
        in_use = failure.errno == errno.EADDRINUSE
        return "another program listens there; choose another port" if in_use else failure.strerror or str(failure)
    return "the transport refused it"


def _try_to_bind(listen: str) -> None:
    kind, _, path = listen.partition(":")
    if kind == "unix":
        with socket.socket(socket.AF_UNIX) as trial:
            trial.bind(path)
        return
    host, _, port = listen.rpartition(":")
    for family, stream, protocol, _, address in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM):
        with socket.socket(family, stream, protocol) as trial:
            trial.bind(address)
