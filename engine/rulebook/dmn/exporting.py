"""A decision table of a rule book as a DMN 1.5 file: one decision and its inputs; read back, it is the same table."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from engine.language.printer import print_text
from engine.language.tables import Aggregation, HitPolicy, Input, Output, Rule
from engine.language.types import PERCENT, BasicType, EnumType, ListType, MoneyType, OptionalType, Type, required
from engine.rulebook.decision_table import Column, NamedTable
from engine.rulebook.dmn.typing import ANYTHING

MODEL = "https://www.omg.org/spec/DMN/20230324/MODEL/"
NAMESPACE = "urn:cpq:tables:"
_NOTE = "note"


def export_table(table: NamedTable) -> bytes:
    """Return the file: types, an input data for each input, and the decision, in the order of the schema."""
    return _Writer(table).file()


class _Writer:
    def __init__(self, table: NamedTable) -> None:
        self._table = table
        self._ids = 0
        self._heads = {each.expression for each in table.table.inputs}

    def file(self) -> bytes:
        table = self._table
        root = Element(
            "definitions", xmlns=MODEL, id=self._id("definitions"), name=table.id, namespace=NAMESPACE + table.id
        )
        root.set("exporter", "cpq")
        for column in (*table.inputs.items(), *table.outputs.items()):
            self._item(root, *column)
        for name in table.inputs:
            self._input_data(root, name)
        self._decision(root)
        indent(root)
        written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
        return written + b"\n"

    def _id(self, word: str) -> str:
        self._ids += 1
        return f"{word}_{self._ids}"

    def _item(self, root: Element, name: str, column: Column) -> None:
        """The definition of a type the standard has no name for: percents, money, lists, values without a column."""
        wanted = self._type(name, column)
        if wanted in _STANDARD or any(each.get("name") == wanted for each in root):
            return
        kind = required(column.type)
        item = SubElement(root, "itemDefinition", id=self._id("item"), name=wanted)
        if isinstance(kind, ListType):
            item.set("isCollection", "true")
            kind = required(kind.item)
        SubElement(item, "typeRef").text = _basic(kind)
        allowed = self._allowed(name, column)
        if allowed:
            SubElement(SubElement(item, "allowedValues", id=self._id("values")), "text").text = allowed

    def _allowed(self, name: str, column: Column) -> str:
        """The allowed values of an input that no column looks at alone."""
        if name not in self._table.inputs or name in self._heads:
            return ""
        words = column.read.texts("values")
        return _texts(words) if words else column.read.text("allowed")

    def _type(self, name: str, column: Column) -> str:
        kind = required(column.type)
        if isinstance(kind, ListType) or self._allowed(name, column):
            return f"t_{name}"
        return "percent" if kind is PERCENT else "money" if isinstance(kind, MoneyType) else _basic(kind)

    def _input_data(self, root: Element, name: str) -> None:
        column = self._table.inputs[name]
        data = SubElement(root, "inputData", id=f"input_{name}", name=name)
        if column.title:
            data.set("label", column.title)
        SubElement(data, "variable", id=self._id("variable"), name=name, typeRef=self._type(name, column))

    def _decision(self, root: Element) -> None:
        table = self._table
        decision = SubElement(root, "decision", id=f"decision_{table.id}", name=table.id)
        if table.title:
            decision.set("label", table.title)
        SubElement(decision, "variable", id=self._id("variable"), name=table.id)
        for name in table.inputs:
            requirement = SubElement(decision, "informationRequirement", id=self._id("requirement"))
            SubElement(requirement, "requiredInput", href=f"#input_{name}")
        content = table.table
        written = SubElement(decision, "decisionTable", id=self._id("table"), hitPolicy=content.hit_policy.value)
        if content.hit_policy is HitPolicy.COLLECT and content.aggregation is not Aggregation.LIST:
            written.set("aggregation", content.aggregation.value)
        for clause in content.inputs:
            self._clause(written, clause)
        for output in content.outputs:
            self._output(written, output)
        has_notes = any(rule.note for rule in content.rules)
        if has_notes:
            SubElement(written, "annotation", name=_NOTE)
        for rule in content.rules:
            self._rule(written, rule, [rule.note] if has_notes else [])

    def _clause(self, written: Element, clause: Input) -> None:
        element = SubElement(written, "input", id=self._id("input"))
        expression = SubElement(element, "inputExpression", id=self._id("expression"))
        column = self._table.inputs.get(clause.expression)
        if column is not None:
            expression.set("typeRef", self._type(clause.expression, column))
        SubElement(expression, "text").text = clause.expression
        allowed = clause.allowed
        if not allowed and column is not None and isinstance(column.type, OptionalType):
            allowed = f"null, {ANYTHING}"
        if allowed:
            SubElement(SubElement(element, "inputValues", id=self._id("values")), "text").text = allowed

    def _output(self, written: Element, output: Output) -> None:
        column = self._table.outputs[output.name]
        element = SubElement(written, "output", id=self._id("output"), name=output.name)
        if column.title:
            element.set("label", column.title)
        element.set("typeRef", self._type(output.name, column))
        if output.values:
            SubElement(SubElement(element, "outputValues", id=self._id("values")), "text").text = output.values
        if output.default:
            default = SubElement(element, "defaultOutputEntry", id=self._id("default"))
            SubElement(default, "text").text = output.default

    def _rule(self, written: Element, rule: Rule, notes: list[str]) -> None:
        element = SubElement(written, "rule", id=self._id("rule"))
        for name, texts in (("inputEntry", rule.inputs), ("outputEntry", rule.outputs)):
            for text in texts:
                SubElement(SubElement(element, name, id=self._id("entry")), "text").text = text
        for note in notes:
            SubElement(SubElement(element, "annotationEntry"), "text").text = note


_NAMES = {"text": "string", "percent": "number"}
_STANDARD = frozenset(
    {
        "string",
        "number",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    }
)


def _basic(kind: Type) -> str:
    """The standard's name of a type without parts."""
    match kind:
        case EnumType():
            return "string"
        case MoneyType():
            return "number"
        case BasicType(name):
            return _NAMES.get(name, name)
        case _:
            return "Any"


def _texts(words: tuple[str, ...]) -> str:
    return ", ".join(print_text(each) for each in words)
