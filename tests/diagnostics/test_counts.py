"""Numbers of things as people read them (engine.diagnostics.counts)."""

from __future__ import annotations

import pytest

from engine.diagnostics import counted


@pytest.mark.parametrize(
    ("number", "words", "shown"),
    [
        (1, ("draft",), "1 draft"),
        (0, ("draft",), "0 drafts"),
        (2, ("credit note",), "2 credit notes"),
        (1, ("entry", "entries"), "1 entry"),
        (12345, ("entry", "entries"), "12,345 entries"),
    ],
)
def test_things_are_counted_in_words(number: int, words: tuple[str, ...], shown: str) -> None:
    assert counted(number, *words) == shown
