"""The neutral solver problem: variables with finite domains and constraints that each know the rule to blame.

Every yes-or-no fact that a constraint can mention is an *atom*, numbered from 1; a *literal* is an atom's number, or
its negative for "not". A boolean variable is one atom, an enumeration one atom a value (exactly one holds), a quantity
has atoms ``quantity >= bound`` only for the bounds that somebody asked for. Money, watts and lengths are whole numbers
in a scale that the translator chose; nothing here is rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from engine.diagnostics import Diagnostic, Span

Value: TypeAlias = bool | int | str | Decimal
"""A value of a variable. Quantities and booleans are ``int`` and ``bool``; product classes and features are ``str``."""

STRUCTURE = -1
"""The rule number of constraints nobody can take back: one value a variable, the tree of parts."""


class Kind(Enum):
    """What a variable ranges over."""

    BOOLEAN = "boolean"
    ENUMERATION = "enumeration"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Rule:
    """A constraint's public face: the author's id and message, and where it is written."""

    id: str
    message: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """One question of the configuration.

    ``first`` is the number of its first atom (0 for a quantity). ``values`` lists an enumeration's values in atom order
    and is ``(False, True)`` for a boolean; a quantity has ``minimum`` and ``maximum`` instead. A variable that is no
    ``decision`` follows from the others or only helps to state a rule: it is neither shown nor counted.
    """

    name: str
    kind: Kind
    first: int
    values: tuple[Value, ...] = ()
    minimum: int = 0
    maximum: int = 0
    decision: bool = True
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """The atom ``variable >= at_least`` of a quantity; ``variable`` is an index into the model's variables."""

    atom: int
    variable: int
    at_least: int


@dataclass(frozen=True, slots=True)
class Clause:
    """At least one of the literals holds."""

    literals: tuple[int, ...]
    rule: int = STRUCTURE


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of value positions over enumerations and booleans: the only combinations allowed, or those forbidden.

    ``variables`` are indices; a cell is a position in the variable's ``values``.
    """

    variables: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]
    rule: int = STRUCTURE
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class Cardinality:
    """Between ``minimum`` and ``maximum`` (None: no limit) of the literals hold, whenever all of ``when`` hold."""

    literals: tuple[int, ...]
    minimum: int
    maximum: int | None
    rule: int = STRUCTURE
    when: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """``coefficient`` if the ``literal`` holds (0: always), times a quantity when one is named (a variable index)."""

    coefficient: int
    literal: int = 0
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """The terms add up to at most ``bound``, whenever all of ``when`` hold. At least: negate; equal: state both.

    ``spelt`` says that the model's spelt clauses say all of it, so that a search need not add it up.
    """

    terms: tuple[Term, ...]
    bound: int
    rule: int = STRUCTURE
    when: tuple[int, ...] = ()
    spelt: bool = False


@dataclass(frozen=True, slots=True)
class Preference:
    """A soft wish: completions try to make the literal hold; the heavier wish wins."""

    literal: int
    weight: int = 1
    rule: int = STRUCTURE


@dataclass(frozen=True, slots=True)
class Model:
    """A whole problem, immutable and safe to share between threads. Built by :class:`ModelBuilder`."""

    name: str
    variables: tuple[Variable, ...]
    rules: tuple[Rule, ...] = ()
    clauses: tuple[Clause, ...] = ()
    tables: tuple[Table, ...] = ()
    cardinalities: tuple[Cardinality, ...] = ()
    sums: tuple[Sum, ...] = ()
    preferences: tuple[Preference, ...] = ()
    bounds: tuple[Bound, ...] = ()
    spelt: tuple[Clause, ...] = ()
    """Clauses that follow from the sums, with atoms of their own: they speed up a search and say nothing new."""
    atom_count: int = 0
    index: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[Diagnostic, ...] = ()

    def variable(self, name: str) -> Variable | None:
        """The variable of that name, or None."""
        position = self.index.get(name)
        return None if position is None else self.variables[position]

    def quantities(self) -> Iterator[tuple[int, Variable]]:
        """Index and variable of every quantity, in order."""
        return ((at, each) for at, each in enumerate(self.variables) if each.kind is Kind.QUANTITY)

    def fact(self, literal: int) -> str:
        """A literal in words for messages and tests: ``cpu = A7``, ``not wheels``, ``fans >= 3``."""
        name = self._atom_name(abs(literal))
        return name if literal > 0 else f"not {name}"

    def _atom_name(self, atom: int) -> str:
        for variable in self.variables:
            if variable.kind is Kind.BOOLEAN and variable.first == atom:
                return variable.name
            if variable.kind is Kind.ENUMERATION and variable.first <= atom < variable.first + len(variable.values):
                return f"{variable.name} = {variable.values[atom - variable.first]}"
        bound = next(each for each in self.bounds if each.atom == atom)
        return f"{self.variables[bound.variable].name} >= {bound.at_least}"
