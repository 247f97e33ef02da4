"""A packed book is the book: the same findings, the same prices, the same story (the twin is the book as loaded)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.adapters.rule_folder import read_folder, unpack
from engine.catalog import LineId
from engine.diagnostics import Refusal
from engine.language import Checked
from engine.language.tree import Name, walk
from engine.language.types import NUMBER
from engine.pricing import explain_rule, price, waterfalls
from engine.pricing.plan import NO_LIMIT
from engine.pricing.result import Priced
from engine.quotes.evaluation import Parts, PricedQuote, evaluate, price_lines, price_request
from engine.quotes.lines import ResolvedLine, resolve
from engine.quotes.request import RequestedLine
from engine.rulebook.book import RuleBook
from engine.rulebook.load import load
from engine.rulebook.outcome import observe
from engine.rulebook.packing import PackedBook, PackError, pack_book, unpack_book
from engine.rulebook.packing.made import signature_named
from engine.rulebook.packing.pack import pack
from engine.rulebook.packing.unpack import unpack as restore
from engine.rulebook.parts import parts_of
from engine.rulebook.rule_run import run_tests
from tests.rulebook.shop import BOOK, CATALOG, ask, line
from tests.rulebook.test_decision_tables import RULE, TEST, files
from tests.rulebook.test_load import BASE
from tests.scenarios.test_books import CASES, files_of

ROOT = Path(__file__).resolve().parents[3]
LINES = (LineId("pen"), LineId("ink"))
RULES = ("quick", "named", "much")
ODDITIES = """\
discounts:
  - {id: quick, when: 'line.qty > 3 and line.qty * 2 < 1000', give: 5 % off unit}
  - {id: named, when: 'contains(line.sku, "N") and date("2026-01-01") < quote.date', give: 1.00 off line}
order_discounts:
  - {id: much, when: quote.net > 50, give: '{EUR: 2.00 off order}', for: 'line.family = "desk"'}
"""


def packed(sources: dict[str, bytes]) -> tuple[PackedBook, PackedBook]:
    loaded = load(unpack(sources))
    assert loaded.book is not None, [str(each) for each in loaded.diagnostics]
    before = PackedBook(loaded, parts_of(loaded.book).plan)
    return before, unpack_book(pack_book(before))


def book(found: PackedBook) -> RuleBook:
    assert found.loaded.book is not None
    return found.loaded.book


def shop(**folders: str) -> dict[str, bytes]:
    texts = {"book.yaml": BOOK, "catalog/catalog.yaml": CATALOG}
    texts |= {f"{name}/{name}.yaml": text for name, text in folders.items()}
    return {path: text.encode() for path, text in texts.items()}


def called() -> dict[str, bytes]:
    """A book whose rules call a decision table."""
    sources = {path: text.encode() for path, text in BASE.items()}
    return sources | files() | {"discounts/d.yaml": RULE.encode(), "tests/t.yaml": TEST.encode()}


@pytest.mark.parametrize("name", ["saas", "workstation", "called", "odd"])
def test_every_rule_test_has_the_same_outcome(name: str) -> None:
    sources = {"called": called, "odd": lambda: shop(discounts=ODDITIES)}.get(
        name, lambda: read_folder(ROOT / "rules" / name)
    )()
    before, after = packed(sources)
    assert after.loaded.diagnostics == before.loaded.diagnostics
    assert pack_book(after) == pack_book(before)
    parts = parts_of(book(before), before.plan)
    again = parts_of(book(after), after.plan)
    for test in book(before).tests:
        outcome = evaluate(test.request, parts)
        assert evaluate(test.request, again) == outcome
        if isinstance(outcome, PricedQuote):
            assert observe(outcome, "applied", before.plan) == observe(outcome, "applied", after.plan)
    for then, now in zip(book(before).pricing.rules, book(after).pricing.rules, strict=True):
        assert [learnt(each) for each in now.when] == [learnt(each) for each in then.when]
    results = run_tests(book(after), again)
    assert [each.test.name for each in results if not each.holds] == []
    assert len(results) == len(book(before).tests)


def test_the_story_of_a_price_is_the_same_to_the_place_in_the_file() -> None:
    """And so is why a rule did not act, where its formula is asked once more."""
    before, after = packed(shop(discounts=ODDITIES))
    asked = (line("PEN", "10"), line("INK", "2"))
    told = []
    for found in (before, after):
        parts = parts_of(book(found), found.plan)
        request = price_request(ask(*asked), price_lines(lines_of(asked, parts), ask(*asked), parts))
        priced = price(found.plan, request)
        assert isinstance(priced, Priced)
        why = [explain_rule(found.plan, request, each, rule) for each in LINES for rule in RULES]
        told.append((priced, waterfalls(found.plan, priced, request, LINES), why))
    assert told[0] == told[1]
    assert told[0][0].applied


def test_what_is_compared_by_identity_stays_what_it_was() -> None:
    _, after = packed(shop(discounts=ODDITIES))
    rule = book(after).pricing.rules[0]
    assert rule.limit is NO_LIMIT
    condition = rule.when[0]
    types = {id(each): each for each in condition.analysis.types.values()}
    assert id(NUMBER) in types
    call = next(iter(book(after).pricing.rules[1].when[0].analysis.calls.values()))
    assert call.signature is signature_named("contains#0")


def test_findings_that_are_no_errors_come_back_with_their_places() -> None:
    told = 0
    for case in CASES:
        loaded = load(unpack(files_of(case)))
        if loaded.book is None:
            continue
        before = PackedBook(loaded, parts_of(loaded.book).plan)
        after = unpack_book(pack_book(before))
        assert after.loaded.diagnostics == before.loaded.diagnostics, case
        assert after.plan.warnings == before.plan.warnings, case
        told += bool(loaded.diagnostics)
    assert told >= 5, "the books with warnings of tests/scenarios"


def test_bytes_that_are_not_a_book_are_told() -> None:
    content = pack_book(packed(shop(discounts=ODDITIES))[0])
    for wrong in (b"", b"\x00" * 20, content[:-8], content[: len(content) // 2], b"{}" + content):
        with pytest.raises(PackError):
            unpack_book(wrong)


@pytest.mark.parametrize(
    "name",
    [
        "os:system",
        "subprocess:Popen",
        "engine.cli.command:main",
        "engine.adapters.rule_folder:read_folder",
        "engine.language.compiler:Deferred",
        "engine.language.compiler:compile_one",
        "engine.pricing.plan:Nothing",
        "engine.pricing.plan:Rule.__init__",
    ],
)
def test_bytes_cannot_name_what_is_not_frozen_data_of_the_core(name: str) -> None:
    for head in (
        {"leaves": {"constant": [name]}, "batches": []},
        {"leaves": {"members": [f"{name}.X"]}, "batches": []},
        {"leaves": {"texts": ["x"]}, "batches": [["object", name, 1, [0]]]},
        {"leaves": {"texts": ["x"]}, "batches": [["made", name, 1, [0]]]},
    ):
        text = json.dumps({"format": 1, "root": 0, **head}).encode()
        with pytest.raises(PackError):
            restore(len(text).to_bytes(8, "little") + text)


def test_what_has_no_packed_form_is_told() -> None:
    parts = _Nothing()
    for value in (1.5, object(), lambda: None, {"a": print}):
        with pytest.raises(PackError):
            pack(value, parts)


def learnt(checked: Checked) -> tuple[object, ...]:
    """All that a check says, nodes with what is known about each in the order of the tree."""
    nodes = [*walk(checked.tree), *(walk(checked.subject) if checked.subject is not None else ())]
    about = [(each, checked.type_of(each), checked.analysis.constants.get(id(each))) for each in nodes]
    places = [(each.start, each.end) for each in nodes]
    names = [checked.meaning_of(each) for each in nodes if isinstance(each, Name)]
    said = (checked.text, checked.origin, checked.type, checked.reads, checked.warnings, checked.expected)
    return said, about, places, names


def lines_of(asked: tuple[RequestedLine, ...], parts: Parts) -> Sequence[ResolvedLine]:
    found = resolve(ask(*asked), parts.catalog)
    assert not isinstance(found, Refusal)
    return found


class _Nothing:
    """Takes nothing apart."""

    def of(self, value: object) -> None:
        return None


def test_every_index_made_anew_keeps_its_own_of_requests() -> None:
    before, _ = packed(shop(discounts=ODDITIES))
    for each in (before.plan.index, before.plan.guard_index):
        each.kept[1] = lambda _: (0,)
    after = unpack_book(pack_book(before)).plan
    assert (after.index, after.guard_index) == (before.plan.index, before.plan.guard_index)
    assert after.index.kept == after.guard_index.kept == {}
    assert after.index.kept is not after.guard_index.kept
