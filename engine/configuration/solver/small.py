"""The second implementation, on python-constraint: every solution written out, every answer read off the list.

For small models only. It shares nothing with the default engine but the problem and the answers, so that each checks
the other; it is readable rather than fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from math import prod

from constraint import FunctionConstraint, Problem

from engine.configuration.answers import (
    DEFAULT_BUDGET,
    NOT_PRICED,
    Apart,
    Blamed,
    Budget,
    Choice,
    Completion,
    CompletionStatus,
    Explanation,
    Implied,
    ImpliedRule,
    Objective,
    Offer,
    Ranking,
    Repair,
    State,
)
from engine.configuration.model import STRUCTURE, Model
from engine.configuration.solver.apart import content_of
from engine.configuration.solver.facts import canonical, units_of, wanted_choices
from engine.configuration.solver.listing import Literals, Solution, Test, agrees, domains_of, values_of

SPACE_MAX = 2_000_000
"""Combinations of values beyond which a model is refused: this engine is for small ones."""


class SmallConfigurator:
    """Answers from the full list of solutions; raises ``ValueError`` for a model that is too large to list."""

    def __init__(self, model: Model) -> None:
        space = prod(len(values_of(each)) for each in model.variables)
        if space > SPACE_MAX:
            raise ValueError(f"`{model.name}` has {space} combinations; at most {SPACE_MAX} are listed")
        self.model = model
        self._literals = Literals(model)
        self._rules = frozenset(range(len(model.rules)))
        self._listed: dict[frozenset[int], list[Solution]] = {}

    def configure(
        self, choices: Sequence[Choice], *, previous: State | None = None, budget: Budget = DEFAULT_BUDGET
    ) -> State:
        """Which values occur in the solutions that agree with the choices."""
        return domains_of(self.model, canonical(choices), self._matching(choices), self._literals)

    def satisfiable(self, choices: Sequence[Choice], *, budget: Budget = DEFAULT_BUDGET) -> bool:
        """Whether any solution agrees."""
        return bool(self._matching(choices))

    def count(self, choices: Sequence[Choice] = (), *, budget: Budget = DEFAULT_BUDGET) -> int:
        """How many different configurations agree."""
        shown = [each.name for each in self.model.variables if each.decision]
        return len({tuple(each[name] for name in shown) for each in self._matching(choices)})

    def explain(
        self,
        choices: Sequence[Choice],
        *,
        wanted: Choice | Sequence[Choice] | None = None,
        groups: Sequence[Sequence[Choice]] = (),
        budget: Budget = DEFAULT_BUDGET,
    ) -> Explanation | None:
        """The smallest set of choices without a solution, and rules that cannot be spared."""
        hard = wanted_choices(wanted)
        units = units_of(choices, groups)
        for size in range(len(units) + 1):
            for some in combinations(units, size):
                chosen = canonical(each for unit in some for each in unit)
                if not self._matching((*chosen, *hard)):
                    return self._blame(chosen, hard)
        return None

    def repair(
        self,
        choices: Sequence[Choice],
        *,
        wanted: Sequence[Choice] = (),
        prices: Offer = NOT_PRICED,
        groups: Sequence[Sequence[Choice]] = (),
        limit: int = 3,
        budget: Budget = DEFAULT_BUDGET,
    ) -> tuple[Repair, ...]:
        """Smallest sets of choices to give up; no larger one contains a smaller one."""
        units = units_of(choices, groups)
        found: list[tuple[tuple[Choice, ...], ...]] = []
        for size in range(len(units) + 1):
            for drop in combinations(units, size):
                kept = [each for unit in units if unit not in drop for each in unit]
                if not any(set(each) <= set(drop) for each in found) and self._matching([*kept, *wanted]):
                    found.append(drop)
        return tuple(Repair(canonical(each for unit in drop for each in unit)) for drop in found[:limit])

    def complete(
        self, choices: Sequence[Choice], *, objective: Objective, budget: Budget = DEFAULT_BUDGET
    ) -> Completion:
        """The solution of least total."""
        return self.ranked(choices, objective=objective, apart=(), count=1).completions[0]

    def ranked(
        self,
        choices: Sequence[Choice],
        *,
        objective: Objective,
        apart: Apart,
        count: int,
        budget: Budget = DEFAULT_BUDGET,
    ) -> Ranking:
        """The solutions of least total, of those that only exchange like places the first."""
        fitting = [
            each
            for each in self._matching(choices)
            if all(self._literals.total(terms, each) <= bound for terms, bound in objective.limits)
        ]
        if not fitting:
            return Ranking((Completion(CompletionStatus.INFEASIBLE),), exhausted=True)
        fitting.sort(key=lambda each: (self._literals.total(objective.terms, each), self._regret(each)))
        different: dict[object, Solution] = {}
        for each in fitting:
            different.setdefault(content_of(each, apart), each)
        found = [self._completion(each, objective) for each in different.values()]
        return Ranking(tuple(found[:count]), exhausted=len(found) < count)

    def _completion(self, solution: Solution, objective: Objective) -> Completion:
        total = self._literals.total(objective.terms, solution)
        values = tuple((each.name, solution[each.name]) for each in self.model.variables if each.decision)
        return Completion(CompletionStatus.OPTIMAL, values, total, total)

    def blame(self, wanted: Choice | None = None, *, budget: Budget = DEFAULT_BUDGET) -> Blamed | None:
        """The smallest set of rules under which no solution has the value."""
        hard = () if wanted is None else (wanted,)
        if self._matching(hard):
            return None
        sizes = range(len(self._rules) + 1)
        every = (some for size in sizes for some in combinations(sorted(self._rules), size))
        found = next(some for some in every if not self._matching(hard, frozenset(some)))
        return Blamed(tuple(self.model.rules[at] for at in found), smallest=True)

    def implied(self, *, budget: Budget = DEFAULT_BUDGET) -> Implied:
        """The rules without which the solutions are the same, each with rules that cannot be spared to imply it."""
        everything = len(self._all(self._rules))
        found: list[ImpliedRule] = []
        for rule in sorted(self._rules - self._soft()):
            kept = set(self._rules - {rule})
            if len(self._all(frozenset(kept))) > everything:
                continue
            for other in sorted(kept):
                if self._same(kept - {other}, rule):
                    kept.discard(other)
            found.append(ImpliedRule(self.model.rules[rule], tuple(self.model.rules[at] for at in sorted(kept))))
        return Implied(tuple(found))

    def _same(self, rules: set[int], rule: int) -> bool:
        return len(self._all(frozenset(rules))) == len(self._all(frozenset(rules | {rule})))

    def _soft(self) -> frozenset[int]:
        """Rules that ask for nothing hard."""
        model = self.model
        stated = (model.clauses, model.tables, model.cardinalities, model.sums)
        return self._rules - {each.rule for group in stated for each in group}

    def _regret(self, solution: Solution) -> int:
        return sum(each.weight for each in self.model.preferences if not self._literals.holds(each.literal, solution))

    def _matching(self, choices: Iterable[Choice], rules: frozenset[int] | None = None) -> list[Solution]:
        wanted = list(choices)
        return [each for each in self._all(self._rules if rules is None else rules) if agrees(each, wanted)]

    def _blame(self, choices: tuple[Choice, ...], hard: tuple[Choice, ...]) -> Explanation:
        kept = set(self._rules)
        for rule in sorted(self._rules):
            if not self._matching((*choices, *hard), frozenset(kept - {rule})):
                kept.discard(rule)
        numbers = tuple(sorted(kept))
        return Explanation(choices, tuple(self.model.rules[at] for at in numbers), numbers)

    def _all(self, rules: frozenset[int]) -> list[Solution]:
        if rules not in self._listed:
            problem = Problem()
            for variable in self.model.variables:
                problem.addVariable(variable.name, list(values_of(variable)))
            everything = [each.name for each in self.model.variables]
            for mentioned, test in self._literals.tests(rules | {STRUCTURE}):
                names = mentioned or everything  # the library takes "no variables" for all of them
                problem.addConstraint(FunctionConstraint(_spread(names, test)), names)
            self._listed[rules] = problem.getSolutions()
        return self._listed[rules]


def _spread(names: Sequence[str], test: Test) -> Callable[..., bool]:
    """The test as the library calls it: one argument a variable, in the order given."""
    return lambda *values: test(dict(zip(names, values, strict=True)))
