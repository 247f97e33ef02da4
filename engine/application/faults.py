"""The faults that belong to no rule of the business: a missing record, an old etag, an id used twice."""

from __future__ import annotations

from engine.diagnostics import Code, Fault, Refusal

NOT_FOUND = Code("NOT_FOUND")
ALREADY_EXISTS = Code("ALREADY_EXISTS")
ETAG_MISMATCH = Code("ETAG_MISMATCH")
REQUEST_ID_REUSED = Code("REQUEST_ID_REUSED")
INVALID_FIELD = Code("INVALID_FIELD")
REQUIRED_FIELD = Code("REQUIRED_FIELD")
INVALID_PAGE = Code("INVALID_PAGE")
TOO_MANY = Code("TOO_MANY")
TOO_BUSY = Code("TOO_BUSY")
TOO_MANY_STREAMS = Code("TOO_MANY_STREAMS")
STORE_UNAVAILABLE = Code("STORE_UNAVAILABLE")
STOPPING = Code("STOPPING")
DEADLINE_EXCEEDED = Code("DEADLINE_EXCEEDED")
LONGEST_SHOWN = 80


def not_found(field: str, name: str) -> Refusal:
    """There is no record of that name."""
    return Refusal((Fault(NOT_FOUND, field, f"there is no `{name}`"),))


def already_exists(field: str, name: str) -> Refusal:
    """A record of that name exists."""
    return Refusal((Fault(ALREADY_EXISTS, field, f"`{name}` exists already"),))


def etag_mismatch(found: str, given: str) -> Refusal:
    """The record was changed since the caller read it."""
    shown = f"`{found}`" if found else "empty"
    message = f"the etag is {shown} by now, not `{given[:LONGEST_SHOWN]}`"
    hint = "read it again and repeat the change"
    if f'"{given}"' == found:
        message, hint = f"the etag is {shown}, not `{given}`", "the quotation marks are part of an etag"
    return Refusal((Fault(ETAG_MISMATCH, "etag", message, hint),))


def invalid(field: str, message: str, hint: str = "") -> Fault:
    """A value of the request is not acceptable."""
    return Fault(INVALID_FIELD, field, message, hint)


def required(field: str) -> Fault:
    """A value of the request is missing."""
    return Fault(REQUIRED_FIELD, field, f"`{field}` is required")
