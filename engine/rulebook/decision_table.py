"""A decision table of a rule book: its name, what it takes and gives, and its rows as FEEL texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.diagnostics import Span
from engine.language.builtins import Builtin
from engine.language.tables import Aggregation, DecisionTable, HitPolicy
from engine.language.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NUMBER,
    TEXT,
    TIME,
    Type,
)
from engine.rulebook.reader import Read

POLICIES: Mapping[str, tuple[HitPolicy, Aggregation]] = {
    **{each.value: (each, Aggregation.LIST) for each in HitPolicy},
    **{f"COLLECT {each.value}": (HitPolicy.COLLECT, each) for each in Aggregation if each is not Aggregation.LIST},
}
"""What the first line of a table may say after ``hit=``."""

TYPE_WORDS: Mapping[str, Type] = {
    "text": TEXT,
    "number": NUMBER,
    "boolean": BOOLEAN,
    "date": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
    "days": DAYS_DURATION,
    "months": MONTHS_DURATION,
}
"""The words for the types of inputs and outputs that DMN has too."""


@dataclass(frozen=True, slots=True)
class Column:
    """An input or output: its type, what people read, and the record that declares it."""

    type: Type
    title: str
    read: Read


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A decision table that formulas call; ``table`` holds strict FEEL, ``function`` runs it."""

    id: str
    title: str
    path: str
    inputs: Mapping[str, Column]
    outputs: Mapping[str, Column]
    table: DecisionTable
    function: Builtin
    span: Span


def policy_word(table: DecisionTable) -> str:
    """What the first line of a table says after ``hit=``."""
    wanted = (table.hit_policy, table.aggregation)
    return next(word for word, found in POLICIES.items() if found == wanted)
