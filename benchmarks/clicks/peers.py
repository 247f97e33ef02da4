"""The engines people would otherwise pick, each answering all domains of a click in its usual way.

Run by the Python of the peers' own environment (see ``environment``), which has none of our packages:
``python peers.py NAME SECONDS``, a problem as JSON on standard input, answers as JSON on standard output. A peer that
is not done after so many seconds answers as many clicks as it managed.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Problem = dict[str, Any]
Domains = Callable[[list[int]], Iterable[int]]
"""From assumed literals to the literals of decisions that may still hold."""


def naive_sat(problem: Problem) -> Domains:
    """One call of an incremental SAT solver for every literal that is asked about."""
    from pysat.solvers import Glucose4

    solver = Glucose4(bootstrap_with=problem["clauses"])
    solver.add_clause([problem["top"], -problem["top"]])
    return lambda assumed: [each for each in problem["asked"] if solver.solve([*assumed, each])]


def clingo_brave(problem: Problem) -> Domains:
    """Brave consequences: what holds in some answer set, in one call."""
    import clingo

    control = clingo.Control(["--enum-mode=brave", "--opt-mode=ignore", "0"], message_limit=0)
    asked = {}
    with control.backend() as backend:
        for atom in range(1, problem["top"] + 1):
            assert backend.add_atom() == atom
        backend.add_rule(list(range(1, problem["top"] + 1)), [], choice=True)
        for clause in problem["clauses"]:
            backend.add_rule([], [-each for each in clause])
        for literal in problem["asked"]:
            symbol = clingo.Function("holds", [clingo.Number(literal)])
            asked[symbol] = literal
            backend.add_rule([backend.add_atom(symbol)], [literal])

    def domains(assumed: list[int]) -> Iterable[int]:
        last = None
        with control.solve(assumptions=assumed, yield_=True) as answers:
            for model in answers:
                last = model.symbols(atoms=True)
        return [asked[each] for each in last or () if each in asked]

    return domains


class CpSat:
    """A problem stated to CP-SAT, tables as tables."""

    def __init__(self, problem: Problem) -> None:
        from ortools.sat.python import cp_model

        self.model = model = cp_model.CpModel()
        self.atoms = [None, *(model.new_bool_var(str(at)) for at in range(1, problem["atoms"] + 1))]
        numbers = {}
        for name, (first, size) in problem["variables"].items():
            numbers[name] = model.new_int_var(0, size - 1, f"v{name}") if first > 0 else self.atoms[-first]
            if first > 0:
                values = self.atoms[first : first + size]
                model.add_exactly_one(values)
                model.add_map_domain(numbers[name], values)
        for clause in problem["native"]:
            model.add_bool_or([self.literal(each) for each in clause])
        for columns, rows, allowed in problem["tables"]:
            add = model.add_allowed_assignments if allowed else model.add_forbidden_assignments
            add([numbers[str(each)] for each in columns], rows)
        self.solver = cp_model.CpSolver()
        self.solver.parameters.num_workers = 1
        self._found = (cp_model.OPTIMAL, cp_model.FEASIBLE)

    def literal(self, number: int) -> Any:
        return self.atoms[number] if number > 0 else ~self.atoms[-number]

    def fits(self, assumed: Iterable[int]) -> bool:
        """Whether there is a solution with these literals."""
        self.model.clear_assumptions()
        self.model.add_assumptions([self.literal(each) for each in assumed])
        return self.solver.solve(self.model) in self._found

    def held(self) -> set[int]:
        """The literals of the last solution."""
        return {at if self.solver.boolean_value(self.atoms[at]) else -at for at in range(1, len(self.atoms))}


def cp_sat(problem: Problem) -> Domains:
    """OR-tools CP-SAT with assumptions: every solution is a witness of all it holds."""
    stated = CpSat(problem)
    stated.solver.parameters.cp_model_presolve = False

    def domains(assumed: list[int]) -> Iterable[int]:
        seen: set[int] = set()
        for each in problem["asked"]:
            if each not in seen and stated.fits([*assumed, each]):
                seen |= stated.held()
        return [each for each in problem["asked"] if each in seen]

    return domains


class Backtracking:
    """A problem of python-constraint for every question, since it takes no assumptions."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.owner: dict[int, tuple[str, int | None]] = {}
        for name, (first, size) in problem["variables"].items():
            for at in range(size if first > 0 else 1):
                self.owner[abs(first) + at] = (name, at if first > 0 else None)

    def test(self, literal: int, value: int) -> bool:
        """Whether the literal holds when its variable has the value at that position."""
        position = self.owner[abs(literal)][1]
        return (value == 1 if position is None else value == position) == (literal > 0)

    def solution(self, assumed: list[int]) -> dict[str, int] | None:
        """One solution with the literals, or None."""
        from constraint import FunctionConstraint
        from constraint import Problem as Search

        made = Search()
        for name, (_, size) in self.problem["variables"].items():
            mine = [each for each in assumed if self.owner[abs(each)][0] == name]
            values = [value for value in range(size) if all(self.test(each, value) for each in mine)]
            if not values:
                return None
            made.addVariable(name, values)
        for clause in self.problem["native"]:
            names = [self.owner[abs(each)][0] for each in clause]
            made.addConstraint(FunctionConstraint(self._any(clause)), names)
        for columns, rows, allowed in self.problem["tables"]:
            names = [str(each) for each in columns]
            made.addConstraint(FunctionConstraint(self._row({tuple(each) for each in rows}, allowed)), names)
        found: dict[str, int] | None = made.getSolution()
        return found

    def domains(self, assumed: list[int]) -> Iterable[int]:
        """Every solution found is a witness of all it holds."""
        seen: set[int] = set()
        for each in self.problem["asked"]:
            if each not in seen and (found := self.solution([*assumed, each])):
                seen |= {one for one in self.problem["asked"] if self.test(one, found[self.owner[abs(one)][0]])}
        return seen

    def _any(self, clause: list[int]) -> Callable[..., bool]:
        return lambda *values: any(self.test(each, value) for each, value in zip(clause, values, strict=True))

    @staticmethod
    def _row(rows: set[tuple[int, ...]], allowed: object) -> Callable[..., bool]:
        return lambda *values: (values in rows) == allowed


def python_constraint(problem: Problem) -> Domains:
    """Backtracking search for a solution with each value."""
    return Backtracking(problem).domains


PEERS = {
    "naive SAT per value": naive_sat,
    "clingo brave": clingo_brave,
    "CP-SAT assumptions": cp_sat,
    "python-constraint": python_constraint,
}


def task() -> tuple[str, float, Problem]:
    """What this process is to do: the peer's name, how many seconds it has, and the problem."""
    return sys.argv[1], float(sys.argv[2]), json.load(sys.stdin)


def timed(questions: Iterable[Any], ask: Callable[[Any], Any], seconds: float) -> Iterator[tuple[float, Any]]:
    """CPU milliseconds and answer of one question after the other, until all are done or the time is up."""
    started = time.monotonic()
    for question in questions:
        before = time.process_time()
        answer = ask(question)
        yield (time.process_time() - before) * 1000, answer
        if time.monotonic() - started > seconds:
            break


def main() -> None:
    """Answer the clicks until all are done or the time is up; partial answers are printed click by click."""
    name, seconds, problem = task()
    started = time.process_time()
    domains = PEERS[name](problem)
    print(json.dumps({"load_ms": (time.process_time() - started) * 1000}), flush=True)
    for spent, found in timed(problem["clicks"], domains, seconds):
        digest = hashlib.sha256(",".join(map(str, sorted(found))).encode()).hexdigest()[:16]
        print(json.dumps({"ms": spent, "hash": digest}), flush=True)


if __name__ == "__main__":
    main()
