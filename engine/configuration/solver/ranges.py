"""Exact smallest and largest quantities, and the holes between them where the range is narrow enough to test."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from engine.configuration.answers import Range
from engine.configuration.model import Kind, Model
from engine.configuration.solver.search import Search
from engine.configuration.solver.sums import SumTheory

HOLES_MAX = 64


class RangeFinder:
    """Answers for the quantities of one search."""

    def __init__(self, model: Model, search: Search, theory: SumTheory) -> None:
        self._search = search
        self._theory = theory
        self._quantities = [at for at, _ in model.quantities()]
        self._smooth = {at for at in self._quantities if _smooth(model, at)}

    def ranges(
        self, assumptions: Sequence[int], start: Sequence[Range], *, only: Collection[int] | None = None
    ) -> tuple[Range, ...]:
        """The range of every quantity; ``start`` bounds them, and the assumptions are known to be satisfiable.

        ``only`` names the quantities in question, by their ends only; others keep what bounds them.
        """
        asked = [at for at in self._quantities if only is None or at in only]
        if not all(self._theory.seen[at] for at in asked):
            self._search.solve(assumptions)
        found = []
        for at, before in zip(self._quantities, start, strict=True):
            if only is None:
                found.append(self._range(at, list(assumptions), before))
            else:
                found.append(Range(*self._ends(at, list(assumptions), before)) if at in only else before)
        return tuple(found)

    def _range(self, variable: int, assumptions: list[int], before: Range) -> Range:
        low, high = self._ends(variable, assumptions, before)
        if variable in self._smooth or high - low <= 1:
            return Range(low, high, checked=True)
        if high - low > HOLES_MAX:
            return Range(low, high)
        holes = [each for each in range(low + 1, high) if not self._fits(variable, assumptions, (each, each))]
        return Range(low, high, tuple(holes), checked=True)

    def _ends(self, variable: int, assumptions: list[int], before: Range) -> tuple[int, int]:
        seen = self._theory.seen[variable]
        low = self._lowest(variable, assumptions, before.minimum, min(seen))
        return low, self._highest(variable, assumptions, max(seen), before.maximum)

    def _fits(self, variable: int, assumptions: list[int], span: tuple[int, int]) -> bool:
        low, high = span
        if any(low <= each <= high for each in self._theory.seen[variable]):
            return True
        at_least = self._theory.at_least
        limits = [at_least(variable, low, self._search), -at_least(variable, high + 1, self._search)]
        return self._search.solve([*assumptions, *limits])

    def _lowest(self, variable: int, assumptions: list[int], low: int, known: int) -> int:
        """The least value that fits, between ``low`` and one known to fit: the low end first, then by halves."""
        trial = low
        while low < known:
            if self._fits(variable, assumptions, (low, trial)):
                known = min(each for each in self._theory.seen[variable] if each >= low)
            else:
                low = trial + 1
            trial = (low + known) // 2
        return known

    def _highest(self, variable: int, assumptions: list[int], known: int, high: int) -> int:
        trial = high
        while known < high:
            if self._fits(variable, assumptions, (trial, high)):
                known = max(each for each in self._theory.seen[variable] if each <= high)
            else:
                high = trial - 1
            trial = (known + high + 1) // 2
        return known


def _smooth(model: Model, variable: int) -> bool:
    """Whether the quantity's possible values have no holes: all sums lean one way and no other rule mentions it."""
    if any(each.variable == variable for each in model.bounds):
        return False
    factors = [term.coefficient for each in model.sums for term in each.terms if term.quantity == variable]
    return all(each > 0 for each in factors) or all(each < 0 for each in factors)


def full_ranges(model: Model) -> tuple[Range, ...]:
    """The declared ranges of all quantities."""
    return tuple(Range(each.minimum, each.maximum) for each in model.variables if each.kind is Kind.QUANTITY)
