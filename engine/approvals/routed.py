"""A route: the chains and levels that have to agree to one quote, each with the reasons that put it there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from engine.approvals.policy import Who
from engine.diagnostics import Span

FacetValue: TypeAlias = Decimal | str | bool | date | None
"""A value that a reason looked at, as it is shown and stored; anything richer is kept as its text."""


class Sense(Enum):
    """Which change of a value would be worse for us: more, less, or any change at all."""

    MORE_IS_WORSE = "more_is_worse"
    LESS_IS_WORSE = "less_is_worse"
    ANY_CHANGE = "any_change"


@dataclass(frozen=True, slots=True)
class Facet:
    """One value that a reason looked at; with a ``threshold`` when the condition compares it with a constant.

    ``inclusive`` says that the threshold itself still matches.
    """

    expression: str
    value: FacetValue
    sense: Sense
    threshold: Decimal | None = None
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a level is asked: the row that matched, its place, its condition and the values it looked at.

    ``note`` says why a value that it looked at is unknown.
    """

    policy: str
    condition: str
    facets: tuple[Facet, ...]
    say: str = ""
    span: Span | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RoutedLevel:
    """A level that has to agree; ``escalation`` lists the higher levels of the chain, called when ``due`` passes."""

    level: str
    who: Who
    reasons: tuple[Reason, ...]
    due: timedelta | None = None
    escalation: tuple[Who, ...] = ()


@dataclass(frozen=True, slots=True)
class RoutedChain:
    """The levels of one chain that have to agree, lowest first."""

    chain: str
    levels: tuple[RoutedLevel, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """The chains that have to agree, and the reasons for which other chains were approved without asking anyone."""

    chains: tuple[RoutedChain, ...] = ()
    auto_approved: tuple[Reason, ...] = ()


NO_APPROVAL = Route()
"""The route of a quote that nobody has to look at."""
