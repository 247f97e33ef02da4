"""A spreadsheet's sheets into tables; a place is the row and column of the sheet."""

from __future__ import annotations

from dataclasses import replace
from decimal import Context, Decimal
from typing import TypeAlias

from engine.diagnostics import Severity, Span, did_you_mean
from engine.rulebook.codes import finding, warning
from engine.rulebook.nodes import Report, Scalar
from engine.rulebook.table import OPTIONS, Row, Table, check_shape, report_empty, scalar_at
from engine.rulebook.workbook import CellKind, Sheet, SheetCell, Workbook, place_of

OPTION_SHEET = "table"
NOTHING_TO_READ = "TBL007"
"""The code of a cell that says nothing: empty it would mean something else."""
MOST_DIGITS = 15
_Numbered: TypeAlias = tuple[int, tuple[SheetCell, ...]]
_SHOWN = Context(prec=MOST_DIGITS)


def read_sheet(path: str, book: Workbook, report: Report) -> Table | None:
    """Read the first sheet that is shown as a table; the sheet `table`, if any, holds the options as key and value."""
    if book.fault:
        report.add(finding("TBL021", book.fault, Span(path), "save it again as XLSX, or as CSV"))
        return None
    options: dict[str, Scalar] = {}
    data = next((each for each in book.sheets if not each.hidden and each.name.strip().lower() != OPTION_SHEET), None)
    for sheet in book.sheets:
        if sheet.name.strip().lower() == OPTION_SHEET:
            options = _options(path, sheet, report)
        elif data is not None and sheet is not data and any(cell.text for row in sheet.rows for cell in row):
            options = _unread(path, sheet, data, report) or options
    rows = [(number, row) for number, row in enumerate(data.rows if data else (), 1) if any(c.text for c in row)]
    if data is None or not rows:
        report.add(finding("TBL001", "the sheet has no header row", Span(path), "add a first row with column names"))
        return None
    number, head = rows[0]
    width = max(index + 1 for index, cell in enumerate(head) if cell.text)
    if _is_title(path, number, width, rows, report) or _has_merged(path, data, width, report):
        return None
    header = tuple(_cell(path, number, index, cell, report) for index, cell in enumerate(head[:width]))
    found, faulty = [], set()
    for number, row in rows[1:]:
        before = len(report.found)
        found.append(_row(path, number, row, width, report))
        if any(each.code == NOTHING_TO_READ for each in report.found[before:]):
            faulty.add(number)
    table = Table(path, options, header, tuple(found))
    report_empty(table, report)
    return check_shape(table, report, faulty=faulty)


def _unread(path: str, sheet: Sheet, data: Sheet, report: Report) -> dict[str, Scalar]:
    """Say that a sheet is not read. One with options only has the wrong name, and its options are what was meant."""
    keys = {row[0].text.strip().lower() for row in sheet.rows if row and row[0].text}
    if keys <= set(OPTIONS):
        message, hint = f"the options on the sheet `{sheet.name}` are not read", f"call the sheet `{OPTION_SHEET}`"
        report.add(finding("TBL020", message, Span(path), hint))
        return _options(path, sheet, report)
    what = "hidden sheet" if sheet.hidden else "sheet"
    message = f"the {what} `{sheet.name}` is not read: the table stands on the first sheet, `{data.name}`"
    report.add(finding("TBL020", message, Span(path), severity=Severity.NOTE))
    return {}


def _is_title(path: str, number: int, width: int, rows: list[_Numbered], report: Report) -> bool:
    """Report a first row with one cell above wider rows: it is a title, and the header is not found."""
    below = [sum(1 for cell in row if cell.text) for _, row in rows[1:]]
    if width > 1 or not below or min(below) < 2:
        return False
    title = rows[0][1][0].text
    hint = "remove the row, so that the first row names the columns"
    report.add(finding("TBL001", f"the first row `{title}` is no header", Span(path, number, 1), hint))
    return True


def _has_merged(path: str, sheet: Sheet, width: int, report: Report) -> bool:
    """Report merged cells of the table: all but the first of them look empty, and empty means any."""
    found = False
    for area in sheet.merged:
        row, column = place_of(area.partition(":")[0])
        if not row or row > len(sheet.rows) or column > width:
            continue
        found = True
        message = f"the cells {area} are merged, and only the first of them holds the value"
        report.add(finding("TBL019", message, Span(path, row, column), "unmerge them and fill in each"))
    return found


def _options(path: str, sheet: Sheet, report: Report) -> dict[str, Scalar]:
    options: dict[str, Scalar] = {}
    for number, row in enumerate(sheet.rows, 1):
        if len(row) < 2 or not row[0].text:
            continue
        name = row[0].text.strip().lower()
        if name in OPTIONS:
            options[name] = _cell(path, number, 1, row[1], report)
        else:
            hint = did_you_mean(name, OPTIONS) or f"known options are {', '.join(OPTIONS)}"
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
        case CellKind.FORMULA:
            hint = "open the file in a spreadsheet program and save it, or write the value"
            message = f"the formula `{cell.text}` was saved without its value"
            report.add(finding("TBL007", message, place.span, hint))
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
