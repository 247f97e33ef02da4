"""CSV (RFC 4180) with the place of every cell."""

from __future__ import annotations

from collections.abc import Sequence

from engine.diagnostics import Span
from engine.rulebook.codes import finding
from engine.rulebook.nodes import Report, Scalar
from engine.rulebook.table import Row, Table, check_shape, read_options, report_empty, scalar_at
from engine.rulebook.text_file import decode

MOST_ROWS = 200_000
MOST_COLUMNS = 1_000
CUT_SHORT = "TBL004"
"""The code of a quote without its end: everything behind it would be one cell."""


def read_csv(path: str, content: bytes, report: Report) -> Table | None:
    """Read a table: comment lines first (the options stand there), then the header, then rows; blank lines are skipped.

    Returns None for a file without a header or one that cannot be decoded.
    """
    text = decode(path, content, report)
    if text is None:
        return None
    options: dict[str, Scalar] = {}
    header: tuple[Scalar, ...] = ()
    rows: list[Row] = []
    lines = text.split("\n")
    index, whole = 0, True
    while index < len(lines):
        line = lines[index]
        if not line.strip() or (line.startswith("#") and not header):
            if line.startswith("#"):
                options.update(read_options(scalar_at(path, index + 1, 1, line), report))
            index += 1
            continue
        before = len(report.found)
        row, index = _record(path, lines, index, report)
        if any(each.code == CUT_SHORT for each in report.found[before:]):
            whole = False
            break  # the cells before the open quote may be part of it
        if header:
            rows.append(row)
        else:
            header = _header(path, row, report)
            if not header:
                return None
    if not _has_columns(path, header, rows, report):
        return None
    table = Table(path, options, header, _within_bounds(path, rows, report))
    if whole:
        report_empty(table, report)
    return check_shape(table, report)


def _has_columns(path: str, header: Sequence[Scalar], rows: Sequence[Row], report: Report) -> bool:
    if not header:
        report.add(finding("TBL001", "the table has no header row", Span(path), "add a first row with column names"))
        return False
    return not _parted_by_both(header, rows, report)


def _within_bounds(path: str, rows: list[Row], report: Report) -> tuple[Row, ...]:
    if len(rows) > MOST_ROWS:
        message = f"the table has {len(rows)} rows; a table has at most {MOST_ROWS}"
        report.add(finding("FIL006", message, Span(path), "split the table"))
    return tuple(rows[:MOST_ROWS])


def _header(path: str, row: Row, report: Report) -> tuple[Scalar, ...]:
    """The names of the columns; empty after a report that they cannot be those of a table."""
    if len(row.texts) > MOST_COLUMNS:
        message = f"the table has {len(row.texts)} columns; a table has at most {MOST_COLUMNS}"
        report.add(finding("FIL006", message, Span(path, row.line, row.columns[MOST_COLUMNS]), "split the table"))
        return ()
    cells = zip(row.texts, row.columns, strict=True)
    found = tuple(scalar_at(path, row.line, column, each.strip()) for each, column in cells)
    return () if _parted_otherwise(found, report) else found


def _parted_otherwise(header: tuple[Scalar, ...], report: Report) -> bool:
    """Report a header that is one cell with semicolons or tabs: the rest would be read as one cell a row."""
    only = header[0]
    mark = next((each for each in (";", "\t") if each in only.text), "")
    if len(header) > 1 or not mark:
        return False
    what = "tabs" if mark == "\t" else f"`{mark}`"
    hint = "save the table as CSV with commas, or as XLSX"
    report.add(finding("TBL018", f"the cells are parted by {what}, not by commas", only.span, hint))
    return True


def _parted_by_both(header: Sequence[Scalar], rows: Sequence[Row], report: Report) -> bool:
    """Report a semicolon in the header where all rows have a comma; a name of a column may well hold one otherwise."""
    mixed = [each for each in header if ";" in each.text]
    meant = sum(each.text.count(";") for each in mixed) + len(header)
    if not mixed or not rows or any(len(each.texts) != meant for each in rows):
        return False
    for each in mixed:
        message = f"the columns `{each.text}` are parted by `;`, and the cells below them by commas"
        report.add(finding("TBL018", message, each.span, "put a comma between them"))
    return True


def _record(path: str, lines: list[str], index: int, report: Report) -> tuple[Row, int]:
    """Read the record that starts on a line; a quoted cell may hold line ends."""
    if '"' not in lines[index]:
        return _plain(lines[index], index), index + 1
    return _Quoted(path, lines, index, report).read()


def _plain(line: str, index: int) -> Row:
    texts: list[str] = []
    columns: list[int] = []
    start = 1
    for piece in line.split(","):
        trimmed = piece.strip()
        texts.append(trimmed)
        columns.append(start + (len(piece) - len(piece.lstrip()) if trimmed else 0))
        start += len(piece) + 1
    return Row(index + 1, tuple(texts), tuple(columns))


class _Quoted:
    """Reads one record that has quotes in it."""

    def __init__(self, path: str, lines: list[str], index: int, report: Report) -> None:
        self.path, self.lines, self.first, self.report = path, lines, index, report
        self.index, self.at = index, 0
        self.texts: list[str] = []
        self.columns: list[int] = []

    def read(self) -> tuple[Row, int]:
        while True:
            self._cell()
            if self.at >= len(self.lines[self.index]):
                return Row(self.first + 1, tuple(self.texts), tuple(self.columns)), self.index + 1
            self.at += 1

    def _cell(self) -> None:
        line = self.lines[self.index]
        start = self.at
        while start < len(line) and line[start] == " ":
            start += 1
        if start < len(line) and line[start] == '"':
            self.columns.append(start + 2 if self.index == self.first else 1)
            self.at = start + 1
            self.texts.append(self._until_quote(start))
            self._pass_blanks()
            return
        end = self._end_of_plain(line, start)
        piece = line[self.at : end]
        self.columns.append((start if piece.strip() else self.at) + 1)
        self.texts.append(piece.strip())
        self.at = end

    def _pass_blanks(self) -> None:
        """Go to the comma behind a quoted cell; what stands before it would be lost."""
        line = self.lines[self.index]
        end = self._end_of_plain(line, self.at)
        lost = line[self.at : end].strip()
        if lost:
            place = Span(self.path, self.index + 1, self.at + 1, self.index + 1, end + 1)
            hint = 'put the whole cell in quotes, and write a `"` inside it as `""`'
            self.report.add(finding("TBL022", f"`{lost}` stands behind the closing quote of a cell", place, hint))
        self.at = end

    @staticmethod
    def _end_of_plain(line: str, start: int) -> int:
        end = line.find(",", start)
        return len(line) if end < 0 else end

    def _until_quote(self, opened: int) -> str:
        parts: list[str] = []
        while True:
            line = self.lines[self.index]
            end = line.find('"', self.at)
            if end < 0:
                parts.append(line[self.at :] + "\n")
                if self.index + 1 >= len(self.lines):
                    place = Span(self.path, self.first + 1, opened + 1)
                    self.report.add(finding(CUT_SHORT, "a quoted cell is not closed", place, 'add the closing `"`'))
                    self.at = len(line)
                    return "".join(parts).strip()
                self.index, self.at = self.index + 1, 0
            elif line[end : end + 2] == '""':
                parts.append(line[self.at : end + 1])
                self.at = end + 2
            else:
                parts.append(line[self.at : end])
                self.at = end + 1
                return "".join(parts)
