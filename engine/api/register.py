"""Servicers on a server: every method of a service descriptor is bound, or the server does not start."""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass

from engine.api.calls import serialized


def add_service(server: grpc.Server, service: ServiceDescriptor, servicer: object) -> None:
    """Bind each method of the service to the attribute of that name; AttributeError when one is missing."""
    handlers = {method.name: _handler(method, getattr(servicer, method.name)) for method in service.methods}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.full_name, handlers),))


def _handler(method: MethodDescriptor, behave: Any) -> Any:
    read = None if hasattr(behave, "takes_bytes") else GetMessageClass(method.input_type).FromString
    if method.client_streaming:
        assert method.server_streaming, "what is sent as a stream is acknowledged as one"
        return grpc.stream_stream_rpc_method_handler(behave, request_deserializer=read, response_serializer=serialized)
    if method.server_streaming:
        return grpc.unary_stream_rpc_method_handler(behave, request_deserializer=read, response_serializer=serialized)
    return grpc.unary_unary_rpc_method_handler(behave, request_deserializer=read, response_serializer=serialized)
