"""Consistency, smallest conflict, smallest repair and cheapest completion as other engines' users would ask for them.

Run by the Python of the peers' own environment: ``python operation_peers.py NAME SECONDS``, a problem as JSON on
standard input, answers as JSON lines on standard output. Each operation has so many seconds. Answers are whether the
choices fit, the size of the smallest conflict, the least number of choices to give up, the least total.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from itertools import combinations
from typing import Any, Protocol

from peers import Backtracking, CpSat, Problem, task, timed


class Peer(Protocol):
    """What an engine answers."""

    def fits(self, assumed: Iterable[int]) -> bool: ...


class PythonSat:
    """python-sat with its own tools: glucose4, OptUx for the smallest conflict, RC2 for repairs and prices."""

    def __init__(self, problem: Problem) -> None:
        from pysat.solvers import Glucose4

        self.problem = problem
        self.solver = Glucose4(bootstrap_with=problem["clauses"])
        self.solver.add_clause([problem["top"], -problem["top"]])

    def fits(self, assumed: Iterable[int]) -> bool:
        return bool(self.solver.solve(list(assumed)))

    def conflict(self, choices: list[int], wanted: list[int]) -> int:
        from pysat.examples.optux import OptUx

        with OptUx(self._formula(wanted, [(each, 1) for each in choices])) as search:
            return len(search.compute())

    def repair(self, choices: list[int], wanted: list[int]) -> int:
        return self._least(wanted, [(each, 1) for each in choices])

    def complete(self, assumed: list[int]) -> int:
        return self._least(assumed, [(-literal, price) for literal, price in self.problem["prices"] if price])

    def _least(self, hard: list[int], soft: list[tuple[int, int]]) -> int:
        from pysat.examples.rc2 import RC2

        with RC2(self._formula(hard, soft), solver="g4", adapt=True) as search:
            search.compute()
            return int(search.cost)

    def _formula(self, hard: list[int], soft: list[tuple[int, int]]) -> Any:
        from pysat.formula import WCNF

        formula = WCNF()
        formula.extend([*self.problem["clauses"], *([each] for each in hard)])
        formula.extend([[literal] for literal, _ in soft], weights=[weight for _, weight in soft])
        return formula


class Clingo:
    """clingo on the same clauses: assumptions, sizes tried in turn, and its own optimisation for prices."""

    def __init__(self, problem: Problem) -> None:
        self.control = self._stated(problem, ["--opt-mode=ignore"], [])
        prices = [(literal, price) for literal, price in problem["prices"] if price]
        self.optimising = self._stated(problem, ["--opt-mode=opt"], prices)

    @staticmethod
    def _stated(problem: Problem, options: list[str], prices: list[tuple[int, int]]) -> Any:
        import clingo

        control = clingo.Control(options, message_limit=0)
        with control.backend() as backend:
            for atom in range(1, problem["top"] + 1):
                assert backend.add_atom() == atom
            backend.add_rule(list(range(1, problem["top"] + 1)), [], choice=True)
            for clause in problem["clauses"]:
                backend.add_rule([], [-each for each in clause])
            if prices:
                backend.add_minimize(0, prices)
        return control

    def fits(self, assumed: Iterable[int]) -> bool:
        return bool(self.control.solve(assumptions=list(assumed)).satisfiable)

    def conflict(self, choices: list[int], wanted: list[int]) -> int:
        return smallest_conflict(self, choices, wanted)

    def repair(self, choices: list[int], wanted: list[int]) -> int:
        return smallest_repair(self, choices, wanted)

    def complete(self, assumed: list[int]) -> int:
        cost = 0
        with self.optimising.solve(assumptions=assumed, yield_=True) as answers:
            for model in answers:
                cost = model.cost[0]
        return int(cost)


class OrTools:
    """OR-tools CP-SAT: assumptions, sizes of conflicts tried in turn, objectives for repairs and prices."""

    def __init__(self, problem: Problem) -> None:
        self.stated = CpSat(problem)
        self.prices = problem["prices"]

    def fits(self, assumed: Iterable[int]) -> bool:
        return self.stated.fits(assumed)

    def conflict(self, choices: list[int], wanted: list[int]) -> int:
        return smallest_conflict(self, choices, wanted)

    def repair(self, choices: list[int], wanted: list[int]) -> int:
        return self._least(wanted, [(-each, 1) for each in choices])

    def complete(self, assumed: list[int]) -> int:
        return self._least(assumed, self.prices)

    def _least(self, hard: list[int], costs: list[tuple[int, int]]) -> int:
        model, literal = self.stated.model, self.stated.literal
        model.minimize(sum(price * literal(each) for each, price in costs))
        assert self.fits(hard)
        found = round(self.stated.solver.objective_value)
        model.clear_objective()
        return found


class PythonConstraint:
    """python-constraint: backtracking, sizes tried in turn; it has no optimisation."""

    def __init__(self, problem: Problem) -> None:
        self.search = Backtracking(problem)

    def fits(self, assumed: Iterable[int]) -> bool:
        return self.search.solution(list(assumed)) is not None

    def conflict(self, choices: list[int], wanted: list[int]) -> int:
        return smallest_conflict(self, choices, wanted)

    def repair(self, choices: list[int], wanted: list[int]) -> int:
        return smallest_repair(self, choices, wanted)


def smallest_conflict(peer: Peer, choices: list[int], wanted: list[int]) -> int:
    """The size of the smallest set of choices that does not fit what is wanted."""
    for size in range(len(choices) + 1):
        if any(not peer.fits([*some, *wanted]) for some in combinations(choices, size)):
            return size
    raise AssertionError("what is wanted fits")


def smallest_repair(peer: Peer, choices: list[int], wanted: list[int]) -> int:
    """The least number of choices to give up."""
    for size in range(len(choices) + 1):
        if any(peer.fits([*some, *wanted]) for some in combinations(choices, len(choices) - size)):
            return size
    raise AssertionError("what is wanted never fits")


PEERS: dict[str, Callable[[Problem], Any]] = {
    "python-sat": PythonSat,
    "clingo": Clingo,
    "CP-SAT": OrTools,
    "python-constraint": PythonConstraint,
}


def main() -> None:
    """Answer operation after operation; a line for every question answered."""
    name, seconds, problem = task()
    peer = PEERS[name](problem)
    asked: list[tuple[str, Callable[..., int] | None, list[tuple[list[int], ...]]]] = [
        ("consistency", peer.fits, [(each,) for each in problem["partial"]]),
        ("conflict", peer.conflict, problem["wishes"]),
        ("repair", peer.repair, problem["wishes"]),
        ("completion", getattr(peer, "complete", None), [(each,) for each in problem["priced"]]),
    ]
    for operation, ask, questions in asked:
        if ask is not None:
            for spent, answer in timed(questions, partial(_apply, ask), seconds):
                print(json.dumps({"operation": operation, "ms": spent, "answer": int(answer)}), flush=True)


def _apply(ask: Callable[..., int], question: tuple[list[int], ...]) -> int:
    return ask(*question)


if __name__ == "__main__":
    main()
