"""Exact domains of wide questions: one solution answers for every value that can be exchanged in it.

Solutions found earlier are used first, as they are or with the newest choice exchanged into them. What is then still
open is asked of the solver all at once, "is there a solution with any of these?", so that the last answer, no, settles
everything that is left.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.configuration.solver.bits import never
from engine.configuration.solver.exchange import Solution
from engine.configuration.solver.lanes import Plan
from engine.configuration.solver.pool import Pool
from engine.configuration.solver.search import Search
from engine.configuration.solver.seen import Seen
from engine.configuration.solver.sums import SumTheory
from engine.configuration.solver.witnesses import Possible

ADAPTED_MAX = 6
"""So many remembered solutions take the newest choice in before the solver is asked."""
ENDS_MAX = 4
"""So many questions ask for larger and smaller quantities too; wide ranges are then halved instead."""


class SwapFinder:
    """Answers domain questions on one search; solutions are shared with other finders of the same model."""

    def __init__(self, plan: Plan, pool: Pool, search: Search, theory: SumTheory | None) -> None:
        self._plan = plan
        self._pool = pool
        self._search = search
        self._theory = theory

    def close(self, assumptions: Sequence[int], answer: Seen) -> list[int] | None:
        """See all that can be under the assumptions, and know the rest to be impossible; None: nothing fits them.

        Gives the quantities of which less or more than was seen may be possible. Raises BudgetSpentError, and then the
        answer holds what was seen until then.
        """
        consistent, implied = self._search.propagate(assumptions)
        if not consistent:
            return None
        answer.rule_out(Possible(*never(implied, self._search.top)), self._theory)
        self._reuse(answer)
        found: list[Solution] = []
        unfinished: list[int] = []
        try:
            while answer.needs_more():
                solution = self._solve(assumptions, answer)
                if solution is None:
                    break
                found.append(solution)
                answer.add(solution)
                if len(found) == ENDS_MAX:
                    unfinished = answer.leave_quantities()
        finally:
            self._pool.keep(found)
        return unfinished if answer.solved else None

    def _reuse(self, answer: Seen) -> None:
        """Count remembered solutions that fit the choices, then some that fit after one exchange."""
        match = self._pool.against(answer.fixed)
        for number in answer.promising(match.lanes, match.misfits == 0):
            solution = match.solutions[number]
            if answer.shows(solution.lanes):
                answer.add(solution)
        made: list[Solution] = []
        for number in answer.promising(match.lanes, match.misfits == 1):
            if len(made) >= ADAPTED_MAX or not answer.needs_more():
                break
            solution, at = match.solutions[number], match.misfit(number)
            if not answer.shows(solution.lanes):
                continue
            lanes = solution.allowed_of(at, answer.fixed.lanes[at])
            if lanes:
                made.append(solution.with_lane(at, lanes.bit_length() - 1))
                answer.add(made[-1])
        self._pool.keep(made)

    def _solve(self, assumptions: Sequence[int], answer: Seen) -> Solution | None:
        """A solution that shows something open, or the first one."""
        search = self._search
        literals = list(answer.literals(self._theory, search))
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
