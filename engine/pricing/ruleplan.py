"""A rule ready to act: numbered, with its conditions as functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from engine.pricing.index import MatchIndex
from engine.pricing.plan import Rule

Test: TypeAlias = Callable[..., object]
"""A compiled condition or formula, called with the roots of its scope in order."""

Op: TypeAlias = tuple[int, int, Decimal]
"""Rule number, what it does to a unit price (see ``engine.pricing.programs``), and the share or amount."""


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A rule with its number and compiled conditions.

    ``fixed`` conditions cannot change while the line is worked on, and the index does not hold them in full; ``live``
    ones read the running state. ``target`` says which lines an order rule is for; ``target_index`` says it too where
    it takes no more than the lines as they are asked for.
    """

    no: int
    rule: Rule
    fixed: tuple[Test, ...]
    live: tuple[Test, ...]
    target: tuple[Test, ...]
    reads_lines: bool
    group: int = 0
    ops: Mapping[str, Op | None] = field(default_factory=dict)
    target_index: MatchIndex | None = None
