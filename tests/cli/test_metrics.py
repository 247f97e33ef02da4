"""``cpq metrics`` through the real command and a real server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

Cpq = Callable[..., Any]


def test_metrics_are_listed_and_shown(cpq: Cpq) -> None:
    assert "Days sales outstanding" in str(cpq("metrics", "list", "--json"))
    assert "Receivables at the end of the period" in cpq("metrics", "list").replace("\n", " ")
    shown = cpq("metrics", "show", "win_rate", "--from", "2026-01-01", "--to", "2026-03-31")
    assert "Win rate, 2026-01-01 to 2026-03-31" in shown
    assert "not defined" in shown and "no row is behind it" in shown
    months = cpq("metrics", "show", "mrr", "--from", "2026-01-01", "--to", "2026-02-28", "--by", "month", "--csv")
    assert months.splitlines() == ["month,currency,value,mrr,rows", "2026-01,,0.00,0,0", "2026-02,,0.00,0,0"]
    for split in (("month", "customer"), ("month,customer",), ("month,", "customer")):
        shown = cpq("metrics", "show", "mrr", "--from", "2026-01-01", "--to", "2026-01-31", "--by", *split)
        assert ["month", "customer"] == shown.splitlines()[2].split()[:2]
    again = cpq(*"metrics show mrr --from 2026-01-01 --to 2026-01-31 --by month --by customer".split())
    assert ["month", "customer"] == again.splitlines()[2].split()[:2]
    assert cpq("metrics", "show", "mrr", "--rows", "--json") == []
    assert cpq("metrics", "show", "mrr", "--rows", "--csv") == "record,day,currency\n"


def test_figures_are_written_as_tables(cpq: Cpq, tmp_path: Path) -> None:
    asked = ("metrics", "show", "mrr", "--from", "2026-01-01", "--to", "2026-02-28", "--by", "month", "--file")
    assert "2 rows in" in cpq(*asked, str(tmp_path / "mrr.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "mrr.xlsx").active
    heads = ("month", "currency", "value", "mrr", "rows")
    assert list(sheet.values) == [heads, ("2026-01", None, 0, 0, 0), ("2026-02", None, 0, 0, 0)]
    assert "2 rows in" in cpq(*asked, str(tmp_path / "mrr.csv"))
    assert (tmp_path / "mrr.csv").read_text().splitlines()[1] == "2026-01,,0.00,0,0"
    assert "is not a file like books.csv" in cpq(*asked, "mrr.pdf", code=2)
    assert "cannot write" in cpq(*asked, str(tmp_path / "none" / "mrr.csv"), code=2)


def test_what_cannot_be_shown_is_told(cpq: Cpq) -> None:
    assert "did you mean `mrr`?" in cpq("metrics", "show", "mrrr", code=1)
    assert "is split by" in cpq("metrics", "show", "mrr", "--by", "weather", code=1)
    assert "choose one" in cpq("metrics", "show", "mrr", "--csv", "--json", code=2)["error"]["message"]
    assert "is after the last day" in cpq(
        "metrics", "show", "mrr", "--from", "2026-02-01", "--to", "2026-01-01", code=1
    )
