"""Three-valued logic: true, false and unknown (None). Anything that is not a truth value counts as unknown."""

from __future__ import annotations

from collections.abc import Iterable


def truth(value: object) -> bool | None:
    """Return a truth value as it is and None for everything else."""
    return value if value is True or value is False else None


def conjunction(values: Iterable[object]) -> bool | None:
    """``and``: false as soon as one is false, else unknown as soon as one is unknown."""
    unknown = False
    for value in values:
        if value is False:
            return False
        unknown = unknown or value is not True
    return None if unknown else True


def disjunction(values: Iterable[object]) -> bool | None:
    """``or``: true as soon as one is true, else unknown as soon as one is unknown."""
    unknown = False
    for value in values:
        if value is True:
            return True
        unknown = unknown or value is not False
    return None if unknown else False


def negation(value: object) -> bool | None:
    """``not``."""
    return None if truth(value) is None else not value
