"""Lengths as they stand before what they tell of: seven bits a byte, the lowest first."""

from __future__ import annotations


def number(value: int) -> bytes:
    """A number as it is written, seven bits a byte, the lowest first."""
    if 0x80 <= value < 0x4000:
        return bytes((value & 0x7F | 0x80, value >> 7))
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


SIZES = tuple(map(number, range(1_000)))
"""How many bytes most lines take, as it is written before them."""
SHORT = len(SIZES)


def sized(written: bytes) -> bytes:
    """Text or a message with its length before it."""
    size = len(written)
    return (SIZES[size] if size < SHORT else number(size)) + written
