"""Compiled artefacts in a folder of the user, named by what they were made from; safe to lose at any time.

Who can write a compiled rule book decides prices, so the folder is its user's alone and is not used otherwise.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

BYTES_MAX = 256 * 2**20
ABANDONED_AFTER = 3_600
"""Seconds after which a half-written file is nobody's."""

MARK = b"cpq-cache-1\n"
LOG = logging.getLogger("cpq.cache")
_FOREIGN_WRITE = 0o022


def user_cache(environ: Mapping[str, str]) -> Path:
    """The folder for all caches: below ``CPQ_CACHE``, else below the user's cache folder."""
    base = environ.get("CPQ_CACHE") or environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "cpq"


class DiskCache:
    """Bytes by key in one folder: written at once or not at all, checked when read, the longest unused dropped first.

    A folder that cannot be read or written, or that others may write to, keeps nothing; a line of the log says why.
    """

    def __init__(self, folder: Path, *, ending: str, bytes_max: int = BYTES_MAX) -> None:
        self.folder = folder
        self.ending = ending
        self.bytes_max = bytes_max
        self._is_told = False

    def read(self, key: str) -> bytes | None:
        """The bytes kept under a key; None when there are none, or they are not what was written."""
        path = self._path(key)
        try:
            stored = path.read_bytes() if self._is_private() else None
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            self._tell(f"`{self.folder}` cannot be read: {problem}")
            return None
        if stored is None:
            return None
        content = stored[len(MARK) + 32 :]
        if stored[: len(MARK)] != MARK or hashlib.sha256(content).digest() != stored[len(MARK) : len(MARK) + 32]:
            self.drop(key)
            return None
        with suppress(OSError):
            os.utime(path)
        return content

    def write(self, key: str, content: bytes) -> None:
        """Keep bytes under a key, in place of any before; what cannot be written is not kept."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._is_private():
                self._replace(self._path(key), MARK + hashlib.sha256(content).digest() + content)
                self._prune()
        except OSError as problem:
            self._tell(f"`{self.folder}` cannot be written: {problem}")

    def drop(self, key: str) -> None:
        """Keep nothing under a key any more."""
        with suppress(OSError):
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{self.ending}"

    def _is_private(self) -> bool:
        found = self.folder.stat()
        if found.st_uid == os.geteuid() and not found.st_mode & _FOREIGN_WRITE:
            return True
        self._tell(f"`{self.folder}` is not used: others than its user may write to it")
        return False

    def _replace(self, path: Path, content: bytes) -> None:
        part = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)

    def _prune(self) -> None:
        """Keep what was used last within the size limit."""
        found = []
        for each in self.folder.glob(f"*{self.ending}"):
            with suppress(FileNotFoundError):
                told = each.stat()
                found.append((told.st_mtime_ns, told.st_size, each))
        for part in self.folder.glob(".*.part"):  # what a writer left that was ended half-way
            with suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime > ABANDONED_AFTER:
                    part.unlink()
        total = 0
        for _, size, each in sorted(found, key=lambda one: one[0], reverse=True):
            total += size
            if total > self.bytes_max:
                each.unlink(missing_ok=True)

    def _tell(self, problem: str) -> None:
        if not self._is_told:
            self._is_told = True
            LOG.warning("%s", problem)
