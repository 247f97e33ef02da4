"""Sets of atoms as Python integers, one bit an atom: union, difference and count at memory speed."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from struct import Struct

import numpy
from numpy.typing import NDArray


class SolutionReader:
    """Packs solutions of one size; C conversions only, since a search reads thousands of them."""

    def __init__(self, atoms: int) -> None:
        self._atoms = atoms
        self._pack = Struct(f"{atoms}i").pack

    def __call__(self, model: Sequence[int]) -> int:
        """The bits of the atoms ``1..atoms`` that a solution makes true; bit 0 is unused."""
        atoms = self._atoms
        packed = self._pack(*model) if len(model) == atoms else self._pack(*model[:atoms])
        signs = numpy.frombuffer(packed, dtype=numpy.int32) > 0
        return int.from_bytes(numpy.packbits(signs, bitorder="little").tobytes(), "little") << 1


def never(implied: Sequence[int], top: int) -> tuple[int, int]:
    """The bits of the atoms that literals which always hold keep from holding, and of those they keep from failing."""
    literals = numpy.frombuffer(array("i", implied), dtype=numpy.int32)
    return _bits(-literals[literals < 0], top), _bits(literals[literals > 0], top)


def _bits(atoms: NDArray[numpy.int32], top: int) -> int:
    flags = numpy.zeros(top + 1, dtype=numpy.uint8)
    flags[atoms] = 1
    return int.from_bytes(numpy.packbits(flags, bitorder="little").tobytes(), "little")


def bits_of(bits: int, size: int) -> NDArray[numpy.uint8]:
    """The lowest bits, one number each."""
    held = numpy.frombuffer(bits.to_bytes((size + 7) // 8, "little"), dtype=numpy.uint8)
    return numpy.unpackbits(held, count=size, bitorder="little")


def mask(atoms: Iterable[int]) -> int:
    """The bits of some atoms."""
    numbers = list(atoms)
    if not numbers:
        return 0
    held = bytearray(max(numbers) // 8 + 1)
    for atom in numbers:
        held[atom >> 3] |= 1 << (atom & 7)
    return int.from_bytes(held, "little")


def atoms_of(bits: int) -> Iterator[int]:
    """The atoms in a set, rising."""
    width = (bits.bit_length() + 7) // 8
    array = numpy.frombuffer(bits.to_bytes(width, "little"), dtype=numpy.uint8)
    return iter(numpy.flatnonzero(numpy.unpackbits(array, bitorder="little")).tolist())
