"""A spreadsheet's sheets into tables; a place is the row and column of the sheet."""

from __future__ import annotations

from dataclasses import replace
from decimal import Context, Decimal

from engine.diagnostics import Span
from engine.rulebook.codes import finding, warning
from engine.rulebook.nodes import Report, Scalar
from engine.rulebook.table import OPTIONS, Row, Table, check_shape, scalar_at
from engine.rulebook.workbook import CellKind, Sheet, SheetCell, Workbook

OPTION_SHEET = "table"
MOST_DIGITS = 15
_SHOWN = Context(prec=MOST_DIGITS)


def read_sheet(path: str, book: Workbook, report: Report) -> Table | None:
    """Read the first sheet as a table; the sheet `table`, when there is one, holds the options as key and value."""
    options: dict[str, Scalar] = {}
    data: Sheet | None = None
    for sheet in book.sheets:
        if sheet.name.strip().lower() == OPTION_SHEET:
            options = _options(path, sheet, report)
        elif data is None:
            data = sheet
    rows = [(number, row) for number, row in enumerate(data.rows if data else (), 1) if any(c.text for c in row)]
    if not rows:
        report.add(finding("TBL001", "the sheet has no header row", Span(path), "add a first row with column names"))
        return None
    number, head = rows[0]
    width = max(index + 1 for index, cell in enumerate(head) if cell.text)
    header = tuple(_cell(path, number, index, cell, report) for index, cell in enumerate(head[:width]))
    found = tuple(_row(path, number, row, width, report) for number, row in rows[1:])
    return check_shape(Table(path, options, header, found), report)


def _options(path: str, sheet: Sheet, report: Report) -> dict[str, Scalar]:
    options: dict[str, Scalar] = {}
    for number, row in enumerate(sheet.rows, 1):
        if len(row) < 2 or not row[0].text:
            continue
        name = row[0].text.strip().lower()
        if name in OPTIONS:
            options[name] = _cell(path, number, 1, row[1], report)
        else:
            hint = f"known options are {', '.join(OPTIONS)}"
            report.add(finding("TBL005", f"the option `{name}` is not known", Span(path, number, 1), hint))
    return options


def _row(path: str, number: int, row: tuple[SheetCell, ...], width: int, report: Report) -> Row:
    used = max((index + 1 for index, cell in enumerate(row) if cell.text), default=0)
    cells = [*row[: max(width, used)]]
    cells += [SheetCell("")] * (width - len(cells))
    texts = tuple(_cell(path, number, index, cell, report).text for index, cell in enumerate(cells))
    return Row(number, texts, tuple(range(1, len(texts) + 1)))


def _cell(path: str, row: int, index: int, cell: SheetCell, report: Report) -> Scalar:
    place = replace(scalar_at(path, row, index + 1, ""), text=cell.text.strip())
    match cell.kind:
        case CellKind.ERROR:
            report.add(finding("TBL007", f"the cell holds `{cell.text}`", place.span, "replace it by a value"))
            return replace(place, text="")
        case CellKind.NUMBER:
            _noise(place, report)
            return place
        case CellKind.PERCENT:
            scaled = format((Decimal(cell.text) * 100).normalize(), "f")
            message = f"the percent cell `{cell.text}` was read as {scaled}"
            report.add(warning("TBL009", message, place.span, "format the cell as a number to write percents as 15"))
            return replace(place, text=scaled)
        case _:
            return place


def _noise(place: Scalar, report: Report) -> None:
    """A stored 80.91000000000001 is not what the author sees; say so instead of pricing with it."""
    digits = place.text.replace("-", "").replace(".", "").strip("0")
    if "e" in place.text.lower() or len(digits) > MOST_DIGITS:
        shown = format(Decimal(place.text).normalize(_SHOWN), "f")
        message = f"the number `{place.text}` carries binary noise"
        report.add(finding("TBL006", message, place.span, f"write {shown}, or format the cell as text"))
