"""What an expression may speak of, and what is known about an expression once it was checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from engine.diagnostics import Diagnostic, Span
from engine.language.builtins import Builtin, Signature
from engine.language.names import KnownNames
from engine.language.problems import Origin
from engine.language.tree import Call, Expression, Name, Node
from engine.language.types import ANY, ContextType, ListType, OptionalType, Type

MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """The roots an expression may name, in the order compiled functions take them, with their types.

    ``tables`` are decision tables that may be called by name like a built-in. A scope remembers what was checked and
    compiled in it (at most 20 000 texts), so reuse one scope for all rules of a kind; two scopes are never equal.
    """

    roots: Mapping[str, Type]
    tables: Mapping[str, Builtin] = field(default_factory=dict)
    known: KnownNames = field(init=False, repr=False)
    meanings: Mapping[str, tuple[Meaning, Type]] = field(init=False, repr=False)
    checks: dict[object, object] = field(default_factory=dict, init=False, repr=False)
    functions: dict[object, object] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roots", MappingProxyType(dict(self.roots)))
        object.__setattr__(self, "tables", MappingProxyType(dict(self.tables)))
        meanings = {
            name: (Meaning(MeaningKind.ROOT, name, number, name), kind)
            for number, (name, kind) in enumerate(self.roots.items())
        }
        object.__setattr__(self, "meanings", MappingProxyType(meanings))
        object.__setattr__(self, "known", KnownNames(dict.fromkeys(_all_names(self.roots))))


def _all_names(fields: Mapping[str, Type]) -> Iterator[str]:
    for name, kind in fields.items():
        yield name
        inner = kind
        while isinstance(inner, OptionalType | ListType):
            inner = inner.item
        if isinstance(inner, ContextType):
            yield from _all_names(inner.fields)


class MeaningKind(Enum):
    """What a name stands for: a root of the scope, a variable of the expression, or an attribute of a filtered item."""

    ROOT = "root"
    VARIABLE = "variable"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for. ``number`` counts the roots or variables from 0; for a FIELD it is the item's variable.

    ``path`` is the dotted path from a root that the name follows (``gpu`` for `g` in `for g in gpu`), or empty.
    """

    kind: MeaningKind
    name: str
    number: int
    path: str


@dataclass(frozen=True, slots=True)
class ResolvedCall:
    """A call of a built-in or a table: its name, its arguments by position (None where left out), its signature."""

    name: str
    arguments: tuple[Expression | None, ...]
    signature: Signature


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What the checker learnt about the nodes of one tree, by identity of the node."""

    types: dict[int, Type] = field(default_factory=dict)
    meanings: dict[int, Meaning] = field(default_factory=dict)
    calls: dict[int, ResolvedCall] = field(default_factory=dict)
    constants: dict[int, object] = field(default_factory=dict)
    variables: dict[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """An expression without errors: its typed tree, the attributes it reads and the warnings about it.

    For a cell the tree is the whole condition on ``subject``; ``?`` and the value of `in` are ``Subject`` nodes there.
    """

    text: str
    origin: Origin
    tree: Expression
    type: Type
    reads: tuple[str, ...]
    warnings: tuple[Diagnostic, ...]
    scope: Scope
    analysis: Analysis = field(repr=False)
    subject: Expression | None = None
    expected: Type | None = None

    def type_of(self, node: Node) -> Type:
        """The type of a node of this tree; ``Any`` for a node of another tree."""
        return self.analysis.types.get(id(node), ANY)

    def meaning_of(self, name: Name) -> Meaning | None:
        """What a name of this tree stands for; None for the name of a built-in."""
        return self.analysis.meanings.get(id(name))

    def call_of(self, call: Call) -> ResolvedCall | None:
        """The built-in a call means; None when its value is already known (see ``constant_of``)."""
        return self.analysis.calls.get(id(call))

    def constant_of(self, node: Node) -> object:
        """The value of a literal date, time or duration (``@"..."``, ``date("...")``); None for other nodes."""
        return self.analysis.constants.get(id(node))

    def span_of(self, node: Node) -> Span:
        """Where a node stands in the file."""
        return self.origin.span(self.text, node.start, node.end)
