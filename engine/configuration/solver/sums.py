"""Sums and quantities beside the SAT skeleton: a violated sum becomes one clause of the choices responsible.

A solution of the skeleton gives every quantity an interval (from the bounds that have atoms). A sum whose least total
is too large is explained by a clause, weakened as far as its excess allows. When the intervals leave room, one value a
quantity is tried; where that fails, a bound is derived or an interval is halved, and the skeleton is asked again.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence

from engine.configuration.model import Model, Sum
from engine.configuration.solver.linear import Interval, Linear, Part, prepare
from engine.configuration.solver.search import Host
from engine.configuration.solver.witnesses import Possible


class SumTheory:
    """Checks solutions of one host against all sums; keep one a host, since the atoms it makes are the host's."""

    def __init__(self, model: Model) -> None:
        self._limits: dict[int, Interval] = {at: (each.minimum, each.maximum) for at, each in model.quantities()}
        self._model = model
        self._linear = [prepare(model, each) for each in model.sums if not each.spelt]
        self._atoms = {atom for each in self._linear for atom in each.weights}
        self._floors: dict[Part, int] = {}
        self._steps: dict[int, list[tuple[int, int]]] = {at: [] for at in self._limits}
        for bound in model.bounds:
            insort(self._steps[bound.variable], (bound.at_least, bound.atom))
        self._true = 0
        self.values: dict[int, int] = {}
        self.seen: dict[int, set[int]] = {at: set() for at in self._limits}

    def forget(self) -> None:
        """Start collecting the quantities seen in solutions anew."""
        self.seen = {at: set() for at in self._limits}

    def add(self, total: Sum) -> None:
        """One more sum from now on; its rule and ``when`` decide when it binds."""
        self._linear.append(prepare(self._model, total))
        self._atoms |= self._linear[-1].weights.keys()

    def at_least(self, variable: int, bound: int, host: Host) -> int:
        """The literal "quantity >= bound", made and tied to its neighbours when it is new."""
        low, high = self._limits[variable]
        if bound <= low:
            return self._constant(host)
        if bound > high:
            return -self._constant(host)
        steps = self._steps[variable]
        at = bisect_left(steps, (bound, 0))
        if at < len(steps) and steps[at][0] == bound:
            return steps[at][1]
        atom = host.fresh()
        host.add((atom, -atom))
        if at:
            host.add((-atom, steps[at - 1][1]))
        if at < len(steps):
            host.add((-steps[at][1], atom))
        steps.insert(at, (bound, atom))
        return atom

    def span_under(self, variable: int, never: Possible) -> Interval:
        """What is left of a quantity when some atoms never hold and others never fail."""
        low, high = self._limits[variable]
        for bound, atom in self._steps[variable]:
            if never.hold >> atom & 1:
                return low, bound - 1
            if never.fail >> atom & 1:
                low = bound
        return low, high

    def lemmas(self, model: Sequence[int], host: Host) -> list[list[int]]:
        """Clauses that rule the solution out or narrow it down; empty when it stands, and then ``values`` is set."""
        spans = {each: self._span(each, model) for each in self._limits}
        holding = {atom for atom in self._atoms if model[atom - 1] > 0}
        active = [each for each in self._linear if self._binds(each, model, host)]
        broken = [each for each in active if each.least(model, spans, holding) > each.bound]
        if broken:
            return [self._explain(each, model, spans, host) for each in broken]
        if self._limits:
            trial = self._trial(active, model, spans)
            for each in active:
                if each.scaled and each.least(model, trial, holding) > each.bound:
                    return self._narrow(each, model, (spans, trial), host)
        else:
            trial = spans
        self.values = {each: low for each, (low, _) in trial.items()}
        for variable, value in self.values.items():
            self.seen[variable].add(value)
        return []

    def _floor(self, part: Part) -> int:
        """The least a part can ever be."""
        if part not in self._floors:
            self._floors[part] = part.least_of_all(self._limits)
        return self._floors[part]

    def _constant(self, host: Host) -> int:
        if not self._true:
            self._true = host.fresh()
            host.add((self._true,))
        return self._true

    def _binds(self, total: Linear, model: Sequence[int], host: Host) -> bool:
        """Whether the sum's conditions hold and its rule is switched on."""
        selector = host.selector(total.rule)
        on = not selector or self._holds(model, selector)
        return on and all(self._holds(model, literal) for literal in total.when)

    @staticmethod
    def _holds(model: Sequence[int], literal: int) -> bool:
        return model[abs(literal) - 1] == literal

    def _span(self, variable: int, model: Sequence[int]) -> Interval:
        low, high = self._limits[variable]
        for bound, atom in self._steps[variable]:
            if atom > len(model) or model[atom - 1] < 0:
                return low, bound - 1
            low = bound
        return low, high

    def _trial(
        self, active: Sequence[Linear], model: Sequence[int], spans: Mapping[int, Interval]
    ) -> dict[int, Interval]:
        """One value a quantity: its low end, or its high end where the sums lean that way."""
        lean: dict[int, int] = {}
        for each in active:
            for part in each.scaled:
                assert part.quantity is not None, "scaled parts have a quantity"
                factor = part.factors[part.chosen(model)]
                lean[part.quantity] = lean.get(part.quantity, 0) + (factor > 0) - (factor < 0)
        return {each: (high, high) if lean.get(each, 0) < 0 else (low, low) for each, (low, high) in spans.items()}

    def _narrow(
        self,
        broken: Linear,
        model: Sequence[int],
        state: tuple[Mapping[int, Interval], Mapping[int, Interval]],
        host: Host,
    ) -> list[list[int]]:
        """The trial breaks a sum that the intervals do not: derive a tighter bound, or halve an interval."""
        spans, trial = state
        room = broken.bound - broken.least(model, spans, _holding(broken, model))
        found: list[list[int]] = []
        widest = (0, 0)
        for part in broken.scaled:
            assert part.quantity is not None, "scaled parts have a quantity"
            factor = part.factors[part.chosen(model)]
            low, high = spans[part.quantity]
            if (
                not factor
                or low == high
                or part.least(part.chosen(model), trial) == part.least(part.chosen(model), spans)
            ):
                continue
            widest = max(widest, (high - low, part.quantity))
            step = room // abs(factor)
            if step < high - low:
                beyond = (low + step + 1, high) if factor > 0 else (low, high - step - 1)
                found.append(self._explain(broken, model, {**spans, part.quantity: beyond}, host))
        if not found:
            low, high = spans[widest[1]]
            middle = self.at_least(widest[1], (low + high + 1) // 2, host)
            found.append([middle, -middle])
        return found

    def _explain(self, broken: Linear, model: Sequence[int], spans: Mapping[int, Interval], host: Host) -> list[int]:
        """A clause that excludes this violation and, as far as the excess allows, all that are like it."""
        excess = broken.least(model, spans, _holding(broken, model)) - broken.bound - 1
        clause = [-each for each in broken.when]
        selector = host.selector(broken.rule)
        if selector:
            clause.append(-selector)
        gains = []
        for part in broken.parts:
            gain = part.least(part.chosen(model), spans) - self._floor(part)
            if gain:
                gains.append((gain, part))
        gains.sort(key=lambda each: each[0])
        for gain, part in gains:
            if gain <= excess:
                excess -= gain
            else:
                excess -= self._reasons(part, model, spans, (excess, host, clause))
        return list(dict.fromkeys(clause))

    def _reasons(
        self, part: Part, model: Sequence[int], spans: Mapping[int, Interval], into: tuple[int, Host, list[int]]
    ) -> int:
        """Add why this part is at least what it is, less the excess; returns how much of the excess was used."""
        excess, host, clause = into
        at = part.chosen(model)
        share = part.least(at, spans)
        used = 0
        if part.quantity is not None:
            used, spans = self._quantity_reason(part, at, spans, into)
            share -= used
        lower = [other for other in range(len(part.factors)) if part.least(other, spans) < share - (excess - used)]
        floor = min((part.least(o, spans) for o in range(len(part.factors)) if o not in set(lower)), default=share)
        if part.grouped or part.first:
            clause.extend(part.literal(other) for other in lower)
        return used + max(0, share - floor)

    def _quantity_reason(
        self, part: Part, at: int, spans: Mapping[int, Interval], into: tuple[int, Host, list[int]]
    ) -> tuple[int, Mapping[int, Interval]]:
        """The bound of the quantity that matters, loosened by what the excess pays for."""
        excess, host, clause = into
        variable = part.quantity
        assert variable is not None
        low, high = spans[variable]
        lowest, highest = self._limits[variable]
        factor = part.factors[at]
        loosen = excess // abs(factor) if factor else 0
        new_low, new_high = low, high
        if factor > 0:
            new_low = max(lowest, low - loosen)
        elif factor < 0:
            new_high = min(highest, high + loosen)
        if new_low > lowest and any(each > 0 for each in part.factors):
            clause.append(-self.at_least(variable, new_low, host))
        if new_high < highest and any(each < 0 for each in part.factors):
            clause.append(self.at_least(variable, new_high + 1, host))
        used = abs(factor) * max(low - new_low, new_high - high)
        return used, {**spans, variable: (new_low, new_high)}


def _holding(total: Linear, model: Sequence[int]) -> set[int]:
    """The atoms of a sum that hold in a solution."""
    return {atom for atom in total.weights if model[atom - 1] > 0}
