"""A rule test as its file states it: the request, and what must come out with its place."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagnostics import Span
from engine.quotes.request import QuoteRequest, RequestedLine


@dataclass(frozen=True, slots=True)
class Expected:
    """One expectation: what is looked at (``total_net``, ``lines/0/unit_net``) and the texts it must have.

    ``many`` tells a list, which may be empty, from a single value.
    """

    path: str
    values: tuple[str, ...]
    span: Span
    many: bool = False


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A named test of the rules; one that expects nothing is refused by the loader, since it could not fail.

    ``asked`` are the lines as the file states them; in the request, segments stand in the places of ramped ones.
    """

    name: str
    request: QuoteRequest
    asked: tuple[RequestedLine, ...]
    expected: tuple[Expected, ...]
    span: Span
