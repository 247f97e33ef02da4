"""Decision tables of the kit as tables of a rule book and back: the same table, and the same answers."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from engine.cli.dmn import models_of
from engine.language.dmn import Program, decide, read_model
from engine.language.parse import parse_unary_tests
from engine.language.tables.region import admitted
from engine.language.types import BOOLEAN, DATE, NUMBER, EnumType, ListType, Type, required
from engine.language.values import read_date
from engine.language.values.fault import UndefinedError
from engine.rulebook.decision_table import NamedTable
from engine.rulebook.dmn import export_table, import_tables
from engine.rulebook.dmn.draft import csv_text, yaml_text
from engine.rulebook.load import load_tables
from tests.conformance.shared_data import tck_dir

MODELS = tuple(path for path in sorted(tck_dir().rglob("*.dmn")) if b"decisionTable" in path.read_bytes())
MOST_INPUTS = 400


def name_of(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", MODELS, ids=name_of)
def test_every_table_is_carried_and_comes_back_the_same(path: Path) -> None:
    found = import_tables(Program(models_of(path)), "t.yaml")
    tables, findings = load_tables({name: text.encode() for name, text in found.files.items()})
    assert [each.id for each in found.tables] == list(tables), findings
    assert not [each for each in found.left_out if each.is_table]
    for draft in found.tables:
        written = export_table(tables[draft.id])
        program = Program([("t.dmn", read_model(written))])
        again = import_tables(program, "t.yaml")
        assert dict(again.files) == {f"tables/{draft.file}": csv_text(draft), "tables/t.yaml": yaml_text([draft])}
        compare(tables[draft.id], program)


def compare(table: NamedTable, program: Program) -> None:
    """The function of the rule book and our own DMN engine on the exported file, for inputs around every cell."""
    (signature,) = table.function.signatures
    columns = [samples(name, table, each.type) for name, each in table.inputs.items()]
    for number, values in enumerate(product(*columns)):
        if number >= MOST_INPUTS:
            break
        value, _ = decide(program, table.id, dict(zip(table.inputs, values, strict=True)))
        try:
            assert signature.run(*values) == value, values
        except UndefinedError:
            assert value is None, values


def samples(name: str, table: NamedTable, kind: Type) -> list[object]:
    """Values at and around the ends of the cells of an input, or all it can be."""
    inner = required(kind)
    if isinstance(inner, EnumType):
        return list(inner.values)
    if inner is BOOLEAN:
        return [True, False]
    if isinstance(inner, ListType):
        return [()]
    places = [place for place, each in enumerate(table.table.inputs) if each.expression == name]
    cells = {rule.inputs[place] for rule in table.table.rules for place in places}
    regions = [found.region for cell in sorted(cells) if (found := admitted(parse_unary_tests(cell))) is not None]
    ends = {end for region in regions for each in region for end in (each.low, each.high) if end is not None}
    if inner is NUMBER:
        numbers = {Decimal(str(end)) + step for end in ends for step in (-1, 0, 1)}
        return [*sorted(numbers), Decimal(0)]
    return (
        [read_date("2016-08-19"), read_date("1999-01-01")]
        if inner is DATE
        else ["x", *map(str, sorted(map(str, ends)))]
    )
