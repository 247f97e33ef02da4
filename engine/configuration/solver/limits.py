"""Groups of which so many may hold, as a count meets them: over other names, and with what is decided taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from engine.configuration.model import Cardinality

Literals = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """Between ``least`` and ``most`` of the literals hold, whenever all of ``when`` do.

    ``terms`` are the literals, each with how often it counts; no atom of them is one of ``when``.
    """

    terms: tuple[tuple[int, int], ...]
    least: int
    most: int
    when: Literals = ()

    @staticmethod
    def of(group: Cardinality, names: Sequence[int]) -> Limit:
        """A group over the names of atoms; the number after the last is the truth."""
        truth = len(names)
        when = {names[each] if each > 0 else -names[-each] for each in group.when} - {truth}
        if -truth in when:
            return NOTHING
        counts: Counter[int] = Counter()
        held = 0
        for each in group.literals:
            literal = names[each] if each > 0 else -names[-each]
            if literal == truth or literal in when:
                held += 1
            elif -literal in when:
                continue
            elif counts[-literal]:  # of a literal and its opposite exactly one holds
                counts[-literal] -= 1
                held += 1
            elif literal != -truth:
                counts[literal] += 1
        terms = tuple(sorted((literal, count) for literal, count in counts.items() if count))
        most = len(group.literals) if group.maximum is None else group.maximum
        return Limit(terms, group.minimum - held, most - held, tuple(sorted(when)))

    @property
    def size(self) -> int:
        """What all literals together count."""
        return sum(count for _, count in self.terms)

    def group(self) -> Cardinality:
        """The same as a group of a model."""
        literals = tuple(literal for literal, count in self.terms for _ in range(count))
        return Cardinality(literals, max(self.least, 0), self.most, when=self.when)

    def named(self, name: Callable[[int], int]) -> Limit:
        """The same over other atoms."""
        terms = tuple(sorted((name(literal), count) for literal, count in self.terms))
        return Limit(terms, self.least, self.most, tuple(sorted(map(name, self.when))))

    def atoms(self) -> set[int]:
        """The atoms it speaks of."""
        return {abs(literal) for literal, _ in self.terms} | {abs(each) for each in self.when}

    def under(self, holds: Set[int]) -> Limit:
        """What is left when these literals hold."""
        if any(-each in holds for each in self.when):
            return NOTHING
        held = sum(count for literal, count in self.terms if literal in holds)
        terms = tuple(each for each in self.terms if each[0] not in holds and -each[0] not in holds)
        when = tuple(each for each in self.when if each not in holds)
        return Limit(terms, self.least - held, self.most - held, when)

    def settled(self) -> tuple[Literals, ...] | None:
        """The clauses that say all of it, none when it always holds; or None when only counting tells."""
        unless = tuple(-each for each in self.when)
        if any(each in self.when for each in unless) or (self.least <= 0 and self.most >= self.size):
            return ()
        if self.most < 0 or self.least > self.size or self.least > self.most:
            return (unless,)
        if self.most == 0:
            return tuple((*unless, -literal) for literal, _ in self.terms)
        if self.least == self.size:
            return tuple((*unless, literal) for literal, _ in self.terms)
        return None

    def turned(self) -> Limit:
        """The same said of the opposites, where those have less to count."""
        size = self.size
        if size - self.least >= self.most:
            return self
        return Limit(tuple((-literal, count) for literal, count in self.terms), size - self.most, size - self.least)


NOTHING = Limit((), 0, 0)
"""A group that asks for nothing."""
