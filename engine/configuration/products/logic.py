"""Joining literals: conjunctions and disjunctions as literals of their own, each made once.

Literals about one question ("which product goes here") are sets of its values: joined, they are such a set again, and
equal sets share one literal however they were put together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.configuration.builder import ModelBuilder


class Cover(NamedTuple):
    """A literal that holds exactly for some values of one question: the question's number, and its values as bits."""

    owner: int
    values: int


class Logic:
    """Makes literals for combinations of literals and folds the constants among them."""

    def __init__(self, builder: ModelBuilder) -> None:
        self.builder = builder
        self.true = builder.truth()
        self.false = -self.true
        self._made: dict[tuple[int, ...], int] = {}
        self._owned: list[tuple[int, ...]] = []
        self._covers: dict[int, Cover] = {}
        self._of_cover: dict[tuple[int, bytes], int] = {}

    def own(self, literals: Sequence[int]) -> int:
        """Make known that exactly one of these literals holds; returns the number of the question they answer."""
        owner = len(self._owned)
        self._owned.append(tuple(literals))
        if len(literals) > 1:
            for at, literal in enumerate(literals):
                self._cover(literal, Cover(owner, 1 << at))
        return owner

    def values_of(self, owner: int) -> tuple[int, ...]:
        """The literals of the values of a question."""
        return self._owned[owner]

    def cover(self, literal: int) -> Cover | None:
        """The question that a literal is about and the values it holds for, or None when it is about several."""
        return self._covers.get(literal)

    def any_of(self, literals: Iterable[int]) -> int:
        """A literal that holds exactly when one of the literals does."""
        unique = set(literals) - {self.false}
        if self.true in unique or any(-each in unique for each in unique):
            return self.true
        if len(unique) <= 1:
            return next(iter(unique), self.false)
        by_owner: dict[int, list[int]] = {}
        others: list[int] = []
        for each in unique:
            cover = self._covers.get(each)
            (others if cover is None else by_owner.setdefault(cover.owner, [])).append(each)
        if not others and len(by_owner) == 1:
            return self._member(*by_owner.popitem())
        joined = {*others, *(self._member(owner, mine) for owner, mine in by_owner.items())}
        return self.true if self.true in joined else self._gate(joined)

    def all_of(self, literals: Iterable[int]) -> int:
        """A literal that holds exactly when all of the literals do."""
        return -self.any_of(-each for each in literals)

    def clause(self, literals: Iterable[int], rule: int) -> None:
        """State that one of the literals holds; nothing is stated when one always does."""
        kept = tuple(each for each in dict.fromkeys(literals) if each != self.false)
        if self.true not in kept:
            self.builder.clause(kept, rule)

    def _member(self, owner: int, literals: Sequence[int]) -> int:
        """The literal of the union of sets of values of one question."""
        values = 0
        for each in literals:
            values |= self._covers[each].values
        if values == (1 << len(self._owned[owner])) - 1:
            return self.true
        cover = Cover(owner, values)
        known = self._of_cover.get(_key(cover))
        if known is None:
            known = self._gate(set(literals))
            self._cover(known, cover)
        return known

    def _cover(self, literal: int, cover: Cover) -> None:
        whole = (1 << len(self._owned[cover.owner])) - 1
        for each, found in ((literal, cover), (-literal, Cover(cover.owner, whole & ~cover.values))):
            self._covers[each] = found
            self._of_cover.setdefault(_key(found), each)

    def _gate(self, literals: set[int]) -> int:
        key = tuple(sorted(literals))
        if key not in self._made:
            name = f"(any {' '.join(map(str, key[:6]))}{' ...' if len(key) > 6 else ''})#{len(self._made)}"
            made = self.builder.variable(self.builder.boolean(name, decision=False)).first
            self.builder.clause((-made, *key))
            for each in key:
                self.builder.clause((made, -each))
            self._made[key] = made
        return self._made[key]


def _key(cover: Cover) -> tuple[int, bytes]:
    """A key that hashes well: integers of one bit, or of a run of bits, have few different hashes."""
    return cover.owner, cover.values.to_bytes((cover.values.bit_length() + 7) // 8, "little")
