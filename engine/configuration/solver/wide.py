"""A configurator for models whose questions have many values each, such as bundles with large option groups."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from engine.configuration.answers import DEFAULT_BUDGET, Budget, Choice, OutOfBudget, Range, State, StateSoFar
from engine.configuration.model import Model
from engine.configuration.solver.chart import Chart
from engine.configuration.solver.engine import SatConfigurator
from engine.configuration.solver.facts import canonical
from engine.configuration.solver.lanes import Plan
from engine.configuration.solver.pool import Fixed, Pool
from engine.configuration.solver.search import Allowance, BudgetSpentError
from engine.configuration.solver.seen import Seen, Wanted
from engine.configuration.solver.swaps import SwapFinder
from engine.configuration.solver.ties import UngaugedError
from engine.configuration.solver.witnesses import Possible
from engine.configuration.solver.workbench import Workbench


class WideConfigurator(SatConfigurator):
    """Finds domains in a chart, else by exchanging values in solutions; everything else as in the default configurator.

    A question may be narrowed to what is wanted. What is not wanted keeps the bounds known before, which are right but
    not the narrowest.
    """

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._plan = Plan(model)
        self._pool = Pool()
        self._finders: WeakKeyDictionary[Workbench, SwapFinder] = WeakKeyDictionary()
        self._quantities = [at for at, _ in model.quantities()]
        words = self._foundation.vocabulary
        self._chart: Chart | None = None
        self._all = Wanted(Possible(words.decided_true, words.decided_false), frozenset(self._quantities))

    def chart(self) -> bool:
        """Chart all valid configurations, where that is little enough; clicks are looked up from then on.

        May take some seconds, while other threads go on searching.
        """
        if self._chart is None:
            try:
                self._chart = Chart(self._plan)
            except UngaugedError:
                return False
        return True

    def configure(
        self,
        choices: Sequence[Choice],
        *,
        previous: State | None = None,
        budget: Budget = DEFAULT_BUDGET,
        wanted: Wanted | None = None,
    ) -> State | OutOfBudget[StateSoFar]:
        """Which values remain for every variable, or for those ``wanted``, exactly."""
        chosen = canonical(choices)
        fixed = Fixed(self._plan, self._foundation.vocabulary, chosen)
        if not fixed.exchangeable:
            return super().configure(choices, previous=previous, budget=budget)
        if self._chart is not None:
            return self._charted(self._chart, fixed, chosen)

        def ask(bench: Workbench, _: Allowance) -> State | OutOfBudget[StateSoFar]:
            if self._root is None:
                nothing = Fixed(self._plan, self._foundation.vocabulary, ())
                root = self._narrowed(bench, self._everything(), nothing, (), wanted or self._all)
                if isinstance(root, OutOfBudget):
                    return root
                self._root = root
            start = self._start(chosen, previous) or self._root
            return self._narrowed(bench, start, fixed, chosen, wanted or self._all)

        return self._run("configure", ask, budget)

    def _charted(self, chart: Chart, fixed: Fixed, chosen: tuple[Choice, ...]) -> State:
        found = chart.answer(fixed.lanes)
        if found is None:
            return State(self.model, chosen, consistent=False)
        hold, fail = found.possible.hold, found.possible.fail
        ranges = tuple([found.ranges[each] for each in self._quantities])
        return State(self.model, chosen, consistent=True, can_hold=hold, can_fail=fail, ranges=ranges)

    def _narrowed(
        self, bench: Workbench, start: State, fixed: Fixed, chosen: tuple[Choice, ...], wanted: Wanted
    ) -> State | OutOfBudget[StateSoFar]:
        if not start.consistent:
            return State(self.model, chosen, consistent=False)
        finder = self._finders.get(bench)
        if finder is None:
            finder = self._finders[bench] = SwapFinder(self._plan, self._pool, bench.search, bench.theory)
        asked = Possible(wanted.atoms.hold & start.can_hold, wanted.atoms.fail & start.can_fail)
        spans = {at: (each.minimum, each.maximum) for at, each in zip(self._quantities, start.ranges, strict=True)}
        seen = Seen(self._plan, fixed, Wanted(asked, wanted.quantities), spans)
        assumptions = bench.literals(chosen)
        if bench.theory is not None:
            bench.theory.forget()
        try:
            unfinished = finder.close(assumptions, seen)
            if unfinished is None:
                return State(self.model, chosen, consistent=False)
            ranges = self._ranges(bench, assumptions, start.ranges, (wanted.quantities, seen, unfinished))
        except BudgetSpentError:
            if not seen.solved:
                return OutOfBudget("configure")
            known = self._state_of(seen.shown(), start, chosen, wanted, start.ranges)
            left = seen.open()
            return OutOfBudget("configure", StateSoFar(known, left.hold, left.fail))
        return self._state_of(seen.shown(), start, chosen, wanted, ranges)

    def _state_of(
        self, shown: Possible, start: State, chosen: tuple[Choice, ...], wanted: Wanted, ranges: tuple[Range, ...]
    ) -> State:
        hold = start.can_hold & ~wanted.atoms.hold | shown.hold
        fail = start.can_fail & ~wanted.atoms.fail | shown.fail
        return State(self.model, chosen, consistent=True, can_hold=hold, can_fail=fail, ranges=ranges)

    def _ranges(
        self,
        bench: Workbench,
        assumptions: Sequence[int],
        start: tuple[Range, ...],
        asked: tuple[frozenset[int], Seen, list[int]],
    ) -> tuple[Range, ...]:
        """The ranges of the quantities wanted: as they were seen where that was settled, else searched."""
        wanted, seen, unfinished = asked
        if bench.ranges is None or bench.theory is None or not wanted:
            return start
        found = seen.quantities()
        for variable, ends in found.items():
            bench.theory.seen[variable].update(ends)
        settled = {variable: Range(*ends) for variable, ends in found.items() if variable not in unfinished}
        known = tuple(settled.get(at, each) for at, each in zip(self._quantities, start, strict=True))
        return bench.ranges.ranges(assumptions, known, only=wanted)
