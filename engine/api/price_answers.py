"""Answers to requests for prices, for whoever asks the same again: a cart shown twice, the next step of a checkout."""

from __future__ import annotations

import threading
from typing import NamedTuple

from cachetools import LRUCache

from engine.application.basis import Basis, Standing
from engine.application.perform import DEFAULT_TENANT, Environment

KEPT_BYTES = 32 * 1024 * 1024
BESIDE = 1_024
"""What a kept answer takes beside its bytes and those of its request."""


class _Kept(NamedTuple):
    """An answer, what it was made from, and how much memory it takes."""

    answer: bytes
    standing: Standing
    size: int


class PriceAnswers:
    """The latest answers by the bytes of their requests; one is given out for as long as its basis holds."""

    def __init__(self, env: Environment, *, most: int = KEPT_BYTES) -> None:
        self._env = env
        self._most = most
        self._gate = threading.Lock()
        self._kept: LRUCache[bytes, _Kept] = LRUCache(most, getsizeof=lambda each: each.size)

    def find(self, asked: bytes) -> bytes | None:
        """The answer to a request, when it would be the same if it were worked out now."""
        with self._gate:
            kept = self._kept.get(asked)
        return kept.answer if kept is not None and kept.standing.book(self._env, DEFAULT_TENANT) is not None else None

    def keep(self, asked: bytes, answer: bytes, basis: Basis | None) -> bytes:
        """The answer, which is kept when its basis is known."""
        size = len(asked) + len(answer) + BESIDE
        if basis is not None and size <= self._most:
            with self._gate:
                self._kept[asked] = _Kept(answer, Standing(basis), size)
        return answer
