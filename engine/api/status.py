"""The one table from fault code to gRPC status, and the status that leaves the process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from engine.diagnostics import Fault, Refusal

DOMAIN = "cpq.v1"
MOST_FAULTS = 50
LONGEST_TEXT = 360
LONGEST_MESSAGE = 120
MOST_BYTES = 4_000

STATE = code_pb2.FAILED_PRECONDITION
STATE_CODES = (
    *("NO_RULE_BOOK", "TEST_CLOCK_OFF"),
    *("QUO001", "QUO002", "QUO003", "QUO004", "QUO005", "QUO007", "QUO202"),
    *("APR001", "APR002", "APR003", "APR101", "APR103", "APR104", "APR105", "APR106", "APR107"),
    *("APR108", "APR109", "APR110"),
    *("ORD002", "ORD005", "ORD006", "ORD007", "ORD008", "ORD009", "ORD010", "ORD011", "ORD012", "ORD201"),
    *("CON006", "CON007", "CON009", "CON021", "CON031", "CON034", "CON036", "CON037", "CON038"),
    *("PAY004", "PAY005", "CON041", "CON042", "CON043", "CON044", "CON045", "CON046", "CON048"),
    "CON049",
    *("BIL001", "BIL010", "BIL011", "BIL012", "BIL014", "BIL020", "BIL023", "BIL024"),
    *("BIL030", "BIL031", "BIL032", "BIL040"),
    *(
        "LED021",
        "LED022",
        "LED030",
        "LED032",
        "LED034",
        "REV045",
        "REV046",
        "REV050",
        "REV051",
        "REV054",
        "REV055",
        "REV056",
        "REV058",
        "REV061",
        "PAY001",
        "PAY010",
        "PAY011",
        "PAY012",
        "PAY020",
        "PAY022",
    ),
)
"""Codes that say no because of the state things are in, not because of the request."""
STATUS_OF: Mapping[str, int] = {
    "NOT_FOUND": code_pb2.NOT_FOUND,
    "ALREADY_EXISTS": code_pb2.ALREADY_EXISTS,
    "ETAG_MISMATCH": code_pb2.ABORTED,
    "TOO_BUSY": code_pb2.ABORTED,
    "TOO_MANY": code_pb2.INVALID_ARGUMENT,
    "TOO_MANY_STREAMS": code_pb2.RESOURCE_EXHAUSTED,
    "STORE_UNAVAILABLE": code_pb2.UNAVAILABLE,
    "STOPPING": code_pb2.UNAVAILABLE,
    "PRC012": code_pb2.UNAVAILABLE,
    "DEADLINE_EXCEEDED": code_pb2.DEADLINE_EXCEEDED,
    "OUT_OF_BUDGET": code_pb2.DEADLINE_EXCEEDED,
    **dict.fromkeys(STATE_CODES, STATE),
}
"""Codes whose status is not INVALID_ARGUMENT; every other code names a value of the request that is wrong."""
PREFERENCE = (
    code_pb2.NOT_FOUND,
    code_pb2.ABORTED,
    code_pb2.ALREADY_EXISTS,
    code_pb2.UNAVAILABLE,
    code_pb2.RESOURCE_EXHAUSTED,
    code_pb2.DEADLINE_EXCEEDED,
    code_pb2.INVALID_ARGUMENT,
    code_pb2.PERMISSION_DENIED,
    code_pb2.FAILED_PRECONDITION,
)
"""When faults of several kinds meet, the first of these decides: wrong input is mended before state is looked at."""
BAD = (code_pb2.INVALID_ARGUMENT, code_pb2.NOT_FOUND)
IN_DETAIL = (*BAD, STATE)
RETRY_SECONDS = 1


def status_code(fault: Fault) -> int:
    """The status of a fault on its own."""
    return STATUS_OF.get(fault.code, code_pb2.INVALID_ARGUMENT)


def status_of(refusal: Refusal) -> status_pb2.Status:
    """A ``google.rpc.Status`` with exactly one ErrorInfo; the first 50 faults, fewer where they would not fit."""
    codes = [status_code(each) for each in refusal.faults]
    code = min(codes, key=PREFERENCE.index)
    first = refusal.faults[codes.index(code)]
    shown = _that_fit(refusal.faults)
    info = error_details_pb2.ErrorInfo(reason=first.code, domain=DOMAIN)
    info.metadata["field"] = first.field
    info.metadata["faults"] = str(len(refusal.faults))
    # A fault that is among the details is told whole there; of any other the message is all that is told.
    longest = LONGEST_MESSAGE if first in shown and code in IN_DETAIL else LONGEST_TEXT
    status = status_pb2.Status(code=code, message=_text(first, longest))
    _pack(status.details.add(), info)
    bad = [each for each in shown if status_code(each) in BAD]
    if bad:
        request = error_details_pb2.BadRequest()
        for each in bad:
            violation = request.field_violations.add(field=each.field, description=_text(each))
            violation.reason = each.code
        _pack(status.details.add(), request)
    states = [each for each in shown if status_code(each) == STATE]
    if states:
        failure = error_details_pb2.PreconditionFailure()
        for each in states:
            failure.violations.add(type=each.code, subject=each.field, description=_text(each))
        _pack(status.details.add(), failure)
    if code in (code_pb2.UNAVAILABLE,) or first.code == "TOO_BUSY":
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromSeconds(RETRY_SECONDS)
        _pack(status.details.add(), retry)
    return status


def internal(reference: str) -> status_pb2.Status:
    """Our own error: the caller learns a reference to the log, and nothing else."""
    status = status_pb2.Status(code=code_pb2.INTERNAL, message=f"internal error; quote {reference} when you report it")
    info = error_details_pb2.ErrorInfo(reason="INTERNAL", domain=DOMAIN)
    info.metadata["reference"] = reference
    _pack(status.details.add(), info)
    return status


def abort(context: grpc.ServicerContext, status: status_pb2.Status) -> None:
    """End the call with a status."""
    context.abort_with_status(rpc_status.to_status(status))


def _that_fit(faults: Iterable[Fault]) -> list[Fault]:
    """Trailing metadata has to stay small, or proxies drop the call."""
    shown: list[Fault] = []
    left = MOST_BYTES
    for each in faults:
        left -= len(f"{each.field}{_text(each)}{each.code}".encode()) + 20
        if len(shown) == MOST_FAULTS or (left < 0 and shown):
            break
        shown.append(each)
    return shown


def _text(fault: Fault, longest: int = LONGEST_TEXT) -> str:
    text = f"{fault.message}; {fault.hint}" if fault.hint else fault.message
    return text if len(text) <= longest else f"{text[:longest].rpartition(' ')[0] or text[:longest]}..."


def _pack(slot: any_pb2.Any, message: Message) -> None:
    slot.Pack(message)
