"""XCSP 2.1 extension constraints: finite domains and tables of supported or conflicting tuples."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from engine.configuration.builder import ModelBuilder
from engine.configuration.model import Model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

MALFORMED = Code("MDL020")
UNSUPPORTED = Code("MDL021")


def read_xcsp(data: bytes, path: str) -> Model:
    """Variables in file order, one rule a constraint; anything but extension tables is named and refused."""
    try:
        root = fromstring(data)
    except ParseError as error:
        line, column = error.position
        raise DiagnosticError(
            Diagnostic(MALFORMED, "the file is no well-formed XML", Span(path, line, column + 1))
        ) from error
    return _Reader(root, data.decode("utf-8", errors="replace"), path).read()


class _Reader:
    def __init__(self, root: Element, text: str, path: str) -> None:
        self.root = root
        self.lines = text.splitlines()
        self.path = path
        self.builder = ModelBuilder(path.rsplit("/", 1)[-1])

    def read(self) -> Model:
        domains = {each.get("name", ""): self._values(each) for each in self.root.iterfind("domains/domain")}
        for variable in self.root.iterfind("variables/variable"):
            name, domain = variable.get("name", ""), variable.get("domain", "")
            if domain not in domains or not domains[domain]:
                raise self._error(variable, f"variable `{name}` has no domain")
            self.builder.enumeration(name, domains[domain], span=self._span(variable))
        for each in self.root:
            if each.tag not in ("presentation", "domains", "variables", "relations", "constraints"):
                raise self._error(each, f"`<{each.tag}>` is not supported", UNSUPPORTED)
        relations = {each.get("name", ""): each for each in self.root.iterfind("relations/relation")}
        for constraint in self.root.iterfind("constraints/constraint"):
            self._constraint(constraint, relations)
        return self.builder.build()

    def _values(self, domain: Element) -> list[int]:
        values: list[int] = []
        for word in (domain.text or "").split():
            low, dots, high = word.partition("..")
            try:
                values.extend(range(int(low), int(high) + 1) if dots else [int(low)])
            except ValueError:
                raise self._error(domain, f"`{word}` is no whole number") from None
        return list(dict.fromkeys(values))

    def _constraint(self, constraint: Element, relations: dict[str, Element]) -> None:
        name, reference = constraint.get("name", ""), constraint.get("reference", "")
        relation = relations.get(reference)
        if relation is None:
            raise self._error(
                constraint, f"constraint `{name}` refers to `{reference}`, which is no table", UNSUPPORTED
            )
        scope = [self.builder.index_of(each) for each in constraint.get("scope", "").split()]
        known = [each for each in scope if each is not None]
        if len(known) != len(scope) or not scope:
            raise self._error(constraint, f"constraint `{name}` names a variable that is not there")
        semantics = relation.get("semantics", "")
        if semantics not in ("supports", "conflicts"):
            raise self._error(relation, f"semantics `{semantics}` is not supported", UNSUPPORTED)
        rows = self._rows(relation, known)
        rule = self.builder.rule(name, span=self._span(constraint))
        self.builder.table(known, rows, rule, allowed=semantics == "supports")

    def _rows(self, relation: Element, scope: list[int]) -> list[tuple[int, ...]]:
        positions = [{value: at for at, value in enumerate(self.builder.variable(each).values)} for each in scope]
        rows: list[tuple[int, ...]] = []
        for text in (relation.text or "").split("|"):
            words = text.split()
            if not words:
                continue
            if len(words) != len(scope):
                raise self._error(relation, f"row `{text.strip()}` does not have {len(scope)} values")
            cells = [where.get(int(word)) for where, word in zip(positions, words, strict=True)]
            row = tuple(each for each in cells if each is not None)
            if len(row) == len(cells):
                rows.append(row)
        return rows

    def _span(self, element: Element) -> Span:
        name = element.get("name")
        for number, line in enumerate(self.lines, start=1):
            if name and f"<{element.tag}" in line and f'name="{name}"' in line:
                return Span(self.path, number)
        return Span(self.path)

    def _error(self, element: Element, message: str, code: Code = MALFORMED) -> DiagnosticError:
        return DiagnosticError(Diagnostic(code, message, self._span(element)))
