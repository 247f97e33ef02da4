"""Calls to a server: built from plain values, retried under one request id, failures as one exception."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from engine.diagnostics import counted
from engine.wire.plain import fill

M = TypeVar("M", bound=Message)
ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.1
USUAL_TIMEOUT_SECONDS = 60.0
CUT = "..."
"""Ends a text that a server cut."""
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One thing that is wrong: path of the field, stable code, message."""

    field: str
    code: str
    message: str


class CallFailed(Exception):
    """A call was refused or failed: gRPC status name, stable reason, message, and every fault named.

    ``total`` is how many faults there are where not all of them fit into the answer.
    """

    def __init__(
        self, status: str, reason: str, message: str, faults: tuple[FieldFault, ...] = (), total: int = 0
    ) -> None:
        # The message of a refusal is that of one of its faults: each is said once, with its place and its code.
        alone = [] if any(each.message == message for each in faults) else [FieldFault("", reason, message)]
        told = [_told(each, status) for each in (*alone, *faults)]
        more = total - len(told)
        lines = [*told, f"... and {more} more"] if more > 0 else told
        head = "\n  ".join([counted(max(total, len(told)), "fault"), *lines]) if len(lines) > 1 else lines[0]
        super().__init__(f"{status}: {head}")
        self.status = status
        self.reason = reason
        self.message = message
        self.faults = faults


def _told(fault: FieldFault, status: str) -> str:
    code = "" if fault.code == status or fault.code in fault.message else f" [{fault.code}]"
    return ": ".join([each for each in (fault.field, fault.message) if each]) + code


class Connection:
    """A channel to one server with its settings; safe to share between threads."""

    def __init__(self, address: str, *, timeout: float = USUAL_TIMEOUT_SECONDS) -> None:
        options = [("grpc.max_receive_message_length", MOST_BYTES), ("grpc.max_send_message_length", MOST_BYTES)]
        self._address = address
        self._channel = grpc.insecure_channel(address, options=options)
        self._timeout = timeout

    def close(self) -> None:
        """Close the channel; calls in flight end."""
        self._channel.close()

    def wait_until_ready(self, seconds: float) -> None:
        """Wait for the server to answer; raises CallFailed when it does not in time."""
        try:
            grpc.channel_ready_future(self._channel).result(timeout=seconds)
        except grpc.FutureTimeoutError as late:
            raise CallFailed(
                "UNAVAILABLE", "NOT_READY", f"no server answered at `{self._address}` within {seconds:g} s"
            ) from late

    def unary(self, method: MethodDescriptor, values: Mapping[str, Any]) -> Message:
        """One call. A mutation gets a request id, so that sending it again after a lost answer changes nothing."""
        request = self._request(method, values)
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:  # type: ignore[attr-defined]
            name = str(uuid.uuid4())  # noqa: TID251 - the client names its own calls
            request.request_id = name  # type: ignore[attr-defined]
        call = self._channel.unary_unary(
            _path(method),
            request_serializer=type(request).SerializeToString,
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        pause = FIRST_PAUSE_SECONDS
        for attempt in range(ATTEMPTS):
            try:
                return call(request, timeout=self._timeout)
            except grpc.RpcError as error:
                failed = failure_of(error)
                if attempt + 1 == ATTEMPTS or not _may_retry(failed):
                    raise failed from None
            time.sleep(pause)
            pause *= 2
        raise AssertionError("the loop returns or raises")

    def stream(
        self, method: MethodDescriptor, values: Mapping[str, Any], *, timeout: float | None = None
    ) -> Iterator[Message]:
        """A server stream; with ``timeout`` None it lasts until the server or the caller ends it."""
        request = self._request(method, values)
        call = self._channel.unary_stream(
            _path(method),
            request_serializer=type(request).SerializeToString,
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        try:
            yield from call(request, timeout=timeout)
        except grpc.RpcError as error:
            raise failure_of(error) from None

    def exchange(self, method: MethodDescriptor, batches: Iterable[Mapping[str, Any]]) -> Iterator[Message]:
        """A stream both ways: each message is answered in its turn; it lasts until the messages end.

        What keeps a message from being made (PlainError for a value that does not fit) is raised once those before it
        are answered.
        """
        call = self._channel.stream_stream(
            _path(method),
            request_serializer=GetMessageClass(method.input_type).SerializeToString,
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        unsent: list[Exception] = []

        def requests() -> Iterator[Message]:
            try:
                yield from (self._request(method, each) for each in batches)
            except Exception as failure:  # met in a thread of the transport, which would not say what it was
                unsent.append(failure)

        try:
            yield from call(requests())
        except grpc.RpcError as error:
            raise failure_of(error) from None
        if unsent:
            raise unsent[0]

    def _request(self, method: MethodDescriptor, values: Mapping[str, Any]) -> Message:
        request = GetMessageClass(method.input_type)()
        fill(request, values)
        return request


class ServiceClient:
    """The methods of one service, by name."""

    def __init__(self, connection: Connection, service: ServiceDescriptor) -> None:
        self._connection = connection
        self._service = service

    def _call(self, method: str, reply: type[M], values: Mapping[str, Any]) -> M:
        answer = self._connection.unary(self._service.methods_by_name[method], values)
        assert isinstance(answer, reply), "a method answers with its own message"
        return answer

    def _pages(self, method: str, item: type[M], field: str, values: Mapping[str, Any]) -> Iterator[M]:
        """Every item of a list, page by page as they are needed."""
        token = str(values.get("page_token", ""))
        while True:
            answer = self._connection.unary(self._service.methods_by_name[method], {**values, "page_token": token})
            for each in getattr(answer, field):
                assert isinstance(each, item), "a list holds one kind"
                yield each
            token = answer.next_page_token  # type: ignore[attr-defined]
            if not token:
                return

    def _stream(
        self, method: str, reply: type[M], values: Mapping[str, Any], timeout: float | None = None
    ) -> Iterator[M]:
        for each in self._connection.stream(self._service.methods_by_name[method], values, timeout=timeout):
            assert isinstance(each, reply), "a stream sends one kind"
            yield each

    def _exchange(self, method: str, reply: type[M], batches: Iterable[Mapping[str, Any]]) -> Iterator[M]:
        for each in self._connection.exchange(self._service.methods_by_name[method], batches):
            assert isinstance(each, reply), "a stream sends one kind"
            yield each


def failure_of(error: Any) -> CallFailed:
    """What a failed call said, with every fault."""
    status = rpc_status.from_call(error)
    if status is None:
        return CallFailed(error.code().name, "", error.details() or "")
    reason, total = "", 0
    faults: list[FieldFault] = []
    for detail in status.details:
        info, bad, state = (
            error_details_pb2.ErrorInfo(),
            error_details_pb2.BadRequest(),
            error_details_pb2.PreconditionFailure(),
        )
        if detail.Unpack(info):
            reason, total = info.reason, int(info.metadata.get("faults", "0"))
        elif detail.Unpack(bad):
            faults += [FieldFault(each.field, each.reason, each.description) for each in bad.field_violations]
        elif detail.Unpack(state):
            faults += [FieldFault(each.subject, each.type, each.description) for each in state.violations]
    return CallFailed(error.code().name, reason, _whole(status.message, faults), tuple(faults), total)


def _whole(message: str, faults: Sequence[FieldFault]) -> str:
    """The message of a status is kept short; the fault that it is cut from says all of it."""
    start = message.removesuffix(CUT)
    return next((each.message for each in faults if message != start and each.message.startswith(start)), message)


def _may_retry(failed: CallFailed) -> bool:
    return failed.status == "UNAVAILABLE" or failed.reason == "TOO_BUSY"


def _path(method: MethodDescriptor) -> str:
    return f"/{method.containing_service.full_name}/{method.name}"
