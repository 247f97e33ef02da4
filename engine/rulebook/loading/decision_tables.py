"""The folder ``tables/``: decision tables that formulas of the book call by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from engine.diagnostics import Severity, Span, did_you_mean
from engine.language import Scope
from engine.language.builtins import FUNCTIONS
from engine.language.names import KEYWORDS
from engine.language.relations import is_text
from engine.language.tables import DecisionTable, Input, Output, Rule, result_type, table_function
from engine.language.types import EnumType, ListType, OptionalType, Type, optional, required
from engine.rulebook.codes import finding
from engine.rulebook.decision_table import POLICIES, TYPE_WORDS, Column, NamedTable
from engine.rulebook.fields import Record
from engine.rulebook.formats.tables import INPUT, OUTPUT, TABLES
from engine.rulebook.loading.attributes import Words
from engine.rulebook.loading.checked import check_cell, check_formula
from engine.rulebook.loading.constraints import report_repeated
from engine.rulebook.loading.decision_cells import NOTHING, strict_cell, strict_output, subjects, text_list
from engine.rulebook.loading.decision_rows import RowsChecked, check_rows
from engine.rulebook.loading.sources import Sources
from engine.rulebook.loading.table_rows import CellChecker, Columns, TableRow, divide, rows_of
from engine.rulebook.nodes import Node, Scalar
from engine.rulebook.reader import Read, view
from engine.rulebook.table import Table

FOLDER = "tables"
NOTES = ("note",)
_NAME = re.compile(r"[^\W\d]\w*\Z")
_TAKEN = frozenset({"line", "lines", "quote", "customer", *NOTES, *KEYWORDS, *FUNCTIONS})


def is_free_name(text: str) -> bool:
    """Whether a text may name a decision table or one of its inputs."""
    return _NAME.match(text) is not None and text not in _TAKEN


def is_output_name(text: str) -> bool:
    """Whether a text may name an output: it is read behind a point, so that built-ins are in nobody's way."""
    return _NAME.match(text) is not None and text not in KEYWORDS


def read_tables(sources: Sources, words: Words) -> Mapping[str, NamedTable]:
    """The decision tables of the folder by name; ``words`` are the named types of the catalog."""
    found: dict[str, NamedTable] = {}
    seen: dict[str, Span] = {}
    for path, read in sources.records(FOLDER, TABLES):
        for each in read.records("tables"):
            report_repeated(each, seen, sources.report)
            table = _Reader(path, each, sources, words).read()
            if table is not None:
                found.setdefault(table.id, table)
    return MappingProxyType(found)


class _Reader:
    """Reads one table with the record that declares it."""

    def __init__(self, path: str, read: Read, sources: Sources, words: Words) -> None:
        self.path, self.declared, self.sources, self.words = path, read, sources, words
        self.report = sources.report
        self.inputs: dict[str, Column] = {}
        self.outputs: dict[str, Column] = {}
        self.scope = Scope({})

    def read(self) -> NamedTable | None:
        """The table, or None after reporting everything that is wrong with it."""
        before = self._errors()
        name, file = self.declared.scalar("id"), self.declared.scalar("file")
        if name is not None:
            self._check_name(name, "a decision table")
        self.inputs = self._columns("inputs", INPUT)
        self.outputs = self._columns("outputs", OUTPUT)
        self.scope = Scope({name: each.type for name, each in self.inputs.items()})
        table = self.sources.named_table(file, self.path) if file is not None else None
        if table is None or self._errors() > before:
            return None
        content = self._content(table)
        if content is None or self._errors() > before:
            return None
        checked = check_rows(table, content, tuple(self.inputs))
        self.report.add(*checked.findings)
        return self._named(table, content, checked) if self._errors() == before else None

    def _errors(self) -> int:
        return sum(each.severity is Severity.ERROR for each in self.report.found)

    def _check_name(self, name: Scalar, what: str) -> None:
        if (is_output_name if what == "an output" else is_free_name)(name.text):
            return
        known = name.text in _TAKEN
        message = f"`{name.text}` {'has a meaning already and ' if known else ''}cannot name {what}"
        hint = "choose another name" if known else "use letters, digits and `_`"
        self.report.add(finding("TBL016", message, name.span, hint))

    def _columns(self, key: str, record: Record) -> dict[str, Column]:
        found: dict[str, Column] = {}
        for name, node in self.declared.pairs(key):
            self._check_name(name, f"an {key.removesuffix('s')}")
            column = self._column(name, node, record)
            if column is not None:
                found[name.text] = column
        return found

    def _column(self, name: Scalar, node: Node, record: Record) -> Column | None:
        read = view(node, record)
        if read is None:
            return None
        word = read.text("type", "text")
        item: Type | None = TYPE_WORDS.get(word) or self.words.find(word)
        if item is None:
            known = tuple(dict.fromkeys([*TYPE_WORDS, *self.words.known()]))
            hint = did_you_mean(word, known) or f"known types are {', '.join(known)}"
            self.report.add(finding("CAT007", f"the type `{word}` is not known", read.place("type"), hint))
            return None
        item = EnumType(name.text, read.texts("values")) if read.has("values") and is_text(item) else item
        item = self.words.settle(item)
        is_list = read.flag("list", default=False)
        item = ListType(item) if is_list else item
        is_optional = record is INPUT and read.flag("optional", default=False)
        return Column(optional(item) if is_optional else item, read.text("title"), read)

    def _content(self, table: Table) -> DecisionTable | None:
        hit = table.options.get("hit")
        word = hit.text if hit is not None else "UNIQUE"
        if hit is not None and word not in POLICIES:
            hint = did_you_mean(word, POLICIES) or f"use {', '.join(POLICIES)}"
            self.report.add(finding("TBL010", f"the hit policy `{word}` is not known", hit.span, hint))
            return None
        columns = divide(table, tuple(self.outputs), NOTES, self.report)
        missing = [each for each in self.outputs if each not in columns.results]
        for name in missing:
            message = f"the table has no column `out: {name}`"
            self.report.add(finding("TBL008", message, table.span, "add it, or remove the output"))
        checker = CellChecker(table, columns, self.scope, self.report)
        if missing or len(checker.sound) < len(columns.conditions):
            return None
        policy, aggregation = POLICIES[word]
        return DecisionTable(
            tuple(self._input(name) for name, _ in columns.conditions),
            tuple(self._output(name, each) for name, each in self.outputs.items()),
            tuple(self._rules(table, columns, checker)),
            policy,
            aggregation,
        )

    def _rules(self, table: Table, columns: Columns, checker: CellChecker) -> list[Rule]:
        kinds = subjects((name for name, _ in columns.conditions), self.scope)
        rules = []
        for row in rows_of(table, columns):
            sound = checker.conditions(row) is not None
            outputs = tuple(self._result(row, name, each.type) for name, each in self.outputs.items())
            note = row.note("note")
            if sound:
                inputs = tuple(strict_cell(row.cells[name], kinds[name], self.scope) for name in kinds)
                rules.append(Rule(inputs, outputs, note.text if note is not None else ""))
        return rules

    def _result(self, row: TableRow, name: str, kind: Type) -> str:
        return strict_output(row.results[name], kind, self.scope, self.report)

    def _input(self, head: str) -> Input:
        """A column; what its input may be is declared where the column looks at nothing else."""
        if head not in self.inputs:
            return Input(head)
        column = self.inputs[head]
        text = column.read.scalar("allowed")
        allowed = text_list(column.read.texts("values"))
        if text is not None and check_cell(text, head, Scope({head: column.type}), self.report) is not None:
            allowed = text.text
        may_be_missing = allowed and isinstance(column.type, OptionalType)
        return Input(head, allowed=f"{allowed}, null" if may_be_missing else allowed)

    def _output(self, name: str, column: Column) -> Output:
        texts = column.read.scalars("values")
        values = text_list(each.text for each in texts)
        if not is_text(_item(column.type)):
            for each in texts:
                check_formula(each, Scope({}), self.report, _item(column.type))
            values = ", ".join(each.text for each in texts)
        default = column.read.scalar("default")
        return Output(
            name,
            values=values,
            default="" if default is None else strict_output(default, column.type, self.scope, self.report),
        )

    def _named(self, table: Table, content: DecisionTable, checked: RowsChecked) -> NamedTable:
        blank = [any(rule.outputs[place] == NOTHING for rule in content.rules) for place in range(len(self.outputs))]
        kinds = [
            optional(each.type) if empty else each.type
            for each, empty in zip(self.outputs.values(), blank, strict=True)
        ]
        name = self.declared.text("id")
        parameters = {each: column.type for each, column in self.inputs.items()}
        complete = checked.complete and not any(isinstance(each, OptionalType) for each in parameters.values())
        function = table_function(name, content, parameters, result_type(content, kinds, complete=complete))
        return NamedTable(
            name,
            self.declared.text("title"),
            table.path,
            MappingProxyType(self.inputs),
            MappingProxyType(self.outputs),
            content,
            function,
            self.declared.place("id"),
        )


def _item(kind: Type) -> Type:
    inner = required(kind)
    return required(inner.item) if isinstance(inner, ListType) else inner
