"""Reads the cells of a decision table and makes it ready to run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span
from engine.language import tree
from engine.language.evaluate import Environment, Run, Step, Test, prepare, prepare_tests, run_bounded
from engine.language.evaluate.conformance import STANDARD_TYPES, coerce
from engine.language.evaluate.prepare import TypeFinder, no_types
from engine.language.names import KnownNames
from engine.language.parse import parse_expression, parse_unary_tests
from engine.language.problems import NOWHERE, Origin
from engine.language.tables.grouping import Finder, best_index
from engine.language.tables.hits import Hits, Ranking
from engine.language.tables.model import DecisionTable, HitPolicy, Output, Rule
from engine.language.tables.region import Admitted, admitted
from engine.language.tables.run import SMALLEST_INDEXED, Column, Line, Table
from engine.language.values.fault import UndefinedError
from engine.language.values.relation import equal
from engine.language.values.temporal import DateTime

RAGGED = Code("TAB001")
"""A rule whose cells do not fit the columns of its table."""

Convert = Callable[[object], object]
"""Brings a value to a type: returns it, converted where the standard converts implicitly, or null."""


@dataclass(frozen=True, slots=True)
class PreparedTable:
    """A decision table ready to run outside any DMN model."""

    table: Table

    def __call__(self, context: Mapping[str, object], *, moment: DateTime | None = None) -> object:
        """Return the table's result for FEEL values by name; null where the hit policy is violated."""
        return run_bounded(self.table.decide, Environment(context, None, Run(moment)))

    def answer(self, context: Mapping[str, object]) -> object:
        """Return the table's result; raises ``UndefinedError`` with the reason where it has none because of a fault."""
        run = Run()
        value = run_bounded(self.table.decide, Environment(context, None, run))
        if value is None and run.problems:
            raise UndefinedError(run.problems[0].message)
        return value


@dataclass(frozen=True, slots=True)
class Reading:
    """How the texts of a table are read: names that hold spaces, item definitions, and where the texts stand."""

    names: KnownNames
    types: TypeFinder = no_types
    origin: Origin = NOWHERE
    converters: Callable[[str], Convert | None] | None = None

    def converter(self, name: str) -> Convert | None:
        """Return what brings values to the type of a name, or None when it names none."""
        if self.converters is not None:
            return self.converters(name)
        kind = (self.types(name) or STANDARD_TYPES.get(name)) if name else None
        return (lambda value: coerce(value, kind)) if kind is not None else None

    def expression(self, text: str) -> Step:
        """Read an output cell or input expression; an empty one or a dash is null."""
        if text.strip() in ("", "-"):
            return lambda _env: None
        node = parse_expression(text, names=self.names, origin=self.origin)
        return prepare(node, types=self.types).step

    def tests(self, text: str) -> tree.UnaryTests:
        """Read an input cell; an empty one is a dash."""
        if not text.strip():
            return tree.UnaryTests(0, 0, ())
        return parse_unary_tests(text, names=self.names, origin=self.origin)

    def test(self, node: tree.UnaryTests) -> Test:
        """Prepare an input cell."""
        return prepare_tests(node, types=self.types)


def prepare_table(
    table: DecisionTable, *, names: Iterable[str] = (), types: TypeFinder = no_types, origin: Origin = NOWHERE
) -> PreparedTable:
    """Return a table ready to run; raises ``DiagnosticError`` with all that is wrong in its cells."""
    return PreparedTable(table_of(table, Reading(KnownNames(names), types, origin)))


def table_of(table: DecisionTable, reading: Reading) -> Table:
    """Prepare all parts of a table; raises ``DiagnosticError`` holding the findings of every cell."""
    cells = _Cells(reading)
    converters = [reading.converter(column.type_name) for column in table.outputs]
    wrong: list[DiagnosticError] = []
    lines: list[Line] = []
    admitting: list[tuple[Admitted | None, ...]] = []
    for number, rule in enumerate(table.rules, 1):
        try:
            _check_width(table, rule, number, reading.origin)
            read = [cells.input(text) for text in rule.inputs]
            steps = [cells.output(text) for text in rule.outputs]
        except DiagnosticError as error:
            wrong.append(error)
            continue
        outputs = tuple(_typed(step, convert) for step, convert in zip(steps, converters, strict=True))
        lines.append(Line(tuple(each.test for each in read), outputs))
        admitting.append(tuple(each.admitted for each in read))
    if wrong:
        raise DiagnosticError(*(each for error in wrong for each in error.diagnostics))
    names = tuple(each.name for each in table.outputs)
    return Table(
        columns=_columns(table, reading),
        lines=tuple(lines),
        hits=Hits(names, table.hit_policy, table.aggregation, _ranking(table, reading)),
        policy=table.hit_policy,
        defaults=_defaults(table, reading),
        index=_index(admitting, len(table.inputs)),
    )


def _check_width(table: DecisionTable, rule: Rule, number: int, origin: Origin) -> None:
    found, wanted = (len(rule.inputs), len(rule.outputs)), (len(table.inputs), len(table.outputs))
    if found != wanted:
        message = (
            f"rule {number} has {found[0]} input and {found[1]} output cells, the table {wanted[0]} and {wanted[1]}"
        )
        raise DiagnosticError(Diagnostic(RAGGED, message, Span(origin.path, origin.line, origin.column)))


@dataclass(frozen=True, slots=True)
class _Cell:
    """An input cell, read: its test and what it admits when it is constant."""

    test: Test
    admitted: Admitted | None


class _Cells:
    """Reads each text of a table once: the same cell tends to stand in many rows."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._inputs: dict[str, _Cell] = {}
        self._outputs: dict[str, Step] = {}

    def input(self, text: str) -> _Cell:
        """Read an input cell."""
        if text not in self._inputs:
            node = self._reading.tests(text)
            self._inputs[text] = _Cell(self._reading.test(node), admitted(node))
        return self._inputs[text]

    def output(self, text: str) -> Step:
        """Read an output cell."""
        if text not in self._outputs:
            self._outputs[text] = self._reading.expression(text)
        return self._outputs[text]


def _index(cells: list[tuple[Admitted | None, ...]], columns: int) -> Finder | None:
    if len(cells) < SMALLEST_INDEXED or not columns:
        return None
    return best_index(cells, columns)


def _columns(table: DecisionTable, reading: Reading) -> tuple[Column, ...]:
    found = []
    for each in table.inputs:
        allowed = reading.test(reading.tests(each.allowed)) if each.allowed.strip() else None
        value = _typed(reading.expression(each.expression), reading.converter(each.type_name))
        found.append(Column(value, allowed, each.expression.strip()))
    return tuple(found)


def _typed(step: Step, convert: Convert | None) -> Step:
    if convert is None:
        return step
    return lambda env: convert(step(env))


def _defaults(table: DecisionTable, reading: Reading) -> tuple[Step, ...]:
    if not any(each.default.strip() for each in table.outputs):
        return ()
    return tuple(_typed(reading.expression(each.default), reading.converter(each.type_name)) for each in table.outputs)


def _ranking(table: DecisionTable, reading: Reading) -> Ranking:
    """Rank output values by their place in the column's list of values; a value not listed comes last."""
    if table.hit_policy not in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
        return lambda _column, _value: 0
    listed = [_listed(each, reading) for each in table.outputs]

    def rank(column: int, value: object) -> int:
        values = listed[column]
        return next((place for place, each in enumerate(values) if equal(each, value) is True), len(values))

    return rank


def _listed(output: Output, reading: Reading) -> list[object]:
    if not output.values.strip():
        return []
    env = Environment({}, None, Run())
    nodes = reading.tests(output.values).tests
    return [run_bounded(prepare(node, types=reading.types).step, env) for node in nodes]
