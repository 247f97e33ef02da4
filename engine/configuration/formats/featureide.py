"""FeatureIDE XML: nested ``and``, ``or``, ``alt`` and ``feature`` elements, and propositional rules."""

from __future__ import annotations

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.faults import Faults
from engine.configuration.formats.feature_tree import FeatureTree
from engine.configuration.formats.logic import Connective, Formula, Join, Not, conjunction, disjunction, implies, state
from engine.configuration.formats.xml_tree import Element, read_xml
from engine.configuration.model import Model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Severity, counted, did_you_mean

MALFORMED = Code("MDL040")
UNSUPPORTED = Code("MDL041")
UNKNOWN_FEATURE = Code("MDL042")

NODES = ("and", "or", "alt", "feature")
SILENT = ("description", "graphics", "property", "attribute", "tags")
SECTIONS = ("properties", "calculations", "comments", "featureOrder", "chosenLayoutAlgorithm", "struct", "constraints")
"""What a file is made of; all but the last two say how it is shown."""

GROUPS = {"or": (1, None), "alt": (1, 1)}


def read_featureide(data: bytes, path: str) -> Model:
    """Features named as in the file, one rule for each tree edge and each ``rule``; attributes are noted, not used."""
    return _Reader(read_xml(data, path, MALFORMED), path).read()


class _Reader:
    def __init__(self, root: Element, path: str) -> None:
        self.root = root
        self.path = path
        self.builder = ModelBuilder(path.rsplit("/", 1)[-1])
        self.tree = FeatureTree(self.builder)
        self.features: dict[str, int] = {}
        self.faults = Faults()

    def read(self) -> Model:
        for each in self.root.children:
            if each.tag not in SECTIONS:
                self.faults.found += self._error(each, f"`<{each.tag}>` is not supported", UNSUPPORTED).diagnostics
        tops = [each for struct in self.root.inside("struct") for each in struct.children if each.tag not in SILENT]
        if len(tops) != 1:
            raise self._error(self.root, "`<struct>` holds exactly one root feature")
        self._walk(tops[0])
        rules = (each for section in self.root.inside("constraints") for each in section.children)
        for number, rule in enumerate(rules, start=1):
            with self.faults.noted():
                self._rule(rule, f"rule {number}")
        self.faults.settle()
        attribute = next((each for each in self.root.walk() if each.tag == "attribute"), None)
        if attribute is not None:
            note = "attributes are kept in the file but no rule reads them"
            self.builder.notes.append(Diagnostic(UNSUPPORTED, note, attribute.span, severity=Severity.NOTE))
        return self.builder.build()

    def _rule(self, rule: Element, name: str) -> None:
        if rule.tag != "rule":
            raise self._error(rule, f"`<{rule.tag}>` is not supported here", UNSUPPORTED)
        formulas = [self._formula(each) for each in rule.children if each.tag not in SILENT]
        if formulas:
            state(self.builder, conjunction(*formulas), self.builder.rule(name, span=rule.span))

    def _walk(self, top: Element) -> None:
        root = self._feature(top)
        self.tree.root(root, top.get("name"), top.span)
        stack = [top]
        while stack:
            parent = stack.pop()
            literal = self.features[parent.get("name")]
            children = [each for each in parent.children if each.tag not in SILENT]
            made: list[tuple[Element, int]] = []
            for child in children:
                with self.faults.noted():
                    made.append((child, self._feature(child)))
            for child, feature in made:
                self.tree.child(literal, feature, child.get("name"), child.span)
                if parent.tag in ("and", "feature") and child.get("mandatory") == "true":
                    self.tree.mandatory(literal, feature, child.get("name"), child.span)
            if parent.tag in GROUPS and made:
                at = (parent.get("name"), parent.span)
                self.tree.group(literal, [feature for _, feature in made], GROUPS[parent.tag], at)
            stack.extend(child for child, _ in reversed(made))

    def _feature(self, element: Element) -> int:
        name = element.get("name")
        if element.tag not in NODES:
            raise self._error(element, f"`<{element.tag}>` is not supported here", UNSUPPORTED)
        if not name or name in self.features:
            raise self._error(element, f"feature name `{name}` is missing or used twice")
        self.features[name] = self.builder.variable(self.builder.boolean(name, span=element.span)).first
        return self.features[name]

    def _formula(self, element: Element) -> Formula:
        if element.tag == "var":
            name = element.text.strip()
            if name not in self.features:
                hint = did_you_mean(name, self.features)
                raise DiagnosticError(Diagnostic(UNKNOWN_FEATURE, f"unknown feature `{name}`", element.span, hint))
            return self.features[name]
        parts = [self._formula(each) for each in element.children]
        match element.tag, len(parts):
            case "not", 1:
                return Not(parts[0])
            case "conj", _ if parts:
                return conjunction(*parts)
            case "disj", _ if parts:
                return disjunction(*parts)
            case "imp", 2:
                return implies(parts[0], parts[1])
            case "eq", 2:
                return Join(Connective.IFF, (parts[0], parts[1]))
            case "atmost1", _ if parts:
                pairs = [disjunction(Not(a), Not(b)) for at, a in enumerate(parts) for b in parts[at + 1 :]]
                return conjunction(*pairs) if pairs else disjunction(parts[0], Not(parts[0]))
            case _:
                message = f"`<{element.tag}>` with {counted(len(parts), 'part')} is not supported"
                raise self._error(element, message, UNSUPPORTED)

    def _error(self, element: Element, message: str, code: Code = MALFORMED) -> DiagnosticError:
        return DiagnosticError(Diagnostic(code, message, element.span))
