"""YAML of model files as plain nodes with places: no tags of Python, no aliases, bounded depth."""

from __future__ import annotations

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

MALFORMED = Code("MDL070")
DEPTH_MAX = 20
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def document(data: bytes, path: str) -> Node:
    """The one document of the file; raises ``DiagnosticError`` with the place of what is not read."""
    text = data.decode("utf-8-sig", errors="replace")
    try:
        _refuse_unsafe(text, path)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        span = Span(path, mark.line + 1, mark.column + 1) if mark else Span(path)
        raise error(span, "the file is not well-formed YAML") from problem
    except yaml.YAMLError as problem:
        raise error(Span(path), "the file is not well-formed YAML") from problem
    if root is None:
        raise error(Span(path), "the file is empty")
    return root


def _refuse_unsafe(text: str, path: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        mark = event.start_mark
        span = Span(path, mark.line + 1, mark.column + 1) if mark else Span(path)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise error(span, "anchors and aliases are not read")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAX:
            raise error(span, f"the file is nested deeper than {DEPTH_MAX}")


class Place:
    """A node with the path of its file: reads what is expected there, or raises with the place."""

    def __init__(self, node: Node, path: str) -> None:
        self.node = node
        self._path = path

    @property
    def span(self) -> Span:
        """Where the node starts."""
        return Span(self._path, self.node.start_mark.line + 1, self.node.start_mark.column + 1)

    def wrong(self, message: str) -> DiagnosticError:
        """One finding here, ready to raise."""
        return error(self.span, message)

    def items(self) -> list[Place]:
        """The entries of a list."""
        if not isinstance(self.node, SequenceNode):
            raise self.wrong("a list is expected")
        return [Place(each, self._path) for each in self.node.value]

    def record(self, *known: str) -> dict[str, Place]:
        """The entries of a record by name; with ``known``, others are refused."""
        if not isinstance(self.node, MappingNode):
            raise self.wrong("a record is expected")
        found: dict[str, Place] = {}
        for key, value in self.node.value:
            here = Place(key, self._path)
            name = here.text()
            if name in found or (known and name not in known):
                what = "is there twice" if name in found else f"is not known here; known: {', '.join(known)}"
                raise here.wrong(f"`{name}` {what}")
            found[name] = Place(value, self._path)
        return found

    @property
    def is_record(self) -> bool:
        """Whether the node is a record."""
        return isinstance(self.node, MappingNode)

    def text(self) -> str:
        """A text, as it is written."""
        if not isinstance(self.node, ScalarNode):
            raise self.wrong("a text is expected")
        return str(self.node.value)

    def number(self) -> int:
        """A whole number."""
        text = self.text()
        if not text.lstrip("-").isdecimal():
            raise self.wrong(f"a whole number is expected, not `{text}`")
        return int(text)

    def is_plain(self, kind: str) -> bool:
        """Whether YAML takes the scalar for a value of this kind, such as ``int`` or ``bool``."""
        return self.node.tag == f"tag:yaml.org,2002:{kind}"


def error(span: Span, message: str) -> DiagnosticError:
    """One finding, ready to raise."""
    return DiagnosticError(Diagnostic(MALFORMED, message, span))
