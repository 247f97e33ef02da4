"""XML read safely: no entities, no external references, bounded depth, and the place of every element."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

DEPTH_MAX = 200


@dataclass(slots=True)
class Element:
    """One element: its attributes, its own text and the elements inside it."""

    tag: str
    attributes: dict[str, str]
    span: Span
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def get(self, name: str, otherwise: str = "") -> str:
        """An attribute, or what to take without it."""
        return self.attributes.get(name, otherwise)

    def inside(self, *tags: str) -> list[Element]:
        """The children of these tags, in order."""
        return [each for each in self.children if each.tag in tags]

    def walk(self) -> Iterator[Element]:
        """This element and everything inside it, in file order."""
        stack = [self]
        while stack:
            each = stack.pop()
            yield each
            stack.extend(reversed(each.children))


def read_xml(data: bytes, path: str, malformed: Code) -> Element:
    """The root element; raises ``DiagnosticError`` for what is not well-formed, unsafe or nested too deeply."""
    builder = _Builder(path, malformed)
    try:
        parseString(data, builder)
    except SAXParseException as problem:
        span = Span(path, problem.getLineNumber() or 1, (problem.getColumnNumber() or 0) + 1)
        raise DiagnosticError(Diagnostic(malformed, "the file is no well-formed XML", span)) from problem
    except DefusedXmlException as problem:
        message = "the file declares entities or refers to other files, which is not read"
        raise DiagnosticError(Diagnostic(malformed, message, builder.here())) from problem
    assert builder.root is not None, "a document without a root is not well-formed"
    return builder.root


class _Builder(ContentHandler):
    def __init__(self, path: str, malformed: Code) -> None:
        super().__init__()
        self.root: Element | None = None
        self._path = path
        self._malformed = malformed
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._locator: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:
        """Keep what knows the place."""
        self._locator = locator

    def here(self) -> Span:
        """Where the parser is."""
        line = self._locator.getLineNumber() if self._locator else None
        column = self._locator.getColumnNumber() if self._locator else None
        return Span(self._path, line or 1, (column or 0) + 1)

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        """Open an element."""
        if len(self._open) >= DEPTH_MAX:
            message = f"elements are nested deeper than {DEPTH_MAX}"
            raise DiagnosticError(Diagnostic(self._malformed, message, self.here()))
        made = Element(name, dict(attrs.items()), self.here())
        if self._open:
            self._open[-1].children.append(made)
        else:
            self.root = made
        self._open.append(made)
        self._texts.append([])

    def characters(self, content: str) -> None:
        """Collect text."""
        self._texts[-1].append(content)

    def endElement(self, name: str) -> None:
        """Close an element."""
        self._open.pop().text = "".join(self._texts.pop())
