"""What solutions show, and what is still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from engine.configuration.model import Kind
from engine.configuration.solver.bits import bits_of
from engine.configuration.solver.exchange import Solution
from engine.configuration.solver.lanes import Plan
from engine.configuration.solver.linear import Interval
from engine.configuration.solver.pool import Fixed
from engine.configuration.solver.search import Host
from engine.configuration.solver.sums import SumTheory
from engine.configuration.solver.witnesses import Possible


@dataclass(frozen=True, slots=True)
class Wanted:
    """The atoms in question, and the quantities (indices of variables) whose range is."""

    atoms: Possible
    quantities: frozenset[int] = frozenset()


class Seen:
    """Lanes of families, and literals of decisions that follow. Of a quantity only lanes beyond those shown are open.

    ``spans`` are what quantities (by index) are known to lie between.
    """

    def __init__(self, plan: Plan, fixed: Fixed, wanted: Wanted, spans: Mapping[int, Interval]) -> None:
        self.fixed = fixed
        self.solved = False
        self._plan = plan
        self._hold, self._fail = wanted.atoms.hold, wanted.atoms.fail
        self._kinds = [plan.model.variables[each.variable].kind for each in plan.families]
        self._counted = [plan.by_variable[each] for each in wanted.quantities if each in plan.by_variable]
        self._open = [self._lanes(at) for at in range(len(plan.families))]
        for at in self._counted:
            variable = plan.families[at].variable
            self._open[at] = self._left(at) & _between(*spans[variable], plan.model.variables[variable].minimum)
        self._asked = [at for at, lanes in enumerate(self._open) if lanes]
        self._shown = dict.fromkeys(self._asked, 0)
        self._gates = set(self._gate_literals())
        self._gates_shown: set[int] = set()

    def rule_out(self, never: Possible, theory: SumTheory | None) -> None:
        """Atoms that can never hold, or never fail, leave nothing open about that."""
        self._gates = {
            each for each in self._gates if not (never.hold >> each if each > 0 else never.fail >> -each) & 1
        }
        for at in self._asked:
            family, kind = self._plan.families[at], self._kinds[at]
            if kind is Kind.ENUMERATION:
                self._open[at] &= ~(never.hold >> family.first)
            elif kind is Kind.BOOLEAN:
                first = family.first
                self._open[at] &= ~((never.hold >> first & 1) << 1 | (never.fail >> first & 1))
            elif theory is not None:
                minimum = self._plan.model.variables[family.variable].minimum
                self._open[at] &= _between(*theory.span_under(family.variable, never), minimum)

    def add(self, solution: Solution) -> bool:
        """Count a solution that fits the choices, and all its exchanges; says whether it showed anything open."""
        self.solved = True
        news = False
        opened, shown = self._open, self._shown
        for at in self._asked:
            if opened[at]:
                lanes = solution.allowed_of(at, opened[at])
                if not lanes:
                    continue
                news = True
                shown[at] |= lanes
                if self._kinds[at] is Kind.QUANTITY:
                    lanes = _hull(shown[at] & self._left(at))
                opened[at] &= ~lanes
        if self._gates:
            met = {each for each in self._gates if solution.holds(each)}
            self._gates_shown |= met
            self._gates -= met
            news = news or bool(met)
        return news

    def promising(self, lanes: NDArray[numpy.int32], among: NDArray[numpy.bool_]) -> list[int]:
        """Which of many solutions show something open by their own lanes (a row each), those that show most first."""
        if not among.any():
            return []
        score = numpy.zeros(len(lanes), dtype=numpy.int64)
        for at in self._asked:
            left = self._open[at]
            if left:
                score += bits_of(left, self._plan.families[at].size)[lanes[:, at]]
        score[~among] = 0
        best = numpy.argsort(-score, kind="stable")
        found: list[int] = best[: numpy.count_nonzero(score)].tolist()
        return found

    def shows(self, lanes: Sequence[int]) -> bool:
        """Whether a solution with these lanes shows something open by itself."""
        opened = self._open
        return any(opened[at] >> lanes[at] & 1 for at in self._asked if opened[at])

    def needs_more(self) -> bool:
        """Whether there is no solution yet, or anything is open."""
        return not self.solved or bool(self._gates) or any(self._open)

    def literals(self, theory: SumTheory | None, host: Host) -> Iterator[int]:
        """The open literals; of a quantity that more than was seen, or less, is possible."""
        yield from self._gates
        for at in self._asked:
            if self._kinds[at] is Kind.QUANTITY and theory is not None:
                yield from self._ends(at, theory, host)
            else:
                yield from self._spelt(at, self._open[at])

    def leave_quantities(self) -> list[int]:
        """Leave open what is open about quantities: the variables whose ends somebody else has to find."""
        found = [at for at in self._counted if self._open[at]]
        for at in found:
            self._open[at] = 0
        return [self._plan.families[at].variable for at in found]

    def shown(self) -> Possible:
        """What was seen to hold and to fail, of all that was wanted."""
        return self._packed({at: self._shown[at] & self._left(at) for at in self._asked}, self._gates_shown)

    def open(self) -> Possible:
        """What is neither seen nor ruled out yet."""
        return self._packed({at: self._open[at] for at in self._asked}, self._gates)

    def quantities(self) -> dict[int, Interval]:
        """The least and the most seen of every quantity, by the index of its variable."""
        found: dict[int, Interval] = {}
        for at in self._counted:
            variable = self._plan.families[at].variable
            minimum = self._plan.model.variables[variable].minimum
            lanes = self._shown.get(at, 0) & self._left(at)
            if lanes:
                found[variable] = minimum + _lowest(lanes), minimum + lanes.bit_length() - 1
        return found

    def _left(self, at: int) -> int:
        return self.fixed.lanes.get(at, self._plan.families[at].every)

    def _lanes(self, at: int) -> int:
        """The lanes of a family that are in question."""
        family = self._plan.families[at]
        match self._kinds[at]:
            case Kind.QUANTITY:
                return 0
            case Kind.BOOLEAN:
                can = (self._hold >> family.first & 1) << 1 | (self._fail >> family.first & 1)
            case Kind.ENUMERATION:
                can = self._hold >> family.first & family.every
        return self._left(at) & can

    def _gate_literals(self) -> Iterator[int]:
        for atom in self._plan.gate_decisions:
            if self._hold >> atom & 1:
                yield atom
            if self._fail >> atom & 1:
                yield -atom

    def _ends(self, at: int, theory: SumTheory, host: Host) -> Iterator[int]:
        """The literals "more than was seen" and "less than was seen", as far as that is open."""
        variable, shown, lanes = self._plan.families[at].variable, self._shown[at] & self._left(at), self._open[at]
        minimum = self._plan.model.variables[variable].minimum
        if not lanes or not shown:
            return
        if lanes > shown:
            yield theory.at_least(variable, minimum + shown.bit_length(), host)
        if _lowest(lanes) < _lowest(shown):
            yield -theory.at_least(variable, minimum + _lowest(shown), host)

    def _spelt(self, at: int, lanes: int) -> Iterator[int]:
        first = self._plan.families[at].first
        if self._kinds[at] is Kind.BOOLEAN:
            if lanes & 1:
                yield -first
            if lanes & 2:
                yield first
            return
        while lanes:
            lowest = lanes & -lanes
            yield first + lowest.bit_length() - 1
            lanes ^= lowest

    def _packed(self, lanes_of: dict[int, int], literals: set[int]) -> Possible:
        hold = fail = 0
        for at, lanes in lanes_of.items():
            first = self._plan.families[at].first
            match self._kinds[at]:
                case Kind.BOOLEAN:
                    hold |= (lanes >> 1) << first
                    fail |= (lanes & 1) << first
                case Kind.ENUMERATION:
                    hold |= lanes << first
                case Kind.QUANTITY:
                    pass
        for literal in literals:
            if literal > 0:
                hold |= 1 << literal
            else:
                fail |= 1 << -literal
        return Possible(hold, fail)


def _lowest(lanes: int) -> int:
    return (lanes & -lanes).bit_length() - 1


def _between(low: int, high: int, minimum: int) -> int:
    """The lanes of the quantities from ``low`` to ``high``."""
    return 0 if low > high else (1 << high - minimum + 1) - (1 << low - minimum)


def _hull(lanes: int) -> int:
    """All lanes from the lowest to the highest of some."""
    return 0 if not lanes else (1 << lanes.bit_length()) - (lanes & -lanes)
