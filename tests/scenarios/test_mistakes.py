"""Mistakes that authors make in the book of the how-to: what they read is compared whole, one finding a mistake.

``mistakes.txt`` holds blocks parted by an empty line. Lines that start with ``@`` make the mistake:
``FILE | OLD | NEW`` changes a text (``\\n`` and ``\\t`` are written so), ``FILE | saved as | ENCODING`` saves it
otherwise, ``FILE | renamed | NAME`` moves it. The other lines are what the author reads.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from engine.adapters.rule_folder import unpack
from engine.diagnostics import render
from engine.rulebook.load import load
from tests.scenarios.test_how_to import examples

FILE = Path(__file__).parent / "mistakes.txt"
BOOK = examples()


class Mistake(NamedTuple):
    """How the files are changed, and what is said about it."""

    changes: tuple[str, ...]
    says: str


def read_mistakes() -> list[Mistake]:
    """Read the file of blocks."""
    found = []
    for block in FILE.read_text(encoding="utf-8").strip("\n").split("\n\n"):
        lines = block.splitlines()
        changes = tuple(each.removeprefix("@ ") for each in lines if each.startswith("@ "))
        found.append(Mistake(changes, "\n".join(each for each in lines if not each.startswith("@ "))))
    return found


def changed(files: dict[str, bytes], change: str) -> dict[str, bytes]:
    """The files after one change."""
    path, old, new = change.split(" | ", 2)
    content = files[path]
    if old == "renamed":
        return {new: content, **{name: each for name, each in files.items() if name != path}}
    if old == "saved as":
        text = content.decode()
        return files | {path: (text.replace("\n", "\r\n") if new == "crlf" else text).encode(ENCODINGS.get(new, new))}
    before, after = (each.replace("\\n", "\n").replace("\\t", "\t").encode() for each in (old, new))
    assert before in content, f"{path} has no `{old}`"
    return files | {path: content.replace(before, after, 1)}


ENCODINGS = {"crlf": "utf-8", "with a byte order mark": "utf-8-sig"}


def told(changes: tuple[str, ...]) -> str:
    """What the author reads."""
    files = BOOK
    for each in changes:
        files = changed(files, each)
    loaded = load(unpack(files))
    sources = {path: content.decode("utf-8", "replace").removeprefix("\ufeff") for path, content in files.items()}
    return render(loaded.diagnostics, sources) if loaded.diagnostics else "nothing is wrong"


MISTAKES = read_mistakes()


@pytest.mark.parametrize("mistake", MISTAKES, ids=[" ".join(each.changes)[:80] for each in MISTAKES])
def test_an_author_reads_exactly_this(mistake: Mistake) -> None:
    assert told(mistake.changes) == mistake.says


def test_the_corpus_is_large_speaks_to_people_and_blames_once() -> None:
    assert len(MISTAKES) >= 80
    text = FILE.read_text(encoding="utf-8")
    assert not re.search(r"(?i)python|traceback|decimal\.|exception|<class|nonetype|\bNone\b|\bdict\b|\btuple\b", text)
    several = [each for each in MISTAKES if len(re.findall(r": [A-Z]{3}\d{3}: ", each.says)) > 1]
    assert len(several) <= len(MISTAKES) // 10, "nearly every mistake is one finding"
