"""Decision tables: hit policies, aggregation, the index against testing every cell, and defaults."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import DiagnosticError
from engine.language.evaluate import Environment, Run
from engine.language.names import KnownNames
from engine.language.parse import parse_expression, parse_unary_tests
from engine.language.tables import Aggregation, DecisionTable, HitPolicy, Input, Output, Rule, prepare_table
from engine.language.tables.grouping import GroupedIndex
from engine.language.tables.hits import Hits
from engine.language.tables.index import build_index, rows_of
from engine.language.tables.intervals import (
    EVERYTHING,
    Interval,
    complement,
    contains,
    intersection,
    is_empty,
    union,
)
from engine.language.tables.prepare import Reading
from engine.language.tables.region import admitted, domain_of, key_of, value_of
from engine.language.tables.run import SMALLEST_INDEXED, Column, Line, Table
from engine.language.values import read_at_literal
from engine.language.values.kind import Kind


def table(
    rows: list[tuple[str, ...]],
    policy: HitPolicy = HitPolicy.UNIQUE,
    *,
    outputs: tuple[Output, ...] = (Output(),),
    aggregation: Aggregation = Aggregation.LIST,
    columns: tuple[str, ...] = ("x",),
) -> DecisionTable:
    width = len(columns)
    rules = tuple(Rule(row[:width], row[width:]) for row in rows)
    return DecisionTable(tuple(Input(each) for each in columns), outputs, rules, policy, aggregation)


ROWS = [("< 10", '"low"'), ("[5..20]", '"mid"'), (">= 15", '"high"'), ("7", '"low"')]
RANKED = (Output(values='"high", "mid", "low"'),)


@pytest.mark.parametrize(
    ("policy", "subject", "result"),
    [
        (HitPolicy.UNIQUE, 1, "low"),
        (HitPolicy.UNIQUE, 6, None),
        (HitPolicy.FIRST, 6, "low"),
        (HitPolicy.ANY, 6, None),
        (HitPolicy.PRIORITY, 6, "mid"),
        (HitPolicy.PRIORITY, 16, "high"),
        (HitPolicy.RULE_ORDER, 7, ("low", "mid", "low")),
        (HitPolicy.OUTPUT_ORDER, 7, ("mid", "low", "low")),
        (HitPolicy.COLLECT, 16, ("mid", "high")),
    ],
)
def test_hit_policies(policy: HitPolicy, subject: int, result: object) -> None:
    assert prepare_table(table(ROWS, policy, outputs=RANKED))({"x": Decimal(subject)}) == result


def test_any_takes_rules_that_agree() -> None:
    rows = [("< 10", '"a"'), ("> 5", '"a"')]
    assert prepare_table(table(rows, HitPolicy.ANY))({"x": Decimal(7)}) == "a"


@pytest.mark.parametrize(
    ("aggregation", "result"),
    [
        (Aggregation.SUM, Decimal(6)),
        (Aggregation.MIN, Decimal(1)),
        (Aggregation.MAX, Decimal(3)),
        (Aggregation.COUNT, Decimal(3)),
        (Aggregation.LIST, (Decimal(1), Decimal(2), Decimal(3))),
    ],
)
def test_aggregation(aggregation: Aggregation, result: object) -> None:
    rows = [("-", "1"), ("> 0", "2"), ("< 10", "3"), ("> 10", "100")]
    assert prepare_table(table(rows, HitPolicy.COLLECT, aggregation=aggregation))({"x": Decimal(5)}) == result


def test_nothing_matches() -> None:
    assert prepare_table(table([("1", "2")]))({"x": Decimal(5)}) is None
    assert prepare_table(table([("1", "2")], HitPolicy.COLLECT))({"x": Decimal(5)}) == ()
    counted = table([("1", "2")], HitPolicy.COLLECT, aggregation=Aggregation.COUNT)
    assert prepare_table(counted)({"x": Decimal(5)}) == 0
    assert prepare_table(table([("1", "2")], outputs=(Output(default="9"),)))({"x": Decimal(5)}) == 9


def test_several_outputs_are_a_context() -> None:
    rows = [("1", "2", '"b"')]
    found = prepare_table(table(rows, outputs=(Output("n"), Output("t"))))
    assert found({"x": Decimal(1)}) == {"n": Decimal(2), "t": "b"}


def test_an_input_that_is_not_allowed_has_no_result() -> None:
    found = DecisionTable((Input("x", allowed='"a", "b"'),), (Output(),), (Rule(("-",), ("1",)),))
    assert prepare_table(found)({"x": "a"}) == 1
    assert prepare_table(found)({"x": "c"}) is None


def test_every_wrong_cell_is_found() -> None:
    with pytest.raises(DiagnosticError) as error:
        prepare_table(table([("> > 1", "2"), ("1", "2 +"), ("1", "3")]))
    assert len(error.value.diagnostics) == 2


CELLS = st.sampled_from(
    [
        "-",
        "< 3",
        "<= 3",
        "> 5",
        "[2..6]",
        "(2..6)",
        "4",
        "1, 4, 7",
        "not(4)",
        "not([3..5])",
        ">= 2, < 1",
        "limit",
        "[5..1]",
    ]
)
TEXTS = st.sampled_from(["-", '"a"', '"b", "c"', 'not("a")', '>= "b"', "null"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(CELLS, TEXTS), min_size=SMALLEST_INDEXED, max_size=40),
    st.lists(
        st.tuples(st.one_of(st.none(), st.integers(0, 8)), st.one_of(st.none(), st.sampled_from("abcd"))),
        min_size=1,
        max_size=8,
    ),
)
def test_the_index_finds_the_rules_that_testing_every_cell_finds(
    rows: list[tuple[str, str]], inputs: list[tuple[int | None, str | None]]
) -> None:
    numbered = [(*row, str(number)) for number, row in enumerate(rows)]
    indexed = prepare_table(table(numbered, HitPolicy.RULE_ORDER, columns=("x", "t")))
    plain = Table(indexed.table.columns, indexed.table.lines, indexed.table.hits, indexed.table.policy)
    for number, text in inputs:
        values = {"x": None if number is None else Decimal(number), "t": text, "limit": Decimal(3)}
        assert indexed(values) == plain.decide(Environment(values, None, Run()))


def test_ten_thousand_rows_are_indexed() -> None:
    rows = [(f'"S{number // 10}"', f"[{number % 10}..{number % 10 + 1})", str(number)) for number in range(10_000)]
    found = prepare_table(table(rows, columns=("sku", "qty")))
    assert found.table.index is not None
    assert found({"sku": "S777", "qty": Decimal("3.5")}) == 7773
    assert found({"sku": "S777", "qty": Decimal(11)}) is None
    assert found({"sku": None, "qty": Decimal(1)}) is None


def test_a_grouped_table_finds_what_testing_every_cell_finds() -> None:
    cells = ["-", "< 3", "[2..6]", "4", "not(4)", "limit", '"x"', "> 5"]
    rows = [
        (f'"S{number % 60}"' if number % 50 else "-", cells[number % len(cells)], str(number)) for number in range(400)
    ]
    rows += [('"S1", "S2"', "7", "400"), ('"S3"', '>= @"2026-01-01"', "401")]
    grouped = prepare_table(table(rows, HitPolicy.RULE_ORDER, columns=("t", "x")))
    assert isinstance(grouped.table.index, GroupedIndex)
    plain = Table(grouped.table.columns, grouped.table.lines, grouped.table.hits, grouped.table.policy)
    for text in ("S1", "S2", "S3", "S59", "S60", None, Decimal(1)):
        for subject in (*map(Decimal, range(9)), "x", None):
            values = {"t": text, "x": subject, "limit": Decimal(3)}
            assert grouped(values) == plain.decide(Environment(values, None, Run()))


@given(st.sets(st.integers(0, 300)))
def test_the_rows_of_a_mask(numbers: set[int]) -> None:
    assert list(rows_of(sum(1 << each for each in numbers))) == sorted(numbers)


def test_what_helps_nothing_is_not_indexed() -> None:
    assert build_index([(None,), (None,)], 1) is None


BOUNDS = st.integers(0, 8).map(Decimal)
INTERVALS = st.builds(
    Interval, st.one_of(st.none(), BOUNDS), st.one_of(st.none(), BOUNDS), st.booleans(), st.booleans()
).map(
    lambda each: Interval(
        each.low, each.high, each.low_included and each.low is not None, each.high_included and each.high is not None
    )
)
POINTS = [Decimal(number) / 2 for number in range(-2, 19)]


@given(st.lists(INTERVALS, max_size=4), st.lists(INTERVALS, max_size=4))
def test_sets_of_values(left: list[Interval], right: list[Interval]) -> None:
    one, other = union(left), union(right)
    both, outside = intersection(one, other), complement(one)
    for point in POINTS:
        assert contains(one, point) == any(contains((each,), point) for each in left if not is_empty(each))
        assert contains(both, point) == (contains(one, point) and contains(other, point))
        assert contains(outside, point) == (not contains(one, point))
    assert complement(complement(one)) == one
    assert union((*one, *outside)) == EVERYTHING


@pytest.mark.parametrize(
    "text", ["2026-01-01", "10:00:00", "2026-01-01T10:00:00", "2026-01-01T10:00:00Z", "P1D", "P1M"]
)
def test_a_key_stands_for_its_value(text: str) -> None:
    found = key_of(read_at_literal(text))
    assert found is not None
    assert value_of(*found) == read_at_literal(text)


def test_neighbouring_days_touch() -> None:
    first = admitted(parse_unary_tests('<= @"2026-01-31", [@"2026-02-01"..@"2026-02-28"], > @"2026-02-28"'))
    assert first is not None
    assert first.region == EVERYTHING
    both = admitted(parse_unary_tests("true, false"))
    assert both is not None
    assert both.region == domain_of(Kind.BOOLEAN)


@pytest.mark.parametrize("cell", ["limit", "? > 3", '1, "a"', "null", "[1, 2]"])
def test_a_cell_that_is_no_constant_set(cell: str) -> None:
    assert admitted(parse_unary_tests(cell)) is None


def test_a_table_can_be_put_together_from_parts() -> None:
    reading = Reading(KnownNames())
    hits = Hits(("",), HitPolicy.UNIQUE, Aggregation.LIST, lambda _column, _value: 0)
    line = Line((reading.test(reading.tests("> 1")),), (reading.expression("x * 2"),))
    made = Table((Column(reading.expression("x")),), (line,), hits, HitPolicy.UNIQUE)
    assert made.decide(Environment({"x": Decimal(2)}, None, Run())) == 4
    assert parse_expression("x") is not None
