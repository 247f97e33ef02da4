"""The reference page of rule files, written from the declared keys, so that it says what the reader knows."""

from __future__ import annotations

from collections.abc import Iterator

from engine.rulebook.codes import EXPLANATIONS
from engine.rulebook.fields import (
    EitherField,
    FieldType,
    ListField,
    MapField,
    Record,
    RecordField,
    ScalarField,
    record_in,
)
from engine.rulebook.schema_files import FILE_KINDS

HEAD = """\
# Rule files

This page is written from the loader's own declarations by `cpq rules reference`; a test keeps it up to date.
A rule book is one folder: `book.yaml`, and a folder for each kind of file below. Every YAML file may be split into
several; all files of a folder are read. How to write the files is told in
[Write a rule book](../how-to/write-a-rule-book.md).
"""


def reference_page() -> str:
    """The page as Markdown: one section a kind of file, one table a record, then every code."""
    lines = [HEAD]
    for kind, record in FILE_KINDS.items():
        place = "`book.yaml`" if kind == "book" else f"`{kind}/*.yaml`"
        lines += [f"## {place}", "", record.doc, ""]
        seen: set[str] = set()
        lines += _record(record, seen)
    lines += ["## Codes", "", "`cpq rules explain CODE` says the same.", "", *_codes()]
    return "\n".join(lines).rstrip() + "\n"


def _record(record: Record, seen: set[str]) -> Iterator[str]:
    seen.add(record.name)
    yield "| key | value | what it says |"
    yield "| --- | --- | --- |"
    for field in record.fields:
        need = " **needed**" if field.required else ""
        default = f" Default `{field.default}`." if field.default else ""
        example = f" Example `{field.example}`." if field.example else ""
        yield f"| `{field.name}`{need} | {_type(field.type)} | {_cell(field.doc + default + example)} |"
    yield ""
    for field in record.fields:
        inner = record_in(field.type)
        if inner is not None and inner.name not in seen:
            yield f"### {inner.name.removeprefix('the ').removeprefix('an ').removeprefix('a ').capitalize()}"
            yield ""
            yield inner.doc
            yield ""
            yield from _record(inner, seen)


def _type(field: FieldType) -> str:
    match field:
        case ScalarField(_, choices) if choices:
            return " or ".join(f"`{each}`" for each in choices)
        case ScalarField(kind, _, limits):
            return _cell(", ".join(filter(None, (kind.value, limits.value))))
        case RecordField(record):
            return record.name
        case ListField(item, lone):
            return f"{'one or a list of' if lone else 'list of'} {_type(item)}"
        case MapField(value, key):
            return f"by {key}: {_type(value)}"
        case EitherField(options):
            return ", or ".join(_type(each) for each in options)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _codes() -> Iterator[str]:
    yield "| code | means | why it matters | what to do |"
    yield "| --- | --- | --- | --- |"
    for code, found in sorted(EXPLANATIONS.items()):
        yield f"| `{code}` | {_cell(found.title)} | {_cell(found.why)} | {_cell(found.fix)} |"
