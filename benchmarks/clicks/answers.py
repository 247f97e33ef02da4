"""What a click answers, as a hash that every engine can compute: which literals of the decisions may still hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from engine.configuration import Kind, State


def hash_of(literals: Iterable[int]) -> str:
    """A short hash of a set of literals."""
    return hashlib.sha256(",".join(map(str, sorted(literals))).encode()).hexdigest()[:16]


def possible(state: State) -> list[int]:
    """The literals that may hold: one a value of an enumeration, both signs of a boolean."""
    found: list[int] = []
    for each in state.model.variables:
        if not each.decision or each.kind is Kind.QUANTITY:
            continue
        if each.kind is Kind.BOOLEAN:
            found += [each.first] if state.can_hold >> each.first & 1 else []
            found += [-each.first] if state.can_fail >> each.first & 1 else []
        else:
            found += [atom for atom in range(each.first, each.first + len(each.values)) if state.can_hold >> atom & 1]
    return found
