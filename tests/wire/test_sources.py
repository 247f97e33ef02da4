"""What is kept of the work of some code is told from the work of any other code."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.wire.quotes import MAPPING
from engine.wire.sources import sources_hash


def test_a_change_of_any_module_gives_another_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "filling_in"
    folder.mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    seen = set()
    for name, text in (
        ("__init__.py", ""),
        ("quotes.py", "A = 1\n"),
        ("quotes.py", "A = 2\n"),
        ("prices.py", ""),
        ("compiled.pyc", "x"),
    ):
        (folder / name).write_text(text)
        found = sources_hash("filling_in")
        assert found == sources_hash("filling_in")
        seen.add(found)
    assert len(seen) == 5
    (folder / "notes.txt").write_text("no code")
    assert sources_hash("filling_in") in seen


def test_the_mapping_of_quotes_is_that_of_the_code_that_fills_them() -> None:
    assert sources_hash("engine.wire") == MAPPING
    assert MAPPING != sources_hash("engine.api")
