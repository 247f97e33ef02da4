"""Sums and quantities beside the SAT skeleton: explained lazily, one clause per violated sum."""

from __future__ import annotations

from collections.abc import Sequence

from engine.configuration.model import Model
from engine.configuration.solver.search import Host


class SumTheory:
    """Placeholder until sums land."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def at_least(self, variable: int, bound: int, host: Host) -> int:
        """The literal quantity >= bound."""
        raise NotImplementedError

    def lemmas(self, model: Sequence[int], host: Host) -> list[list[int]]:
        """Broken clauses."""
        return []
