"""The examples of the authors' how-to are one rule book: it loads without findings and its tests hold."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.cli.command import main
from engine.diagnostics import render
from engine.rulebook.load import load
from engine.rulebook.parts import parts_of
from engine.rulebook.rule_run import findings_of, run_tests

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "write-a-rule-book.md"
_BLOCK = re.compile(r"^```(?:yaml|csv)\n# (\S+\.(?:yaml|csv))(.*?)^```", re.S | re.M)


SERVICES = {"catalog/services.yaml", "prices/care.yaml", "terms/terms.yaml", "tests/services.yaml"}


def whole_book() -> dict[str, bytes]:
    """All that the page shows."""
    return {path: f"# {path}{rest}".encode() for path, rest in _BLOCK.findall(PAGE.read_text(encoding="utf-8"))}


def examples() -> dict[str, bytes]:
    """The book of furniture alone, without services and terms: what other tests change and break."""
    return {path: content for path, content in whole_book().items() if path not in SERVICES}


def test_the_examples_are_a_sound_and_tested_book() -> None:
    files = whole_book()
    assert len(files) == 20
    loaded = load(files)
    sources = {path: content.decode() for path, content in files.items()}
    assert loaded.book is not None and not loaded.diagnostics, render(loaded.diagnostics, sources)
    results = run_tests(loaded.book, parts_of(loaded.book))
    assert len(results) == 6
    assert not findings_of(results), [str(each) for each in findings_of(results)]


def test_a_book_without_taxes_bears_none_and_one_without_a_rate_is_refused() -> None:
    files = {path: text for path, text in whole_book().items() if not path.startswith("tests/")}
    terms = files["terms/terms.yaml"].decode().partition("tax:")[0]

    def told(terms: str, expect: str, *warned: str) -> list[str]:
        given = "{date: 2026-03-01, customer: {segment: retail, region: DE}, lines: [{sku: CHAIR-O}]}"
        test = f"tests:\n  - name: t\n    given: {given}\n    expect: {expect}\n"
        loaded = load(files | {"terms/terms.yaml": terms.encode(), "tests/tax.yaml": test.encode()})
        assert loaded.book is not None and tuple(each.code for each in loaded.diagnostics) == warned
        return [str(each) for each in findings_of(run_tests(loaded.book, parts_of(loaded.book)))]

    assert told(terms, "{total_net: 120.00, total_tax: 0.00, total_gross: 120.00}") == []
    assert told(f"{terms}tax: {{unknown: refuse}}\n", "{refused: [PRC013]}", "TRM406") == []
    assert told(f"{terms}tax: {{unknown: free}}\n", "{total_tax: 0.00, total_gross: 120.00}") == []


def test_the_request_of_the_page_is_priced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (request,) = re.findall(r"^```json\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.S | re.M)
    for path, content in whole_book().items():
        (tmp_path / "shop" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "shop" / path).write_bytes(content)
    (tmp_path / "request.json").write_text(request, encoding="utf-8")
    words = ["--rules", str(tmp_path / "shop"), "--database", str(tmp_path / "d.sqlite3"), "--explain", "--json"]
    assert main(["price", str(tmp_path / "request.json"), *words]) == 0
    # five oak chairs for a school 5 x 108.00 = 540.00, and a table 140 cm 480.00
    assert json.loads(capsys.readouterr().out)["priced"]["totals"]["net"] == "102000"
