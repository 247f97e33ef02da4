"""The default configurator: SAT skeleton, sums, MaxSAT; one workbench a thread at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Never, TypeVar

from engine.configuration.answers import (
    DEFAULT_BUDGET,
    NOT_PRICED,
    Apart,
    AtLeast,
    Blamed,
    Budget,
    Choice,
    Clash,
    Completion,
    CompletionStatus,
    Explanation,
    Implied,
    Objective,
    Offer,
    OutOfBudget,
    Range,
    Ranking,
    Repair,
    RepairsSoFar,
    State,
    StateSoFar,
    Violation,
)
from engine.configuration.model import Model
from engine.configuration.solver import completing, explaining
from engine.configuration.solver.counting import count_by_search, count_solutions
from engine.configuration.solver.facts import Unit, canonical, units_of, wanted_choices
from engine.configuration.solver.flat import Diagram
from engine.configuration.solver.implied import implied_rules
from engine.configuration.solver.ranges import full_ranges
from engine.configuration.solver.search import Allowance, BudgetSpentError
from engine.configuration.solver.sweep import Sweeper
from engine.configuration.solver.witnesses import PartlyKnownError, Possible
from engine.configuration.solver.workbench import Foundation, Workbench

Answer = TypeVar("Answer")
REPAIRS_PRICED = 12
"""How many equally small repairs are priced before the best are shown."""

PROVEN = (CompletionStatus.OPTIMAL, CompletionStatus.INFEASIBLE)
NOT_ASKED = Completion(CompletionStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class RepairTask:
    """What a repair is asked with: choices that count as one together, what has to fit, and prices."""

    units: tuple[Unit, ...]
    wanted: tuple[Choice, ...]
    prices: Offer


class SatConfigurator:
    """Answers every question by search; see ``engine.configuration.configurator.Configurator`` for the contracts."""

    def __init__(self, model: Model, *, diagram: Diagram | None = None) -> None:
        self.model = model
        self._sweeper = Sweeper(model, diagram) if diagram else None
        self._foundation = Foundation(model)
        self._idle: deque[Workbench] = deque()
        self._root: State | None = None

    def configure(
        self, choices: Sequence[Choice], *, previous: State | None = None, budget: Budget = DEFAULT_BUDGET
    ) -> State | OutOfBudget[StateSoFar]:
        """Which values remain for every variable, exactly."""
        chosen = canonical(choices)

        def ask(bench: Workbench, allowance: Allowance) -> State | OutOfBudget[StateSoFar]:
            if self._root is None:
                root = self._state(bench, (), self._everything(), allowance.half() if chosen else allowance)
                if isinstance(root, OutOfBudget):
                    return self._state(bench, chosen, self._everything(), allowance) if chosen else root
                self._root = root
                if root.consistent:
                    self._foundation.root = Possible(root.can_hold, root.can_fail)
            if not chosen or not self._root.consistent:
                return self._root if not chosen else State(self.model, chosen, consistent=False)
            start = self._start(chosen, previous) or self._root
            if not start.consistent:
                return State(self.model, chosen, consistent=False)
            return self._state(bench, chosen, start, allowance)

        return self._run("configure", ask, budget)

    def satisfiable(
        self, choices: Sequence[Choice], *, budget: Budget | Allowance = DEFAULT_BUDGET
    ) -> bool | OutOfBudget[Never]:
        """Whether the choices can be completed."""
        return self._run("satisfiable", lambda bench, _: bench.search.solve(bench.literals(choices)), budget)

    def validate(
        self, choices: Sequence[Choice], *, budget: Budget = DEFAULT_BUDGET
    ) -> tuple[Violation, ...] | OutOfBudget[tuple[Violation, ...]]:
        """Every rule that the choices break, with the choices involved."""
        return self._run("validate", lambda bench, _: explaining.validate(bench, canonical(choices)), budget)

    def explain(
        self,
        choices: Sequence[Choice],
        *,
        wanted: Choice | Sequence[Choice] | None = None,
        groups: Sequence[Sequence[Choice]] = (),
        budget: Budget | Allowance = DEFAULT_BUDGET,
    ) -> Explanation | None | OutOfBudget[Clash]:
        """A smallest set of choices, and a minimal set of rules, that rule out ``wanted`` or the choices themselves."""
        hard = wanted_choices(wanted)
        units = units_of(choices, groups)
        return self._run("explain", lambda bench, _: explaining.explain(bench, units, hard), budget)

    def repair(
        self,
        choices: Sequence[Choice],
        *,
        wanted: Sequence[Choice] = (),
        prices: Offer = NOT_PRICED,
        groups: Sequence[Sequence[Choice]] = (),
        limit: int = 3,
        budget: Budget | Allowance = DEFAULT_BUDGET,
    ) -> tuple[Repair, ...] | OutOfBudget[RepairsSoFar]:
        """Smallest sets of choices to give up so that all ``wanted`` fit, ranked by size, then by price effect."""
        task = RepairTask(units_of(choices, groups), tuple(wanted), prices)
        priced = bool(prices.terms)

        def ask(bench: Workbench, allowance: Allowance) -> tuple[Repair, ...] | OutOfBudget[RepairsSoFar]:
            found = explaining.corrections(bench, task.units, wanted, REPAIRS_PRICED if priced else limit)
            if priced:
                ranked = sorted(zip(found.sets, self._priced(bench, allowance, task, found), strict=True), key=_rank)
                repairs = tuple(repair for _, repair in ranked[:limit])
            else:
                repairs = tuple(Repair(_choices(drop)) for drop in found.sets)
            if found.complete and not (priced and allowance.spent()):
                return repairs
            return OutOfBudget("repair", RepairsSoFar(repairs, found.smallest) if repairs else None)

        return self._run("repair", ask, budget)

    def complete(
        self, choices: Sequence[Choice], *, objective: Objective, budget: Budget | Allowance = DEFAULT_BUDGET
    ) -> Completion:
        """A full valid configuration of least total; the status says whether that is proven."""

        def ask(bench: Workbench, allowance: Allowance) -> Completion:
            return completing.complete(bench, canonical(choices), objective, allowance, self._sweeper)

        answer = self._run("complete", ask, budget)
        return Completion(CompletionStatus.UNKNOWN) if isinstance(answer, OutOfBudget) else answer

    def ranked(
        self,
        choices: Sequence[Choice],
        *,
        objective: Objective,
        apart: Apart,
        count: int,
        budget: Budget | Allowance = DEFAULT_BUDGET,
    ) -> Ranking:
        """Different completions of least total, the first as ``complete`` answers it."""
        several = completing.Several(count, apart)

        def ask(bench: Workbench, allowance: Allowance) -> Ranking:
            return completing.ranked(bench, canonical(choices), objective, (allowance, several), self._sweeper)

        answer = self._run("complete", ask, budget)
        return Ranking((NOT_ASKED,)) if isinstance(answer, OutOfBudget) else answer

    def count(self, choices: Sequence[Choice] = (), *, budget: Budget = DEFAULT_BUDGET) -> int | OutOfBudget[AtLeast]:
        """The exact number of complete valid configurations that contain the choices."""

        def ask(bench: Workbench, allowance: Allowance) -> int | OutOfBudget[AtLeast]:
            literals = bench.literals(canonical(choices))
            if self._sweeper is not None and bench.decided(literals):
                return self._sweeper.count(literals)
            if bench.theory is not None:
                return count_by_search(bench.search, bench.branches(), literals)
            return count_solutions(self._foundation.model, literals, allowance)

        return self._run("count", ask, budget)

    def blame(
        self, wanted: Choice | None = None, *, budget: Budget = DEFAULT_BUDGET
    ) -> Blamed | None | OutOfBudget[Blamed]:
        """The smallest set of rules that rule out a value by themselves, or everything."""

        def ask(bench: Workbench, allowance: Allowance) -> Blamed | None | OutOfBudget[Blamed]:
            return explaining.blame(bench, () if wanted is None else (wanted,), allowance)

        return self._run("blame", ask, budget)

    def implied(self, *, budget: Budget = DEFAULT_BUDGET) -> Implied:
        """The rules that never bind, each with the rules that imply it."""
        return implied_rules(self._foundation, Allowance(budget))

    def _start(self, chosen: tuple[Choice, ...], previous: State | None) -> State | None:
        """A previous state that the choices only narrow down."""
        if previous is None or previous.model is not self.model or not set(previous.choices) <= set(chosen):
            return None
        return previous

    def _everything(self) -> State:
        """A state in which nothing is ruled out yet: where the first search starts."""
        hold, fail = self._foundation.vocabulary.decided_true, self._foundation.vocabulary.decided_false
        return State(self.model, (), consistent=True, can_hold=hold, can_fail=fail, ranges=full_ranges(self.model))

    def _state(
        self, bench: Workbench, chosen: tuple[Choice, ...], start: State, allowance: Allowance
    ) -> State | OutOfBudget[StateSoFar]:
        """The state under the choices, or as much of it as the allowance shows."""
        bench.allow(allowance)
        assumptions = bench.literals(chosen)
        if self._sweeper is not None and bench.decided(assumptions):
            swept = self._sweeper.domains(assumptions)
            if swept is None:
                return State(self.model, chosen, consistent=False)
            return State(self.model, chosen, consistent=True, can_hold=swept.hold, can_fail=swept.fail)
        if bench.theory is not None:
            bench.theory.forget()
        try:
            found = bench.finder().possible(assumptions, Possible(start.can_hold, start.can_fail))
        except BudgetSpentError as stopped:
            if not isinstance(stopped, PartlyKnownError):
                return OutOfBudget("configure")
            known = _known(self.model, chosen, stopped.seen, start.ranges)
            return OutOfBudget("configure", StateSoFar(known, stopped.left.hold, stopped.left.fail))
        if found is None:
            return State(self.model, chosen, consistent=False)
        state = _known(self.model, chosen, found, start.ranges)
        if bench.ranges is None:
            return state
        try:
            return replace(state, ranges=bench.ranges.ranges(assumptions, start.ranges))
        except BudgetSpentError:
            return OutOfBudget("configure", StateSoFar(state))

    def _priced(
        self, bench: Workbench, allowance: Allowance, task: RepairTask, found: explaining.Corrections
    ) -> Iterator[Repair]:
        """The repairs with what the cheapest completion costs after each; what the budget does not reach has none."""
        objective = Objective(task.prices.terms)

        def cheapest(choices: Iterable[Choice]) -> Completion:
            if allowance.spent():
                return NOT_ASKED
            try:
                chosen = canonical([*choices, *task.prices.choices])
                return completing.complete(bench, chosen, objective, allowance, self._sweeper)
            except BudgetSpentError:
                return NOT_ASKED

        before = cheapest(each for unit in task.units for each in unit)
        for drop in found.sets:
            kept = [*(each for unit in task.units if unit not in drop for each in unit), *task.wanted]
            after = cheapest(kept)
            effect = None if after.total is None or before.total is None else after.total - before.total
            yield Repair(_choices(drop), effect, after.total, after.proven and before.status in PROVEN, after.values)

    def _run(
        self, operation: str, ask: Callable[[Workbench, Allowance], Answer], budget: Budget | Allowance
    ) -> Answer | OutOfBudget[Never]:
        """Borrow an idle workbench (a deque's ends are safe between threads) and keep to the budget.

        An allowance is what is left of a budget that several questions share.
        """
        try:
            bench = self._idle.pop()
        except IndexError:
            bench = Workbench(self._foundation)
        allowance = budget if isinstance(budget, Allowance) else Allowance(budget)
        bench.allow(allowance)
        try:
            return ask(bench, allowance)
        except BudgetSpentError:
            return OutOfBudget(operation)
        finally:
            if not bench.worn():
                self._idle.append(bench)


def _known(model: Model, chosen: tuple[Choice, ...], found: Possible, ranges: tuple[Range, ...]) -> State:
    """A state whose ranges are those of an earlier one: none of them is known to be as narrow as can be."""
    loose = tuple(replace(each, checked=False) for each in ranges)
    return State(model, chosen, consistent=True, can_hold=found.hold, can_fail=found.fail, ranges=loose)


def _choices(units: Iterable[Unit]) -> tuple[Choice, ...]:
    return canonical(each for unit in units for each in unit)


def _rank(priced: tuple[tuple[Unit, ...], Repair]) -> tuple[int, bool, int]:
    """Fewest changes first, then the least total; what has no price comes last."""
    units, repair = priced
    return len(units), repair.total is None, repair.total or 0
