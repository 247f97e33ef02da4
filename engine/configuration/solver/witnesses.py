"""Exact domains by witnesses: every solution found shows all its values possible, what no solution shows is refuted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from engine.configuration.solver.bits import atoms_of, bits_of
from engine.configuration.solver.search import Search

POOL_MAX = 256
REPHASE_EVERY = 4


@dataclass(frozen=True, slots=True)
class Possible:
    """Atoms that may still hold and atoms that may still fail."""

    hold: int
    fail: int


class WitnessFinder:
    """Answers domain questions on one search; remembers solutions, since many still stand after the next click."""

    def __init__(self, search: Search, atoms: int) -> None:
        self._search = search
        self._atoms = atoms
        self._every = (1 << (atoms + 1)) - 2
        self._pool: OrderedDict[int, None] = OrderedDict()

    def possible(self, assumptions: Sequence[int], wanted: Possible) -> Possible | None:
        """Which of the wanted atoms may hold or fail under the assumptions, exactly; None when nothing fits them."""
        consistent, implied = self._search.propagate(assumptions)
        if not consistent:
            return None
        found = _Tally(wanted, self._every)
        found.settle(implied, self._atoms)
        self._reuse(assumptions, found)
        if not found.seen and not self._witness(assumptions, found):
            return None
        self._close(list(assumptions), found)
        return Possible(found.hold & wanted.hold, found.fail & wanted.fail)

    def _reuse(self, assumptions: Sequence[int], found: _Tally) -> None:
        """Count every remembered solution that agrees with the assumptions."""
        if any(abs(each) > self._atoms for each in assumptions):
            return
        must = sum(1 << each for each in set(assumptions) if each > 0)
        never = sum(1 << -each for each in set(assumptions) if each < 0)
        for solution in [each for each in self._pool if each & must == must and not each & never]:
            if found.add(solution):
                self._pool.move_to_end(solution)

    def _witness(self, assumptions: Sequence[int], found: _Tally) -> bool:
        self._search.favour(found.missing())
        if not self._search.solve(assumptions):
            return False
        self._keep(found)
        return True

    def _keep(self, found: _Tally) -> None:
        solution = bits_of(self._search.model(), self._atoms)
        found.add(solution)
        self._pool[solution] = None
        if len(self._pool) > POOL_MAX:
            self._pool.popitem(last=False)

    def _close(self, assumptions: list[int], found: _Tally) -> None:
        """Witness or refute whatever is still open."""
        calls = 0
        assumptions.append(0)
        while literal := found.next_open():
            if calls % REPHASE_EVERY == 0:
                self._search.favour(found.missing())
            calls += 1
            assumptions[-1] = literal
            if self._search.solve(assumptions):
                self._keep(found)
            else:
                found.refute(literal)


class _Tally:
    """What has been seen and what is still open."""

    def __init__(self, wanted: Possible, every: int) -> None:
        self.every = every
        self.hold = self.fail = 0
        self.open_hold, self.open_fail = wanted.hold, wanted.fail
        self.seen = False

    def settle(self, implied: Sequence[int], atoms: int) -> None:
        """Implied literals leave nothing open about their atoms once any solution is seen."""
        for literal in implied:
            if abs(literal) <= atoms:
                bit = 1 << abs(literal)
                if literal > 0:
                    self.open_fail &= ~bit
                else:
                    self.open_hold &= ~bit

    def add(self, solution: int) -> bool:
        """Count a solution; says whether it showed anything new."""
        self.seen = True
        news = bool(solution & self.open_hold or self.every ^ solution and (self.every ^ solution) & self.open_fail)
        self.hold |= solution
        self.fail |= self.every ^ solution
        self.open_hold &= ~solution
        self.open_fail &= solution
        return news

    def refute(self, literal: int) -> None:
        """No solution has this literal."""
        if literal > 0:
            self.open_hold &= ~(1 << literal)
        else:
            self.open_fail &= ~(1 << -literal)

    def next_open(self) -> int:
        """A literal not yet seen or refuted, or 0."""
        if self.open_hold:
            return self.open_hold.bit_length() - 1
        if self.open_fail:
            return -(self.open_fail.bit_length() - 1)
        return 0

    def missing(self) -> list[int]:
        """All open literals, as phases for the next solution."""
        return [*(-each for each in atoms_of(self.open_fail & ~self.open_hold)), *atoms_of(self.open_hold)]
