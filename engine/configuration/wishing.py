"""Completions nearest to a wish list: keep as much weight of wishes as can be, then be best by the objective."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.configuration.answers import Apart, Budget, Choice, Completion, CompletionStatus, Objective
from engine.configuration.model import Cardinality, Clause, Model, Term
from engine.configuration.solver.engine import SatConfigurator
from engine.configuration.solver.search import Allowance
from engine.configuration.wider import Wider


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
    wider = Wider(model)
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
