"""The text tables of the Renault Mégane benchmark: an archive with one list of domains and one file a table."""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterator

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.archive import members
from engine.configuration.model import Model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

MALFORMED = Code("MDL030")
BRACKETS = ("or(", "or)", "(", ")")
UNPACKED_MAX = 256 * 2**20
_CELL = re.compile(r"\s*(\w+)\s*=\s*([^\s)]+)\s*")


def read_megane(data: bytes, path: str) -> Model:
    """Variables from ``domains.txt``, one rule a table file by its name; raises ``DiagnosticError``."""
    try:
        unpacker = lzma.LZMADecompressor()
        archive = unpacker.decompress(data, UNPACKED_MAX)
        if not unpacker.eof:
            message = f"the archive ends early or unpacks to more than {UNPACKED_MAX} bytes"
            raise DiagnosticError(Diagnostic(MALFORMED, message, Span(path)))
        files = members(archive)
    except (lzma.LZMAError, ValueError) as error:
        raise DiagnosticError(Diagnostic(MALFORMED, "the file is no tar.xz archive", Span(path))) from error
    builder = ModelBuilder(path.rsplit("/", 1)[-1])
    domains = next((name for name in files if name.endswith("domains.txt")), None)
    if domains is None:
        raise DiagnosticError(Diagnostic(MALFORMED, "the archive holds no `domains.txt`", Span(path)))
    for number, line in enumerate(_lines(files[domains]), start=1):
        span = Span(f"{path}/{domains}", number)
        found = re.match(r"(?://)?\s*(\w+)\s*:\s*(.+)$", line.strip())
        if found:
            values = list(dict.fromkeys(each.strip() for each in found.group(2).split(",") if each.strip()))
            if not values or builder.index_of(found.group(1)) is not None:
                message = f"variable `{found.group(1)}` has no values or is there twice"
                raise DiagnosticError(Diagnostic(MALFORMED, message, span))
            builder.enumeration(found.group(1), values, span=span)
        elif line.strip() and not line.strip().startswith("//"):
            raise DiagnosticError(Diagnostic(MALFORMED, "a domain is written `name: value, value`", span))
    for name in sorted(files):
        if name != domains and files[name].strip():
            _table(builder, files[name], Span(f"{path}/{name}"))
    return builder.build()


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", errors="replace").splitlines()


def _table(builder: ModelBuilder, data: bytes, span: Span) -> None:
    scope: tuple[str, ...] = ()
    rows: list[tuple[int, ...]] = []
    for number, cells in _rows(data, span):
        names = tuple(name for name, _ in cells)
        scope = scope or names
        if names != scope:
            raise DiagnosticError(
                Diagnostic(MALFORMED, "all rows of a table have the same columns", Span(span.path, number))
            )
        rows.append(tuple(_position(builder, name, value, Span(span.path, number)) for name, value in cells))
    columns = [index for name in scope if (index := builder.index_of(name)) is not None]
    if columns:
        builder.table(columns, rows, builder.rule(span.path.rsplit("/", 1)[-1], span=span))


def _rows(data: bytes, span: Span) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    for number, line in enumerate(_lines(data), start=1):
        body = line.split("//")[0].strip()
        body = "" if body.lstrip("/") in BRACKETS else body
        cells = [_CELL.search(part) for part in body.split(" and ")] if body else []
        if not all(cells):
            message = "a row is written `name = value and name = value`"
            raise DiagnosticError(Diagnostic(MALFORMED, message, Span(span.path, number)))
        if cells:
            yield number, [(match.group(1), match.group(2)) for match in cells if match]


def _position(builder: ModelBuilder, name: str, value: str, span: Span) -> int:
    index = builder.index_of(name)
    if index is None:
        raise DiagnosticError(Diagnostic(MALFORMED, f"unknown variable `{name}`", span))
    values = builder.variable(index).values
    if value not in values:
        raise DiagnosticError(Diagnostic(MALFORMED, f"`{value}` is no value of `{name}`", span))
    return values.index(value)
