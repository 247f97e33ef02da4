"""Near names, for "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST_COMPARED = 64
MOST_COMPARED = 20_000
SHORTEST_ABBREVIATION = 3


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to ``name`` by edit distance (swaps count one), or None when none is close.

    Close means: at most a third of the letters differ, and at least one edit is allowed for any name of two letters
    or more. Ties go to the alphabetically first name, so that the answer does not depend on the order of ``known``.
    Where none is close, the only one counts that abbreviates the other or is abbreviated: ``qty`` for ``quantity``.
    """
    if len(name) > LONGEST_COMPARED:
        return None
    folded = name.casefold()
    limit = max(1, len(name) // 3)
    best: tuple[int, str] | None = None
    short: list[str] = []
    for count, candidate in enumerate(known):
        if count >= MOST_COMPARED:
            break
        if candidate == name:
            continue
        if abs(len(candidate) - len(name)) > limit:
            short += [candidate] if _abbreviates(*sorted((folded, candidate.casefold()), key=len)) else []
            continue
        distance = _distance(folded, candidate.casefold(), limit)
        if distance <= limit and distance < len(name) and (best is None or (distance, candidate) < best):
            best = (distance, candidate)
    if best is None:
        return short[0] if len(short) == 1 else None
    return best[1]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the hint ``did you mean `x`?``, or an empty text when no known name is close."""
    near = nearest_name(name, known)
    return f"did you mean `{near}`?" if near else ""


def _abbreviates(short: str, long: str) -> bool:
    """Whether the shorter name is the longer one with letters left out, the first letter apart."""
    if len(short) < SHORTEST_ABBREVIATION or len(short) * 3 < len(long) or short[0] != long[0]:
        return False
    rest = iter(long)
    return all(letter in rest for letter in short)


def _distance(left: str, right: str, limit: int) -> int:
    """Optimal string alignment distance, cut off above ``limit``."""
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return previous[-1]
