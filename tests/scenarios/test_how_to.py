"""The examples of the authors' how-to are one rule book: it loads without findings and its tests hold."""

from __future__ import annotations

import re
from pathlib import Path

from engine.diagnostics import render
from engine.rulebook.load import load
from engine.rulebook.parts import parts_of
from engine.rulebook.rule_run import findings_of, run_tests

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "write-a-rule-book.md"
_BLOCK = re.compile(r"^```(?:yaml|csv)\n# (\S+\.(?:yaml|csv))(.*?)^```", re.S | re.M)


def examples() -> dict[str, bytes]:
    return {path: f"# {path}{rest}".encode() for path, rest in _BLOCK.findall(PAGE.read_text(encoding="utf-8"))}


def test_the_examples_are_a_sound_and_tested_book() -> None:
    files = examples()
    assert len(files) == 16
    loaded = load(files)
    sources = {path: content.decode() for path, content in files.items()}
    assert loaded.book is not None and not loaded.diagnostics, render(loaded.diagnostics, sources)
    results = run_tests(loaded.book, parts_of(loaded.book))
    assert len(results) == 3
    assert not findings_of(results), [str(each) for each in findings_of(results)]
