"""Usage as meters export it: a CSV file with a record a line, read whole, each record with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span, did_you_mean

COLUMNS: Final = ("contract", "id", "line", "day", "quantity")
NO_HEADER = Code("CLI003")
NO_CSV = Code("CLI004")


@dataclass(frozen=True, slots=True)
class Metered:
    """A record of a file and the line that it is on; one without a day says what stands in its place."""

    place: int
    contract: str
    record: dict[str, str | date]
    no_day: str = ""


def read_metered(path: Path) -> list[Metered]:
    """The records of a file, the wrong ones too; raises DiagnosticError where none can be read."""
    problems: list[Diagnostic] = []
    found: list[Metered] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            rows.fieldnames = [each.strip() for each in rows.fieldnames or ()]
            problems += _header_problems(str(path), rows.fieldnames)
            found += [_read(rows.line_num, row) for row in (rows if not problems else ())]
    except (UnicodeDecodeError, csv.Error):
        problems.append(Diagnostic(NO_CSV, "this is not a CSV file in UTF-8", Span(str(path))))
    if problems:
        raise DiagnosticError(*problems)
    return found


def _header_problems(path: str, given: Sequence[str]) -> Iterator[Diagnostic]:
    for column in COLUMNS:
        if column not in given:
            hint = did_you_mean(column, [each for each in given if each not in COLUMNS])
            yield Diagnostic(NO_HEADER, f"the column `{column}` is missing", Span(path, 1, 1), hint)


def _read(line: int, row: dict[str, str]) -> Metered:
    """A record; what is wrong is left to the server, which names all faults of a record, but for days that are none."""
    values = {column: (row[column] or "").strip() for column in COLUMNS}
    contract, day = values.pop("contract"), values.pop("day")
    contract = contract if "/" in contract else f"contracts/{contract}"
    try:
        return Metered(line, contract, {**values, "day": date.fromisoformat(day)})
    except ValueError:
        what = f"`{day}` is not a date like 2026-03-31" if day else "the day is missing"
        return Metered(line, contract, {**values}, what)
