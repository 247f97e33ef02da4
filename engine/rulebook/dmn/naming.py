"""Names of DMN, which may hold spaces and dots into records, as the plain names that rule books use."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import fields, replace
from typing import TypeVar

from engine.language.builtins import FUNCTIONS
from engine.language.tree import (
    Call,
    ContextEntry,
    ContextLiteral,
    Expression,
    For,
    FunctionDefinition,
    Iteration,
    Name,
    Node,
    Path,
    Quantified,
)

N = TypeVar("N", bound=Node)


class NotCarried(Exception):
    """A part of a table has no form in a rule book; the message says which and why."""


def plain_name(text: str, is_free: Callable[[str], bool]) -> str:
    """Return a name that rule books can use: the same where it is free, else one made of its letters and digits."""
    if is_free(text):
        return text
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    folded = folded.lower() if " " in text.strip() else folded
    letters = "".join(each if each.isalnum() else " " for each in folded)
    name = "_".join(letters.split()) or "value"
    name = name if not name[0].isdigit() else f"n_{name}"
    for candidate in (name, f"the_{name}", *(f"{name}_{number}" for number in range(2, 1000))):
        if is_free(candidate):
            return candidate
    raise NotCarried(f"there is no free name for `{text}`")


class Renamer:
    """Writes expressions anew with the names of the rule book; notes which outside names they read.

    ``outside`` finds, for a root and the names behind it, how many of these belong to the name and what it is called.
    """

    def __init__(self, outside: Callable[[tuple[str, ...]], tuple[int, str] | None]) -> None:
        self._outside = outside

    def renamed(self, node: N, bound: frozenset[str] = frozenset()) -> N:
        """Return a tree with other names; raises ``NotCarried`` for calls of what no rule book has."""
        found = self._renamed(node, bound)
        assert isinstance(found, type(node)) or isinstance(node, Name | Path)
        return found  # type: ignore[return-value]

    def _renamed(self, node: Node, bound: frozenset[str]) -> Node:
        match node:
            case Name() | Path():
                return self._name(node, bound)
            case Call():
                return self._call(node, bound)
            case For(iterations=iterations) | Quantified(iterations=iterations):
                return self._loop(node, iterations, bound)
            case FunctionDefinition(parameters=parameters):
                return self._parts(node, bound | {each.name for each in parameters})
            case ContextLiteral(entries=entries):
                return replace(node, entries=self._entries(entries, bound))
            case _:
                return self._parts(node, bound)

    def _parts(self, node: Node, bound: frozenset[str]) -> Node:
        changed: dict[str, object] = {}
        for each in fields(node):
            value = getattr(node, each.name)
            if isinstance(value, Node):
                changed[each.name] = self._renamed(value, bound)
            elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
                changed[each.name] = tuple(self._renamed(item, bound) for item in value)
        return replace(node, **changed) if changed else node  # type: ignore[arg-type]

    def _name(self, node: Name | Path, bound: frozenset[str]) -> Node:
        names: list[str] = []
        steps: list[Path] = []
        inner: Expression = node
        while isinstance(inner, Path):
            names.append(inner.name)
            steps.append(inner)
            inner = inner.source
        if not isinstance(inner, Name):
            return self._parts(node, bound)
        if inner.name in bound:
            return node
        found = self._outside((inner.name, *reversed(names)))
        if found is None:
            return node
        taken, name = found
        whole: Expression = Name(inner.start, inner.end, name)
        for step in list(reversed(steps))[taken - 1 :]:
            whole = replace(step, source=whole)
        return whole

    def _call(self, node: Call, bound: frozenset[str]) -> Node:
        if not isinstance(node.function, Name):
            raise NotCarried("it calls what is not a plain function")
        name = node.function.name
        if name in bound or name not in FUNCTIONS:
            raise NotCarried(f"it calls `{name}`, which is no built-in function")
        arguments = tuple(self._renamed(each, bound) for each in node.arguments)
        named = tuple(self._renamed(each, bound) for each in node.named)
        return replace(node, arguments=arguments, named=named)  # type: ignore[arg-type]

    def _loop(self, node: For | Quantified, iterations: tuple[Iteration, ...], bound: frozenset[str]) -> Node:
        made = []
        for each in iterations:
            made.append(self._parts(each, bound))
            bound |= {each.name}
        if isinstance(node, For):
            body = self._renamed(node.result, bound | {"partial"})
            return replace(node, iterations=tuple(made), result=body)  # type: ignore[arg-type]
        return replace(node, iterations=tuple(made), condition=self._renamed(node.condition, bound))  # type: ignore[arg-type]

    def _entries(self, entries: tuple[ContextEntry, ...], bound: frozenset[str]) -> tuple[ContextEntry, ...]:
        made = []
        for each in entries:
            made.append(self._parts(each, bound))
            bound |= {each.name}
        return tuple(made)  # type: ignore[arg-type]
