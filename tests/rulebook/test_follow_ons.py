"""One broken file gives findings about itself alone (engine.rulebook.follow_ons)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.rulebook.follow_ons import NAMED_IN
from engine.rulebook.load import load
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
    assert {each.code for each in found} <= {"YML001", "YML005", "TBL001", "TBL004"}


def test_what_is_left_out_is_said_at_the_cause() -> None:
    broken = {**BOOKS["workstation"], "approvals/chains.yaml": b"chains: [\n"}
    assert [str(each) for each in load(broken).diagnostics] == [
        "approvals/chains.yaml:2:1: YML001: the file is not well-formed YAML: a value is missing; check the "
        "indentation and the quotes of this line and the one before (6 findings that may come of this are not shown)"
    ]


def test_an_error_that_is_not_shown_still_keeps_the_book_from_loading() -> None:
    path = "discounts/2026.yaml"
    for old, new in ((b"groups:", b"group:"), (b"id:", b"ids:")):
        loaded = load({**BOOKS["workstation"], path: BOOKS["workstation"][path].replace(old, new, 1)})
        assert loaded.book is None and len(loaded.diagnostics) == 1


@pytest.mark.parametrize("doubted", ["group: promo", "group: promos"])
def test_a_fault_beside_the_cause_is_told(doubted: str) -> None:
    """A name that nobody declares is told, whatever is wrong elsewhere; one whose declaration is wrong is not."""
    text = f"groups:\n  - {{id: promo, pik: all}}\ndiscounts:\n  - {{id: a, {doubted}, give: 5 % off unit}}\n"
    book = {"book.yaml": b"id: x\ntitle: x\ncurrency: EUR\n", "discounts/d.yaml": text.encode()}
    codes = [str(each.code) for each in load(book).diagnostics]
    assert codes == (["FLD001"] if doubted.endswith("promo") else ["FLD001", "DSC202"])


def test_two_faults_of_one_kind_are_two_findings() -> None:
    text = "discounts:\n  - {id: a, group: one, give: 5 % off unit}\n  - {id: b, group: two, give: 5 % off unit}\n"
    book = {"book.yaml": b"id: x\ntitle: x\ncurrency: EUR\n", "discounts/d.yaml": text.encode()}
    assert [each.names for each in load(book).diagnostics] == [("one",), ("two",)]


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


def test_a_price_in_a_currency_that_was_misspelt_is_not_missing_too() -> None:
    products = "  - {sku: X, name: X, list: {EURO: 1.00}}\n  - {sku: Y, name: Y}\n"
    book = {
        "book.yaml": b"id: x\ntitle: x\ncurrency: EUR\n",
        "catalog/x.yaml": f"products:\n{products}".encode(),
    }
    found = [(str(each.code), each.span.line, "not shown" in each.hint) for each in load(book).diagnostics]
    assert found == [("PRC209", 2, True), ("PRC201", 3, False)]
