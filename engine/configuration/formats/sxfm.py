"""SXFM, the format of SPLOT: a feature tree drawn with tabs, and constraints in conjunctive form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.faults import Faults
from engine.configuration.formats.feature_tree import FeatureTree
from engine.configuration.model import Model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span, did_you_mean

MALFORMED = Code("MDL010")
UNKNOWN_FEATURE = Code("MDL011")
UNSUPPORTED = Code("MDL012")
KNOWN_TAGS = ("<?xml", "<!--", "<feature_model", "</feature_model", "<meta", "</meta", "<data", "</data")

_LINE = re.compile(r"^:([rmog]?)\s*(.*?)\s*(?:\(([^()]*)\))?\s*(?:\[(\d+)\s*,\s*(\d+|\*)\])?$")


@dataclass(slots=True)
class _Open:
    """A feature or group whose children may follow; ``members`` is set for a group."""

    depth: int
    feature: int
    name: str
    span: Span
    members: list[int] | None = None
    limits: tuple[int, int | None] = (0, None)


def read_sxfm(data: bytes, path: str) -> Model:
    """Features are named by their text; a text used before gets ``@id`` appended. Raises ``DiagnosticError``."""
    return _Reader(path).read(data.decode("utf-8-sig", errors="replace"))


class _Reader:
    def __init__(self, path: str) -> None:
        self.path = path
        self.builder = ModelBuilder(path.rsplit("/", 1)[-1])
        self.tree = FeatureTree(self.builder)
        self.open: list[_Open] = []
        self.by_id: dict[str, int] = {}
        self.groups: list[_Open] = []
        self.faults = Faults()

    def read(self, text: str) -> Model:
        section = ""
        for number, line in enumerate(text.splitlines(), start=1):
            stripped = line.strip()
            if stripped in ("<feature_tree>", "<constraints>"):
                section = stripped
            elif stripped in ("</feature_tree>", "</constraints>"):
                section = ""
            elif stripped:
                with self.faults.noted():
                    self._line(line, section, Span(self.path, number, len(line) - len(line.lstrip()) + 1))
        self.faults.settle()
        if not self.by_id:
            raise _error(Span(self.path), "no `<feature_tree>` with a root feature")
        for group in self.groups:
            assert group.members is not None
            self.tree.group(group.feature, group.members, group.limits, (group.name, group.span))
        return self.builder.build()

    def _line(self, line: str, section: str, span: Span) -> None:
        stripped = line.strip()
        if section == "<feature_tree>":
            self._node(line, span)
        elif section == "<constraints>":
            self._constraint(stripped, span)
        elif not stripped.startswith(KNOWN_TAGS):
            raise DiagnosticError(Diagnostic(UNSUPPORTED, f"`{stripped[:40]}` is not supported here", span))

    def _node(self, line: str, span: Span) -> None:
        found = _LINE.match(line.strip())
        if not found:
            raise _error(span, "a feature line starts with `:r`, `:m`, `:o`, `:g` or `:`")
        kind, name, identity, low, high = found.groups()
        while self.open and self.open[-1].depth >= span.column:
            self.open.pop()
        parent = self.open[-1] if self.open else None
        if kind == "g":
            self._group(parent, (low, high), span)
        else:
            self._feature(parent, kind, (name, identity or name), span)

    def _group(self, parent: _Open | None, limits: tuple[str | None, str | None], span: Span) -> None:
        if parent is None or limits[0] is None:
            raise _error(span, "a group stands below a feature and has limits such as `[1,*]`")
        high = None if limits[1] in ("*", None) else int(str(limits[1]))
        group = _Open(span.column, parent.feature, parent.name, span, [], (int(limits[0]), high))
        self.open.append(group)
        self.groups.append(group)

    def _feature(self, parent: _Open | None, kind: str, names: tuple[str, str], span: Span) -> None:
        text, identity = names
        name = f"{text}@{identity}" if self.builder.index_of(text) is not None else text
        while self.builder.index_of(name) is not None:
            name = f"{name}#{span.line}"
        feature = self.builder.variable(self.builder.boolean(name, span=span)).first
        self.by_id.setdefault(identity, feature)
        if parent is None:
            if kind != "r" or len(self.by_id) > 1:
                raise _error(span, "the tree has one root, marked `:r`")
            self.tree.root(feature, name, span)
        else:
            self.tree.child(parent.feature, feature, name, span)
            if parent.members is not None:
                parent.members.append(feature)
            elif kind == "m":
                self.tree.mandatory(parent.feature, feature, name, span)
            elif kind != "o":
                raise _error(span, "a feature outside a group is `:m` or `:o`")
        self.open.append(_Open(span.column, feature, name, span))

    def _constraint(self, line: str, span: Span) -> None:
        label, colon, text = line.rpartition(":")
        if not colon:
            label, text = f"constraint at line {span.line}", line
        literals, unknown = [], []
        for word in re.split(r"\s+or\s+", text.strip(), flags=re.IGNORECASE):
            name = word.strip().removeprefix("~").strip()
            if name not in self.by_id:
                hint = did_you_mean(name, self.by_id)
                unknown.append(Diagnostic(UNKNOWN_FEATURE, f"unknown feature `{name}`", span, hint))
                continue
            literals.append(-self.by_id[name] if word.strip().startswith("~") else self.by_id[name])
        if unknown:
            raise DiagnosticError(*unknown)
        self.builder.clause(literals, self.builder.rule(label.strip(), span=span))


def _error(span: Span, message: str) -> DiagnosticError:
    return DiagnosticError(Diagnostic(MALFORMED, message, span))
