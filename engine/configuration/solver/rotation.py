"""Solutions near a known one: flip a literal, then whatever flips the broken clauses ask for, until all hold again.

One such walk costs a few clause visits, far less than a call of the solver and reading its whole answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from engine.configuration.solver.bits import atoms_of

FLIPS_MAX = 40
"""Flips after which a walk gives up; most that succeed need two."""

VISITS_MAX = 500
"""Clauses looked at before a walk gives up."""


Clause: TypeAlias = tuple[int, ...]
Touching: TypeAlias = Mapping[int, Sequence[Clause]]
"""The clauses that hold a literal, for every literal of any clause and its opposite."""


def touching(clauses: Iterable[Clause]) -> Touching:
    """Clauses by literal; shared by all rotators of a problem."""
    found: dict[int, list[Clause]] = {}
    for clause in clauses:
        for literal in clause:
            found.setdefault(literal, []).append(clause)
            found.setdefault(-literal, [])
    return found


class Rotator:
    """Walks between solutions of some clauses; one thread at a time."""

    def __init__(self, clauses: Touching, atoms: int) -> None:
        self._clauses = clauses
        self._holds = set(range(-atoms, 0))
        self._fixed: Collection[int] = ()
        self._visits = 0
        self.solution = 0
        """The bits of the atoms that hold where it stands."""

    def stand(self, solution: int, fixed: Collection[int]) -> None:
        """Stand at this solution; of the ``fixed`` literals those that hold in it stay."""
        changed = list(atoms_of(self.solution ^ solution))
        now = [atom if solution >> atom & 1 else -atom for atom in changed]
        self._holds.difference_update([-each for each in now])
        self._holds.update(now)
        self.solution = solution
        self._fixed = fixed

    def reach(self, literal: int) -> set[int]:
        """Walk to a solution with the literal and stay there: the literals that became true; none when it failed."""
        if -literal in self._fixed:
            return set()
        self._visits = 0
        flipped: set[int] = set()
        broken = self._flip(literal, flipped)
        is_broken = self._holds.isdisjoint
        while broken:
            clause = broken.pop()
            if not is_broken(clause):
                continue
            best = self._best(clause, flipped)
            if not best or len(flipped) == FLIPS_MAX or self._visits > VISITS_MAX:
                self._undo(flipped)
                return set()
            broken += self._flip(best, flipped)
        for each in flipped:
            self.solution ^= 1 << abs(each)
        return flipped

    def _flip(self, literal: int, flipped: set[int]) -> list[Clause]:
        """Make the literal hold; the clauses that broke."""
        holds = self._holds
        holds.discard(-literal)
        holds.add(literal)
        flipped.add(literal)
        is_broken = holds.isdisjoint
        return [each for each in self._clauses.get(-literal, ()) if is_broken(each)]

    def _best(self, clause: Clause, flipped: set[int]) -> int:
        """The literal of a broken clause whose flip breaks the fewest others, or 0."""
        holds = self._holds
        is_broken = holds.isdisjoint
        best, least = 0, VISITS_MAX
        for literal in clause:
            opposite = -literal
            if opposite in self._fixed or opposite in flipped:
                continue
            touched = self._clauses[opposite]
            self._visits += len(touched)
            holds.discard(opposite)
            breaks = sum(map(is_broken, touched))
            holds.add(opposite)
            if breaks < least:
                best, least = literal, breaks
                if not breaks:
                    break
        return best

    def _undo(self, flipped: set[int]) -> None:
        self._holds.difference_update(flipped)
        self._holds.update(-each for each in flipped)
