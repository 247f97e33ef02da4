"""Completions nearest to a wish list: keep as much weight of wishes as can be, then be best by the objective."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from engine.configuration.answers import Apart, Budget, Choice, Completion, CompletionStatus, Objective, Relation
from engine.configuration.model import Bound, Cardinality, Clause, Kind, Model, Term, Variable
from engine.configuration.solver.engine import SatConfigurator
from engine.configuration.solver.search import Allowance


@dataclass(frozen=True, slots=True)
class Way:
    """One way to fulfil a wish: all of the choices; of several wishes only one may use the same place."""

    choices: tuple[Choice, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that is kept if it can be, in one of its ways; the heavier wish wins."""

    ways: tuple[Way, ...]
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Nearest:
    """A completion, and for each wish the way in which it is kept (None: it is not).

    ``completion.total`` is what the objective comes to; ``missed`` is the weight not kept and ``bound`` the least that
    any configuration misses, as far as is proven. ``following`` are those that come next by the objective and miss no
    more; ``exhausted`` says that there are no others.
    """

    completion: Completion
    ways: tuple[Way | None, ...] = ()
    missed: int | None = None
    bound: int | None = None
    following: tuple[tuple[Completion, tuple[Way | None, ...]], ...] = ()
    exhausted: bool = False

    @property
    def proven(self) -> bool:
        """Whether no configuration is nearer."""
        return self.missed is not None and self.missed == self.bound


def nearest(
    model: Model,
    choices: Sequence[Choice],
    wishes: Sequence[Wish],
    *,
    then: Objective,
    told: tuple[Apart, int] = ((), 1),
    budget: Budget | Allowance,
) -> Nearest:
    """The completion that misses the least weight of wishes; among equals, least by the objective ``then``.

    Both searches have the budget each, or share an allowance in halves. A completion whose objective is not proven says
    so; the wishes have a proof of their own. ``told`` says what tells completions apart, and how many are wanted.
    """
    apart, count = told
    wider, facts = _with_wishes(model, wishes)
    missed = tuple(Term(each.weight, -kept) for each, (kept, _) in zip(wishes, facts, strict=True))
    engine = SatConfigurator(wider)
    half = budget.half() if isinstance(budget, Allowance) else budget
    first = engine.complete(choices, objective=Objective(missed, then.limits), budget=half)
    if not first.values:
        return Nearest(replace(first, total=None, bound=None), bound=first.bound)
    assert first.total is not None, "a completion has a total"
    within = Objective(then.terms, (*then.limits, (missed, first.total)))
    ranking = engine.ranked(choices, objective=within, apart=apart, count=count, budget=budget)
    second, *following = ranking.completions
    if not second.values:
        second = Completion(CompletionStatus.FEASIBLE, first.values)
    names = {each.name for each in model.variables}

    def read(found: Completion) -> tuple[Completion, tuple[Way | None, ...]]:
        held = {name for name, value in found.values if value is True}
        ways = tuple(
            next((way for way, name in zip(each.ways, taken, strict=True) if name in held), None)
            for each, (_, taken) in zip(wishes, facts, strict=True)
        )
        return replace(found, values=tuple(each for each in found.values if each[0] in names)), ways

    shown, ways = read(second)
    after = tuple(map(read, following))
    return Nearest(shown, ways, first.total, first.bound, after, ranking.exhausted)


def _with_wishes(model: Model, wishes: Sequence[Wish]) -> tuple[Model, list[tuple[int, list[str]]]]:
    """The model with a fact for every wish and one for every way of it: the literal of the one, names of the others."""
    wider = _Wider(model)
    facts: list[tuple[int, list[str]]] = []
    places: dict[str, list[int]] = {}
    for each in wishes:
        kept = wider.fact()
        ways = [wider.fact() for _ in each.ways]
        wider.clauses.append(Clause((-kept.first, *(fact.first for fact in ways))))
        for way, fact in zip(each.ways, ways, strict=True):
            wider.clauses.append(Clause((-fact.first, kept.first)))
            for choice in way.choices:
                wider.ask(choice, fact.first)
            if way.place:
                places.setdefault(way.place, []).append(fact.first)
        facts.append((kept.first, [fact.name for fact in ways]))
    rivals = [Cardinality(tuple(some), 0, 1) for some in places.values() if len(some) > 1]
    return wider.built(rivals), facts


def _interval(variable: Variable, choice: Choice) -> tuple[int, int]:
    """The quantities that the choice leaves; empty for one that lies outside."""
    value = int(choice.value)
    low = value if choice.relation in (Relation.IS, Relation.AT_LEAST) else variable.minimum
    high = value if choice.relation in (Relation.IS, Relation.AT_MOST) else variable.maximum
    return (max(low, variable.minimum), min(high, variable.maximum))


class _Wider:
    """A model in the making that has all of another one."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._atoms = model.atom_count
        self._facts: list[Variable] = []
        self._bounds = {(each.variable, each.at_least): each for each in model.bounds}
        self.clauses: list[Clause] = []

    def fact(self) -> Variable:
        """A new yes-or-no fact, under a name that the model does not have."""
        self._atoms += 1
        name = f"wish {len(self._facts)}"
        while name in self._model.index:
            name += "'"
        self._facts.append(Variable(name, Kind.BOOLEAN, self._atoms, (False, True), decision=False))
        return self._facts[-1]

    def ask(self, choice: Choice, when: int) -> None:
        """The choice holds whenever the fact does; one that nothing can be takes the fact away."""
        index = self._model.index[choice.variable]
        variable = self._model.variables[index]
        if variable.kind is Kind.QUANTITY:
            low, high = _interval(variable, choice)
            if low > high:
                self.clauses.append(Clause((-when,)))
                return
            if low > variable.minimum:
                self.clauses.append(Clause((-when, self._at_least(index, low))))
            if high < variable.maximum:
                self.clauses.append(Clause((-when, -self._at_least(index, high + 1))))
            return
        if variable.kind is Kind.BOOLEAN:
            literal = variable.first if choice.value else -variable.first
        else:
            literal = variable.first + variable.values.index(choice.value)
        self.clauses.append(Clause((-when, -literal if choice.relation is Relation.IS_NOT else literal)))

    def _at_least(self, index: int, bound: int) -> int:
        if (index, bound) not in self._bounds:
            self._atoms += 1
            self._bounds[index, bound] = Bound(self._atoms, index, bound)
        return self._bounds[index, bound].atom

    def built(self, rivals: Sequence[Cardinality]) -> Model:
        """The wider model."""
        variables = (*self._model.variables, *self._facts)
        return replace(
            self._model,
            variables=variables,
            clauses=(*self._model.clauses, *self.clauses),
            cardinalities=(*self._model.cardinalities, *rivals),
            bounds=tuple(self._bounds.values()),
            atom_count=self._atoms,
            index=MappingProxyType({each.name: at for at, each in enumerate(variables)}),
        )
