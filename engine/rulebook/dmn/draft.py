"""A decision table on its way into the folder ``tables/``: what its YAML record and its CSV rows will say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.rulebook.formatter import format_file

_PLAIN = re.compile(r"[A-Za-z_][\w.-]*(?: [\w.-]+)*\Z")
_RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "-"})


@dataclass(frozen=True, slots=True)
class DraftColumn:
    """An input or output as the YAML record declares it."""

    type: str = "text"
    values: tuple[str, ...] = ()
    allowed: str = ""
    default: str = ""
    title: str = ""
    is_list: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """One table: cells as the CSV will hold them, a note for each row; ``meant`` are the cells in the strict form."""

    id: str
    title: str
    hit: str
    inputs: Mapping[str, DraftColumn]
    outputs: Mapping[str, DraftColumn]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    meant: tuple[tuple[str, ...], ...] = ()
    rows_in: str = ""

    @property
    def file(self) -> str:
        """The name of its CSV file: the one that holds its rows already, or one after its id."""
        return self.rows_in or f"{self.id}.csv"


def csv_text(draft: Draft) -> str:
    """The rows as CSV with the hit policy in the first line."""
    title = " ".join((draft.title or draft.id).replace(";", ",").replace("=", " ").split())
    has_notes = any(draft.notes)
    heads = [*draft.heads, *(f"out: {name}" for name in draft.outputs), *(["note"] if has_notes else [])]
    lines = [f"# {title} ; hit={draft.hit}", _line(heads)]
    for row, note in zip(draft.rows, draft.notes, strict=True):
        lines.append(_line([*row, *([note] if has_notes else [])]))
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return ",".join(_cell(each) for each in cells)


def _cell(text: str) -> str:
    if any(mark in text for mark in ',"\n') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def yaml_text(drafts: Iterable[Draft]) -> str:
    """The records of tables as one YAML file, in the layout of ``cpq rules fmt``."""
    lines = ["# yaml-language-server: $schema=../schema/tables.schema.json", "tables:"]
    for draft in drafts:
        lines.append(f"  - id: {_scalar(draft.id)}")
        if draft.title:
            lines.append(f"    title: {_scalar(draft.title)}")
        lines.append(f"    file: {_scalar(draft.file)}")
        for key, columns in (("inputs", draft.inputs), ("outputs", draft.outputs)):
            lines.append(f"    {key}:")
            lines += [f"      {_scalar(name)}: {{{', '.join(_keys(column))}}}" for name, column in columns.items()]
    text = "\n".join(lines) + "\n"
    return format_file("tables.yaml", text.encode()).decode()


def _keys(column: DraftColumn) -> Iterator[str]:
    yield f"type: {_scalar(column.type)}"
    if column.values:
        yield f"values: [{', '.join(map(_scalar, column.values))}]"
    for key in ("allowed", "default", "title"):
        text = getattr(column, key)
        if text:
            yield f"{key}: {_scalar(text)}"
    if column.is_list:
        yield "list: true"
    if column.is_optional:
        yield "optional: true"


def _scalar(text: str) -> str:
    if _PLAIN.match(text) and text.lower() not in _RESERVED:
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    escaped = "".join(each if each.isprintable() and each not in '"\\' else _escape(each) for each in text)
    return f'"{escaped}"'


def _escape(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character, f"\\U{ord(character):08x}")
