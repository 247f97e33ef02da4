"""One broken file gives findings about itself alone (engine.rulebook.follow_ons)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.rulebook import load
from engine.rulebook.follow_ons import NAMED_IN
from engine.rulebook.loading.sources import FOLDERS

RULES = Path(__file__).resolve().parents[2] / "rules"
BROKEN = {".yaml": b"\nx: [1,\n", ".csv": b'\n"never closed\n'}


def files(book: str) -> dict[str, bytes]:
    root = RULES / book
    return {each.relative_to(root).as_posix(): each.read_bytes() for each in root.rglob("*") if each.is_file()}


BOOKS = {book: files(book) for book in ("workstation", "saas")}


def breakable() -> Iterator[tuple[str, str]]:
    for book, content in BOOKS.items():
        for path in content:
            if Path(path).suffix in BROKEN:
                yield book, path


@pytest.mark.parametrize(("book", "path"), list(breakable()))
@pytest.mark.parametrize("how", ["cut short", "empty of sense"])
def test_a_broken_file_blames_no_other(book: str, path: str, how: str) -> None:
    ending = Path(path).suffix
    whole = BOOKS[book][path] + BROKEN[ending] if how == "cut short" else BROKEN[ending]
    found = load({**BOOKS[book], path: whole}).diagnostics
    assert {each.span.path for each in found} == {path}, [str(each) for each in found if each.span.path != path]
    assert {each.code for each in found} <= {"YML001", "YML005", "TBL001", "TBL004", "FIL007"}


def test_what_is_left_out_is_said_in_one_line() -> None:
    broken = {**BOOKS["workstation"], "approvals/chains.yaml": b"chains: [\n"}
    told = [str(each) for each in load(broken).diagnostics if each.code == "FIL007"]
    assert told == [
        "approvals/chains.yaml:1:1: FIL007: 6 findings elsewhere are not shown: they may come of what cannot be read "
        "here; correct `approvals/chains.yaml` first"
    ]


def test_what_no_unreadable_file_can_explain_is_shown() -> None:
    broken = {
        **BOOKS["workstation"],
        "tests/orders.yaml": b"tests: [\n",
        "constraints/more.yaml": b"bundle: WSS\nconstraints:\n  - {id: x, require: count(cpus) = 1}\n",
    }
    found = [(each.span.path, str(each.code)) for each in load(broken).diagnostics]
    assert found == [("constraints/more.yaml", "CST003"), ("tests/orders.yaml", "YML001")]


def test_every_folder_says_where_its_names_are_used() -> None:
    assert set(NAMED_IN) == {"", *FOLDERS}
