"""Servicers on a server: every method of a service descriptor is bound, or the server does not start."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeAlias

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass

from engine.api.calls import Calls, serialized
from engine.api.services import SERVICES, servicer

Bind: TypeAlias = Callable[[grpc.Server, Calls], None]
"""Makes the services known to a server."""


def bind_all(server: grpc.Server, calls: Calls) -> None:
    """Bind every service at once: a server that starts can answer every call, and its first as fast as the next."""
    for name, service in SERVICES.items():
        add_service(server, service, servicer(name, calls))


def bind_when_called(server: grpc.Server, calls: Calls) -> None:
    """Bind each service by its first call: for a command, which makes few and waits for what they import."""
    server.add_generic_rpc_handlers((_WhenCalled(calls),))


def add_service(server: grpc.Server, service: ServiceDescriptor, answers: object) -> None:
    """Bind each method of the service to the attribute of that name; AttributeError when one is missing."""
    handlers = _handlers(service, answers)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.full_name, handlers),))


class _WhenCalled(grpc.GenericRpcHandler):
    """Finds the handler of a method, after making those of its service when nobody called it before."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._known: dict[str, dict[str, Any]] = {}
        self._gate = threading.Lock()

    def service(self, handler_call_details: Any) -> Any:
        """The handler of a method, None for one that is not known."""
        full_name, _, method = handler_call_details.method.removeprefix("/").partition("/")
        found = next((each for each in SERVICES.values() if each.full_name == full_name), None)
        if found is None:
            return None
        with self._gate:
            if found.name not in self._known:
                self._known[found.name] = _handlers(found, servicer(found.name, self._calls))
        return self._known[found.name].get(method)


def _handlers(service: ServiceDescriptor, answers: object) -> dict[str, Any]:
    return {method.name: _handler(method, getattr(answers, method.name)) for method in service.methods}


def _handler(method: MethodDescriptor, behave: Any) -> Any:
    read = None if hasattr(behave, "takes_bytes") else GetMessageClass(method.input_type).FromString
    if method.client_streaming:
        assert method.server_streaming, "what is sent as a stream is acknowledged as one"
        return grpc.stream_stream_rpc_method_handler(behave, request_deserializer=read, response_serializer=serialized)
    if method.server_streaming:
        return grpc.unary_stream_rpc_method_handler(behave, request_deserializer=read, response_serializer=serialized)
    return grpc.unary_unary_rpc_method_handler(behave, request_deserializer=read, response_serializer=serialized)
