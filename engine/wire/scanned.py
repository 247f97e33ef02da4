"""A request for prices taken apart as it came, without making messages of it: what stands beside its lines, and lines.

In the wire format a message is its fields one after the other, and a part of it a number, a length and so many bytes.
Lines of equal product and quantity are therefore equal bytes after their ids, and requests of one buyer are equal bytes
beside their lines. Nothing here is a second reader of requests: what is not met in the usual form is left to protobuf.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cpq.v1 import pricing_pb2
from google.protobuf.message import DecodeError

CONTENT = 0x0A
"""Field 1 of a request, a message."""
LINES = 0x32
"""Field 6 of its content, messages; a lower number comes before it, a higher one after it."""
ID, SKU, QUANTITY = 0x0A, 0x12, 0x1A
"""Fields 1 to 3 of a line, texts."""
LENGTH = 2
"""The wire type of what has a length before it: the lowest three bits of a field's first byte."""
LONG = 0x80
"""From this on a number takes more than one byte."""


class Beside(NamedTuple):
    """A request beside its lines: its content before and after them, and what follows the content."""

    before: bytes
    after: bytes
    rest: bytes


class Scanned(NamedTuple):
    """A request in parts; of each line the id, as the field that it is, and everything else."""

    beside: Beside
    ids: Sequence[bytes]
    lines: Sequence[bytes]


class StatedLine(NamedTuple):
    """A line that states nothing beside its id but product and quantity."""

    sku: str
    quantity: str


def scan(request: bytes) -> Scanned | None:
    """The parts of a request; None for one of another form: fields in another order, no lines, ids of 128 bytes."""
    try:
        return _scan(request)
    except IndexError:  # it ends in the middle of something
        return None


def _scan(request: bytes) -> Scanned | None:
    if request[0] != CONTENT:
        return None
    length, start = _number(request, 1)
    end = start + length
    at = start
    while at < end and request[at] != LINES:
        if request[at] > LINES or request[at] & 7 != LENGTH:
            return None
        length, at = _number(request, at + 1)
        at += length
    first = at
    ids: list[bytes] = []
    lines: list[bytes] = []
    while at < end and request[at] == LINES:
        length = request[at + 1]
        at += 2
        if length >= LONG:
            length, at = _number(request, at - 1)
        size = request[at + 1]
        middle, after = at + 2 + size, at + length
        if request[at] != ID or size >= LONG or middle > after:
            return None
        ids.append(request[at:middle])
        lines.append(request[middle:after])
        at = after
    if at > end or end > len(request) or not lines:
        return None
    return Scanned(Beside(request[start:first], request[at:end], request[end:]), ids, lines)


def is_beside(parts: Beside) -> bool:
    """Whether parts are what stands beside the lines of a request, and nothing that adds to them or to its content."""
    try:
        content = pricing_pb2.QuoteContent.FromString(parts.before + parts.after)
        request = pricing_pb2.PriceQuoteRequest.FromString(parts.rest)
    except DecodeError:
        return False
    return not content.lines and not request.HasField("content")


def stated_line(line: bytes) -> StatedLine | None:
    """Product and quantity of a line when it states nothing else, each in less than 128 bytes."""
    if len(line) < 2 or line[0] != SKU:
        return None
    middle = 2 + line[1]
    sku, quantity = line[2:middle], line[middle:]
    if len(quantity) < 2 or quantity[0] != QUANTITY or quantity[1] != len(quantity) - 2 or len(quantity) > LONG:
        return None
    try:
        return StatedLine(sku.decode(), quantity[2:].decode()) if line[1] < LONG else None
    except UnicodeDecodeError:
        return None


def _number(request: bytes, at: int) -> tuple[int, int]:
    """A number, seven bits a byte, and where it ends; one that is longer than any length is none."""
    found = shift = 0
    while request[at] >= LONG and shift < 28:
        found |= (request[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return found | request[at] << shift, at + 1
