"""Complete on a workbench: the least total, with an honest status."""

from __future__ import annotations

from collections.abc import Sequence

from engine.configuration.answers import Choice, Completion, CompletionStatus, Objective
from engine.configuration.model import Kind, Model, Value
from engine.configuration.solver.optimum import Weigher, cheapest
from engine.configuration.solver.search import Allowance, BudgetSpentError
from engine.configuration.solver.workbench import Workbench

INFEASIBLE = Completion(CompletionStatus.INFEASIBLE)


def complete(bench: Workbench, choices: tuple[Choice, ...], objective: Objective, allowance: Allowance) -> Completion:
    """Minimise the objective by MaxSAT; out of time, the best solution seen with the proven bound."""
    weigher = _weigh(bench.foundation.model, objective)
    costs = weigher.net()
    hard = bench.literals(choices)
    foundation = bench.foundation
    best = cheapest(foundation.cnf, hard, costs, theory=bench.theory, allowance=allowance)
    if best is None:
        return INFEASIBLE
    if best.proven:
        total = best.cost + weigher.offset
        return Completion(CompletionStatus.OPTIMAL, values_of(foundation.model, best.model), total, total)
    return _fallback(bench, hard, weigher, best.cost)


def values_of(model: Model, solution: Sequence[int]) -> tuple[tuple[str, Value], ...]:
    """The value of every decision variable in a solution of the skeleton."""
    found: list[tuple[str, Value]] = []
    for variable in model.variables:
        if not variable.decision:
            continue
        if variable.kind is Kind.BOOLEAN:
            found.append((variable.name, solution[variable.first - 1] > 0))
        elif variable.kind is Kind.ENUMERATION:
            chosen = next(at for at in range(len(variable.values)) if solution[variable.first - 1 + at] > 0)
            found.append((variable.name, variable.values[chosen]))
    return tuple(found)


def _weigh(model: Model, objective: Objective) -> Weigher:
    weigher = Weigher()
    for term in objective.terms:
        if term.literal:
            weigher.add(term.literal, term.coefficient)
        else:
            weigher.offset += term.coefficient
    return weigher


def _fallback(bench: Workbench, hard: list[int], weigher: Weigher, bound: int) -> Completion:
    """Out of time before a proof: one solution that leans towards cheap values, with the bound reached."""
    search = bench.search
    search.favour([-literal for literal in weigher.costs])
    try:
        if not search.solve(hard):
            return INFEASIBLE
    except BudgetSpentError:
        return Completion(CompletionStatus.UNKNOWN, bound=bound + weigher.offset)
    solution = search.model()
    held = set(solution)
    total = weigher.offset + sum(cost for literal, cost in weigher.costs.items() if literal in held)
    model = bench.foundation.model
    return Completion(CompletionStatus.FEASIBLE, values_of(model, solution), total, bound + weigher.offset)
