"""The files of one load: found by folder, read once, and each one accounted for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from engine.diagnostics import Span, did_you_mean
from engine.rulebook.codes import finding
from engine.rulebook.csv_reader import CUT_SHORT, read_csv
from engine.rulebook.fields import Record
from engine.rulebook.nodes import Node, Report, Scalar
from engine.rulebook.reader import Read, read_record
from engine.rulebook.sheet_reader import read_sheet
from engine.rulebook.table import Table
from engine.rulebook.workbook import Workbook
from engine.rulebook.yaml_reader import read_yaml

Files: TypeAlias = Mapping[str, bytes | Workbook]
YAML = (".yaml", ".yml")
TABLES = (".csv", ".xlsx")
# Kept beside rules by people and tools; they say nothing to the engine.
IGNORED = (".md", ".txt", ".schema.json", ".gitignore")
FOLDERS = ("catalog", "tables", "constraints", "prices", "discounts", "approvals", "terms", "tests")
MOST_FILES = 2_000


class Sources:
    """The files of a book; remembers which were read, so that what nobody read can be reported."""

    def __init__(self, files: Files, report: Report) -> None:
        self.files = dict(sorted(files.items()))
        self.report = report
        self.unreadable: set[str] = set()
        """Files that cannot be read, or not to their end: what they would have declared is not known."""
        self.nodes: dict[str, Node] = {}
        """YAML files as they were read, for those who ask what stands around a place."""
        self.tables: dict[str, Table | None] = {}
        self.named_at: dict[str, Span] = {}
        """Where a file names a table."""
        self._used: set[str] = set()

    def in_folder(self, folder: str, endings: tuple[str, ...]) -> Iterator[str]:
        """Paths of one folder, sorted."""
        return (each for each in self.files if each.startswith(f"{folder}/") and each.lower().endswith(endings))

    def records(self, folder: str, record: Record) -> Iterator[tuple[str, Read]]:
        """Every YAML file of a folder, read as ``record``."""
        for path in self.in_folder(folder, YAML):
            found = self.record(path, record)
            if found is not None:
                yield path, found

    def record(self, path: str, record: Record) -> Read | None:
        """One YAML file read as ``record``, or None after the report was given its faults."""
        content = self.files[path]
        self._used.add(path)
        if not isinstance(content, bytes):
            return None
        before = len(self.report.found)
        node = read_yaml(path, content, self.report)
        if node is not None:
            self.nodes[path] = node
        found = None
        if node is not None or len(self.report.found) == before:
            found = read_record(node, record, path, self.report)
        if found is None:
            self.unreadable.add(path)
        return found

    def table(self, path: str) -> Table | None:
        """One table, read once; None when it cannot be read."""
        if path not in self.tables:
            self._used.add(path)
            content, before = self.files[path], len(self.report.found)
            if isinstance(content, bytes):
                table = read_csv(path, content, self.report)
            else:
                table = read_sheet(path, content, self.report)
            cut_short = any(each.code == CUT_SHORT for each in self.report.found[before:])
            if table is None or not (table.rows or table.odd) or cut_short:
                self.unreadable.add(path)
            self.tables[path] = table
        return self.tables[path]

    def named_table(self, name: Scalar, beside: str) -> Table | None:
        """The table that a rule file names, in its own folder; a missing one is reported at the name."""
        folder = beside.rpartition("/")[0]
        path = f"{folder}/{name.text}" if folder else name.text
        if path in self.files and path.lower().endswith(TABLES):
            self.named_at.setdefault(path, name.span)
            return self.table(path)
        near = did_you_mean(name.text, [each.rpartition("/")[2] for each in self.in_folder(folder, TABLES)])
        self.report.add(finding("FIL004", f"the file `{path}` is missing", name.span, near or "add the file"))
        return None

    def is_used(self, path: str) -> bool:
        """Whether the file was read."""
        return path in self._used

    def report_strays(self) -> None:
        """Report files that no part of the loader read: they would silently do nothing."""
        for path in self.files:
            if not (self.is_used(path) or path.endswith(IGNORED) or path.rpartition("/")[2].startswith(".")):
                self.report.add(finding("FIL003", f"nothing reads the file `{path}`", Span(path), _stray_hint(path)))


def _stray_hint(path: str) -> str:
    """What to do with a file that nothing reads."""
    folder = path.partition("/")[0] if "/" in path else ""
    if not path.lower().endswith((*YAML, *TABLES, ".dmn")):
        return "rules stand in YAML files, tables in CSV or XLSX: save it as one of them"
    near = did_you_mean(folder, FOLDERS) if folder and folder not in FOLDERS else ""
    return near or f"rule files stand in {', '.join(FOLDERS)}; a table is named by a rule or has an `out:` column"


def content_hash(files: Files) -> str:
    """SHA-256 over names and contents of all sources, sorted by name: equal books have equal names."""
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        data = content if isinstance(content, bytes) else _workbook_bytes(content)
        digest.update(f"{len(path.encode())}:{path}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


def _workbook_bytes(book: Workbook) -> bytes:
    """What a spreadsheet says, without what its program adds (times, styles)."""
    pieces = []
    for sheet in book.sheets:
        pieces.append(f"sheet {sheet.name}")
        pieces += ["\x1f".join(f"{cell.kind.value}\x1e{cell.text}" for cell in row) for row in sheet.rows]
    return "\x1d".join(pieces).encode()
