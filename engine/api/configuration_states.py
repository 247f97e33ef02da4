"""States of configurations between calls: a bounded cache, and tokens that hold the choices themselves.

A token says everything, so any server answers it at any time; the server that made it finds the state in its cache.
"""

from __future__ import annotations

import base64
import binascii
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Never

from cachetools import LRUCache
from cpq.v1 import configuration_pb2
from google.protobuf.message import DecodeError

from engine.configuration.answers import OutOfBudget
from engine.configuration.products import ProductChoice, ProductState, SettingState, SlotState
from engine.wire.basics import Faults
from engine.wire.configurations import fill_choice, fill_setting, fill_slot, read_choices
from engine.wire.options import Shown

MOST_STATES = 1_024
ANSWER_BYTES = 32 * 1024 * 1024
WRITTEN_BYTES = 8 * 1024 * 1024
LONGEST_TOKEN = 200_000
SMALL_WINDOW = 9
LONGEST_CONTENT = 1_000_000

Key = tuple[str, str, tuple[ProductChoice, ...]]
"""Rule book, product, and the choices in a fixed order."""

AnswerKey = tuple[Key, Key | None, bool, int]
"""A state, the one whose differences are wanted, whether impossible options are shown, and how many of a group."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A group or an attribute as written; what it was written from is kept, so that nothing else looks like it."""

    shown: SlotState | SettingState
    products: object
    content: bytes
    more: int


class States:
    """States by rule book, product and choices; safe to use from several threads."""

    def __init__(self, size: int = MOST_STATES) -> None:
        self._states: LRUCache[Key, ProductState] = LRUCache(size)
        self._answers: LRUCache[AnswerKey, bytes] = LRUCache(ANSWER_BYTES, getsizeof=len)
        self._written: LRUCache[tuple[int, int, bool, int], _Written] = LRUCache(
            WRITTEN_BYTES, getsizeof=lambda each: len(each.content)
        )
        self._gate = threading.Lock()

    def slot(self, slot: SlotState, shown: Shown) -> tuple[bytes, int]:
        """A piece of a state with a group and its first options; and how many are not there yet."""

        def write() -> tuple[bytes, int]:
            piece = configuration_pb2.ConfigurationState()
            more = fill_slot(piece.slots.add(), slot, shown)
            return piece.SerializeToString(), more

        return self._piece(slot, shown, write)

    def setting(self, setting: SettingState, shown: Shown) -> bytes:
        """A piece of a state with an attribute."""

        def write() -> tuple[bytes, int]:
            piece = configuration_pb2.ConfigurationState()
            fill_setting(piece.settings.add(), setting, shown)
            return piece.SerializeToString(), 0

        return self._piece(setting, shown, write)[0]

    def _piece(
        self, part: SlotState | SettingState, shown: Shown, write: Callable[[], tuple[bytes, int]]
    ) -> tuple[bytes, int]:
        """What was written of a part that looked the same, else what is written now; prices and reasons are new."""
        if shown.prices is not None or shown.reasons:
            return write()
        key = id(part), id(shown.products), shown.show_impossible, shown.limit
        with self._gate:
            found = self._written.get(key)
        if found is None:
            found = _Written(part, shown.products, *write())
            if len(found.content) <= WRITTEN_BYTES:
                with self._gate:
                    self._written[key] = found
        return found.content, found.more

    def answer(self, key: AnswerKey, work: Callable[[], bytes]) -> bytes:
        """The answer that a state alone decides, and the one that it is compared with; worked out when new."""
        with self._gate:
            found = self._answers.get(key)
        if found is None:
            found = work()
            if len(found) <= ANSWER_BYTES:
                with self._gate:
                    self._answers[key] = found
        return found

    def state(
        self,
        key: Key,
        work: Callable[[ProductState | None], ProductState | OutOfBudget[Never]],
        before: Key | None = None,
    ) -> ProductState | OutOfBudget[Never]:
        """The state of a key, worked out (from the state of another key, when that is known) and kept when new."""
        with self._gate:
            found = self._states.get(key)
            start = None if before is None else self._states.get(before)
        if found is not None:
            return found
        made = work(start)
        if isinstance(made, ProductState) and made.settled:
            with self._gate:
                self._states[key] = made
        return made


def key_of(book: str, sku: str, choices: Sequence[ProductChoice]) -> Key:
    """The key of choices, whatever their order."""
    return book, sku, tuple(sorted(set(choices), key=repr))


def token_of(key: Key) -> str:
    """The token of a state."""
    book, sku, choices = key
    message = configuration_pb2.ConfigureRequest(product=sku, rule_book=book)
    for each in choices:
        fill_choice(message.choices.add(), each)
    packer = zlib.compressobj(1, wbits=SMALL_WINDOW, memLevel=1)  # a small window needs no quarter of a megabyte
    packed = packer.compress(message.SerializeToString(deterministic=True)) + packer.flush()
    return base64.urlsafe_b64encode(packed).decode()


def read_token(token: str, field: str, faults: Faults) -> Key | None:
    """The state that a token stands for; a damaged one is a fault."""
    if not token:
        return None
    message = configuration_pb2.ConfigureRequest()
    try:
        if len(token) > LONGEST_TOKEN:
            raise ValueError
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(base64.urlsafe_b64decode(token.encode()), LONGEST_CONTENT)
        if not unpacker.eof:
            raise ValueError
        message.ParseFromString(content)
    except (binascii.Error, UnicodeError, zlib.error, DecodeError, ValueError):
        faults.invalid(field, "not a state token of this service")
        return None
    inner = Faults()
    choices = read_choices(message.choices, field, inner)
    if inner.found or not message.product or not message.rule_book:
        faults.invalid(field, "not a state token of this service")
        return None
    return key_of(message.rule_book, message.product, choices)
