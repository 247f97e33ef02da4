"""FeatureIDE XML: nested ``and``, ``or``, ``alt`` and ``feature`` elements, and propositional rules."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.feature_tree import FeatureTree
from engine.configuration.formats.logic import Connective, Formula, Join, Not, conjunction, disjunction, implies, state
from engine.configuration.model import Model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Severity, Span, did_you_mean

MALFORMED = Code("MDL040")
UNSUPPORTED = Code("MDL041")
UNKNOWN_FEATURE = Code("MDL042")

NODES = ("and", "or", "alt", "feature")
SILENT = ("description", "graphics", "property", "attribute")
GROUPS = {"or": (1, None), "alt": (1, 1)}


def read_featureide(data: bytes, path: str) -> Model:
    """Features named as in the file, one rule for each tree edge and each ``rule``; attributes are noted, not used."""
    try:
        root = fromstring(data)
    except ParseError as error:
        line, column = error.position
        span = Span(path, line, column + 1)
        raise DiagnosticError(Diagnostic(MALFORMED, "the file is no well-formed XML", span)) from error
    return _Reader(root, data.decode("utf-8", errors="replace"), path).read()


class _Reader:
    def __init__(self, root: Element, text: str, path: str) -> None:
        self.root = root
        self.lines = text.splitlines()
        self.path = path
        self.builder = ModelBuilder(path.rsplit("/", 1)[-1])
        self.tree = FeatureTree(self.builder)
        self.features: dict[str, int] = {}

    def read(self) -> Model:
        struct = self.root.find("struct")
        tops = [each for each in struct if each.tag in NODES] if struct is not None else []
        if len(tops) != 1:
            raise self._error(self.root, "`<struct>` holds exactly one root feature")
        self._walk(tops[0])
        for number, rule in enumerate(self.root.iterfind("constraints/rule"), start=1):
            formulas = [self._formula(each) for each in rule if each.tag not in SILENT]
            name = f"rule {number}"
            state(self.builder, conjunction(*formulas), self.builder.rule(name, span=self._rule_span(number)))
        if any(True for _ in self.root.iter("attribute")):
            note = "attributes are kept in the file but no rule reads them"
            self.builder.notes.append(Diagnostic(UNSUPPORTED, note, Span(self.path), severity=Severity.NOTE))
        return self.builder.build()

    def _walk(self, top: Element) -> None:
        root = self._feature(top)
        self.tree.root(root, top.get("name", ""), self._span(top))
        stack = [top]
        while stack:
            parent = stack.pop()
            literal = self.features[parent.get("name", "")]
            children = [each for each in parent if each.tag not in SILENT]
            made = [(child, self._feature(child)) for child in children]
            for child, feature in made:
                self.tree.child(literal, feature, child.get("name", ""), self._span(child))
                if parent.tag in ("and", "feature") and child.get("mandatory") == "true":
                    self.tree.mandatory(literal, feature, child.get("name", ""), self._span(child))
            if parent.tag in GROUPS and made:
                at = (parent.get("name", ""), self._span(parent))
                self.tree.group(literal, [feature for _, feature in made], GROUPS[parent.tag], at)
            stack.extend(reversed(children))

    def _feature(self, element: Element) -> int:
        name = element.get("name", "")
        if element.tag not in NODES:
            raise self._error(element, f"`<{element.tag}>` is not supported here", UNSUPPORTED)
        if not name or name in self.features:
            raise self._error(element, f"feature name `{name}` is missing or used twice")
        self.features[name] = self.builder.variable(self.builder.boolean(name, span=self._span(element))).first
        return self.features[name]

    def _formula(self, element: Element) -> Formula:
        if element.tag == "var":
            name = (element.text or "").strip()
            if name not in self.features:
                hint = did_you_mean(name, self.features)
                raise DiagnosticError(
                    Diagnostic(UNKNOWN_FEATURE, f"unknown feature `{name}`", self._var_span(name), hint)
                )
            return self.features[name]
        parts = [self._formula(each) for each in element]
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
        raise self._error(element, f"`<{element.tag}>` with {len(parts)} parts is not supported", UNSUPPORTED)

    def _span(self, element: Element) -> Span:
        name = element.get("name")
        return self._find(f'name="{name}"') if name else self._find(f"<{element.tag}")

    def _rule_span(self, number: int) -> Span:
        rules = [at for at, line in enumerate(self.lines, start=1) if "<rule" in line]
        return Span(self.path, rules[number - 1]) if number <= len(rules) else Span(self.path)

    def _var_span(self, name: str) -> Span:
        return self._find(f"<var>{name}")

    def _find(self, text: str) -> Span:
        for at, line in enumerate(self.lines, start=1):
            if text in line:
                return Span(self.path, at, line.index(text) + 1)
        return Span(self.path)

    def _error(self, element: Element, message: str, code: Code = MALFORMED) -> DiagnosticError:
        return DiagnosticError(Diagnostic(code, message, self._span(element)))
