"""What the ids of a rule book name: no id that stands in one is ever called unknown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.adapters.rule_folder import read_folder
from engine.pricing import compile_plan, meant_by
from engine.rulebook.book import RuleBook
from engine.rulebook.kinds import kind_in_book
from engine.rulebook.load import load

ROOT = Path(__file__).resolve().parents[2] / "rules"
BOOKS = ("saas", "workstation")
WRITTEN = re.compile(r"\b(?:id|code): *([A-Za-z0-9][A-Za-z0-9_.-]*)")


def book_of(name: str) -> RuleBook:
    found = load(read_folder(ROOT / name)).book
    assert found is not None
    return found


@pytest.mark.parametrize("name", BOOKS)
def test_every_id_that_an_author_wrote_is_known(name: str) -> None:
    book = book_of(name)
    plan, policies = compile_plan(book.pricing), {each.id for each in book.approval_policies}
    written = {
        (path, found)
        for path, content in read_folder(ROOT / name).items()
        if path.endswith(".yaml") and not path.startswith(("tests/", "book."))
        for found in WRITTEN.findall(re.sub(rb"#.*", b"", content).decode())
    }
    assert len(written) > 20
    unknown = [
        each
        for each in sorted(written)
        if not meant_by(plan, each[1]) and each[1] not in policies and kind_in_book(book, each[1]) is None
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("book", "name", "what", "hint"),
    [
        ("workstation", "sales", "an approval chain", "ask about one of its rules: `deep`, `deeper`, `deepest`"),
        ("workstation", "vp", "a level of the approval chain `sales`", "ask about a rule that calls it: `deepest`"),
        ("workstation", "WS", "a product", "name a line of it, and the id of a rule here"),
        (
            "workstation",
            "gpu",
            "an option group of the bundle `WS`",
            "ListOptions, and `cpq configure WS`, say what it takes",
        ),
        ("saas", "work-done", "a revenue policy", "`cpq revenue show` tells the schedule of a contract by it"),
        ("saas", "provision", "a fulfilment plan", "`cpq order show` tells the tasks of an order"),
        ("saas", "sign-off", "a task of the fulfilment plan `project`", "`cpq order show` tells the tasks of an order"),
    ],
)
def test_an_id_says_what_it_is_and_where_to_ask(book: str, name: str, what: str, hint: str) -> None:
    found = kind_in_book(book_of(book), name)
    assert found is not None
    assert found.what == what
    assert found.hint.startswith(hint)


def test_groups_books_tables_taxes_constraints_and_tests_are_known() -> None:
    texts = {
        "book.yaml": "id: b\ntitle: B\ncurrency: EUR\n",
        "catalog/c.yaml": "products:\n  - {sku: PEN, name: Pen, list: {EUR: 1.00}}\n",
        "prices/p.yaml": "price_books:\n  - {id: eu, falls_back_to: default}\nprices:\n"
        + "".join(f"  - {{id: eu-{n}, book: eu, sku: PEN, price: {{EUR: {n}.00}}}}\n" for n in range(1, 7)),
        "discounts/d.yaml": "groups:\n  - {id: promo}\n  - {id: empty}\n"
        "discounts:\n  - {id: ten, group: promo, give: 10 % off unit}\n",
        "terms/t.yaml": "tax: {rates: [{code: standard, percent: 19}]}\n",
        "tests/t.yaml": "tests:\n  - name: a pen\n"
        "    given: {date: 2026-03-01, lines: [{sku: PEN}]}\n    expect: {applied: [ten]}\n",
    }
    loaded = load({path: text.encode() for path, text in texts.items()})
    assert loaded.book is not None, loaded.diagnostics
    told = {name: kind_in_book(loaded.book, name) for name in ("promo", "empty", "eu", "standard", "a pen")}
    assert {name: each and each.what for name, each in told.items()} == {
        "promo": "a group of discount rules",
        "empty": "a group of discount rules",
        "eu": "a price book",
        "standard": "a tax code",
        "a pen": "a test of the rules",
    }
    hints = [told[name].hint for name in ("promo", "empty", "eu")]  # type: ignore[union-attr]
    assert hints[:2] == ["ask about one of them: `ten`", "ask about one of them"]
    assert hints[2].count("`eu-") == 4 and hints[2].endswith(" more")
    assert kind_in_book(loaded.book, "ten") is None
