"""The interceptor around every method: refusals and failures become statuses, each call becomes one log line."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
from google.rpc import code_pb2, status_pb2

from engine.api.refused import Refused
from engine.api.status import abort, internal, status_of
from engine.api.streams import Streams
from engine.application.faults import STORE_UNAVAILABLE
from engine.application.ports import StoreFailed
from engine.diagnostics import Fault, Refusal

LOG = logging.getLogger("cpq.calls")


class Guard(grpc.ServerInterceptor):
    """Nothing but a status leaves the process: no stack trace, no SQL, no path."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._guarded: dict[str, Any] = {}

    def intercept_service(self, continuation: Callable[..., Any], details: Any) -> Any:
        """The guarded handler of a method; a method has one handler as long as the server lives."""
        found = self._guarded.get(details.method)
        if found is None:
            found = _guarded(details.method, continuation(details), self._streams)
            if found is not None:
                self._guarded[details.method] = found
        return found


def _guarded(method: str, handler: Any, streams: Streams) -> Any:
    if handler is None or hasattr(handler.unary_stream, "experimental_non_blocking"):
        return handler  # what answers by callbacks (the watch of the health service) holds no thread as it is
    serializers = {
        "request_deserializer": handler.request_deserializer,
        "response_serializer": handler.response_serializer,
    }
    if handler.stream_stream is not None:
        return grpc.stream_stream_rpc_method_handler(
            _streaming(method, _placed(handler.stream_stream, streams)), **serializers
        )
    if handler.response_streaming:
        return grpc.unary_stream_rpc_method_handler(_streaming(method, handler.unary_stream), **serializers)
    return grpc.unary_unary_rpc_method_handler(_unary(method, handler.unary_unary), **serializers)


def _unary(method: str, behave: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(request: Any, context: grpc.ServicerContext) -> Any:
        began = time.perf_counter()
        status = None
        try:
            return behave(request, context)
        except Exception as failure:
            if _ended(context):
                raise
            status = _status(method, failure)
        finally:
            _log(method, status, began)
        abort(context, status)

    return guarded


def _streaming(method: str, behave: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        began = time.perf_counter()
        status = None
        try:
            yield from behave(request, context)
            return
        except Exception as failure:
            if _ended(context) or isinstance(failure, grpc.RpcError):  # met where a caller left while it sent
                raise
            status = _status(method, failure)
        finally:
            _log(method, status, began)
        abort(context, status)

    return guarded


def _placed(behave: Callable[..., Any], streams: Streams) -> Callable[..., Any]:
    """A method whose callers send as long as they like, each in a place of its own."""

    def placed(requests: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        with streams.place():
            yield from behave(requests, context)

    return placed


def _ended(context: Any) -> bool:
    """Whether the method ended the call itself."""
    return context.code() is not None


def _status(method: str, failure: Exception) -> status_pb2.Status:
    if isinstance(failure, Refused):
        return status_of(failure.refusal)
    reference = secrets.token_hex(6)
    LOG.error("failed method=%s reference=%s", method, reference, exc_info=failure)
    if isinstance(failure, StoreFailed):
        return status_of(
            Refusal((Fault(STORE_UNAVAILABLE, "", f"the store cannot read or save; see the log at {reference}"),))
        )
    return internal(reference)


def _log(method: str, status: status_pb2.Status | None, began: float) -> None:
    if LOG.isEnabledFor(logging.INFO):
        code = code_pb2.Code.Name(status.code if status is not None else code_pb2.OK)
        LOG.info("call method=%s code=%s ms=%.1f", method, code, 1000 * (time.perf_counter() - began))
