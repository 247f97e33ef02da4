"""Reads the folder of a rule book into memory: plain files as bytes, spreadsheets unpacked, both within bounds."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from engine.adapters.unreadable import FolderError, SpreadsheetError
from engine.rulebook.workbook import Workbook

MOST_FILES = 2_000
MOST_BYTES = 20_000_000
ENDINGS = (".yaml", ".yml", ".csv", ".xlsx", ".dmn", ".md", ".txt")
UNREADABLE_TABLES = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".tsv")
"""Endings of tables that the rule book cannot read; they are brought along, so that it can say so."""
OPEN_IN_A_PROGRAM = "~$"
"""What the name of the file starts with that a spreadsheet program keeps beside an open one."""


def read_folder(root: Path) -> dict[str, bytes]:
    """Return the files of a rule book as they are, by their path inside the folder; ``unpack`` readies them for load.

    Only endings that rule books use are read; hidden files are left out. Raises ``FolderError`` for a missing folder, a
    link that leads outside, to a folder or nowhere, and what is larger than a rule book may be, OSError for what
    cannot be read.
    """
    if not root.is_dir():
        raise FolderError(f"`{root}` is not a folder")
    base = root.resolve()
    found: dict[str, bytes] = {}
    for path in sorted(_paths(base)):
        relative = path.relative_to(base).as_posix()
        if path.is_symlink() and not path.exists():
            raise FolderError(f"`{relative}` is a link to what is not there")
        if not path.resolve().is_relative_to(base):
            raise FolderError(f"`{relative}` is a link that leads out of the folder")
        if not path.is_file():
            continue
        if len(found) >= MOST_FILES:
            raise FolderError(f"`{root}` holds more than {MOST_FILES} files")
        found[relative] = _bytes(path)
    return found


def _paths(base: Path) -> Iterator[Path]:
    """What a rule book may hold, by its ending; a folder that cannot be looked into would be missing without a word."""
    for folder, inner, names in os.walk(base, onerror=_raise):
        inner[:] = [each for each in inner if not _is_hidden(each)]
        for each in inner:
            if Path(folder, each).is_symlink():
                where = Path(folder, each).relative_to(base).as_posix()
                raise FolderError(f"`{where}` is a link to a folder; put the folder itself there")
        for each in names:
            if not _is_hidden(each) and Path(each).suffix.lower() in (*ENDINGS, *UNREADABLE_TABLES):
                yield Path(folder, each)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", OPEN_IN_A_PROGRAM))


def _raise(problem: OSError) -> None:
    raise problem


def unpack(files: Mapping[str, bytes]) -> dict[str, bytes | Workbook]:
    """Return sources (read from a folder or from a store) as the rule book takes them: spreadsheets unpacked.

    A spreadsheet that cannot be unpacked is one without sheets, with its fault: one bad file hides nothing of others.
    """
    found: dict[str, bytes | Workbook] = {}
    for path, content in files.items():
        try:
            found[path] = read_content(path, content)
        except SpreadsheetError as problem:
            found[path] = Workbook((), str(problem))
    return found


def read_content(path: str, content: bytes) -> bytes | Workbook:
    """Return the content of one file as the rule book takes it; ``path`` is inside the folder.

    Raises ``FolderError`` for a path that leads outside, ``SpreadsheetError`` for what cannot be unpacked.
    """
    parts = PurePosixPath(path).parts
    if not parts or PurePosixPath(path).is_absolute() or ".." in parts or "\\" in path or "\0" in path:
        raise FolderError(f"`{path}` is not a path inside the folder")
    if len(content) > MOST_BYTES:
        raise FolderError(f"`{path}` has {len(content)} bytes; a rule file has at most {MOST_BYTES}")
    if not path.lower().endswith(".xlsx"):
        return content
    from engine.adapters.spreadsheet import read_workbook  # its library takes longer to start than most books to read

    return read_workbook(content)


def _bytes(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise FolderError(f"`{path.name}` has {size} bytes; a rule file has at most {MOST_BYTES}")
    return path.read_bytes()
