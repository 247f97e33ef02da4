"""Page tokens: opaque, bound to method and filters, and signed, so that nobody builds one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from engine.application.faults import INVALID_PAGE
from engine.diagnostics import Fault, Refusal

T = TypeVar("T")
USUAL = 50
MOST = 500
MARK = 12


class Pages:
    """Reads and writes page tokens with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def page(
        self,
        request: Any,
        rows: Callable[[str, int], list[T]],
        key: Callable[[T], str],
        filters: Mapping[str, str] | None = None,
    ) -> tuple[list[T], str] | Refusal:
        """A page of rows and the token of the next; ``rows`` gives that many rows after a key, in order of the keys."""
        if request.page_size < 0:
            return Refusal((Fault(INVALID_PAGE, "page_size", f"{request.page_size} is below zero"),))
        size = min(request.page_size or USUAL, MOST)
        binding = _binding(request.DESCRIPTOR.name, filters or {})
        after = ""
        if request.page_token:
            opened = self._open(request.page_token, binding)
            if opened is None:
                return Refusal((Fault(INVALID_PAGE, "page_token", "not a token of this list with these filters"),))
            after = opened
        found = rows(after, size + 1)
        name = request.DESCRIPTOR.name
        token = self.seal(name, key(found[size - 1]), filters or {}) if len(found) > size else ""
        return found[:size], token

    def seal(self, request: str, after: str, filters: Mapping[str, str]) -> str:
        """The token that goes on after a key, in the list that requests of this name ask for."""
        return base64.urlsafe_b64encode(self._mark(after, _binding(request, filters)) + after.encode()).decode()

    def _open(self, token: str, binding: str) -> str | None:
        try:
            content = base64.urlsafe_b64decode(token.encode())
            after = content[MARK:].decode()
        except (binascii.Error, UnicodeError):
            return None
        return after if hmac.compare_digest(content[:MARK], self._mark(after, binding)) else None

    def _mark(self, after: str, binding: str) -> bytes:
        return hmac.new(self._key, f"{binding}\n{after}".encode(), hashlib.sha256).digest()[:MARK]


def _binding(request: str, filters: Mapping[str, str]) -> str:
    return f"{request}|{sorted(filters.items())}"
