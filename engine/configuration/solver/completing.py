"""Complete on a workbench: the least total, with an honest status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

from engine.configuration.answers import Apart, Choice, Completion, CompletionStatus, Objective, Ranking
from engine.configuration.model import STRUCTURE, Kind, Model, Sum, Term, Value
from engine.configuration.solver import program
from engine.configuration.solver.apart import Blocker, content_of
from engine.configuration.solver.descent import Descent, total_of
from engine.configuration.solver.elimination import TooWideError
from engine.configuration.solver.optimum import Demand, Priced, Weigher, rising
from engine.configuration.solver.reduced import Reduced
from engine.configuration.solver.search import Allowance, BudgetSpentError, Host, Search
from engine.configuration.solver.steps import STEPS_MAX, in_steps, steps_of
from engine.configuration.solver.sums import SumTheory
from engine.configuration.solver.sweep import Sweeper
from engine.configuration.solver.witnesses import Possible
from engine.configuration.solver.workbench import Workbench, needs_theory

INFEASIBLE = Completion(CompletionStatus.INFEASIBLE)
DESCENT_MS = 200
"""Longest that a descent goes on; that of the shipped workstation arrives in a tenth of it."""


@dataclass(frozen=True, slots=True)
class Several:
    """How many different completions are wanted, and what tells them apart."""

    count: int
    apart: Apart


ONE = Several(1, ())


@dataclass(frozen=True, slots=True)
class Task:
    """One completion to find: total terms, further limits, choices as given."""

    bench: Workbench
    choices: tuple[Choice, ...]
    terms: tuple[Term, ...]
    limits: tuple[Sum, ...]
    allowance: Allowance
    several: Several

    @property
    def model(self) -> Model:
        """The model asked about."""
        return self.bench.foundation.model

    def theory(self) -> SumTheory | None:
        """A fresh sum theory that also knows the limits, or None when clauses say everything."""
        if not self.limits and not needs_theory(self.model):
            return None
        theory = SumTheory(self.model)
        for each in self.limits:
            theory.add(each)
        return theory

    def hard(self, theory: SumTheory | None, host: Host) -> list[int]:
        """The choices as literals of that host."""

        literals = self.bench.foundation.vocabulary.literals
        return [literal for each in self.choices for literal in literals(each, partial(_bound, theory, host))]


def complete(
    bench: Workbench,
    choices: tuple[Choice, ...],
    objective: Objective,
    allowance: Allowance,
    sweeper: Sweeper | None = None,
) -> Completion:
    """Minimise the objective: one pass over a diagram, tables joined one by one, MaxSAT, or an integer program.

    Among equally good completions the model's preferences decide.
    """
    return ranked(bench, choices, objective, (allowance, ONE), sweeper).completions[0]


def ranked(
    bench: Workbench,
    choices: tuple[Choice, ...],
    objective: Objective,
    asked: tuple[Allowance, Several],
    sweeper: Sweeper | None = None,
) -> Ranking:
    """The completions of least total, the next ones as far as MaxSAT proves them; other ways answer the first only."""
    allowance, several = asked
    terms, scale = _with_preferences(bench.foundation.model, objective.terms)
    limits = tuple(Sum(limit, bound, STRUCTURE) for limit, bound in objective.limits if limit != objective.terms)
    task = Task(bench, choices, terms, limits, allowance, several)
    if sweeper is not None and not limits and bench.decided(_asked(task)):
        found = _alone(_by_sweep(task, sweeper))
    elif any(each.quantity is not None for each in terms):
        found = _by_steps(task) or _alone(_by_program(task))
    else:
        found = _by_tables(task) or _by_cores(task)
    unscaled = [each if scale == 1 else _unscaled(each, scale) for each in found.completions]
    within = [_within(objective, each) for each in unscaled]
    fits = list(takewhile(lambda each: each.status is not CompletionStatus.INFEASIBLE, within))
    return Ranking(tuple(fits or within[:1]), found.exhausted or len(fits) < len(within))


def _alone(found: Completion) -> Ranking:
    return Ranking((found,), found.status is CompletionStatus.INFEASIBLE)


def _within(objective: Objective, found: Completion) -> Completion:
    """What was found where the total itself has a limit: the least total keeps it, or none does."""
    bounds = [bound for limit, bound in objective.limits if limit == objective.terms]
    if bounds and found.bound is not None and found.bound > min(bounds):
        return INFEASIBLE
    if bounds and found.total is not None and found.total > min(bounds):
        return Completion(CompletionStatus.UNKNOWN, bound=found.bound)
    return found


def values_of(model: Model, solution: Sequence[int], quantities: dict[int, int]) -> tuple[tuple[str, Value], ...]:
    """The value of every variable but unnamed helpers (``(...)``) in a solution of the skeleton and its quantities."""
    found: list[tuple[str, Value]] = []
    for at, variable in enumerate(model.variables):
        if not variable.decision and variable.name.startswith("("):
            continue
        if variable.kind is Kind.BOOLEAN:
            found.append((variable.name, solution[variable.first - 1] > 0))
        elif variable.kind is Kind.QUANTITY:
            found.append((variable.name, quantities[at]))
        else:
            atoms = solution[variable.first - 1 : variable.first - 1 + len(variable.values)]
            found.append((variable.name, variable.values[max(atoms) - variable.first]))
    return tuple(found)


def _with_preferences(model: Model, terms: tuple[Term, ...]) -> tuple[tuple[Term, ...], int]:
    """The objective scaled up so that all preferences together weigh less than one unit of it."""
    if not model.preferences:
        return terms, 1
    scale = 1 + sum(each.weight for each in model.preferences)
    scaled = [Term(each.coefficient * scale, each.literal, each.quantity) for each in terms]
    wishes = [Term(each.weight, -each.literal) for each in model.preferences]
    return (*scaled, *wishes), scale


def _unscaled(found: Completion, scale: int) -> Completion:
    bound = None if found.bound is None else found.bound // scale
    total = None if found.total is None else found.total // scale
    return Completion(found.status, found.values, total, bound)


def _asked(task: Task) -> Iterator[int]:
    """The literals that prices and choices are about."""
    yield from (each.literal for each in task.terms if each.literal)
    yield from task.bench.literals(task.choices)


def _by_sweep(task: Task, sweeper: Sweeper) -> Completion:
    """One weighted pass: exact, and proven by construction."""
    weigher = _weighed(task.terms)
    found = sweeper.cheapest(task.bench.literals(task.choices), weigher.net())
    if found is None:
        return INFEASIBLE
    total = found[0] + weigher.offset
    solution = _with_helpers(task.bench, found[1])
    return Completion(CompletionStatus.OPTIMAL, values_of(task.model, solution, {}), total, total)


def _with_helpers(bench: Workbench, solution: list[int]) -> list[int]:
    """A diagram knows decisions only: what follows from them is asked of the search."""
    if all(each.decision for each in bench.foundation.model.variables):
        return solution
    decided = [each for each in solution if bench.decided((each,))]
    held = bench.search.solve(decided)
    assert held, "the diagram holds valid configurations only"
    return bench.search.model()


def _weighed(terms: Sequence[Term], reduced: Reduced | None = None) -> Weigher:
    weigher = Weigher()
    for term in terms:
        if term.literal:
            literal = reduced.literals([term.literal])[0] if reduced else term.literal
            weigher.add(literal, term.coefficient)
        else:
            weigher.offset += term.coefficient
    return weigher


def _by_elimination(task: Task) -> Completion | None:
    """Exact where the rules are tables; None where they are not, or where too many rows would have to be joined."""
    eliminator = None if task.limits else task.bench.foundation.eliminator
    if eliminator is None:
        return None
    foundation, allowance = task.bench.foundation, task.allowance
    weigher = _weighed(task.terms)
    costs = weigher.net()
    try:
        wanted = foundation.root or foundation.everything
        possible = task.bench.finder().possible(task.bench.literals(task.choices), wanted)
        if possible is None:
            return INFEASIBLE
        share = allowance.share(allowance.milliseconds_left() // 2)  # the search gets the rest
        found = eliminator.cheapest(_positions(task.model, possible), costs, share)
    except (TooWideError, BudgetSpentError):
        return None
    if found is None:
        return INFEASIBLE
    total, values = found[0] + weigher.offset, found[1]
    named = tuple(
        (each.name, each.values[at])
        for each, at in zip(task.model.variables, values, strict=True)
        if each.decision or not each.name.startswith("(")
    )
    return Completion(CompletionStatus.OPTIMAL, named, total, total)


def _positions(model: Model, possible: Possible) -> list[list[int]]:
    """The positions that every variable may have; all of them where nobody asked."""
    found: list[list[int]] = []
    for variable in model.variables:
        if not variable.decision:
            found.append(list(range(len(variable.values))))
        elif variable.kind is Kind.BOOLEAN:
            can = possible.fail >> variable.first & 1, possible.hold >> variable.first & 1
            found.append([at for at in (0, 1) if can[at]])
        else:
            left = possible.hold >> variable.first
            found.append([at for at in range(len(variable.values)) if left >> at & 1])
    return found


def _by_tables(task: Task) -> Ranking | None:
    """Tables joined one by one, which come to one completion."""
    found = None if task.several.count > 1 else _by_elimination(task)
    return None if found is None else _alone(found)


def _by_steps(task: Task) -> Ranking | None:
    """MaxSAT over the single steps of quantities; None where there are too many, or without a proof soon.

    An integer program is the better one where a limit meets the prices, two sums over the same atoms; but it comes to
    one completion.
    """
    if (task.several.count == 1 and any(_meet(each.terms, task.terms) for each in task.limits)) or steps_of(
        task.model, task.terms
    ) > STEPS_MAX:
        return None
    found = _by_maxsat(task, task.allowance.share(task.allowance.milliseconds_left() // 5))  # the program gets the rest
    return found if isinstance(found, Ranking) else None


def _meet(some: Sequence[Term], others: Sequence[Term]) -> bool:
    """Whether two sums are about the same quantities."""
    quantities = {each.quantity for each in some if each.quantity is not None}
    return any(each.quantity in quantities for each in others)


def _by_cores(task: Task) -> Ranking:
    """Weighted MaxSAT; without a proof, whatever a descent comes to."""
    found = _by_maxsat(task, task.allowance)
    return found if isinstance(found, Ranking) else _alone(_by_descent(task, found))


def _by_maxsat(task: Task, allowance: Allowance) -> Ranking | int:
    """Weighted MaxSAT over the skeleton, sums added lazily; over the reduced clauses where they say everything.

    Without a proof of the first, a total that nothing undercuts.
    """
    theory = task.theory()
    foundation = task.bench.foundation
    reduced = None if theory else foundation.reduced
    demand = Demand(reduced.cnf if reduced else foundation.cnf)
    literals = task.hard(theory, demand)
    for literal in reduced.literals(literals) if reduced else literals:
        demand.add((literal,))
    terms = task.terms if theory is None else tuple(in_steps(task.model, task.terms, theory, demand))
    weigher = _weighed(terms, reduced)
    costs = weigher.net()
    values = any(each.kind is Kind.ENUMERATION for each in task.model.variables)
    priced = Priced.VALUES if values else Priced.FEATURES
    found: dict[object, Completion] = {}

    def read(solution: Sequence[int]) -> tuple[tuple[str, Value], ...]:
        solution = reduced.original(solution) if reduced else solution
        return values_of(task.model, solution, theory.values if theory else {})

    def block(solution: Sequence[int], host: Host) -> Iterator[Sequence[int]]:
        def said(choice: Choice) -> Sequence[int] | None:
            if not foundation.vocabulary.takes(choice):
                return None
            literals = foundation.vocabulary.literals(choice, partial(_bound, theory, host))
            return reduced.literals(literals) if reduced else literals

        return Blocker(task.several.apart, said).clauses(dict(read(solution)), host)

    ways = rising(demand, costs, priced=priced, theory=theory, allowance=allowance, block=block)
    with closing(ways):
        for best in ways:
            total = best.cost + weigher.offset
            if not best.proven:
                return Ranking(tuple(found.values())) if found else total
            named = read(best.model)
            completion = Completion(CompletionStatus.OPTIMAL, named, total, total)
            found.setdefault(content_of(dict(named), task.several.apart), completion)
            if len(found) == task.several.count:
                return Ranking(tuple(found.values()))
    return Ranking(tuple(found.values()) or (INFEASIBLE,), exhausted=True)


def _bound(theory: SumTheory | None, host: Host, variable: int, at_least: int) -> int:
    assert theory is not None, "a model with quantities has a sum theory"
    return theory.at_least(variable, at_least, host)


def _by_program(task: Task) -> Completion:
    """An integer program; its proposal is checked and added up exactly before anyone sees it.

    Stopped early, it may be worse than a descent, which takes next to no time.
    """
    model = task.model
    if not program.fits(model, task.terms):
        return _by_descent(task, None)
    built = program.Program(model, task.bench.foundation.cnf)
    vocabulary = task.bench.foundation.vocabulary
    for choice in task.choices:
        variable = model.variables[model.index[choice.variable]]
        if variable.kind is Kind.QUANTITY:
            built.restrict(model.index[choice.variable], *vocabulary.interval(variable, choice))
        else:
            built.fix(vocabulary.literals(choice, lambda *_: 0))
    for limit in task.limits:
        built.limit(limit)
    found = built.minimise(task.terms, task.allowance)
    if not found.feasible:
        return INFEASIBLE if found.optimal else _by_descent(task, found.bound)
    solution = _exact(task, [each if each in found.held else -each for each in _decided(model)], found.quantities)
    if solution is None:
        return _by_descent(task, found.bound)
    total = total_of(task.terms, solution, found.quantities)
    values = values_of(model, solution, found.quantities)
    if found.optimal and found.bound is not None and found.bound >= total:
        return Completion(CompletionStatus.OPTIMAL, values, total, total)
    other = _by_descent(task, found.bound)
    if other.total is not None and other.total < total:
        return other
    return Completion(CompletionStatus.FEASIBLE, values, total, found.bound)


def _decided(model: Model) -> Iterator[int]:
    """The atoms that a proposal has to get right; helpers that clauses define are the exact engine's to work out.

    The program leaves out the clauses that only follow from sums, so what it says of their helpers means nothing.
    """
    for variable in model.variables:
        if variable.decision and variable.kind is not Kind.QUANTITY:
            count = 1 if variable.kind is Kind.BOOLEAN else len(variable.values)
            yield from range(variable.first, variable.first + count)


def _exact(task: Task, atoms: list[int], quantities: dict[int, int]) -> list[int] | None:
    """The proposal as a solution of the exact engine, or None when it is none (rounding misled HiGHS)."""
    theory = task.theory()
    search = Search(task.bench.foundation.cnf, theory=theory)
    search.allowance = task.allowance
    try:
        fixed = list(atoms)
        if theory is not None:
            for variable, value in quantities.items():
                fixed.append(theory.at_least(variable, value, search))
                fixed.append(-theory.at_least(variable, value + 1, search))
        return search.model() if search.solve(fixed) else None
    finally:
        search.close()


def _by_descent(task: Task, bound: int | None) -> Completion:
    """No proof in time: a good solution, with the bound reached; one that meets it is the best."""
    theory = task.theory()
    search = Search(task.bench.foundation.cnf, theory=theory)
    last = search.allowance = task.allowance.extended()
    descent = Descent(task.model, search, theory, task.terms)
    try:
        if not descent.start(task.hard(theory, search)):
            return INFEASIBLE
        search.allowance = last.share(DESCENT_MS)  # the time is over, and there is something to answer
        found = descent.run()
    except BudgetSpentError:
        return Completion(CompletionStatus.UNKNOWN, bound=bound)
    finally:
        search.close()
    values = values_of(task.model, found.solution, found.quantities)
    status = CompletionStatus.OPTIMAL if found.total == bound else CompletionStatus.FEASIBLE
    return Completion(status, values, found.total, bound)
