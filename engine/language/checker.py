"""The state of one check: scopes of names, what is known to be present, what was read, and how nodes are reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.language.builtins import FUNCTIONS, Builtin
from engine.language.problems import OPTIONAL_UNTESTED, Findings
from engine.language.scope import Analysis, Meaning, MeaningKind, Scope
from engine.language.tree import Expression, Filter, Name, Path, Subject
from engine.language.types import ANY, NULL, ContextType, ListType, OptionalType, Type, required
from engine.language.wording import shown

Frame: TypeAlias = dict[str, tuple[Meaning, Type]]


@dataclass(slots=True)
class Checker:
    """Checks the nodes of one text; rules for each kind of node come from outside."""

    findings: Findings
    scope: Scope
    rules: Mapping[type, Callable[[Checker, Expression], Type]]
    subject_type: Type | None = None
    subject_path: str = ""
    analysis: Analysis = field(default_factory=Analysis)
    frames: list[Frame] = field(default_factory=list)
    present: frozenset[str] = frozenset()
    reads: Counter[str] = field(default_factory=Counter)
    variables: int = 0
    saw_optional: bool = False
    warned: set[str] = field(default_factory=set)

    def check(self, node: Expression) -> Type:
        """Return the type of a node, reporting what is wrong in it; ``Any`` stands for an error already reported."""
        found = self.rules[type(node)](self, node)
        self.analysis.types[id(node)] = found
        if type(found) is OptionalType:
            self.saw_optional = True
        return found

    def use(self, node: Expression) -> Type:
        """Check a node whose value is needed; warns when it is an attribute that may be missing."""
        found = self.check(node)
        self.warn_if_missing(node, found)
        return found

    def items(self, node: Expression) -> Type:
        """Check a node that is run through: a record that may be missing counts as a list of one or none."""
        found = self.check(node)
        if not isinstance(required(found), ContextType):
            self.warn_if_missing(node, found)
        return found

    def warn_if_missing(self, node: Expression, found: Type) -> None:
        """Warn, once, when an optional attribute is used as if it were always there."""
        if isinstance(found, OptionalType) and isinstance(node, Name | Path | Filter):
            if isinstance(node, Path) and isinstance(self.analysis.types.get(id(node.source)), OptionalType):
                return
            source = self.source(node)
            if source in self.warned:
                return
            self.warned.add(source)
            message = f"{shown(source)} may be missing"
            hint = f"test it first: `if {source} = null then ... else ...` or `{source} != null and ...`"
            self.findings.warn(OPTIONAL_UNTESTED, message, node.start, node.end, hint=hint)

    def source(self, node: Expression) -> str:
        """The author's text of a node."""
        return self.findings.text[node.start : node.end]

    def find(self, name: str) -> tuple[Meaning, Type] | None:
        """What a name means here: the innermost variable of that name, or a root."""
        for frame in reversed(self.frames):
            if name in frame:
                return frame[name]
        return self.scope.meanings.get(name)

    def function(self, name: str) -> Builtin | None:
        """The built-in or decision table of a name."""
        return FUNCTIONS.get(name) or self.scope.tables.get(name)

    def names(self) -> Iterator[str]:
        """All names that may be used here."""
        for frame in reversed(self.frames):
            yield from frame
        yield from self.scope.roots

    def new_variable(self, name: str, path: str) -> Meaning:
        """Number a new variable that follows the values of a dotted path (or none)."""
        self.variables += 1
        return Meaning(MeaningKind.VARIABLE, name, self.variables - 1, path)

    @contextmanager
    def within(self, frame: Frame) -> Iterator[None]:
        """Check with more names."""
        self.frames.append(frame)
        try:
            yield
        finally:
            self.frames.pop()

    @contextmanager
    def knowing(self, keys: frozenset[str]) -> Iterator[None]:
        """Check with some values known to be present."""
        before, self.present = self.present, self.present | keys
        try:
            yield
        finally:
            self.present = before

    def key(self, node: Expression) -> str | None:
        """A key for the value of a name or path, the same wherever it is the same value; None for other nodes."""
        match node:
            case Name():
                meaning = self.analysis.meanings.get(id(node))
                if meaning is None:
                    return None
                tail = f".{meaning.name}" if meaning.kind is MeaningKind.FIELD else ""
                return f"{meaning.kind is MeaningKind.ROOT}{meaning.number}{tail}"
            case Path(source=source, name=name):
                inner = self.key(source)
                return None if inner is None else f"{inner}.{name}"
            case Subject():
                return "?"
            case _:
                return None

    def path(self, node: Expression) -> str:
        """The dotted path a node reads, empty when it is not one."""
        match node:
            case Name():
                meaning = self.analysis.meanings.get(id(node))
                return meaning.path if meaning else ""
            case Path(source=source, name=name):
                inner = self.path(source)
                return f"{inner}.{name}" if inner else ""
            case Filter(source=source):
                return self.path(source)
            case Subject():
                return self.subject_path
            case _:
                return ""

    def read(self, node: Expression) -> None:
        """Note that the value of a path is read."""
        path = self.path(node)
        if path:
            self.reads[path] += 1

    def read_further(self, source: Expression) -> None:
        """Note that of the value of a path only a part is read, which is noted on its own."""
        path = self.path(source)
        if self.reads[path] > 0:
            self.reads[path] -= 1


def element_of(kind: Type) -> Type | None:
    """What iterating over a value yields: the items of a list, or a record itself (a group that holds at most one)."""
    kind = required(kind)
    match kind:
        case ListType(item):
            return item
        case ContextType():
            return kind
        case _:
            return ANY if kind in (ANY, NULL) else None
