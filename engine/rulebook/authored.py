"""What stands in the files around a place: the record or the row that says a rule, in the words of its author."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.diagnostics import Span
from engine.rulebook.csv_reader import read_csv
from engine.rulebook.loading.sources import YAML, Files
from engine.rulebook.nodes import ListNode, Node, RecordNode, Report, Scalar
from engine.rulebook.sheet_reader import read_sheet
from engine.rulebook.yaml_reader import read_yaml

_Place: TypeAlias = tuple[int, int]
_NAMES = ("id", "sku", "code", "name")


@dataclass(frozen=True, slots=True)
class Passage:
    """A record or a row: where it begins, its texts by their keys (of those inside others the keys of both), and the
    lines that these stand at.
    """

    path: str
    line: int
    said: Mapping[str, str]
    lines: Mapping[str, int]

    @property
    def name(self) -> str:
        """What the author calls it; empty for one without a name."""
        return next((self.said[each] for each in _NAMES if self.said.get(each)), "")


class Authored:
    """The files of a book as they were written, read again for who asks; files that cannot be read say nothing."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._read: dict[str, Mapping[_Place, Passage]] = {}

    def around(self, span: Span | None) -> Passage | None:
        """The passage that says what stands at a place: of a table its row, of a YAML file the item of the list."""
        if span is None or span.path not in self._files:
            return None
        if span.path not in self._read:
            self._read[span.path] = self._passages(span.path)
        found = self._read[span.path]
        return found.get((span.line, span.column)) or found.get((span.line, 0))

    def whole(self, path: str) -> Passage | None:
        """A YAML file as one passage."""
        content = self._files.get(path)
        node = read_yaml(path, content, Report()) if isinstance(content, bytes) and path.endswith(YAML) else None
        return None if node is None else _passage(path, node)

    def paths(self, folder: str) -> Iterator[str]:
        """The files of a folder."""
        return (each for each in self._files if each.startswith(f"{folder}/"))

    def _passages(self, path: str) -> Mapping[_Place, Passage]:
        content, report = self._files[path], Report()
        if path.endswith(YAML):
            node = read_yaml(path, content, report) if isinstance(content, bytes) else None
            return {} if node is None else dict(_places(node, _passage(path, node)))
        table = read_csv(path, content, report) if isinstance(content, bytes) else read_sheet(path, content, report)
        if table is None:
            return {}
        rows = {row.line: {head: cell.text for head, cell in table.cells(row) if cell.text} for row in table.rows}
        return {(line, 0): Passage(path, line, said, dict.fromkeys(said, line)) for line, said in rows.items()}


def _passage(path: str, node: Node) -> Passage:
    found = {key: (text, line) for key, text, line in _said(node, "")}
    said = {key: text for key, (text, _) in found.items()}
    return Passage(path, node.span.line, said, {key: line for key, (_, line) in found.items()})


def _places(node: Node, around: Passage) -> Iterator[tuple[_Place, Passage]]:
    """Every text below a node with the item of a list that it is in; inside an item nothing is an item of its own."""
    yield (node.span.line, node.span.column), around
    match node:
        case RecordNode(entries=entries):
            for each in entries:
                yield (each.key.span.line, each.key.span.column), around
                yield from _places(each.value, around)
        case ListNode(items=items):
            outer = _is_item(around)
            for item in items:
                own = isinstance(item, RecordNode) and not outer
                yield from _places(item, _passage(around.path, item) if own else around)
        case _:
            return


def _is_item(around: Passage) -> bool:
    return bool(around.name)


def _said(node: Node, key: str) -> Iterator[tuple[str, str, int]]:
    """Texts with their keys: `price.EUR`, `tiers[2].unit.EUR`; a list of texts is one text."""
    match node:
        case Scalar():
            yield key, " ".join(node.text.split()), node.span.line
        case RecordNode(entries=entries):
            for entry in entries:
                yield from _said(entry.value, f"{key}.{entry.key.text}".removeprefix("."))
        case ListNode(items=items) if all(isinstance(each, Scalar) for each in items):
            texts = (" ".join(each.text.split()) for each in items if isinstance(each, Scalar))
            yield key, ", ".join(texts), node.span.line
        case ListNode(items=items):
            names = [_called(item) for item in items]
            for number, (name, item) in enumerate(zip(names, items, strict=True), 1):
                yield from _said(item, f"{key}[{name if name and names.count(name) == 1 else number}]")


def _called(node: Node) -> str:
    """What the author calls an item of a list, so that others may come before it."""
    named = (node.get(name) for name in _NAMES) if isinstance(node, RecordNode) else ()
    return next((each.text for each in named if isinstance(each, Scalar)), "")
