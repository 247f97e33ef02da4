"""Counts answers to questions, not solutions: question by question, apart where nothing joins them, and remembered.

What is left to ask depends on what was answered only through questions that share a rule with it: for the same answers
to those it has as many solutions, so it is counted once. Whether an answer fits is asked of a search, so sums and
quantities are no different from clauses; what no question is about may be anything that fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.configuration.answers import AtLeast, OutOfBudget
from engine.configuration.solver.bits import atoms_of
from engine.configuration.solver.counting import Branch
from engine.configuration.solver.order import neighbours, shallow
from engine.configuration.solver.search import Allowance, BudgetSpentError, Search

KNOWN_MAX = 400_000
JOINED_MAX = 200
"""More questions than that which hang together are not begun: there is no end to their answers."""

Answers = Mapping[int, int]
"""The answer to each question by its number: the position of its value, or a quantity."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How many configurations the answers to some questions stand for; ``sure`` when never none."""

    scope: frozenset[int]
    of: Callable[[Answers], int]
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked, numbered from 0; ``scopes`` are the questions that each rule joins."""

    branches: Sequence[Branch]
    scopes: Sequence[frozenset[int]]
    weights: Sequence[Weight] = ()


def tally(search: Search, questions: Questions, allowance: Allowance) -> int | OutOfBudget[AtLeast]:
    """The weight of all answers that fit together; out of budget, what was counted until then is a lower bound."""
    if not search.solve(()):
        return 0
    if any(len(each) > JOINED_MAX for each in questions.scopes):
        return OutOfBudget("count", AtLeast(1))
    counter = _Tally(search, questions, allowance)
    try:
        counter.arrange()
    except BudgetSpentError:
        return OutOfBudget("count", AtLeast(1))
    found = counter.total((1 << len(questions.branches)) - 1)
    return OutOfBudget("count", AtLeast(max(found, 1))) if counter.spent else found


class _Tally:
    """Sets of questions are bits; ``spent`` says that totals are lower bounds from now on."""

    def __init__(self, search: Search, questions: Questions, allowance: Allowance) -> None:
        self.spent = False
        self._search = search
        self._branches = questions.branches
        self._allowance = allowance
        self._scopes = [*questions.scopes, *(each.scope for each in questions.weights)]
        self._weights: list[list[Weight]] = [[] for _ in questions.branches]
        self._unsure = 0
        for weight in questions.weights:
            for each in weight.scope:
                self._weights[each].append(weight)
                self._unsure |= 0 if weight.sure else 1 << each
        self._near: list[int] = []
        self._rank: dict[int, int] = {}
        self._answers: dict[int, int] = {}
        self._said: dict[int, tuple[int, ...]] = {}
        self._around: dict[int, tuple[int, ...]] = {}
        self._known: dict[tuple[int, tuple[int, ...]], int] = {}

    def arrange(self) -> None:
        """Find what is near what, and an order in which questions fall apart early."""
        near = neighbours(range(len(self._branches)), self._scopes)
        self._near = [sum(1 << other for other in near[each]) for each in range(len(self._branches))]
        self._rank = {each: at for at, each in enumerate(shallow(near, self._allowance.check))}

    def total(self, questions: int) -> int:
        """The weight of all answers to these questions that fit what was answered."""
        product = 1
        for each in self._components(questions):
            product *= self._component(each)
            if not product:
                break
        return product

    def _component(self, questions: int) -> int:
        around = self._around.get(questions)
        if around is None:
            around = self._around[questions] = self._beside(questions)
        key = (questions, tuple(self._answers[each] for each in around))
        known = self._known.get(key)
        if known is not None:
            return known
        if self.spent or questions.bit_count() > JOINED_MAX:
            self.spent = True
            return 0 if questions & self._unsure else 1
        first = max(atoms_of(questions), key=self._rank.__getitem__)
        assumed = [literal for each in around for literal in self._said[each]]
        found = 0
        try:
            for answer, said in self._fitting(self._branches[first], assumed):
                self._answers[first], self._said[first] = answer, said
                found += self._weight(first) * self.total(questions & ~(1 << first))
                if self.spent:
                    break
        except BudgetSpentError:
            self.spent = True
        self._answers.pop(first, None)
        if not self.spent and len(self._known) < KNOWN_MAX:
            self._known[key] = found
        return found

    def _weight(self, question: int) -> int:
        """What the weights multiply to that this answer was the last for."""
        product = 1
        for each in self._weights[question]:
            if each.scope <= self._answers.keys():
                product *= each.of(self._answers)
        return product

    def _fitting(self, branch: Branch, assumed: Sequence[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
        """The answers that fit what is assumed, each with the literals that say it."""
        if branch.at_least is None:
            for at, value in enumerate(branch.values):
                self._allowance.spend(1)
                if self._search.solve([*assumed, *value]):
                    yield at, tuple(value)
            return
        spans: list[tuple[int, int, tuple[int, ...]]] = [(*branch.bounds, ())]
        while spans:
            low, high, said = spans.pop()
            for value, least, most in branch.parts(low, high):
                if not value:
                    yield low, said
                    continue
                self._allowance.spend(1)
                if self._search.solve([*assumed, *said, *value]):
                    spans.append((least, most, (*said, *value)))

    def _beside(self, questions: int) -> tuple[int, ...]:
        """The questions that share a rule with these: all of them were answered before."""
        near = 0
        for each in atoms_of(questions):
            near |= self._near[each]
        return tuple(atoms_of(near & ~questions))

    def _components(self, questions: int) -> Iterable[int]:
        """Questions that no rule joins but through what was answered."""
        while questions:
            component = frontier = questions & -questions
            while frontier:
                reached = 0
                for each in atoms_of(frontier):
                    reached |= self._near[each]
                frontier = reached & questions & ~component
                component |= frontier
            yield component
            questions &= ~component
