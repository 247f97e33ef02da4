"""Writes one decision table of a DMN model as a draft: names made plain, cells in the strict form, types declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.language import Scope
from engine.language.cells import read_bare_words
from engine.language.dmn import model
from engine.language.dmn.items import Items
from engine.language.dmn.program import Home, known
from engine.language.names import KnownNames
from engine.language.parse import parse_expression, parse_unary_tests
from engine.language.printer import print_expression, print_unary_tests
from engine.language.tables.model import DecisionTable, Input, Output
from engine.language.tree import Expression, NullLiteral, TextLiteral, UnaryTests
from engine.language.types import ANY, TEXT
from engine.rulebook.decision_table import policy_word
from engine.rulebook.dmn.draft import Draft, DraftColumn
from engine.rulebook.dmn.naming import NotCarried, Renamer, plain_name
from engine.rulebook.dmn.typing import (
    Described,
    asks_for_null,
    declared,
    describe,
    described,
    expression,
    is_plain_constant,
    listed,
    looks_at,
    word_of_cells,
    word_of_outputs,
)
from engine.rulebook.loading.decision_cells import NOTHING
from engine.rulebook.loading.decision_tables import is_free_name, is_output_name


@dataclass(frozen=True, slots=True)
class Parameter:
    """A name that a table may read: its parts (an import before it), its type, where that is defined, its label."""

    path: tuple[str, ...]
    type_name: str
    items: Items
    label: str = ""


class Drafter:
    """Writes the tables of one element."""

    def __init__(self, home: Home, parameters: tuple[Parameter, ...]) -> None:
        self._parameters = parameters
        self._known: KnownNames = known(home.names()).with_names({part for each in parameters for part in each.path})
        self._items = home.items
        self._names: dict[tuple[str, ...], str] = {}
        self._about: dict[str, Described] = {}
        self._renamer = Renamer(self._outside)
        self._losses: list[str] = []

    def draft(self, name: str, element: model.Decision | model.Knowledge, boxed: model.BoxedTable) -> Draft:
        """Return the table under a name; raises ``NotCarried`` or ``DiagnosticError`` for what has no such form."""
        table = boxed.table
        if not table.inputs:
            raise NotCarried("it has no inputs")
        heads = [self._renamer.renamed(self._read(each.expression)) for each in table.inputs]
        cells = [[self._renamer.renamed(self._cell(text)) for text in rule.inputs] for rule in table.rules]
        results = [
            [self._renamer.renamed(expression(text, self._known)) for text in rule.outputs] for rule in table.rules
        ]
        widths = {
            (len(table.inputs), len(table.outputs)),
            *((len(a), len(b)) for a, b in zip(cells, results, strict=True)),
        }
        if len(widths) > 1:
            raise NotCarried("its rules have more or fewer cells than the table has columns")
        self._add_unused()
        outputs = self._outputs(table, results, element, boxed.type_name)
        inputs = self._inputs(table, heads, cells)
        title = element.variable.name if element.variable.name != name else ""
        scope = Scope(dict.fromkeys(inputs, ANY))
        texts = [inputs[looks_at(head)].type == "text" if looks_at(head) in inputs else False for head in heads]
        rows = tuple(
            (
                *(_condition(cell, scope, bare=bare) for cell, bare in zip(row, texts, strict=True)),
                *(_result(each, column, scope) for each, column in zip(result, outputs.values(), strict=True)),
            )
            for row, result in zip(cells, results, strict=True)
        )
        return Draft(
            name,
            element.variable.label or title,
            policy_word(table),
            inputs,
            outputs,
            tuple(print_expression(each) for each in heads),
            rows,
            tuple(" ".join(rule.note.split()) for rule in table.rules),
            tuple(self._losses),
            tuple(
                (*map(print_unary_tests, row), *map(print_expression, result))
                for row, result in zip(cells, results, strict=True)
            ),
        )

    def _read(self, text: str) -> Expression:
        if text.strip() in ("", "-"):
            raise NotCarried("an input column has no expression")
        return parse_expression(text, names=self._known)

    def _cell(self, text: str) -> UnaryTests:
        return parse_unary_tests(text, names=self._known) if text.strip() else UnaryTests(0, 0, ())

    def _outside(self, names: tuple[str, ...]) -> tuple[int, str] | None:
        """How many of the names belong to a parameter, records entered, and its plain name."""
        for each in self._parameters:
            if names[: len(each.path)] == each.path:
                taken, about = _entered(each, names)
                return taken, self._plain(names[:taken], about)
        return None

    def _plain(self, path: tuple[str, ...], about: Described) -> str:
        if path not in self._names:
            used = set(self._names.values())
            text = path[0] if len(path) == 1 else " ".join(path)
            self._names[path] = plain_name(text, lambda each: is_free_name(each) and each not in used)
            self._about[self._names[path]] = about
        return self._names[path]

    def _inputs(
        self, table: DecisionTable, heads: Sequence[Expression], cells: Sequence[Sequence[UnaryTests]]
    ) -> dict[str, DraftColumn]:
        columns: dict[str, tuple[int, Input]] = {}
        for place, (clause, head) in enumerate(zip(table.inputs, heads, strict=True)):
            name = looks_at(head)
            if name:
                columns.setdefault(name, (place, clause))
            elif clause.allowed.strip():
                self._losses.append(
                    f"the allowed values of the column `{print_expression(head)}`: declare them on its inputs"
                )
        found: dict[str, DraftColumn] = {}
        for path, name in self._in_order():
            about, allowed = self._about[name], self._about[name].allowed
            column = [row[columns[name][0]] for row in cells] if name in columns else []
            if name in columns:
                clause = columns[name][1]
                allowed = clause.allowed.strip() or allowed
                about = self._typed(about, clause.type_name, word_of_cells(column))
            if not about.word:
                raise NotCarried(f"the type of `{'.'.join(path)}` is not told, neither by the model nor by its cells")
            label = next((each.label for each in self._parameters if each.path == path), "")
            title = label or (".".join(path) if ".".join(path) != name else "")
            made = declared(about, allowed, self._known, title)
            found[name] = replace(made, is_optional=made.is_optional or asks_for_null(column))
        return found

    def _add_unused(self) -> None:
        """A parameter that no cell reads stays one, so that calls look as in the model."""
        for each in self._parameters:
            about = describe(each.type_name, each.items)
            if about.word and not any(path[: len(each.path)] == each.path for path in self._names):
                self._plain(each.path, about)

    def _in_order(self) -> list[tuple[tuple[str, ...], str]]:
        """The names in the order of the parameters."""
        places = {each.path: place for place, each in enumerate(self._parameters)}

        def place(entry: tuple[tuple[str, ...], str]) -> int:
            path = entry[0]
            return next(places[path[:length]] for length in range(1, len(path) + 1) if path[:length] in places)

        return sorted(self._names.items(), key=place)

    def _typed(self, about: Described, type_name: str, guessed: str) -> Described:
        """The type of a column: its item definition, else what its clause says, else what its cells speak of."""
        if about.word or about.components:
            return about
        clause = describe(type_name, self._items)
        return clause if clause.word else replace(about, word=guessed)

    def _outputs(
        self, table: DecisionTable, results: Sequence[Sequence[Expression]], element: model.Element, whole: str
    ) -> dict[str, DraftColumn]:
        found: dict[str, DraftColumn] = {}
        for place, clause in enumerate(table.outputs):
            wanted = clause.name or element.variable.name
            name = plain_name(wanted, lambda each: is_output_name(each) and each not in found)
            about = describe(clause.type_name, self._items)
            if not clause.type_name and len(table.outputs) == 1:
                about = describe(whole or element.variable.type_name, self._items)
            values = clause.values.strip() or about.allowed
            default = self._renamer.renamed(expression(clause.default, self._known)) if clause.default.strip() else None
            column = [row[place] for row in results]
            word = about.word or word_of_outputs([*column, *([default] if default is not None else [])])
            if not word:
                raise NotCarried(
                    f"the type of the output `{wanted}` is not told, neither by the model nor by its cells"
                )
            found[name] = DraftColumn(
                word,
                values=self._listed(values, clause),
                title=clause.label if clause.label != wanted else wanted if wanted != name and clause.name else "",
                is_list=about.is_list and table.hit_policy.value not in _MANY,
            )
            if default is not None:
                found[name] = replace(found[name], default=_result(default, found[name], Scope({})))
        return found

    def _listed(self, text: str, clause: Output) -> tuple[str, ...]:
        """The values of an output, best first; tests that list no values are nothing that a rule book can hold."""
        if not text:
            return ()
        tests = parse_unary_tests(text, names=self._known)
        if not tests.negated and all(is_plain_constant(each) for each in tests.tests):
            return listed(text, self._known)
        self._losses.append(f"the values of the output `{clause.name or text}`: `{text}` is no list of them")
        return ()


_MANY = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})


def _entered(parameter: Parameter, names: tuple[str, ...]) -> tuple[int, Described]:
    """Follow names into the records of a parameter's type, as far as it is one."""
    about = describe(parameter.type_name, parameter.items)
    taken = len(parameter.path)
    while taken < len(names) and about.components and not about.is_list:
        part = next((each for each in about.components if each.name == names[taken]), None)
        if part is None:
            raise NotCarried(f"`{'.'.join(names[:taken])}` has no `{names[taken]}`")
        about, taken = described(part, parameter.items), taken + 1
    if taken < len(names) and not about.word and not about.components:
        taken = len(names)
    return taken, about


def _condition(cell: UnaryTests, scope: Scope, *, bare: bool) -> str:
    """A cell as the CSV holds it: plain words where the column is of texts and they read back the same."""
    printed = print_unary_tests(cell)
    if not bare or not cell.tests or not all(isinstance(each, TextLiteral) for each in cell.tests):
        return printed
    words = " | ".join(each.value for each in cell.tests if isinstance(each, TextLiteral))
    text = f"not({words})" if cell.negated else words
    read = read_bare_words(text, TEXT, scope)
    return text if read is not None and print_unary_tests(read) == printed else printed


def _result(node: Expression, column: DraftColumn, scope: Scope) -> str:
    if isinstance(node, NullLiteral):
        return NOTHING
    if column.type != "text" or not isinstance(node, TextLiteral):
        return print_expression(node)
    return _condition(UnaryTests(node.start, node.end, (node,)), scope, bare=node.value != NOTHING)
