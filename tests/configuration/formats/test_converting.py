"""Conversion there and back: the same configurations in our YAML, UVL and DIMACS; broken YAML named with its place."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import STRUCTURE, Budget, Choice, Kind, Model, ModelBuilder, State, Term, Value, Variable
from engine.configuration.configurator import configurator_for
from engine.configuration.formats.reader import read_model
from engine.configuration.formats.writer import write_model
from engine.configuration.model import Clause
from engine.diagnostics import DiagnosticError
from tests.configuration.solver.brute import random_model, solutions

MOST_COUNTED = 100
"""With sums they are counted one by one."""


def again(model: Model, name: str) -> Model:
    return read_model(write_model(model, name), name)


def shown_solutions(model: Model) -> int:
    names = [each.name for each in model.variables if each.decision]
    return len({tuple(each.values[name] for name in names) for each in solutions(model)})


@given(st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_our_yaml_says_everything(seed: int) -> None:
    model = random_model(seed)
    back = again(model, "m.yaml")
    assert write_model(back, "m.yaml") == write_model(model, "m.yaml").replace(b"model: random", b'model: "m.yaml"')
    first, second = configurator_for(model), configurator_for(back)
    assert first.count(()) == second.count(())
    one, other = first.configure(()), second.configure(())
    assert isinstance(one, State) and isinstance(other, State)
    assert list(one.domains()) == list(other.domains())
    assert [(each.id, each.message) for each in model.rules] == [(each.id, each.message) for each in back.rules]


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_uvl_keeps_domains_and_the_count(seed: int) -> None:
    model = random_model(seed)
    back = again(model, "m.uvl")
    engine = configurator_for(back)
    state = engine.configure(())
    assert isinstance(state, State)
    left = solutions(model)
    assert state.consistent == bool(left)
    if not left:
        return
    for variable in model.variables:
        found = {each.values[variable.name] for each in left}
        if not variable.decision:
            continue
        if variable.kind is Kind.BOOLEAN:
            assert set(state.domain(variable.name).possible) == found
        elif variable.kind is Kind.ENUMERATION:
            assert {v for v in variable.values if state.possible(f"{variable.name}={v}", value=True)} == found
        else:
            span = state.domain(f"{variable.name} (value)").range
            assert span is not None and (span.minimum, span.maximum) == (min(found), max(found))
    # what only helps to state a rule is no feature, and follows from the decisions
    names = [each.name for each in model.variables if each.decision]
    distinct = {tuple(each.values[name] for name in names) for each in left}
    if len(distinct) <= MOST_COUNTED:
        assert engine.count((), budget=Budget(10**7, 600_000)) == len(distinct)


def test_a_quantity_that_counts_under_a_condition_comes_back_from_uvl() -> None:
    """Bags weigh three each when they are carried, and nothing else; a light weighs two when it is not left at home."""
    builder = ModelBuilder("m.yaml")
    bags = builder.quantity("bags", 1, 4)
    carried = builder.is_(builder.boolean("carried"), True)
    home = builder.is_(builder.boolean("light at home"), True)
    builder.at_most([Term(3, carried, bags), Term(-1, -home, bags), Term(2, -home)], 5, builder.rule("weight"))
    # bags carried, light at home: 3 a bag, one fits; light along: 3 - 1 a bag and 2 for the light: 2 x 1 + 2 fits;
    # not carried: all four with the light at home, and with it along 2 - bags is never above 5
    assert shown_solutions(builder.build()) == 1 + 1 + 4 + 4
    assert configurator_for(again(builder.build(), "a.uvl")).count(()) == 1 + 1 + 4 + 4


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_dimacs_keeps_domains_and_the_count(seed: int) -> None:
    model = random_model(seed, quantities=0, sums=0)
    for name in ("m.dimacs", "m.uvl", "m.yaml"):
        back = again(again(model, name), "m.dimacs")
        engine = configurator_for(back)
        left = solutions(model)
        assert engine.count(()) == len(left), name
        rnd = random.Random(seed)
        variable = rnd.choice([each for each in model.variables if each.kind is Kind.ENUMERATION])
        for value in variable.values:
            fits = any(each.values[variable.name] == value for each in left)
            assert engine.satisfiable([Choice(f"{variable.name}={value}", value=True)]) == fits


def facts(model: Model) -> set[str]:
    return {each.name for each in model.variables if each.decision}


def spelt(values: Mapping[str, Value]) -> dict[str, bool]:
    """A solution as the formats say it that know facts only: an enumeration is one fact a value."""
    found = {name: value for name, value in values.items() if isinstance(value, bool)}
    return found | {f"{name}={value}": True for name, value in values.items() if isinstance(value, str)}


TRIPS = st.lists(st.sampled_from(["m.uvl", "m.dimacs", "m.yaml", "m.cnf"]), min_size=1, max_size=4)


@given(st.integers(0, 10**6), TRIPS, st.booleans())
@settings(max_examples=80, deadline=None)
def test_any_chain_of_conversions_keeps_the_names_and_what_satisfies_the_model(
    seed: int, names: list[str], rooted: bool
) -> None:
    """No root, helper or group of values that a format needs becomes a feature."""
    model = random_model(seed, quantities=0, sums=0)
    if rooted:
        first = next(each for each in model.variables if each.kind is Kind.BOOLEAN)
        model = replace(model, clauses=(*model.clauses, Clause((first.first,), STRUCTURE)))
    left = solutions(model)
    shown = [{each.name: solution.values[each.name] for each in model.variables if each.decision} for solution in left]
    back = model
    for name in names:
        back = again(back, name)
    engine = configurator_for(back)
    flat = any(each != "m.yaml" for each in names)
    if flat:
        expected = {name for each in model.variables if each.decision for name in spelt_names(each)}
        assert facts(back) == expected
    else:
        assert facts(back) == facts(model)
    assert engine.count(()) == len({tuple(sorted(each.items())) for each in shown})
    for values in shown[:20]:
        said = spelt(values) if flat else values
        assert engine.satisfiable([Choice(name, value) for name, value in said.items()])


def spelt_names(variable: Variable) -> list[str]:
    if variable.kind is Kind.BOOLEAN:
        return [variable.name]
    return [f"{variable.name}={value}" for value in variable.values]


NAMES = st.lists(st.text(min_size=1, max_size=6), min_size=2, max_size=5, unique=True)


@given(NAMES, TRIPS, st.data())
@settings(max_examples=80, deadline=None)
def test_odd_names_stay_apart_and_are_kept_where_the_format_can_hold_them(
    names: list[str], trips: list[str], data: st.DataObject
) -> None:
    names = [each for each in names if not any("\ud800" <= one <= "\udfff" for one in each)]
    builder = ModelBuilder("odd")
    literals = [builder.variable(builder.boolean(each)).first for each in names]
    for at in range(data.draw(st.integers(0, 3))):
        signs = data.draw(st.lists(st.sampled_from([1, -1]), min_size=len(names), max_size=len(names)))
        clause = [sign * literal for sign, literal in zip(signs, literals, strict=True)]
        builder.clause(clause[: data.draw(st.integers(1, 3))], builder.rule(f"rule {at}"))
    back = builder.build()
    expected = configurator_for(back).count(())
    for trip in trips:
        back = again(back, trip)
    assert len(facts(back)) == len(names)
    assert configurator_for(back).count(()) == expected
    plain = {each for each in names if each.isprintable() and each.strip() == each and not set(each) & set('".')}
    assert plain <= facts(back)


def test_a_model_without_a_root_gets_one_that_is_no_feature() -> None:
    model = read_model(b"c 1 a\nc 2 b\np cnf 2 1\n1 2 0\n", "m.dimacs")
    written = write_model(model, "m.uvl").decode()
    assert written.splitlines()[:2] == ["features", '\t"model" {cpq_helper}']
    assert facts(again(again(model, "m.uvl"), "m.dimacs")) == {"a", "b"}
    rooted = read_model(b"c 1 a\nc 2 b\np cnf 2 1\n2 0\n", "m.dimacs")
    assert write_model(rooted, "m.uvl").decode() == 'features\n\t"b"\n\t\toptional\n\t\t\t"a"\nconstraints\n'


def test_wide_enumerations_are_as_many_configurations_in_every_format() -> None:
    """More than six values take helpers to say that one of them holds; a format that says so itself needs none."""
    builder = ModelBuilder("m.yaml")
    wide = builder.enumeration("wide", [f"v{at}" for at in range(40)])
    other = builder.enumeration("other", [f"w{at}" for at in range(9)])
    builder.table([wide, other], [(at, at % 9) for at in range(30)], builder.rule("pairs"))
    for name in ("a.uvl", "a.dimacs", "a.yaml"):
        assert configurator_for(again(builder.build(), name)).count(()) == 30, name


def test_awkward_names_and_values_come_back() -> None:
    builder = ModelBuilder("m.yaml")
    odd = builder.boolean('yes: it\'s "no" # really')
    values = ["on", "1", 1, Decimal("1.5"), "null", "2024-01-01", ""]
    choice = builder.enumeration("not", values)
    rule = builder.rule("a: b", 'say \\ "hello"\nand more')
    builder.clause([builder.is_(odd, True), -(builder.variable(choice).first + 2)], rule)
    back = again(builder.build(), "m.yaml")
    assert [each.name for each in back.variables] == ['yes: it\'s "no" # really', "not"]
    assert [(type(each), each) for each in back.variables[1].values] == [(type(each), each) for each in values]
    assert back.rules[0].message == 'say \\ "hello"\nand more'
    assert shown_solutions(back) == shown_solutions(builder.build()) == 13


def test_what_a_format_cannot_say_is_named() -> None:
    builder = ModelBuilder("shop")
    fans = builder.quantity("fans", 0, 3)
    builder.at_most([Term(2, 0, fans)], 4, builder.rule("few"))
    with pytest.raises(DiagnosticError, match="quantity `fans` cannot be written as DIMACS; our own YAML"):
        write_model(builder.build(), "a.dimacs")
    with pytest.raises(DiagnosticError, match="known endings: .dimacs, .cnf, .uvl, .yaml, .yml"):
        write_model(builder.build(), "a.doc")
    assert configurator_for(again(builder.build(), "a.uvl")).count(()) == 3


HEAD = "variables:\n- {name: a, kind: boolean}\n- {name: n, from: 0, to: 3}\n- {name: c, values: [x, y]}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("variables: [", "m.yaml:2:1: MDL070: the file is not well-formed YAML"),
        ("", "m.yaml:1:1: MDL070: the file is empty"),
        ("rulez: []", "m.yaml:1:1: MDL070: `rulez` is not known here; known: model, variables, structure, rules"),
        ("variables: &x [*x]", "m.yaml:1:12: MDL070: anchors and aliases are not read"),
        ("rules: " + "[" * 30 + "]" * 30, "m.yaml:1:27: MDL070: the file is nested deeper than 20"),
        ("variables:\n- {name: a}", "m.yaml:2:3: MDL070: `a` has `kind: boolean`, `values`, or `from` and `to`"),
        ("variables:\n- {name: a, from: 5, to: 2}", "m.yaml:2:3: MDL070: the range 5 to 2 of `a` is empty"),
        ("variables:\n- {name: a, from: 0, to: 99999999999}", "m.yaml:2:3: MDL070: the range 0 to 99999999999"),
        (HEAD + "- {name: a, kind: boolean}", "m.yaml:5:3: MDL070: the variable `a` has no name of its own"),
        (HEAD + "structure:\n- any: [{b: true}]", "m.yaml:6:9: MDL070: unknown variable `b`"),
        (HEAD + "structure:\n- any: [{c: z}]", "m.yaml:6:13: MDL070: `z` is no value of `c`"),
        (HEAD + "structure:\n- any: [{a: maybe}]", "m.yaml:6:13: MDL070: `a` is true or false"),
        (HEAD + "structure:\n- every: []", "m.yaml:6:3: MDL070: `every` is not known here; known: any, count"),
        (HEAD + "rules:\n- {asks: []}", "m.yaml:6:3: MDL070: a rule has an `id`"),
        (HEAD + "structure:\n- table: {columns: [c], allow: [[x, y]]}", "m.yaml:6:33: MDL070: the row has 2 cells"),
        (HEAD + "structure:\n- sum: {terms: [{quantity: c}], at_most: 1}", "m.yaml:6:28: MDL070: `c` is no quantity"),
        (HEAD + "structure:\n- sum: {terms: [], at_most: one}", "m.yaml:6:29: MDL070: a whole number is expected"),
    ],
)
def test_a_broken_model_file_is_named_with_its_place(text: str, expected: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        read_model(text.encode(), "m.yaml")
    assert str(caught.value.diagnostics[0]).startswith(expected)
