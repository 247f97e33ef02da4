"""CSV and spreadsheets into tables whose cells know their place (engine.rulebook.csv_reader, .sheet_reader, .table)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rulebook.csv_reader import read_csv
from engine.rulebook.nodes import Report
from engine.rulebook.sheet_reader import read_sheet
from engine.rulebook.table import Table, row_span
from engine.rulebook.workbook import CellKind, Sheet, SheetCell, Workbook


def read(text: str) -> tuple[Table | None, list[str]]:
    report = Report()
    return read_csv("p.csv", text.encode(), report), [str(each) for each in report.found]


def test_cells_know_their_place() -> None:
    table, found = read(
        "# prices/list ; hit=UNIQUE ; currency=EUR\nline.sku,line.qty,out: list_price\nA, [1..9] ,89.90\n"
    )
    assert table is not None and not found
    assert {name: each.text for name, each in table.options.items()} == {"hit": "UNIQUE", "currency": "EUR"}
    assert [str(cell.span) for _, cell in table.cells(table.rows[0])] == ["p.csv:3:1", "p.csv:3:4", "p.csv:3:12"]
    assert [cell.text for _, cell in table.cells(table.rows[0])] == ["A", "[1..9]", "89.90"]


def test_quoted_cells_hold_commas_quotes_and_line_ends() -> None:
    table, found = read('a,b\n"x, ""y""",1\n"two\nlines",2\nlast,3\n')
    assert table is not None and not found
    assert [row.texts for row in table.rows] == [('x, "y"', "1"), ("two\nlines", "2"), ("last", "3")]
    assert [row.line for row in table.rows] == [2, 3, 5]


def test_crlf_and_a_byte_order_mark_are_no_problem() -> None:
    report = Report()
    table = read_csv("p.csv", b"\xef\xbb\xbfa,b\r\n1,2\r\n", report)
    assert table is not None and not report.found
    assert [each.text for each in table.header] == ["a", "b"]


def test_rows_of_another_width_are_named_and_left_out() -> None:
    table, found = read("a,b\n1\n1,2\n1,2,3\n")
    assert table is not None and len(table.rows) == 1
    assert found == [
        "p.csv:2:1: TBL002: the row has 1 cell and the header 2; add the missing cells, `-` for any",
        "p.csv:4:1: TBL002: the row has 3 cells and the header 2; put double quotes around a cell that holds a comma",
    ]


def test_an_empty_table_has_no_header() -> None:
    assert read("# nothing\n")[1] == [
        "p.csv:1:1: TBL001: the table has no header row; add a first row with column names"
    ]


@settings(max_examples=100)
@given(st.lists(st.lists(st.text(alphabet='ab,"\n |[]', max_size=8), min_size=2, max_size=2), min_size=1, max_size=5))
def test_what_is_written_by_the_standard_is_read_back(rows: list[list[str]]) -> None:
    quoted = "\n".join(",".join('"' + each.replace('"', '""') + '"' for each in row) for row in rows)
    table, found = read(f"h1,h2\n{quoted}\n")
    assert table is not None and not found
    assert [list(row.texts) for row in table.rows] == rows


def number(text: str) -> SheetCell:
    return SheetCell(text, CellKind.NUMBER)


def test_a_sheet_is_a_table_whose_place_is_row_and_column() -> None:
    rows = ((SheetCell("line.sku"), SheetCell("out: list_price")), (SheetCell("A"), number("89.9")))
    options = ((SheetCell("hit"), SheetCell("UNIQUE")), (SheetCell("currency"), SheetCell("EUR")))
    report = Report()
    table = read_sheet("p.xlsx", Workbook((Sheet("prices", rows), Sheet("table", options))), report)
    assert table is not None and not report.found
    assert table.option("currency") == "EUR"
    assert str(table.cell(table.rows[0], 1).span) == "p.xlsx:B2"
    assert row_span(table, table.rows[0]).line == 2


def test_a_sheet_says_what_it_does_not_show() -> None:
    rows = (
        (SheetCell("a"), SheetCell("b"), SheetCell("c")),
        (number("80.91000000000001"), SheetCell("0.15", CellKind.PERCENT), SheetCell("#REF!", CellKind.ERROR)),
    )
    report = Report()
    table = read_sheet("p.xlsx", Workbook((Sheet("s", rows),)), report)
    assert table is not None and not table.rows and table.odd[0].texts == ("80.91000000000001", "15", "")
    assert [str(each) for each in report.found] == [
        "p.xlsx:A2: TBL006: the number `80.91000000000001` carries binary noise; "
        "write 80.91, or format the cell as text",
        "p.xlsx:B2: TBL009: the percent cell `0.15` was read as 15; "
        "format the cell as a number to write percents as 15",
        "p.xlsx:C2: TBL007: the cell holds `#REF!`; replace it by a value",
    ]


def test_a_hidden_sheet_is_no_table_and_told() -> None:
    report = Report()
    rows = tuple(tuple(SheetCell(cell) for cell in row) for row in (("a", "b"), ("1", "2")))
    old = Sheet("old", ((SheetCell("c"),),), hidden=True)
    table = read_sheet("p.xlsx", Workbook((old, Sheet("new", rows))), report)
    assert table is not None and [each.text for each in table.header] == ["a", "b"]
    assert [each.message for each in report.found] == [
        "the hidden sheet `old` is not read: the table stands on the first sheet, `new`"
    ]


def test_a_table_has_a_widest_header() -> None:
    report = Report()
    assert read_csv("p.csv", ",".join(f"c{each}" for each in range(1_001)).encode(), report) is None
    assert [each.message for each in report.found] == ["the table has 1001 columns; a table has at most 1000"]
