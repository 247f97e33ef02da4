"""What a FEEL operation raises when the standard gives it no value."""

from __future__ import annotations


class UndefinedError(Exception):
    """An operation has no value for these operands: full FEEL makes it null, the strict profile an evaluation fault.

    The message is lower case, without a full stop, in the words of a rule author.
    """


class LimitError(UndefinedError):
    """A stated limit of size or number of steps was reached, so that hostile input costs a bounded amount."""


LONGEST_TEXT = 1_000_000
MOST_ITEMS = 1_000_000


def bounded_text(text: str) -> str:
    """Return ``text``; raises ``LimitError`` above a million characters."""
    if len(text) > LONGEST_TEXT:
        raise LimitError(f"a text may hold at most {LONGEST_TEXT} characters")
    return text


def bounded_count(count: int) -> int:
    """Return ``count``; raises ``LimitError`` above a million list items."""
    if count > MOST_ITEMS:
        raise LimitError(f"a list may hold at most {MOST_ITEMS} items")
    return count
