"""XCSP extension constraints, of both generations: finite domains and tables of supported or conflicting tuples."""

from __future__ import annotations

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.faults import Faults
from engine.configuration.formats.xcsp3 import read_xcsp3
from engine.configuration.formats.xcsp_values import MALFORMED, UNSUPPORTED, error, numbers
from engine.configuration.formats.xml_tree import Element, read_xml
from engine.configuration.model import Model
from engine.diagnostics import counted

PARTS = ("presentation", "domains", "variables", "relations", "constraints")


def read_xcsp(data: bytes, path: str) -> Model:
    """Variables in file order, one rule a constraint; anything but extension tables is named and refused."""
    root = read_xml(data, path, MALFORMED)
    builder = ModelBuilder(path.rsplit("/", 1)[-1])
    if root.get("format") == "XCSP3":
        return read_xcsp3(root, builder)
    return _Reader(root, builder).read()


class _Reader:
    """The second generation: domains and relations stand apart and are referred to by name."""

    def __init__(self, root: Element, builder: ModelBuilder) -> None:
        self.root = root
        self.builder = builder

    def read(self) -> Model:
        faults = Faults()
        for each in self.root.children:
            if each.tag not in PARTS:
                faults.found += error(each, f"`<{each.tag}>` is not supported", UNSUPPORTED).diagnostics
        domains = {each.get("name"): numbers(each, each.text) for each in self._all("domains", "domain")}
        for variable in self._all("variables", "variable"):
            with faults.noted():
                self._variable(variable, domains.get(variable.get("domain"), []))
        relations = {each.get("name"): each for each in self._all("relations", "relation")}
        for constraint in self._all("constraints", "constraint"):
            with faults.noted():
                self._constraint(constraint, relations)
        faults.settle()
        return self.builder.build()

    def _variable(self, variable: Element, domain: list[int]) -> None:
        name = variable.get("name")
        if not domain:
            raise error(variable, f"variable `{name}` has no domain")
        if self.builder.index_of(name) is not None:
            raise error(variable, f"variable `{name}` is there twice")
        self.builder.enumeration(name, domain, span=variable.span)

    def _all(self, section: str, tag: str) -> list[Element]:
        """The elements of a section, all of that tag."""
        found = [each for part in self.root.inside(section) for each in part.children]
        for each in found:
            if each.tag != tag:
                raise error(each, f"`<{each.tag}>` is not supported here", UNSUPPORTED)
        return found

    def _constraint(self, constraint: Element, relations: dict[str, Element]) -> None:
        name, reference = constraint.get("name"), constraint.get("reference")
        relation = relations.get(reference)
        if relation is None:
            raise error(constraint, f"constraint `{name}` refers to `{reference}`, which is no table", UNSUPPORTED)
        scope = [self.builder.index_of(each) for each in constraint.get("scope").split()]
        known = [each for each in scope if each is not None]
        if len(known) != len(scope) or not scope:
            raise error(constraint, f"constraint `{name}` names a variable that is not there")
        semantics = relation.get("semantics")
        if semantics not in ("supports", "conflicts"):
            raise error(relation, f"semantics `{semantics}` is not supported", UNSUPPORTED)
        rows = self._rows(relation, known)
        rule = self.builder.rule(name, span=constraint.span)
        self.builder.table(known, rows, rule, allowed=semantics == "supports")

    def _rows(self, relation: Element, scope: list[int]) -> list[tuple[int, ...]]:
        positions = [{value: at for at, value in enumerate(self.builder.variable(each).values)} for each in scope]
        rows: list[tuple[int, ...]] = []
        for text in relation.text.split("|"):
            words = numbers(relation, text, unique=False)
            if not words:
                continue
            if len(words) != len(scope):
                raise error(relation, f"row `{text.strip()}` does not have {counted(len(scope), 'value')}")
            cells = [where.get(word) for where, word in zip(positions, words, strict=True)]
            row = tuple(each for each in cells if each is not None)
            if len(row) == len(cells):
                rows.append(row)
        return rows
