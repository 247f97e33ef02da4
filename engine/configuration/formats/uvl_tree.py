"""The feature tree of a UVL file as it is written, before anything is made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from engine.configuration.formats.faults import Faults
from engine.configuration.formats.uvl_text import Expression, Parser, Token, error, tokens
from engine.diagnostics import Code, Diagnostic, Span

UNSUPPORTED = Code("MDL051")
GROUPS = {"mandatory", "optional", "or", "alternative"}
CLONES_MAX = 1_000_000
TYPES = {"Boolean", "Integer", "Real", "String"}
HELPER = "cpq_helper"
"""The attribute of a feature that only helps to state a rule: no configuration differs in it."""

AttributeValue: TypeAlias = Fraction | str | bool | None


@dataclass(slots=True)
class Feature:
    """A feature with its type, feature cardinality, attributes and groups of children."""

    name: str
    span: Span
    type: str = "Boolean"
    clones: tuple[int, int] | None = None
    attributes: dict[str, AttributeValue] = field(default_factory=dict)
    constraints: list[tuple[Expression, Span]] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """A keyword line and the features below it; ``limits`` for an explicit cardinality."""

    kind: str
    span: Span
    limits: tuple[int, int | None] | None = None
    features: list[Feature] = field(default_factory=list)


@dataclass(slots=True)
class UvlFile:
    """The root feature and the constraints with their places, as far as lines could be read."""

    root: Feature
    constraints: list[tuple[Expression, Span]]
    faults: tuple[Diagnostic, ...] = ()
    """What is wrong with the lines that could not be read."""
    hidden: frozenset[str] = frozenset()
    """Words of the tree that could not be read: features of these names may be there."""


def parse(text: str, path: str) -> UvlFile:
    """Read the file; raises ``DiagnosticError`` where so much of it is malformed that there is no tree."""
    return _File(path).read(text)


@dataclass(slots=True)
class Line:
    """Indentation, words and place of one logical line; the words of one that is not ``readable`` are names only."""

    width: int
    words: list[Token]
    span: Span
    readable: bool = True


def _logical_lines(text: str, path: str, faults: Faults) -> list[Line]:
    """Lines without comments; a line with an open brace or parenthesis goes on below."""
    found: list[Line] = []
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        words: list[Token] = []
        readable = False
        with faults.noted():
            words = tokens(line, Span(path, number))
            readable = True
        if not readable:
            words = [Token("name", each, Span(path, number)) for each in re.findall(r"\w+", line)]
        if not words:
            continue
        if depth > 0 and found:
            found[-1].words.extend(words)
            found[-1].readable &= readable
        else:
            width = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
            found.append(Line(width, words, words[0].span, readable))
        brackets = (each.value for each in words if each.kind == "symbol") if readable else iter(line)
        depth += sum((each in "([{") - (each in ")]}") for each in brackets)
    return found


class _File:
    def __init__(self, path: str) -> None:
        self.path = path
        self.roots: list[Feature] = []
        self.constraints: list[tuple[Expression, Span]] = []
        self.open: list[tuple[int, Feature | Group]] = []
        self.unread: int | None = None
        self.hidden: set[str] = set()
        self.faults = Faults()

    def read(self, text: str) -> UvlFile:
        section = ""
        for line in _logical_lines(text, self.path, self.faults):
            first = line.words[0].value
            if line.width == 0 and first in ("features", "constraints", "include", "namespace", "imports"):
                section = first
                if first == "imports":
                    hint = "put the imported features into one file"
                    self.faults.found += error(line.span, "`imports` is not supported", UNSUPPORTED, hint).diagnostics
            elif section == "features":
                self._branch(line)
            elif section == "constraints":
                self._constraint(line)
            elif section not in ("include", "imports") and line.readable:
                raise error(line.span, f"unexpected `{first}`", hint="a UVL file has `features` and `constraints`")
        if len(self.roots) != 1 or any(each.code == UNSUPPORTED for each in self.faults.found):
            self.faults.settle()
        if len(self.roots) != 1:
            raise error(Span(self.path), "there is exactly one root feature")
        constraints = [*self.constraints, *_inside(self.roots[0])]
        return UvlFile(self.roots[0], constraints, tuple(self.faults.found), frozenset(self.hidden))

    def _branch(self, line: Line) -> None:
        """A line of the tree; what stands below one that could not be read is part of it."""
        if self.unread is None or line.width <= self.unread:
            self.unread = line.width
            if line.readable:
                with self.faults.noted():
                    self._tree(line.width, line.words, line.span)
                    self.unread = None
        if self.unread is not None:
            self.hidden.update(each.value for each in line.words)

    def _constraint(self, line: Line) -> None:
        if line.readable:
            with self.faults.noted():
                self.constraints.append((Parser(line.words, line.words[-1].span).expression(), line.span))

    def _tree(self, width: int, words: list[Token], span: Span) -> None:
        while self.open and self.open[-1][0] >= width:
            self.open.pop()
        above = self.open[-1][1] if self.open else None
        made: Feature | Group
        if isinstance(above, Feature):
            made = _group(words, span)
            above.groups.append(made)
        else:
            made = _feature(words, span)
            (above.features if above is not None else self.roots).append(made)
        self.open.append((width, made))


def _inside(root: Feature) -> Iterator[tuple[Expression, Span]]:
    """The constraints written inside attributes, in file order."""
    stack = [root]
    while stack:
        feature = stack.pop()
        yield from feature.constraints
        stack.extend(reversed([each for group in feature.groups for each in group.features]))


def _group(words: list[Token], span: Span) -> Group:
    first = words[0]
    if first.kind == "name" and first.value in GROUPS and len(words) == 1:
        return Group(first.value, span)
    if first.value == "[":
        limits, used = _limits(words)
        if limits[1] is not None and limits[1] < limits[0]:
            raise error(first.span, f"the cardinality {limits[0]} to {limits[1]} is empty")
        if used == len(words):
            return Group("cardinality", span, limits)
    raise error(span, f"unknown group `{first.value}`", UNSUPPORTED, f"groups: {', '.join(sorted(GROUPS))}, [n..m]")


def _limits(words: Sequence[Token]) -> tuple[tuple[int, int | None], int]:
    """``[n]``, ``[n..m]`` or ``[n..*]`` at the start of the words, and how many words it takes."""
    values = [word.value for word in words[:5]]
    if len(values) >= 3 and values[1].isdecimal() and values[2] == "]":
        return (int(values[1]), int(values[1])), 3
    if len(values) == 5 and values[1].isdecimal() and values[2] == ".." and values[4] == "]":
        if values[3] == "*" or values[3].isdecimal():
            return (int(values[1]), None if values[3] == "*" else int(values[3])), 5
    raise error(words[0].span, "a cardinality is written `[n]` or `[n..m]`")


def _feature(words: list[Token], span: Span) -> Feature:
    at = 0
    kind = "Boolean"
    if words[0].value in TYPES and len(words) > 1 and words[1].kind == "name":
        kind, at = words[0].value, 1
    if words[at].kind not in ("name", "number"):
        raise error(words[at].span, "a feature name is expected")
    made = Feature(words[at].value, words[at].span, kind)
    at += 1
    if at < len(words) and words[at].value == "cardinality":
        limits, used = _limits(words[at + 1 :])
        if limits[1] is None:
            raise error(words[at].span, "a feature cardinality needs an upper limit", UNSUPPORTED)
        if limits[1] > CLONES_MAX or limits[1] < limits[0]:
            raise error(words[at].span, f"a feature cardinality is at most {CLONES_MAX}, and not empty", UNSUPPORTED)
        made.clones = (limits[0], limits[1])
        at += 1 + used
    if at < len(words) and words[at].value == "{":
        at = _attributes(words, at + 1, made, "")
    if at < len(words):
        raise error(words[at].span, f"unexpected `{words[at].value}` after feature `{made.name}`")
    return made


def _attributes(words: list[Token], at: int, made: Feature, prefix: str) -> int:
    """Read up to the closing brace; a nested record named ``x`` gives ``x.value`` and, as ``x``, its ``value``."""
    into = made.attributes
    while at < len(words) and words[at].value != "}":
        name = words[at]
        if name.kind != "name":
            raise error(name.span, "an attribute name is expected")
        if name.value in ("constraint", "constraints"):
            at = _constraints(words, at + 1, made)
            at += at < len(words) and words[at].value == ","
            continue
        key, at = prefix + name.value, at + 1
        if at < len(words) and words[at].value == "{":
            at = _attributes(words, at + 1, made, key + ".")
            into[key] = into.get(key + ".value")
        elif at < len(words) and words[at].value not in (",", "}"):
            into[key], at = _value(words, at)
        else:
            into[key] = True
        if at < len(words) and words[at].value == ",":
            at += 1
    if at >= len(words):
        raise error(words[-1].span, "`}` is expected")
    return at + 1


def _constraints(words: list[Token], at: int, made: Feature) -> int:
    """``constraint EXPRESSION`` or ``constraints [EXPRESSION, ...]``: they hold like those below the tree."""
    listed = at < len(words) and words[at].value == "["
    ends = (",", "]") if listed else (",", "}")
    at += listed
    while at < len(words):
        end = _end(words, at, ends)
        made.constraints.append(
            (Parser(words[at:end], words[min(end, len(words) - 1)].span).expression(), words[at].span)
        )
        if not listed:
            return end
        at = end + 1
        if words[min(end, len(words) - 1)].value == "]":
            return at
    raise error(words[-1].span, "`]` is expected" if listed else "an expression is expected")


def _end(words: list[Token], at: int, ends: tuple[str, ...]) -> int:
    """Where the expression ends: the first of these words outside parentheses."""
    depth = 0
    while at < len(words):
        value = words[at].value if words[at].kind == "symbol" else ""
        if depth == 0 and value in ends:
            return at
        depth += (value == "(") - (value == ")")
        at += 1
    return at


def _value(words: list[Token], at: int) -> tuple[AttributeValue, int]:
    sign = 1
    if words[at].value == "-":
        sign, at = -1, at + 1
    word = words[at]
    if word.kind == "number":
        return sign * Fraction(word.value), at + 1
    if word.value == "[":
        while at < len(words) and words[at].value != "]":
            at += 1
        return None, at + 1
    if word.value in ("true", "false"):
        return word.value == "true", at + 1
    return word.value, at + 1
