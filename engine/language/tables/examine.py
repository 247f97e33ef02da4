"""Analyses a decision table given as FEEL texts."""

from __future__ import annotations

from collections.abc import Iterable
from types import NoneType

from engine.language.evaluate.prepare import TypeFinder, no_types
from engine.language.names import KnownNames
from engine.language.parse import parse_expression
from engine.language.problems import NOWHERE, Origin
from engine.language.tables.analysis import Analysis, Grid, Subject, analyse
from engine.language.tables.model import DecisionTable, HitPolicy, Output
from engine.language.tables.prepare import Reading
from engine.language.tables.region import Admitted, admitted
from engine.language.tree import BooleanLiteral, NullLiteral, NumberLiteral, TextLiteral

_CONSTANT = (NumberLiteral, TextLiteral, BooleanLiteral, NullLiteral, NoneType)


def analyse_table(
    table: DecisionTable, *, names: Iterable[str] = (), types: TypeFinder = no_types, origin: Origin = NOWHERE
) -> Analysis:
    """Return what is wrong with the rows of a table; raises ``DiagnosticError`` for a cell that cannot be read."""
    reading = Reading(KnownNames(names), types, origin)
    cache: dict[str, Admitted | None] = {}

    def cell(text: str) -> Admitted | None:
        if text not in cache:
            cache[text] = admitted(reading.tests(text))
        return cache[text]

    return analyse(
        Grid(
            columns=tuple(
                Subject(each.expression, cell(each.allowed) if each.allowed else None) for each in table.inputs
            ),
            cells=tuple(tuple(cell(text) for text in rule.inputs) for rule in table.rules),
            outputs=tuple(_output(rule.outputs, reading) for rule in table.rules),
            policy=table.hit_policy,
            possible=_possible(table.outputs, reading),
            ranks=_ranks(table, reading),
        )
    )


def _output(texts: tuple[str, ...], reading: Reading) -> object:
    """What tells the outputs of two rows apart: their trees, which compare without regard to blanks."""
    found = tuple(parse_expression(text, names=reading.names) if text.strip() else None for text in texts)
    return found[0] if len(found) == 1 else found


def _ranks(table: DecisionTable, reading: Reading) -> tuple[tuple[int, ...], ...]:
    """The rank of each row under PRIORITY, column by column; empty when an output of a ranked column is computed."""
    if table.hit_policy is not HitPolicy.PRIORITY:
        return ()
    listed = [reading.tests(each.values).tests if each.values.strip() else () for each in table.outputs]
    ranks = []
    for rule in table.rules:
        row = [parse_expression(text, names=reading.names) if text.strip() else None for text in rule.outputs]
        if any(values and not isinstance(each, _CONSTANT) for each, values in zip(row, listed, strict=True)):
            return ()
        ranks.append(
            tuple(
                next((place for place, value in enumerate(values) if value == each), len(values))
                for each, values in zip(row, listed, strict=True)
            )
        )
    return tuple(ranks)


def _possible(outputs: tuple[Output, ...], reading: Reading) -> tuple[object, ...]:
    if len(outputs) != 1 or not outputs[0].values.strip():
        return ()
    return reading.tests(outputs[0].values).tests
