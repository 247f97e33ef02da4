"""What all feature models share: a child needs its parent, mandatory children follow it, groups count theirs."""

from __future__ import annotations

from collections.abc import Sequence

from engine.configuration.builder import ModelBuilder
from engine.diagnostics import Span


class FeatureTree:
    """Writes the tree's rules into a builder; features are given by their literals."""

    def __init__(self, builder: ModelBuilder) -> None:
        self._builder = builder

    def root(self, feature: int, name: str, span: Span) -> None:
        """The root is always there."""
        self._builder.clause([feature], self._builder.rule(f"root {name}", span=span))

    def child(self, parent: int, feature: int, name: str, span: Span) -> None:
        """The child needs its parent."""
        self._builder.clause([-feature, parent], self._builder.rule(f"parent of {name}", span=span))

    def mandatory(self, parent: int, feature: int, name: str, span: Span) -> None:
        """The parent brings the child along."""
        self._builder.clause([-parent, feature], self._builder.rule(f"mandatory {name}", span=span))

    def group(self, parent: int, features: Sequence[int], limits: tuple[int, int | None], at: tuple[str, Span]) -> None:
        """Between the limits of the features are chosen whenever the parent is."""
        name, span = at
        rule = self._builder.rule(f"group of {name}", span=span)
        self._builder.cardinality(features, limits[0], limits[1], rule, when=(parent,))
