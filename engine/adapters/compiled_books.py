"""Rule books from their sources: compiled, and kept compiled on disk by what they and the engine are made of."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from engine.adapters.collector import uncollected
from engine.adapters.disk_cache import DiskCache, user_cache
from engine.adapters.made_with import made_with
from engine.adapters.rule_folder import unpack
from engine.application.rule_books import ActiveBook, CheckedBook
from engine.rulebook.packing import PackedBook, PackError, pack_book, unpack_book
from engine.rulebook.packing.kinds import CORE
from engine.rulebook.parts import parts_of

PARTS = CORE | {"adapters"}
"""The packages that take part in compiling a book."""

LOG = logging.getLogger("cpq.cache")


def at_once(job: Callable[[], None]) -> bool:
    """Do a job before going on: for a command, which has nobody to answer meanwhile."""
    job()
    return True


class CompiledBooks:
    """Turns sources into a compiled book; with a cache, one that was compiled before is only read.

    Writing the cache takes as long as compiling, and whoever asked for the book need not wait for it: ``later`` says
    when it is done. A book that is not written, by a crash or because ``later`` has too much to do, is compiled again.
    """

    def __init__(self, kept: DiskCache | None, *, later: Callable[[Callable[[], None]], bool] = at_once) -> None:
        self._kept = kept
        self._later = later
        self._unwritten: dict[str, CheckedBook] = {}

    def checked(self, files: Mapping[str, bytes]) -> CheckedBook:
        """The compiled book of sources with every finding; raises ``FolderError`` for what cannot be unpacked."""
        if self._kept is None:
            found, _ = compiled(files)
            return found
        key = key_of(files)
        known = self._unwritten.get(key) or self._read(self._kept, key)
        if known is not None:
            return known
        found, packed = compiled(files)
        if packed is not None:
            self._unwritten[key] = found
            if not self._later(partial(self._write, self._kept, key, packed)):
                self._unwritten.pop(key, None)
        return found

    def _read(self, kept: DiskCache, key: str) -> CheckedBook | None:
        content = kept.read(key)
        if content is None:
            return None
        try:
            with uncollected():
                packed = unpack_book(content)
        except PackError as problem:
            LOG.warning("a compiled rule book is thrown away: %s", problem)
            kept.drop(key)
            return None
        book = packed.loaded.book
        assert book is not None, "only sound books are kept"
        return CheckedBook(ActiveBook(book, parts_of(book, packed.plan)), packed.loaded.diagnostics)

    def _write(self, kept: DiskCache, key: str, packed: PackedBook) -> None:
        try:
            with uncollected():
                content = pack_book(packed)
            kept.write(key, content)
        except PackError as problem:
            LOG.warning("the compiled rule book is not kept: %s", problem)
        finally:
            self._unwritten.pop(key, None)


def compiled(files: Mapping[str, bytes]) -> tuple[CheckedBook, PackedBook | None]:
    """Compile sources; a sound book comes with what is kept of it."""
    from engine.rulebook.load import load  # of sources; a book that is kept compiled is not read again

    sources = unpack(files)
    with uncollected():
        loaded = load(sources)
        if loaded.book is None:
            return CheckedBook(None, loaded.diagnostics), None
        parts = parts_of(loaded.book)
    return CheckedBook(ActiveBook(loaded.book, parts), loaded.diagnostics), PackedBook(loaded, parts.plan)


def kept_books(environ: Mapping[str, str]) -> CompiledBooks:
    """Compiled books with the user's cache."""
    return CompiledBooks(book_cache(user_cache(environ)))


def book_cache(folder: Path) -> DiskCache:
    """The cache of compiled books below a folder."""
    return DiskCache(folder / "books", ending=".book")


def key_of(files: Mapping[str, bytes]) -> str:
    """What a compiled book depends on, as one name: its sources, and all that unpacks, reads and compiles them."""
    digest = hashlib.sha256(f"{made_with(PARTS)}\n".encode())
    for path, content in sorted(files.items()):
        digest.update(f"{len(path.encode())}:{path}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()
