"""Looks at the header of SQLite's WAL index: while its bytes stay the same, nobody has committed anything.

The header is the part of ``-shm`` that every connection of every process compares before it reads
(https://www.sqlite.org/walformat.html, chapter 2): two copies of 48 bytes with a counter of commits, the length of the
log, its salts and checksums. It is mapped here for reading, so that a look takes neither a system call nor SQLite.
"""

from __future__ import annotations

import mmap
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

Seal: TypeAlias = bytes
"""Both copies of the header; as long as it is equal, so is the content of the database."""
COPY: Final = 48
SEAL: Final = 2 * COPY
VERSION: Final = (3_007_000).to_bytes(4, sys.byteorder)
CHANGES: Final = slice(8, 12)
MADE: Final = 12
OPENING = threading.Lock()
"""Held while a database is opened or let go, see ``WalIndex.close``."""


def settled(seal: Seal) -> bool:
    """Whether a header is whole and of the known form: nobody was writing it while it was looked at."""
    return seal[:COPY] == seal[COPY:] and seal.startswith(VERSION) and seal[MADE] == 1


def is_next(before: Seal, after: Seal) -> bool:
    """Whether exactly one commit lies between two headers: each counts on by one."""
    counted = int.from_bytes(after[CHANGES], sys.byteorder) - int.from_bytes(before[CHANGES], sys.byteorder)
    return settled(before) and settled(after) and counted % 2**32 == 1


@dataclass(slots=True)
class _Mapped:
    """A mapped file; how many look at it, and the descriptor that has to stay open."""

    view: mmap.mmap
    descriptor: int
    users: int = 0


_MAPPED: dict[tuple[int, int], _Mapped] = {}


class WalIndex:
    """The header of one database as this process sees it; open it after the database, under ``OPENING``."""

    def __init__(self, mapped: _Mapped, place: tuple[int, int]) -> None:
        self._view = mapped.view
        self._place = place
        mapped.users += 1

    @classmethod
    def of(cls, database: Path) -> WalIndex | None:
        """Map the index of an open database; None where it cannot be mapped, or has a form that is not known."""
        file = database.resolve()  # as SQLite does: beside a link lies nothing, or the index of another database
        path = file.with_name(f"{file.name}-shm")
        try:
            found = path.stat()
            place = found.st_dev, found.st_ino
            if place not in _MAPPED:
                _MAPPED[place] = _map(path)
        except (OSError, ValueError):
            return None
        opened = cls(_MAPPED[place], place)
        if settled(opened.seal()):
            return opened
        opened.close()
        return None

    def seal(self) -> Seal:
        """The header as it is now."""
        return self._view[:SEAL]

    def close(self) -> None:
        """Stop looking, after the last connection of the caller to the database was closed, under ``OPENING``.

        POSIX lets go of all locks that a process has on a file when it closes any descriptor of it, and SQLite's locks
        lie on this one. So it is closed only when nobody else in this process has it open; else the next one to open
        the database uses it again.
        """
        mapped = _MAPPED[self._place]
        mapped.users -= 1
        if not mapped.users and _is_free(mapped.descriptor):
            del _MAPPED[self._place]
            mapped.view.close()
            os.close(mapped.descriptor)


def _map(path: Path) -> _Mapped:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    return _Mapped(mmap.mmap(descriptor, SEAL, mmap.MAP_SHARED, mmap.PROT_READ), descriptor)


def _is_free(descriptor: int) -> bool:
    """Whether nothing but the mapping and its descriptor has the file open in this process."""
    own = os.fstat(descriptor)
    if not own.st_nlink:
        return True  # SQLite deletes the file when the last connection of all is closed
    try:
        others = sum(_is_same(int(each), own) for each in os.listdir("/proc/self/fd"))
    except OSError:
        return False
    return others <= 2  # Python's mapping holds a duplicate of its own


def _is_same(descriptor: int, own: os.stat_result) -> bool:
    try:
        found = os.fstat(descriptor)
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == (own.st_dev, own.st_ino)
