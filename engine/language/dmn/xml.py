"""Reads XML safely: bytes in, elements out, without entities, and with bounds on size, depth and number of elements."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

BAD_XML = Code("DMN001")
NOT_A_MODEL = Code("DMN002")
UNKNOWN_REFERENCE = Code("DMN003")
UNKNOWN_NAME = Code("DMN004")
BAD_TABLE = Code("DMN005")

LARGEST_FILE = 32 << 20
DEEPEST = 200
MOST_ELEMENTS = 1_000_000


class _TooMuch(Exception):
    """The file is deeper or has more elements than allowed."""


class _BoundedBuilder(TreeBuilder):
    """Builds the tree while counting depth and elements."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST:
            raise _TooMuch(f"elements are nested more than {DEEPEST} deep")
        if self._count > MOST_ELEMENTS:
            raise _TooMuch(f"there are more than {MOST_ELEMENTS} elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def read_xml(content: bytes, path: str) -> Element:
    """Return the root element; raises ``DiagnosticError`` for what is no XML, has entities, or is too large."""
    if len(content) > LARGEST_FILE:
        raise _wrong(f"the file is larger than {LARGEST_FILE >> 20} MB", path)
    parser = DefusedXMLParser(target=_BoundedBuilder(), forbid_dtd=True)
    try:
        parser.feed(content)
        root = parser.close()
    except ParseError as error:
        line, column = error.position
        raise _wrong("this is not well-formed XML", path, line, column + 1) from None
    except DefusedXmlException:
        raise _wrong("document types and entities are not allowed", path) from None
    except _TooMuch as error:
        raise _wrong(str(error), path) from None
    except (ValueError, LookupError):
        raise _wrong("the file names an encoding that is not known", path) from None
    if not isinstance(root, Element):
        raise _wrong("the file is empty", path)
    return root


def _wrong(message: str, path: str, line: int = 1, column: int = 1) -> DiagnosticError:
    return DiagnosticError(Diagnostic(BAD_XML, message, Span(path, line, column)))


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace, so that files of every DMN version read alike."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """Return an attribute by its local name; empty when it is missing."""
    found = element.get(name)
    if found is not None:
        return found
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the child elements with one of these local names, or all."""
    for child in element:
        if not names or local_name(child) in names:
            yield child


def child(element: Element, *names: str) -> Element | None:
    """Return the first child element with one of these local names."""
    return next(children(element, *names), None)


def text_in(element: Element | None) -> str:
    """Return the text of the ``text`` child of an element; empty when there is none."""
    if element is None:
        return ""
    inner = child(element, "text")
    return "".join(inner.itertext()) if inner is not None else ""


def content_of(element: Element, name: str) -> str:
    """Return the stripped text of a child element; empty when it is missing."""
    found = child(element, name)
    return "".join(found.itertext()).strip() if found is not None else ""
