"""Joining literals: conjunctions and disjunctions as literals of their own, each made once."""

from __future__ import annotations

from collections.abc import Iterable

from engine.configuration.builder import ModelBuilder


class Logic:
    """Makes literals for combinations of literals and folds the constants among them."""

    def __init__(self, builder: ModelBuilder) -> None:
        self.builder = builder
        self.true = builder.truth()
        self.false = -self.true
        self._made: dict[tuple[int, ...], int] = {}

    def any_of(self, literals: Iterable[int]) -> int:
        """A literal that holds exactly when one of the literals does."""
        unique = set(literals) - {self.false}
        if self.true in unique or any(-each in unique for each in unique):
            return self.true
        if len(unique) <= 1:
            return next(iter(unique), self.false)
        key = tuple(sorted(unique))
        if key not in self._made:
            name = f"(any {' '.join(map(str, key[:6]))}{' ...' if len(key) > 6 else ''})#{len(self._made)}"
            made = self.builder.variable(self.builder.boolean(name, decision=False)).first
            self.builder.clause((-made, *key))
            for each in key:
                self.builder.clause((made, -each))
            self._made[key] = made
        return self._made[key]

    def all_of(self, literals: Iterable[int]) -> int:
        """A literal that holds exactly when all of the literals do."""
        return -self.any_of(-each for each in literals)

    def clause(self, literals: Iterable[int], rule: int) -> None:
        """State that one of the literals holds; nothing is stated when one always does."""
        kept = tuple(each for each in dict.fromkeys(literals) if each != self.false)
        if self.true not in kept:
            self.builder.clause(kept, rule)
