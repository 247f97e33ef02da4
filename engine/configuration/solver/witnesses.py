"""Exact domains by witnesses: every solution found shows all its values possible, what no solution shows is refuted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from engine.configuration.solver.bits import SolutionReader, atoms_of
from engine.configuration.solver.rotation import Rotator
from engine.configuration.solver.search import BudgetSpentError, Search

POOL_LIMITS = (256, 1_024)
"""So many solutions are remembered at least and at most, else two an atom: one click may need some hundred."""
LUCK = 6
"""Walks that may fail in a row before the solver takes over; each that arrives earns one more."""


@dataclass(frozen=True, slots=True)
class Possible:
    """Atoms that may still hold and atoms that may still fail."""

    hold: int
    fail: int


class PartlyKnownError(BudgetSpentError):
    """The allowance was used up when some facts were seen already and others were still open."""

    def __init__(self, seen: Possible, left: Possible) -> None:
        super().__init__()
        self.seen = seen
        self.left = left


class WitnessFinder:
    """Answers domain questions on one search; remembers solutions, since many still stand after the next click.

    Solver calls show many facts at first and one each in the end. With a ``rotator`` over all clauses of the search,
    the last few facts are shown by walks from a known solution instead.
    """

    def __init__(self, search: Search, atoms: int, rotator: Rotator | None = None) -> None:
        self._search = search
        self._atoms = atoms
        self._every = (1 << (atoms + 1)) - 2
        self._read = SolutionReader(atoms)
        self._rotator = rotator
        # A call costs more the larger the problem, a walk hardly does: so many new facts make a call worth it.
        self._worth_a_call = 4 + atoms // 200
        least, most = POOL_LIMITS
        self._most = min(most, max(least, 2 * atoms))
        self._pool: OrderedDict[int, None] = OrderedDict()

    def possible(self, assumptions: Sequence[int], wanted: Possible) -> Possible | None:
        """Which of the wanted atoms may hold or fail under the assumptions, exactly; None when nothing fits them.

        Raises :class:`PartlyKnownError` when the allowance ends after the first solution.
        """
        consistent, implied = self._search.propagate(assumptions)
        if not consistent:
            return None
        found = _Tally(wanted, self._every)
        found.settle(implied, self._atoms)
        self._reuse(assumptions, found)
        if not found.seen and self._witness(assumptions, found) is None:
            return None
        try:
            self._close(list(assumptions), implied, found)
        except BudgetSpentError:
            raise PartlyKnownError(found.shown(wanted), Possible(found.open_hold, found.open_fail)) from None
        return found.shown(wanted)

    def _reuse(self, assumptions: Sequence[int], found: _Tally) -> None:
        """Count every remembered solution that agrees with the assumptions."""
        if any(abs(each) > self._atoms for each in assumptions):
            return
        must = sum(1 << each for each in set(assumptions) if each > 0)
        never = sum(1 << -each for each in set(assumptions) if each < 0)
        used: list[int] = []
        for solution in reversed(self._pool):
            if solution & must == must and not solution & never and found.add(solution):
                used.append(solution)
                if not found.open_hold and not found.open_fail:
                    break
        for each in reversed(used):
            self._pool.move_to_end(each)

    def _witness(self, assumptions: Sequence[int], found: _Tally) -> Sequence[int] | None:
        """A solution that shows as much as possible of what is open; None when there is none."""
        if found.news:  # a refusal changes next to nothing, and saying all phases again costs more than most calls
            self._search.favour(found.missing())
            found.news = False
        if not self._search.solve(assumptions):
            return None
        model = self._search.model()
        solution = self._read(model)
        found.add(solution)
        self._keep(solution)
        return model

    def _keep(self, solution: int) -> None:
        self._pool[solution] = None
        if len(self._pool) > self._most:
            self._pool.popitem(last=False)

    def _close(self, assumptions: list[int], implied: Sequence[int], found: _Tally) -> None:
        """Witness or refute whatever is still open."""
        rotator = self._rotator
        assumptions.append(0)
        while literal := found.next_open():
            before = found.open()
            assumptions[-1] = literal
            model = self._witness(assumptions, found)
            if model is None:
                found.refute(literal)
            elif rotator is not None and before - found.open() < self._worth_a_call:
                rotator.start(model, set(implied))
                self._rotate(rotator, self._read(model), found)
                rotator = None

    def _rotate(self, rotator: Rotator, solution: int, found: _Tally) -> None:
        """Walk on from a solution to every open literal, as long as most walks arrive."""
        luck = LUCK
        for literal in found.all_open():
            if not found.is_open(literal):
                continue
            flipped = rotator.reach(literal)
            luck += 1 if flipped else -1
            if luck < 0:
                break
            for each in flipped:
                found.show(each)
                solution ^= 1 << abs(each)
            if flipped:
                self._keep(solution)


class _Tally:
    """What has been seen and what is still open."""

    def __init__(self, wanted: Possible, every: int) -> None:
        self.every = every
        self.hold = self.fail = 0
        self.open_hold, self.open_fail = wanted.hold, wanted.fail
        self.seen = False
        self.news = True

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
        if not (solution & self.open_hold or self.open_fail & ~solution):
            return False
        self.news = True
        self.hold |= solution
        self.fail |= self.every ^ solution
        self.open_hold &= ~solution
        self.open_fail &= solution
        return True

    def shown(self, wanted: Possible) -> Possible:
        """The wanted facts that some solution has."""
        return Possible(self.hold & wanted.hold, self.fail & wanted.fail)

    def show(self, literal: int) -> None:
        """Some solution has this literal."""
        self.news = True
        bit = 1 << abs(literal)
        if literal > 0:
            self.hold |= bit
        else:
            self.fail |= bit
        self.refute(literal)

    def refute(self, literal: int) -> None:
        """No solution has this literal, or one was found already: it is not open any more."""
        if literal > 0:
            self.open_hold &= ~(1 << literal)
        else:
            self.open_fail &= ~(1 << -literal)

    def is_open(self, literal: int) -> bool:
        """Whether the literal is neither seen nor refuted."""
        return bool((self.open_hold >> literal if literal > 0 else self.open_fail >> -literal) & 1)

    def open(self) -> int:
        """How many facts are neither seen nor refuted."""
        return self.open_hold.bit_count() + self.open_fail.bit_count()

    def next_open(self) -> int:
        """A literal not yet seen or refuted, or 0."""
        if self.open_hold:
            return self.open_hold.bit_length() - 1
        if self.open_fail:
            return -(self.open_fail.bit_length() - 1)
        return 0

    def all_open(self) -> list[int]:
        """Every open literal."""
        return [*(-each for each in atoms_of(self.open_fail)), *atoms_of(self.open_hold)]

    def missing(self) -> list[int]:
        """An open literal of every open atom, as phases for the next solution."""
        return [*(-each for each in atoms_of(self.open_fail & ~self.open_hold)), *atoms_of(self.open_hold)]
