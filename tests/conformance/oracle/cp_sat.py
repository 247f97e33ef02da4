"""Runs inside the oracle's own environment: reads a model and questions from standard input, answers with CP-SAT."""

from __future__ import annotations

import json
import sys
from typing import Any

from ortools.sat.python import cp_model


class Oracle:
    """One model and one question, stated to CP-SAT from their plain form and nothing else of the engine."""

    def __init__(self, stated: dict[str, Any], question: dict[str, Any]) -> None:
        self.stated = stated
        self.least = question.get("least")
        self.model = cp_model.CpModel()
        self.atoms = [None, *(self.model.new_bool_var(f"a{at}") for at in range(1, stated["atoms"] + 1))]
        self.quantities = {
            int(at): self.model.new_int_var(low, high, f"q{at}") for at, (low, high) in stated["quantities"].items()
        }
        self.products: dict[tuple[int, int], Any] = {}
        for group in stated["groups"]:
            self.model.add_exactly_one(self.literal(each) for each in group)
        for atom, quantity, least in stated["bounds"]:
            self.model.add(self.quantities[quantity] >= least).only_enforce_if(self.literal(atom))
            self.model.add(self.quantities[quantity] < least).only_enforce_if(self.literal(-atom))
        for clause in stated["clauses"]:
            self.model.add_bool_or([self.literal(each) for each in clause])
        for literals, low, high, when in stated["cardinalities"]:
            held = sum(self.literal(each) for each in literals)
            self.when(self.model.add(held >= low), when)
            if high is not None:
                self.when(self.model.add(held <= high), when)
        for columns, rows, allowed in stated["tables"]:
            self.table(columns, rows, allowed)
        for some, bound, when in stated["sums"]:
            self.when(self.model.add(self.total(some) <= bound), when)
        for each in question["fixed"]:
            self.model.add_bool_or([self.literal(each)])
        for at, (low, high) in question.get("between", {}).items():
            self.model.add_linear_constraint(self.quantities[int(at)], low, high)

    def literal(self, number: int) -> Any:
        return self.atoms[number] if number > 0 else self.atoms[-number].negated()

    def when(self, constraint: Any, literals: list[int]) -> None:
        if literals:
            constraint.only_enforce_if([self.literal(each) for each in literals])

    def table(self, columns: list[list[int]], rows: list[list[int]], allowed: bool) -> None:
        positions = []
        for column in columns:
            made = self.model.new_int_var(0, len(column) - 1, "")
            for at, each in enumerate(column):
                self.model.add(made == at).only_enforce_if(self.literal(each))
            positions.append(made)
        if allowed:
            self.model.add_allowed_assignments(positions, rows)
        else:
            self.model.add_forbidden_assignments(positions, rows)

    def total(self, some: list[list[Any]]) -> Any:
        return sum(factor * self.term(literal, quantity) for factor, literal, quantity in some)

    def term(self, literal: int, quantity: int | None) -> Any:
        if quantity is None:
            return self.literal(literal) if literal else 1
        if not literal:
            return self.quantities[quantity]
        if (literal, quantity) not in self.products:
            low, high = self.stated["quantities"][str(quantity)]
            made = self.model.new_int_var(min(low, 0), max(high, 0), "")
            self.model.add(made == self.quantities[quantity]).only_enforce_if(self.literal(literal))
            self.model.add(made == 0).only_enforce_if(self.literal(-literal))
            self.products[literal, quantity] = made
        return self.products[literal, quantity]

    def answer(self) -> Any:
        """The least total when one is asked for, else what every asked atom and quantity can be."""
        if self.least is not None:
            return self.lowest(self.total(self.least))
        if self.solve() is None:
            return None
        asked = self.stated["asked"]
        waiting = [sign * each for each in asked for sign in (1, -1)]
        possible: set[int] = set()
        while waiting:
            solver = self.solve(assume=waiting[0])
            if solver is not None:
                possible |= {each for each in waiting if solver.boolean_value(self.literal(each))}
            waiting = [each for each in waiting[1:] if each not in possible]
        return {
            "hold": [each for each in asked if each in possible],
            "fail": [each for each in asked if -each in possible],
            "ranges": {each: self.range(self.quantities[each]) for each in self.stated["asked_quantities"]},
        }

    def range(self, quantity: Any) -> list[int]:
        return [self.lowest(quantity), -self.lowest(-quantity)]

    def lowest(self, goal: Any) -> Any:
        self.model.minimize(goal)
        solver = self.solve()
        self.model.clear_objective()
        return None if solver is None else round(solver.objective_value)

    def solve(self, *, assume: int = 0) -> Any:
        """A solver with an optimal solution, or None when there is none."""
        self.model.clear_assumptions()
        if assume:
            self.model.add_assumption(self.literal(assume))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return None
        assert status == cp_model.OPTIMAL, solver.status_name(status)
        return solver


def main() -> None:
    asked = json.load(sys.stdin)
    json.dump([Oracle(asked["model"], each).answer() for each in asked["questions"]], sys.stdout)


if __name__ == "__main__":
    main()
