"""Constraints as rule authors state them: a kind, a condition, a body and the message to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

from engine.diagnostics import Span

if TYPE_CHECKING:
    from engine.language.scope import Checked
    from engine.language.template import CheckedTemplate

NOWHERE = Span("", 1, 1)


class ConstraintKind(Enum):
    """Require and exclude state what must and must not hold; the tables list combinations; the rest are soft."""

    REQUIRE = "require"
    EXCLUDE = "exclude"
    ALLOW_TABLE = "allow_table"
    FORBID_TABLE = "forbid_table"
    DEFAULT = "default"
    PREFER = "prefer"


SOFT = frozenset({ConstraintKind.DEFAULT, ConstraintKind.PREFER})
"""Kinds that a completion tries to keep and a customer may break."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a bundle, checked against ``constraint_scope`` of that bundle.

    It is broken only when ``when`` (if given) is definitely true and the body definitely false: a rule that reads an
    attribute of an empty slot, or one the catalog leaves blank, holds. ``rows`` are the rows of a table, each a tuple
    of conditions that must all hold. The window of days is half-open ``[start, end)``.
    """

    id: str
    kind: ConstraintKind
    body: Checked | None = None
    rows: tuple[tuple[Checked, ...], ...] = ()
    when: Checked | None = None
    say: CheckedTemplate | None = None
    weight: int = 1
    start: date | None = None
    end: date | None = None
    span: Span = NOWHERE

    def holds_on(self, day: date) -> bool:
        """Whether the constraint is in force on that day."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)
