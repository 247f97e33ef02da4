"""Typed codec: frozen dataclasses to canonical JSON text and back, driven by their annotations.

Decimals, dates and instants are text, so that nothing passes through binary floating point. A member of a union carries
a tag: ``{"$": "ClassName", …}`` for a dataclass, ``{"decimal": "1.5"}`` and the like for a scalar that JSON lacks.
A field that is missing in stored text takes the default of its dataclass: older rows stay readable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from engine.storage.shapes import Shape, shape_of

T = TypeVar("T")
WRITE = msgspec.json.Encoder(order="sorted").encode
READ: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


class CodecError(ValueError):
    """Stored text does not have the form that its type demands."""


@dataclass(frozen=True, slots=True)
class Codec:
    """Turns values of one type into canonical JSON text and back; ``plain`` and ``typed`` stop at JSON values."""

    plain: Callable[[Any], Any]
    typed: Callable[[Any], Any]

    def encode(self, value: object) -> str:
        """Return canonical JSON: sorted keys, no spaces, so that equal values have equal text."""
        return WRITE(self.plain(value)).decode()

    def decode(self, text: str) -> Any:
        """Rebuild the value; raises CodecError when the text has another form."""
        try:
            return self.typed(READ.decode(text))
        except (KeyError, TypeError, ValueError, ArithmeticError, msgspec.MsgspecError) as failure:
            raise CodecError(f"cannot rebuild a stored value: {failure}") from failure


def codec_of(kind: Any, scalars: Mapping[type, Shape] | None = None) -> Codec:
    """Compile the codec of a type once; ``scalars`` gives types (a currency) that are written as one plain value."""
    shape = shape_of(kind, dict(scalars or {}))
    return Codec(plain=shape.plain, typed=shape.typed)
