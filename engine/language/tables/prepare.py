"""Reads the cells of a decision table and makes it ready to run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.diagnostics import DiagnosticError
from engine.language import tree
from engine.language.evaluate import Environment, Run, Step, Test, prepare, prepare_tests, run_bounded
from engine.language.evaluate.conformance import STANDARD_TYPES, coerce
from engine.language.evaluate.prepare import TypeFinder, no_types
from engine.language.names import KnownNames
from engine.language.parse import parse_expression, parse_unary_tests
from engine.language.problems import NOWHERE, Origin
from engine.language.tables.hits import Hits, Ranking
from engine.language.tables.index import Index, build_index
from engine.language.tables.model import DecisionTable, HitPolicy, Output
from engine.language.tables.region import admitted
from engine.language.tables.run import SMALLEST_INDEXED, Column, Line, Table
from engine.language.values.relation import equal
from engine.language.values.temporal import DateTime

Convert = Callable[[object], object]
"""Brings a value to a type: returns it, converted where the standard converts implicitly, or null."""


@dataclass(frozen=True, slots=True)
class PreparedTable:
    """A decision table ready to run outside any DMN model."""

    table: Table

    def __call__(self, context: Mapping[str, object], *, moment: DateTime | None = None) -> object:
        """Return the table's result for FEEL values by name; null where the hit policy is violated."""
        return run_bounded(self.table.decide, Environment(context, None, Run(moment)))


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
    wrong: list[DiagnosticError] = []
    cells: list[tuple[tree.UnaryTests, ...]] = []
    lines: list[Line] = []
    for rule in table.rules:
        try:
            tests = tuple(reading.tests(text) for text in rule.inputs)
            outputs = tuple(
                _typed(reading.expression(text), reading.converter(column.type_name))
                for text, column in zip(rule.outputs, table.outputs, strict=True)
            )
        except DiagnosticError as error:
            wrong.append(error)
            continue
        cells.append(tests)
        lines.append(Line(tuple(reading.test(each) for each in tests), outputs))
    if wrong:
        raise DiagnosticError(*(each for error in wrong for each in error.diagnostics))
    return Table(
        columns=_columns(table, reading),
        lines=tuple(lines),
        hits=Hits(
            tuple(each.name for each in table.outputs), table.hit_policy, table.aggregation, _ranking(table, reading)
        ),
        policy=table.hit_policy,
        defaults=_defaults(table, reading),
        index=_index(cells, len(table.inputs)),
    )


def _index(cells: list[tuple[tree.UnaryTests, ...]], columns: int) -> Index | None:
    if len(cells) < SMALLEST_INDEXED or not columns:
        return None
    return build_index([[admitted(each) for each in line] for line in cells], columns)


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
