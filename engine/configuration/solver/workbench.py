"""What one thread needs to answer questions about one model: the fast search, and a blaming one when first needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, partial

from engine.configuration.answers import DEFAULT_BUDGET, Choice
from engine.configuration.model import Kind, Model, Variable
from engine.configuration.solver.bits import atoms_of
from engine.configuration.solver.closeup import Statements
from engine.configuration.solver.cnf import Cnf, encode
from engine.configuration.solver.conflicts import Group
from engine.configuration.solver.counting import Branch
from engine.configuration.solver.elimination import Eliminator
from engine.configuration.solver.facts import Vocabulary
from engine.configuration.solver.ranges import RangeFinder
from engine.configuration.solver.reduced import Reduced, reduce
from engine.configuration.solver.rotation import Rotator
from engine.configuration.solver.search import Allowance, Search
from engine.configuration.solver.sums import SumTheory
from engine.configuration.solver.witnesses import PartlyKnownError, Possible, WitnessFinder

GROWN_MAX = 2_000
"""Atoms made for single questions, beside half of those of the model, that a bench may carry: every answer has them."""


class Foundation:
    """The immutable part that all threads share; what a model with a diagram may never need is made when it is asked.

    Threads that make the same thing at the same time make it twice, which is harmless.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.vocabulary = Vocabulary(model)
        self.everything = Possible(self.vocabulary.decided_true, self.vocabulary.decided_false)
        self.root: Possible | None = None
        """What may hold and fail without any choice, once somebody found out."""

    @cached_property
    def cnf(self) -> Cnf:
        """The model as clauses."""
        return encode(self.model)

    @cached_property
    def statements(self) -> Statements:
        """The clauses by rule, for explanations."""
        return Statements(self.cnf)

    @cached_property
    def eliminator(self) -> Eliminator | None:
        """Finds what is cheapest without a search; None where rules are no tables."""
        return Eliminator.of(self.model)

    @property
    def reduced(self) -> Reduced | None:
        """The clauses that the root leaves; None while it is not known, and where clauses do not say everything."""
        return None if self.root is None or needs_theory(self.model) else self._reduced

    @cached_property
    def _reduced(self) -> Reduced:
        assert self.root is not None, "asked for only when the root is known"
        always = [-each for each in atoms_of(self.everything.hold & ~self.root.hold)]
        always += atoms_of(self.everything.fail & ~self.root.fail)
        return reduce(self.cnf, self.model.atom_count, always, self.everything)


class ReducedFinder:
    """Asks the reduced clauses and answers about the original atoms."""

    def __init__(self, reduced: Reduced) -> None:
        self._reduced = reduced
        self.search = Search(reduced.cnf)
        self._inner = WitnessFinder(self.search, reduced.cnf.top, Rotator(reduced.touching, reduced.cnf.top))

    def possible(self, assumptions: Sequence[int], wanted: Possible) -> Possible | None:
        """Which of the wanted atoms may hold or fail under the assumptions, exactly; None when nothing fits them."""
        reduced = self._reduced
        try:
            found = self._inner.possible(reduced.literals(assumptions), reduced.translator.inward(wanted))
        except PartlyKnownError as stopped:
            raise PartlyKnownError(self._outer(stopped.seen, wanted), self._outer(stopped.left, wanted)) from stopped
        return None if found is None else self._outer(found, wanted)

    def _outer(self, found: Possible, wanted: Possible) -> Possible:
        outer = self._reduced.translator.outward(found)
        return Possible(outer.hold & wanted.hold, outer.fail & wanted.fail)


class Workbench:
    """Solvers of one thread; make one per thread and keep it, since learned clauses and solutions speed up answers."""

    def __init__(self, foundation: Foundation) -> None:
        self.foundation = foundation
        self.theory = SumTheory(foundation.model) if needs_theory(foundation.model) else None
        self._allowance = Allowance(DEFAULT_BUDGET)
        self._searches: list[Search] = []
        self._blaming_theory: SumTheory | None = None
        self._selectors: list[int] = []

    @cached_property
    def search(self) -> Search:
        """The fast search over the whole model."""
        return self._allowed(Search(self.foundation.cnf, theory=self.theory))

    @cached_property
    def ranges(self) -> RangeFinder | None:
        """Finds ranges of quantities; None when the model has neither quantities nor sums."""
        return RangeFinder(self.foundation.model, self.search, self.theory) if self.theory else None

    def finder(self) -> WitnessFinder | ReducedFinder:
        """Answers domain questions, on the reduced clauses once they are known."""
        return self._plain if self.foundation.reduced is None else self._finder

    @cached_property
    def _plain(self) -> WitnessFinder:
        return WitnessFinder(self.search, self.foundation.model.atom_count)

    @cached_property
    def _finder(self) -> ReducedFinder:
        reduced = self.foundation.reduced
        assert reduced is not None, "asked for only when there is one"
        found = ReducedFinder(reduced)
        self._allowed(found.search)
        return found

    def allow(self, allowance: Allowance) -> None:
        """Start an operation with this allowance."""
        self._allowance = allowance
        for each in self._searches:
            each.allowance = allowance

    def _allowed(self, search: Search) -> Search:
        search.allowance = self._allowance
        self._searches.append(search)
        return search

    @cached_property
    def _blaming(self) -> Search:
        model = self.foundation.model
        self._blaming_theory = SumTheory(model) if self.theory else None
        search = Search(self.foundation.cnf, rule_count=len(model.rules), selectable=True, theory=self._blaming_theory)
        return self._allowed(search)

    def worn(self) -> bool:
        """Whether so many atoms were made for single questions that a new bench would be quicker."""
        return any(each.grown > GROWN_MAX + (each.top - each.grown) // 2 for each in self._searches)

    def blaming(self) -> Search:
        """The search whose rules can be switched, built at the first explanation: its selectors slow every solve."""
        return self._blaming

    def group(self, choice: Choice) -> Group:
        """The literals of a choice in the fast search."""
        return self.foundation.vocabulary.literals(choice, self._bound)

    def decided(self, literals: Iterable[int]) -> bool:
        """Whether all literals are about decision variables, the only ones that a diagram knows."""
        vocabulary = self.foundation.vocabulary
        known = vocabulary.decided_true | vocabulary.decided_false
        return all(known >> abs(each) & 1 for each in literals)

    def branches(self) -> list[Branch]:
        """Per decision variable what tells its values apart."""
        return [self._branch(at, each) for at, each in enumerate(self.foundation.model.variables) if each.decision]

    def _branch(self, at: int, variable: Variable) -> Branch:
        if variable.kind is Kind.QUANTITY:
            return Branch(bounds=(variable.minimum, variable.maximum), at_least=partial(self._bound, at))
        return Branch([self.group(Choice(variable.name, value)) for value in variable.values])

    def groups(self, choices: Iterable[Choice]) -> list[Group]:
        """The literals of several choices."""
        return [self.group(each) for each in choices]

    def literals(self, choices: Iterable[Choice]) -> list[int]:
        """The literals of several choices in one list, repetitions removed."""
        return list(dict.fromkeys(literal for each in choices for literal in self.group(each)))

    def blaming_literals(self, choices: Iterable[Choice]) -> list[int]:
        """The same in the blaming search, whose quantity bounds have numbers of their own."""
        search, theory = self.blaming(), self._blaming_theory

        def bound(variable: int, at_least: int) -> int:
            assert theory is not None
            return theory.at_least(variable, at_least, search)

        found = self.foundation.vocabulary.literals
        return list(dict.fromkeys(literal for each in choices for literal in found(each, bound)))

    def selectors(self) -> Sequence[int]:
        """One literal a rule, in the blaming search."""
        search = self.blaming()
        if not self._selectors:
            self._selectors = [search.selector(at) for at in range(len(self.foundation.model.rules))]
        return self._selectors

    def _bound(self, variable: int, at_least: int) -> int:
        assert self.theory is not None, "a model with quantities has a sum theory"
        return self.theory.at_least(variable, at_least, self.search)


def needs_theory(model: Model) -> bool:
    """Whether clauses alone cannot say everything: the model has sums or quantities."""
    return bool(model.sums) or any(True for _ in model.quantities())
