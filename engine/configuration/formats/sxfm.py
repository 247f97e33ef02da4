"""SXFM, the format of SPLOT: a feature tree drawn with tabs, and constraints in conjunctive form."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_SECTION = re.compile(r"</?(?:feature_tree|constraints)>")
_SECOND = re.compile(r"\s:[rmog]?\s")


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
        self.unread: int | None = None
        self.hidden: set[str] = set()
        """Words of features that could not be read."""

    def read(self, text: str) -> Model:
        section = ""
        for number, column, line in _lines(text):
            stripped = line.strip()
            if stripped in ("<feature_tree>", "<constraints>"):
                section = stripped
            elif stripped in ("</feature_tree>", "</constraints>"):
                section = ""
            elif stripped:
                self._read(line, section, Span(self.path, number, column + len(line) - len(line.lstrip())))
        self.faults.settle()
        if not self.by_id:
            hint = "below `<feature_tree>` stands `:r name (id)`, and the other features on lines of their own"
            raise _error(Span(self.path), "no `<feature_tree>` with a root feature", hint)
        for group in self.groups:
            assert group.members is not None
            self.tree.group(group.feature, group.members, group.limits, (group.name, group.span))
        return self.builder.build()

    def _read(self, line: str, section: str, span: Span) -> None:
        """One line; what stands below a feature that could not be read is part of it."""
        in_tree = section == "<feature_tree>"
        readable = not in_tree or self.unread is None or span.column <= self.unread
        if readable:
            self.unread = span.column if in_tree else None
            with self.faults.noted():
                self._line(line, section, span)
                self.unread = None
        if in_tree and self.unread is not None:
            self.hidden.update(re.findall(r"[^\s()\[\],:]+", line))

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
        if _SECOND.search(line.strip()):
            hint = "a feature stands on a line of its own, indented by how deep it is: line ends are part of the format"
            raise _error(span, "several features stand on one line", hint)
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
        if (parent is None) != (kind == "r"):
            raise _error(span, "the tree has one root, marked `:r`")
        if parent is None:
            self.tree.root(feature, name, span)
        else:
            self.tree.child(parent.feature, feature, name, span)
            if parent.members is not None:
                parent.members.append(feature)
            elif kind == "m":
                self.tree.mandatory(parent.feature, feature, name, span)
            elif kind != "o":
                raise _error(span, "a feature outside a group is `:m` or `:o`")
        # The root may stand behind the tag of its section: nothing is as far out.
        self.open.append(_Open(0 if parent is None else span.column, feature, name, span))

    def _constraint(self, line: str, span: Span) -> None:
        label, colon, text = line.rpartition(":")
        if not colon:
            label, text = f"constraint at line {span.line}", line
        if re.search(r"~|\sor\s", label, flags=re.IGNORECASE):
            raise _error(span, "several constraints stand on one line", "a constraint stands on a line of its own")
        literals, unknown = [], []
        for word in re.split(r"\s+or\s+", text.strip(), flags=re.IGNORECASE):
            name = word.strip().removeprefix("~").strip()
            if name in self.hidden:
                continue
            if name not in self.by_id:
                hint = did_you_mean(name, self.by_id)
                unknown.append(Diagnostic(UNKNOWN_FEATURE, f"unknown feature `{name}`", span, hint))
                continue
            literals.append(-self.by_id[name] if word.strip().startswith("~") else self.by_id[name])
        if unknown:
            raise DiagnosticError(*unknown)
        self.builder.clause(literals, self.builder.rule(label.strip(), span=span))


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Number, first column and text of every line; a tag of a section is one by itself, wherever it stands."""
    for number, line in enumerate(text.splitlines(), start=1):
        at = 0
        for tag in _SECTION.finditer(line):
            yield number, at + 1, line[at : tag.start()]
            yield number, tag.start() + 1, tag.group()
            at = tag.end()
        yield number, at + 1, line[at:]


def _error(span: Span, message: str, hint: str = "") -> DiagnosticError:
    return DiagnosticError(Diagnostic(MALFORMED, message, span, hint))
