"""A decision table as data: columns, rules and hit policy, before any cell is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class HitPolicy(Enum):
    """How the outputs of the matching rules become one result (DMN 8.2.10)."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"


class Aggregation(Enum):
    """What a collecting table makes of the outputs."""

    LIST = "LIST"
    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True, slots=True)
class Input:
    """An input column: what it looks at, and the texts of its type and of its allowed values, where given."""

    expression: str
    type_name: str = ""
    allowed: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """An output column; ``values`` lists what it may be, best first, ``default`` is taken when no rule matches.

    ``label`` is what people read.
    """

    name: str = ""
    type_name: str = ""
    values: str = ""
    default: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a cell of unary tests for each input, an expression for each output, and what is noted about it."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A table of FEEL texts."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    hit_policy: HitPolicy = HitPolicy.UNIQUE
    aggregation: Aggregation = Aggregation.LIST
