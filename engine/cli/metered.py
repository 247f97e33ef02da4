"""Usage as meters export it: a CSV file with a record a line, read whole, with the place of every mistake."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span, did_you_mean

COLUMNS: Final = ("contract", "id", "line", "day", "quantity")
BAD_USAGE = Code("CLI002")
NO_HEADER = Code("CLI003")
NO_CSV = Code("CLI004")


@dataclass(frozen=True, slots=True)
class Metered:
    """A record of a file and the line that it is on."""

    place: int
    contract: str
    record: dict[str, str | date]


def read_metered(path: Path) -> list[Metered]:
    """The records of a file; raises DiagnosticError with every mistake that can be seen without the contracts."""
    problems: list[Diagnostic] = []
    found: list[Metered] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            rows.fieldnames = [each.strip() for each in rows.fieldnames or ()]
            problems += _header_problems(str(path), rows.fieldnames)
            found += [_read(str(path), rows.line_num, row, problems) for row in (rows if not problems else ())]
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


def _read(path: str, line: int, row: dict[str, str], problems: list[Diagnostic]) -> Metered:
    """A record; an empty cell is left to the server, which names it with the record's other faults."""
    values = {column: (row[column] or "").strip() for column in COLUMNS}
    contract = values.pop("contract")
    contract = contract if "/" in contract else f"contracts/{contract}"
    record: dict[str, str | date] = {**values}
    try:
        record["day"] = date.fromisoformat(values["day"])
    except ValueError:
        what = f"`{values['day']}` is not a date like 2026-03-31" if values["day"] else "the day is missing"
        problems.append(Diagnostic(BAD_USAGE, what, Span(path, line, 1)))
    return Metered(line, contract, record)
