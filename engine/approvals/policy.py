"""Approval policies as the rule book states them: who looks at a quote, in which order, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from engine.diagnostics import Span
from engine.language.scope import Checked


class WhoKind(Enum):
    """How a level names its people: one user id, everybody with a role, or the members of a group."""

    PERSON = "person"
    ROLE = "role"
    GROUP = "group"


class Quorum(Enum):
    """How many of a level's people have to agree; ``COUNT`` reads ``Who.count``."""

    ANY = "any"
    ALL = "all"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Who:
    """The people of a level and how many of them have to agree."""

    kind: WhoKind
    name: str
    quorum: Quorum = Quorum.ANY
    count: int = 1


@dataclass(frozen=True, slots=True)
class LevelDefinition:
    """One level of a chain; a chain file that gives a bare name means the role of that name."""

    id: str
    who: Who
    title: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class ChainDefinition:
    """A chain with its levels from the lowest to the highest; chains run side by side, levels one after another."""

    id: str
    levels: tuple[LevelDefinition, ...]
    title: str = ""
    span: Span | None = None


class PolicyEffect(Enum):
    """What a matching row does: asks for a level, or approves its chain without asking (none named: all)."""

    REQUIRE = "require"
    AUTO_APPROVE = "auto_approve"


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """One row of a policy table: when all ``conditions`` hold, ``level`` of ``chain`` has to agree within ``due``.

    The scope of a condition is ``quote``, ``customer``, ``lines``, in this order; a table row has one for each cell
    that is not blank. ``say`` is the author's text for people. Several rows may match; each adds its reason.
    """

    id: str
    conditions: tuple[Checked, ...]
    chain: str
    level: str
    due: timedelta | None = None
    effect: PolicyEffect = PolicyEffect.REQUIRE
    say: str = ""
    span: Span | None = None
