"""Numbers of things in words, for people."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things in words: ``1 draft``, ``2 drafts``, ``0 entries``; ``many`` where it is not ``one`` and s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
