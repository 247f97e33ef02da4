"""Rule books with faults: each folder of ``books`` is one case, its findings compared as a whole text.

A case holds rule files, laid over those of ``_base``; a file that is empty in the case takes the one of the base away.
``expected.txt`` is what an author reads: every finding with place, source line, caret and hint, and whether there is a
book after all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.adapters.rule_folder import read_folder, unpack
from engine.diagnostics import render
from engine.rulebook.load import load

BOOKS = Path(__file__).parent / "books"
CASES = sorted(each.name for each in BOOKS.iterdir() if each.is_dir() and not each.name.startswith("_"))
EXPECTED = "expected.txt"


def files_of(case: str) -> dict[str, bytes]:
    files = read_folder(BOOKS / "_base") | read_folder(BOOKS / case)
    return {path: content for path, content in files.items() if content and path != EXPECTED}


def told(case: str) -> str:
    files = files_of(case)
    loaded = load(unpack(files))
    sources = {path: content.decode("utf-8", "replace") for path, content in files.items()}
    verdict = "the book can be used" if loaded.book is not None else "the book cannot be used"
    return "\n".join(each for each in (render(loaded.diagnostics, sources), verdict) if each) + "\n"


@pytest.mark.parametrize("case", CASES)
def test_an_author_reads_exactly_this(case: str) -> None:
    assert told(case) == (BOOKS / case / EXPECTED).read_text(encoding="utf-8")


def test_there_are_cases_of_every_kind() -> None:
    assert len(CASES) >= 30
