"""Exact domains of wide questions: one solution answers for every value that can be exchanged in it.

Solutions found earlier are used first, as they are or with the newest choice exchanged into them. What is then still
open is asked of the solver all at once, "is there a solution with any of these?", so that the last answer, no, settles
everything that is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.configuration.answers import Choice, Relation
from engine.configuration.model import Kind, Variable
from engine.configuration.solver.exchange import Solution
from engine.configuration.solver.facts import Vocabulary
from engine.configuration.solver.lanes import Plan
from engine.configuration.solver.search import Search
from engine.configuration.solver.sums import SumTheory
from engine.configuration.solver.witnesses import Possible

POOL_MAX = 192
ADAPTED_MAX = 6
"""So many remembered solutions take the newest choice in before the solver is asked."""
IDLE_MAX = 3
"""After so many solutions in a row that show nothing new, the solver is asked."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The atoms in question, and the quantities (indices of variables) whose range is."""

    atoms: Possible
    quantities: frozenset[int] = frozenset()


class Pool:
    """Solutions of one model, newest first; threads replace the whole tuple, so none sees it half changed."""

    def __init__(self) -> None:
        self.solutions: tuple[Solution, ...] = ()

    def keep(self, found: Sequence[Solution]) -> None:
        """Remember these as the newest."""
        if found:
            self.solutions = (*found, *self.solutions)[:POOL_MAX]


class Fixed:
    """What choices fix: for each family the lanes they leave. ``exchangeable`` is false when they say other things."""

    def __init__(self, plan: Plan, vocabulary: Vocabulary, choices: Sequence[Choice]) -> None:
        self.lanes: dict[int, int] = {}
        self.exchangeable = True
        for choice in choices:
            index = plan.model.index[choice.variable]
            at = plan.by_variable.get(index)
            if at is None:
                self.exchangeable = False
                continue
            left = _lanes_left(plan.model.variables[index], choice, vocabulary)
            self.lanes[at] = self.lanes.get(at, plan.families[at].every) & left

    def misfits(self, solution: Solution) -> list[int]:
        """The families in which a solution differs from the choices."""
        lanes = solution.lanes
        return [at for at, left in self.lanes.items() if not left >> lanes[at] & 1]


class SwapFinder:
    """Answers domain questions on one search; solutions are shared with other finders of the same model."""

    def __init__(self, plan: Plan, pool: Pool, search: Search, theory: SumTheory | None) -> None:
        self._plan = plan
        self._pool = pool
        self._search = search
        self._theory = theory

    def close(self, assumptions: Sequence[int], answer: Seen) -> bool:
        """See all that can be under the assumptions, and know the rest to be impossible; False: nothing fits them.

        Raises BudgetSpentError, and then the answer holds what was seen until then.
        """
        consistent, implied = self._search.propagate(assumptions)
        if not consistent:
            return False
        answer.rule_out(implied)
        self._reuse(answer)
        found: list[Solution] = []
        try:
            while answer.needs_more():
                solution = self._solve(assumptions, answer)
                if solution is None:
                    break
                found.append(solution)
                answer.add(solution)
        finally:
            self._pool.keep(found)
        if answer.solved and self._theory is not None:
            answer.tell(self._theory)
        return answer.solved

    def _reuse(self, answer: Seen) -> None:
        """Count remembered solutions that fit the choices, then some that fit after one exchange."""
        near: list[tuple[int, Solution]] = []
        idle = 0
        for solution in self._pool.solutions:
            misfits = answer.fixed.misfits(solution)
            if len(misfits) == 1:
                near.append((misfits[0], solution))
            elif not misfits and idle < IDLE_MAX and answer.needs_more():
                idle = 0 if answer.add(solution) else idle + 1
        made: list[Solution] = []
        idle = 0
        for at, solution in near:
            if idle >= IDLE_MAX or len(made) >= ADAPTED_MAX or not answer.needs_more():
                break
            lanes = solution.allowed(at) & answer.fixed.lanes[at]
            if lanes:
                made.append(solution.with_lane(at, lanes.bit_length() - 1))
                idle = 0 if answer.add(made[-1]) else idle + 1
        self._pool.keep(made)

    def _solve(self, assumptions: Sequence[int], answer: Seen) -> Solution | None:
        """A solution that shows something open, or the first one."""
        search = self._search
        literals = list(answer.literals())
        search.favour(literals)
        if not answer.solved:
            return self._solution() if search.solve(assumptions) else None
        switch = search.fresh()
        search.add((-switch, *literals))
        try:
            return self._solution() if search.solve([*assumptions, switch]) else None
        finally:
            search.add((-switch,))

    def _solution(self) -> Solution:
        values = {} if self._theory is None else self._theory.values
        return Solution.of(self._plan, self._search.model(), values)


class Seen:
    """What solutions show, and what is still open: lanes of families, and literals of decisions that follow."""

    def __init__(self, plan: Plan, fixed: Fixed, wanted: Wanted) -> None:
        self.fixed = fixed
        self.solved = False
        self._plan = plan
        self._hold, self._fail = wanted.atoms.hold, wanted.atoms.fail
        self._quantities = frozenset(plan.by_variable[each] for each in wanted.quantities if each in plan.by_variable)
        self._open = [self._lanes(at) for at in range(len(plan.families))]
        self._asked = [at for at, lanes in enumerate(self._open) if lanes or at in self._quantities]
        self._shown = dict.fromkeys(self._asked, 0)
        self._gates = set(self._gate_literals())
        self._gates_shown: set[int] = set()

    def rule_out(self, implied: Sequence[int]) -> None:
        """Literals that always hold leave nothing open about their opposites."""
        gone = {-each for each in implied}
        self._gates -= gone
        for at in self._asked:
            family = self._plan.families[at]
            lanes = self._open[at]
            if not lanes or self._kind(at) is Kind.QUANTITY:
                continue
            if self._kind(at) is Kind.BOOLEAN:
                lanes &= ~((family.first in gone) << 1 | (-family.first in gone))
            else:
                atoms = range(family.first, family.first + family.size)
                for atom in gone.intersection(atoms):
                    lanes &= ~(1 << atom - family.first)
            self._open[at] = lanes

    def add(self, solution: Solution) -> bool:
        """Count a solution that fits the choices, and all its exchanges; says whether it showed anything open."""
        self.solved = True
        news = False
        for at in self._asked:
            if self._open[at] or at in self._quantities:
                lanes = solution.allowed(at)
                news = news or bool(lanes & self._open[at])
                self._shown[at] |= lanes
                self._open[at] &= ~lanes
        if self._gates:
            met = {each for each in self._gates if solution.holds(each)}
            self._gates_shown |= met
            self._gates -= met
            news = news or bool(met)
        return news

    def needs_more(self) -> bool:
        """Whether there is no solution yet, or anything is open."""
        return not self.solved or bool(self._gates) or any(self._open)

    def literals(self) -> Iterator[int]:
        """The open literals."""
        yield from self._gates
        for at in self._asked:
            yield from self._spelt(at, self._open[at])

    def shown(self) -> Possible:
        """What was seen to hold and to fail, of all that was wanted."""
        return self._packed({at: self._shown[at] & self._left(at) for at in self._asked}, self._gates_shown)

    def open(self) -> Possible:
        """What is neither seen nor ruled out yet."""
        return self._packed({at: self._open[at] for at in self._asked}, self._gates)

    def tell(self, theory: SumTheory) -> None:
        """Name the quantities seen, so that their ranges are not searched again."""
        for at in self._quantities:
            family = self._plan.families[at]
            minimum = self._plan.model.variables[family.variable].minimum
            lanes = self._shown[at] & self._left(at)
            if lanes:
                ends = ((lanes & -lanes).bit_length() - 1, lanes.bit_length() - 1)
                few = [n for n in range(family.size) if lanes >> n & 1] if family.size <= 64 else ends
                theory.seen[family.variable].update(minimum + n for n in few)

    def _kind(self, at: int) -> Kind:
        return self._plan.model.variables[self._plan.families[at].variable].kind

    def _left(self, at: int) -> int:
        return self.fixed.lanes.get(at, self._plan.families[at].every)

    def _lanes(self, at: int) -> int:
        """The lanes of a family that are in question."""
        family = self._plan.families[at]
        match self._kind(at):
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

    def _spelt(self, at: int, lanes: int) -> Iterator[int]:
        first = self._plan.families[at].first
        if self._kind(at) is Kind.BOOLEAN:
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
            match self._kind(at):
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


def _lanes_left(variable: Variable, choice: Choice, vocabulary: Vocabulary) -> int:
    """The lanes that a choice leaves of its variable."""
    if variable.kind is Kind.QUANTITY:
        low, high = vocabulary.interval(variable, choice)
        low, high = max(low, variable.minimum), min(high, variable.maximum)
        return 0 if low > high else (1 << high - variable.minimum + 1) - (1 << low - variable.minimum)
    if variable.kind is Kind.BOOLEAN:
        position, size = int(bool(choice.value)), 2
    else:
        position, size = vocabulary.positions[variable.name][choice.value], len(variable.values)
    return 1 << position if choice.relation is Relation.IS else (1 << size) - 1 & ~(1 << position)
