"""Solutions that are remembered, and which of them fit choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from engine.configuration.answers import Choice, Relation
from engine.configuration.model import Kind, Variable
from engine.configuration.solver.exchange import Solution
from engine.configuration.solver.facts import Vocabulary
from engine.configuration.solver.lanes import Plan

POOL_MAX = 384
_NONE: tuple[tuple[Solution, ...], NDArray[numpy.int32]] = (), numpy.zeros((0, 0), numpy.int32)


class Fixed:
    """What choices fix: for each family the lanes they leave. ``exchangeable`` is false when they say other things."""

    def __init__(self, plan: Plan, vocabulary: Vocabulary, choices: Sequence[Choice]) -> None:
        self.lanes: dict[int, int] = {}
        self.exchangeable = True
        for choice in choices:
            index = plan.model.index[choice.variable]
            at = plan.by_variable.get(index)
            if at is None:
                self.exchangeable = False
                continue
            left = _lanes_left(plan.model.variables[index], choice, vocabulary)
            self.lanes[at] = self.lanes.get(at, plan.families[at].every) & left


class Pool:
    """Solutions of one model, newest first; threads replace all of it at once, so none sees it half changed."""

    def __init__(self) -> None:
        self._kept = _NONE

    def keep(self, found: Sequence[Solution]) -> None:
        """Remember these as the newest."""
        if found:
            solutions, lanes = self._kept
            new = numpy.array([each.lanes for each in found], dtype=numpy.int32)
            joined = numpy.concatenate((new, lanes)) if len(solutions) else new
            self._kept = (*found, *solutions)[:POOL_MAX], joined[:POOL_MAX]

    def clear(self) -> None:
        """Forget all of them."""
        self._kept = _NONE

    def against(self, fixed: Fixed) -> Match:
        """How the solutions stand to choices."""
        solutions, lanes = self._kept
        families = list(fixed.lanes)
        differs = [_outside(lanes[:, at], fixed.lanes[at]) for at in families] if solutions else []
        misfits = numpy.sum(differs, axis=0) if differs else numpy.zeros(len(solutions), numpy.int64)
        return Match(solutions, lanes, misfits, families, differs)


@dataclass(frozen=True, slots=True)
class Match:
    """Solutions with their lanes, a row each, and in how many families each differs from choices."""

    solutions: tuple[Solution, ...]
    lanes: NDArray[numpy.int32]
    misfits: NDArray[numpy.int64]
    families: list[int]
    differs: list[NDArray[numpy.bool_]]

    def misfit(self, number: int) -> int:
        """The first family in which a solution differs."""
        return next(at for at, each in zip(self.families, self.differs, strict=True) if each[number])


def _outside(lanes: NDArray[numpy.int32], left: int) -> NDArray[numpy.bool_]:
    """Which of the lanes are not among those left."""
    if left & (left - 1):
        return numpy.array([not left >> each & 1 for each in lanes.tolist()], dtype=numpy.bool_)
    return numpy.not_equal(lanes, left.bit_length() - 1)


def _lanes_left(variable: Variable, choice: Choice, vocabulary: Vocabulary) -> int:
    """The lanes that a choice leaves of its variable."""
    if variable.kind is Kind.QUANTITY:
        low, high = vocabulary.interval(variable, choice)
        low, high = max(low, variable.minimum), min(high, variable.maximum)
        return 0 if low > high else (1 << high - variable.minimum + 1) - (1 << low - variable.minimum)
    if variable.kind is Kind.BOOLEAN:
        position, size = int(bool(choice.value)), 2
    else:
        position, size = vocabulary.positions[variable.name][choice.value], len(variable.values)
    return 1 << position if choice.relation is Relation.IS else (1 << size) - 1 & ~(1 << position)
