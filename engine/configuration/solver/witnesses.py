"""Exact domains by witnesses: every solution found shows all its values possible, what no solution shows is refuted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.configuration.solver.bits import SolutionReader, atoms_of
from engine.configuration.solver.remembered import Misfits, Remembered
from engine.configuration.solver.rotation import Rotator
from engine.configuration.solver.search import BudgetSpentError, Search

LUCK = 6
"""Walks that may fail in a row before the solver takes over; each that arrives earns one more."""
ADAPTED_FROM = 600
"""Atoms from which remembered solutions are walked to a choice: in a smaller problem the solver is quicker."""


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
    the last few facts are shown by walks instead: from a new solution to what is open, and from what showed it before
    the newest choice to that choice.
    """

    def __init__(self, search: Search, atoms: int, rotator: Rotator | None = None) -> None:
        self._search = search
        self._atoms = atoms
        self._every = (1 << (atoms + 1)) - 2
        self._read = SolutionReader(atoms)
        self._rotator = rotator
        # A call costs more the larger the problem, a walk hardly does: so many new facts make a call worth it.
        self._worth_a_call = 4 + atoms // 200
        self._remembered = Remembered(atoms)

    def possible(self, assumptions: Sequence[int], wanted: Possible) -> Possible | None:
        """Which of the wanted atoms may hold or fail under the assumptions, exactly; None when nothing fits them.

        Raises :class:`PartlyKnownError` when the allowance ends after the first solution.
        """
        consistent, implied = self._search.propagate(assumptions)
        if not consistent:
            return None
        found = _Tally(wanted, self._every)
        found.settle(implied, self._atoms)
        misfits = self._remembered.misfits(assumptions)
        self._reuse(self._remembered.those(misfits == 0), found)
        nearly = self._adapted(assumptions, misfits, found)
        if not found.seen and next(nearly, None) is None and self._witness(assumptions, found) is None:
            return None
        try:
            if found.next_open():
                self._close(assumptions, implied, nearly, found)
        except BudgetSpentError:
            raise PartlyKnownError(found.shown(wanted), Possible(found.open_hold, found.open_fail)) from None
        return found.shown(wanted)

    def _reuse(self, fitting: Iterable[int], found: _Tally) -> None:
        """Count remembered solutions that fit the assumptions."""
        used: list[int] = []
        for solution in fitting:
            if found.add(solution):
                used.append(solution)
                if not found.open_hold and not found.open_fail:
                    break
        for each in reversed(used):
            self._remembered.keep(each)

    def _adapted(self, assumptions: Sequence[int], misfits: Misfits, found: _Tally) -> Iterator[int]:
        """Remembered solutions of something open that lack one assumption, walked to it.

        What is hard to arrive at stays so click after click, while the newest choice is as near to one as to another.
        """
        rotator = self._rotator
        if rotator is None or self._atoms < ADAPTED_FROM:
            return
        luck = LUCK
        for solution in self._remembered.those(misfits == 1):
            goal = found.shown_by(solution)
            if not goal:
                continue
            rotator.stand(solution, {*assumptions, goal})
            lacking = next(each for each in assumptions if (solution >> abs(each) & 1) != (each > 0))
            arrived = rotator.reach(lacking)
            luck += 1 if arrived else -1
            if luck < 0:
                return
            if arrived:
                found.add(rotator.solution)
                self._remembered.keep(rotator.solution)
                yield rotator.solution

    def _witness(self, assumptions: Sequence[int], found: _Tally) -> int | None:
        """A solution that shows as much as possible of what is open; None when there is none."""
        if found.news:  # a refusal changes next to nothing, and saying all phases again costs more than most calls
            self._search.favour(found.missing())
            found.news = False
        if not self._search.solve(assumptions):
            return None
        solution = self._read(self._search.model())
        found.add(solution)
        self._remembered.keep(solution)
        return solution

    def _close(self, assumptions: Sequence[int], implied: Sequence[int], nearly: Iterator[int], found: _Tally) -> None:
        """Witness or refute whatever is still open, by what shows most for its cost at the time."""
        asked = self._asked(assumptions, found)
        if self._rotator is not None:
            self._while_worth(nearly, found)
            last = self._while_worth(asked, found)
            if last is not None:
                self._rotator.stand(last, set(implied))
                self._rotate(self._rotator, found)
            deque(nearly, 0)
        deque(asked, 0)

    def _while_worth(self, solutions: Iterator[int], found: _Tally) -> int | None:
        """Take solutions until one shows too little for its cost; None: there were no more."""
        before = found.open()
        for solution in solutions:
            left = found.open()
            if before - left < self._worth_a_call:
                return solution
            before = left
        return None

    def _asked(self, assumptions: Sequence[int], found: _Tally) -> Iterator[int]:
        """Solutions of the solver, until nothing is open."""
        while literal := found.next_open():
            solution = self._witness([*assumptions, literal], found)
            if solution is None:
                found.refute(literal)
            else:
                yield solution

    def _rotate(self, rotator: Rotator, found: _Tally) -> None:
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
            if flipped:
                self._remembered.keep(rotator.solution)


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

    def shown_by(self, solution: int) -> int:
        """An open literal that a solution has, or 0."""
        if holds := solution & self.open_hold:
            return holds.bit_length() - 1
        return 1 - (self.open_fail & ~solution).bit_length() if self.open_fail & ~solution else 0

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
