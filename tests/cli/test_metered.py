"""Usage files: read with their lines, and every mistake that needs no contract to be seen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.cli.metered import read_metered
from engine.diagnostics import DiagnosticError

HEADER = "contract,id,line,day,quantity\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "usage.csv"


def problems(file: Path) -> list[tuple[int, str, str, str]]:
    with pytest.raises(DiagnosticError) as found:
        read_metered(file)
    return [(each.span.line, str(each.code), each.message, each.hint) for each in found.value.diagnostics]


def test_columns_in_any_order_with_others_beside_them_are_read_with_their_lines(file: Path) -> None:
    text = 'note, day ,quantity,line,id,contract\n"two\nlines",2026-03-05, 2.50 ,api,a,k-1\n'
    text += ",2026-03-06,1,api,b,contracts/k-2\n"
    file.write_text("\ufeff" + text)
    first, second = read_metered(file)
    assert (first.place, first.contract) == (3, "contracts/k-1"), "the line that the record ends on"
    assert first.record == {"id": "a", "line": "api", "day": date(2026, 3, 5), "quantity": "2.50"}
    assert (second.place, second.contract) == (4, "contracts/k-2")


def test_every_day_that_is_none_is_named_and_the_rest_is_read(file: Path) -> None:
    file.write_text(f"{HEADER}k,a,api,2026-02-30,1\nk,b,api,2026-03-01,1\nk,c,api,,1\nk\n")
    assert [(each.place, each.record["id"], each.no_day) for each in read_metered(file)] == [
        (2, "a", "`2026-02-30` is not a date like 2026-03-31"),
        (3, "b", ""),
        (4, "c", "the day is missing"),
        (5, "", "the day is missing"),
    ]


def test_columns_that_are_missing_are_all_named(file: Path) -> None:
    file.write_text("contracts,id,line,date,quantity\n")
    assert problems(file) == [
        (1, "CLI003", "the column `contract` is missing", "did you mean `contracts`?"),
        (1, "CLI003", "the column `day` is missing", ""),
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", HEADER.encode() + b"k,a,api,2026-03-01,\xe9\n"])
def test_a_file_that_is_no_text_says_so(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert [each[1:3] for each in problems(file)] == [("CLI004", "this is not a CSV file in UTF-8")]


def test_an_empty_file_lacks_all_columns(file: Path) -> None:
    file.write_text("")
    assert len(problems(file)) == 5
