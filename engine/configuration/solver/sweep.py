"""Questions answered by sweeping a diagram: all domains, the exact count, the cheapest completion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from engine.configuration.model import Kind, Model
from engine.configuration.solver.flat import Diagram
from engine.configuration.solver.named import Facts
from engine.configuration.solver.witnesses import Possible


class Sweeper:
    """One compiled model, prepared for sweeps; immutable, so all threads share it."""

    def __init__(self, model: Model, diagram: Diagram) -> None:
        self._diagram = diagram
        self._model = model
        self._variables = [model.variables[at] for at in diagram.order]
        self._full = [(1 << len(each.values)) - 1 for each in self._variables]
        self._level = {at: level for level, at in enumerate(diagram.order)}
        self._end = len(diagram.levels) - 1
        self._facts = Facts(model, diagram)
        self._owner: dict[int, tuple[int, int]] = {}
        for level, variable in enumerate(self._variables):
            for at in range(len(variable.values) if variable.kind is Kind.ENUMERATION else 1):
                self._owner[variable.first + at] = (level, at)
        starts, values, children = diagram.starts, diagram.values, diagram.children
        self._edges = [
            tuple(zip(values[low:high], children[low:high], strict=True))
            for low, high in zip(starts, starts[1:], strict=False)
        ]

    def allowed(self, literals: Sequence[int]) -> list[int] | None:
        """Per level the values that the literals leave, as bits; None when one of them leaves nothing."""
        left = list(self._full)
        for literal in map(self._facts.name, literals):
            if abs(literal) == self._facts.truth:
                if literal < 0:
                    return None
                continue
            level, at = self._owner[abs(literal)]
            boolean = self._variables[level].kind is Kind.BOOLEAN
            bit = (2 if literal > 0 else 1) if boolean else 1 << at
            left[level] &= bit if boolean or literal > 0 else ~bit
        return left if all(left) else None

    def domains(self, literals: Sequence[int]) -> Possible | None:
        """All atoms that may hold or fail under the literals; None when nothing fits them."""
        left = self.allowed(literals)
        reached = None if left is None else self._reach(left)
        if left is None or reached is None:
            return None
        found = self._climb(left, reached)
        return None if found is None else self._facts.possible(found)

    def _reach(self, left: list[int]) -> bytearray | None:
        """Nodes on a path of allowed values from the root."""
        reached = bytearray(self._end + 1)
        reached[0] = 1
        levels, edges = self._diagram.levels, self._edges
        node = 0
        while node != self._end:
            mask = left[levels[node]]
            for values, child in edges[node]:
                if values & mask:
                    reached[child] = 1
            node = reached.find(1, node + 1)
            if node < 0:
                return None
        return reached

    def _climb(self, left: list[int], reached: bytearray) -> list[int] | None:
        """Values on a whole path to the end, per level; variables that a path skips keep all their allowed values."""
        found = [0] * len(left)
        skipped = [0] * (len(left) + 1)
        levels, edges, end = self._diagram.levels, self._edges, self._end
        alive = bytearray(end + 1)
        alive[end] = 1
        node = reached.rfind(1, 0, end)
        while node >= 0:
            level = levels[node]
            mask = left[level]
            seen = 0
            for values, child in edges[node]:
                if alive[child] and values & mask:
                    seen |= values & mask
                    if levels[child] > level + 1:
                        skipped[level + 1] += 1
                        skipped[levels[child]] -= 1
            if seen:
                alive[node] = 1
                found[level] |= seen
            node = reached.rfind(1, 0, node)
        if not alive[0]:
            return None
        return self._fill(left, found, skipped)

    def _fill(self, left: list[int], found: list[int], skipped: list[int]) -> list[int]:
        depth = 0
        first = self._diagram.levels[0]
        for level, mask in enumerate(left):
            depth += skipped[level]
            if depth or level < first:
                found[level] |= mask
        return found

    def count(self, literals: Sequence[int]) -> int:
        """How many complete configurations hold the literals."""
        left = self.allowed(literals)
        if left is None:
            return 0
        levels, edges = self._diagram.levels, self._edges
        between = _Product([each.bit_count() for each in left])
        totals = [0] * (self._end + 1)
        totals[self._end] = 1
        for node in range(self._end - 1, -1, -1):
            level = levels[node]
            mask = left[level]
            totals[node] = sum(
                (values & mask).bit_count() * totals[child] * between(level + 1, levels[child])
                for values, child in edges[node]
                if totals[child] and values & mask
            )
        return totals[0] * between(0, levels[0])

    def cheapest(self, literals: Sequence[int], costs: Mapping[int, int]) -> tuple[int, list[int]] | None:
        """The least total of literal costs and one solution that has it; None when nothing fits the literals."""
        left = self.allowed(literals)
        if left is None:
            return None
        costs, always = self._facts.named(costs)
        prices = self._prices(costs, left)
        levels, edges = self._diagram.levels, self._edges
        free = [each[0][0] for each in prices]
        # The least from a node down, and the least of the variables above it: so an edge that skips some pays for them.
        least: list[int | None] = [None] * (self._end + 1)
        least[self._end] = sum(free)
        bits, nexts = [0] * self._end, [0] * self._end
        for node in range(self._end - 1, -1, -1):
            level = levels[node]
            row = prices[level]
            best: int | None = None
            for values, child in edges[node]:
                below = least[child]
                if below is None:
                    continue
                for price, bit in row:
                    if values & bit:
                        if best is None or price + below < best:
                            best = price + below
                            bits[node], nexts[node] = bit, child
                        break
            least[node] = None if best is None else best - free[level]
        total = least[0]
        if total is None:
            return None
        return total + always, self._path(bits, nexts, [each[0][1] for each in prices])

    def _prices(self, costs: Mapping[int, int], left: Sequence[int]) -> list[list[tuple[int, int]]]:
        """Per level the allowed values as (price, bit), cheapest first."""
        result: list[list[tuple[int, int]]] = []
        for variable, mask in zip(self._variables, left, strict=True):
            if variable.kind is Kind.BOOLEAN:
                no, yes = (costs.get(-variable.first, 0), 1), (costs.get(variable.first, 0), 2)
                both = [no, yes] if no <= yes else [yes, no]
                result.append(both if mask == 3 else [no if mask == 1 else yes])
                continue
            atoms = range(variable.first, variable.first + len(variable.values))
            others = sum(costs.get(-each, 0) for each in atoms)
            prices = [costs.get(each, 0) + others - costs.get(-each, 0) for each in atoms]
            result.append(sorted((price, 1 << at) for at, price in enumerate(prices) if mask >> at & 1))
        return result

    def _path(self, bits: Sequence[int], nexts: Sequence[int], free: list[int]) -> list[int]:
        """The solution along the edges taken, as literals; skipped variables take their cheapest value."""
        chosen = list(free)
        node = 0
        while node != self._end:
            chosen[self._diagram.levels[node]] = bits[node]
            node = nexts[node]
        return self._facts.solution(chosen)


class _Product:
    """Products of consecutive widths, remembered: most edges skip nothing and most others skip the same stretches."""

    def __init__(self, widths: Sequence[int]) -> None:
        self._widths = widths
        self._known: dict[tuple[int, int], int] = {}

    def __call__(self, start: int, end: int) -> int:
        if start >= end:
            return 1
        key = (start, end)
        if key not in self._known:
            self._known[key] = prod(self._widths[start:end])
        return self._known[key]
