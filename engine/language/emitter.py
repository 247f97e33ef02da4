"""The state of generating Python for one checked expression: constants, marks of places, and how nodes are reached.

Nothing an author wrote reaches the generated text except as an ASCII-escaped text literal; names become numbered ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.language.scope import Checked
from engine.language.tree import Expression, Name, Node, Path, Subject
from engine.language.types import ContextType, OptionalType, Type, required

_MARK = re.compile("\0(\\d+),(\\d+)\0")


@dataclass(slots=True)
class Constants:
    """Values bound as globals of the generated module, each once."""

    values: dict[str, object] = field(default_factory=dict)
    _names: dict[tuple[type, object], str] = field(default_factory=dict)

    def name(self, value: object) -> str:
        """The global name of a value; numbers that print alike share one."""
        key = (type(value), str(value)) if isinstance(value, str | int) or not callable(value) else (type(value), value)
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = f"k{len(self.values)}"
            self.values[found] = value
        return found


@dataclass(slots=True)
class Emitter:
    """Generates the Python expression for the nodes of one checked expression."""

    checked: Checked
    constants: Constants
    rules: Mapping[type, Callable[[Emitter, Expression], str]]
    counts_steps: bool = False
    loops: int = 0
    about_subject: bool = False

    def code(self, node: Expression) -> str:
        """Python for a node; None while it runs when the node's type is optional and the value absent."""
        return self.rules[type(node)](self, node)

    def type(self, node: Expression) -> Type:
        """The type of a node."""
        return self.checked.type_of(node)

    def kind(self, node: Expression) -> Type:
        """The type of a node's value when it is present."""
        return required(self.checked.type_of(node))

    def maybe(self, *nodes: Expression) -> bool:
        """Whether one of the values may be absent."""
        types = self.checked.analysis.types
        for each in nodes:
            if type(types.get(id(each))) is OptionalType:
                return True
        return False

    def mark(self, node: Node) -> str:
        """A mark before an operation that may fail, so that a failure is shown at its place."""
        if self.about_subject:
            return f"\0{0},{len(self.checked.text)}\0"
        return f"\0{node.start},{node.end}\0"

    def constant(self, value: object) -> str:
        """Python for a constant."""
        if isinstance(value, str):
            return ascii(value)
        if value is None or isinstance(value, bool):
            return repr(value)
        return self.constants.name(value)

    def condition(self, node: Expression) -> str:
        """Python that is true when the node's answer is true; an absent answer does not hold."""
        text = self.code(node)
        return f"({text} is True)" if self.maybe(node) else text

    def items(self, node: Expression) -> str:
        """Python for what can be iterated over: a list, or a record as a list of one."""
        text = self.code(node)
        if isinstance(self.kind(node), ContextType):
            return f"_single({text})" if self.maybe(node) else f"({text},)"
        return f"({text} or ())" if self.maybe(node) else text

    def lifted(self, operation: str, *parts: str, maybe: bool, mark: str = "") -> str:
        """A call; with ``maybe`` it is absent when one of its values is."""
        if maybe:
            return f"{mark}_lift({operation}, {', '.join(parts)})"
        return f"{mark}{operation}({', '.join(parts)})"


def is_simple(node: Expression) -> bool:
    """Whether evaluating a node twice costs next to nothing."""
    return isinstance(node, Name | Subject) or isinstance(node, Path) and is_simple(node.source)


def attribute(record: str, name: str, kind: Type | None) -> str:
    """Python for an attribute of a record that is present; an optional attribute may be left out of the record."""
    if isinstance(kind, OptionalType):
        return f"{record}.get({ascii(name)})"
    return f"{record}[{ascii(name)}]"


def resolve_marks(text: str, first_line: int) -> tuple[str, dict[int, tuple[int, int]]]:
    """Turn marks into line breaks; return the text and which stretch of the author's text each line stands for."""
    lines: dict[int, tuple[int, int]] = {}
    line = first_line

    def broken(mark: re.Match[str]) -> str:
        nonlocal line
        line += 1
        lines[line] = (int(mark[1]), int(mark[2]))
        return "\n"

    return _MARK.sub(broken, text), lines
