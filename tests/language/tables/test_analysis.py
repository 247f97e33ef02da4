"""The analysis of decision tables against a naive one that tries every input of small tables."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language.evaluate import Environment, Run, prepare_tests
from engine.language.parse import parse_unary_tests
from engine.language.tables import Analysis, DecisionTable, FindingKind, HitPolicy, Input, Output, Rule, analyse_table
from engine.language.tables.analysis import Grid, Subject, analyse
from engine.language.tables.cover import Cover, merged
from engine.language.tables.examine import analyse_table as examined
from engine.language.tables.intervals import Interval
from engine.language.tables.slots import Slots
from engine.language.tables.witness import example
from engine.language.values.kind import Kind
from engine.language.values.show import literal

NUMBER_CELLS = ["-", "< 2", "<= 2", "[1..3]", "(1..3)", "2", "> 2", "not(2)", "0, 4", "[3..1]"]
TEXT_CELLS = ["-", '"a"', '"b"', '"a", "b"', 'not("a")']
NUMBERS = [Decimal(each) / 2 for each in range(-2, 11)]
TEXTS = ["a", "b"]


def table(rows: list[tuple[str, ...]], policy: HitPolicy, values: str = "") -> DecisionTable:
    width = len(rows[0]) - 1
    columns = (Input("n"), Input("t", allowed='"a", "b"'))[:width]
    rules = tuple(Rule(tuple(row[:width]), tuple(row[width:])) for row in rows)
    return DecisionTable(columns, (Output(values=values),), rules, policy)


def holds(cell: str, value: object) -> bool:
    return prepare_tests(parse_unary_tests(cell))(Environment({}, None, Run()), value) is True


def matching(rows: list[tuple[str, ...]], inputs: Mapping[str, object]) -> set[int]:
    return {
        number
        for number, row in enumerate(rows, 1)
        if holds(row[0], inputs["n"]) and (len(row) < 3 or holds(row[1], inputs["t"]))
    }


ROWS = st.lists(
    st.tuples(st.sampled_from(NUMBER_CELLS), st.sampled_from(TEXT_CELLS), st.sampled_from("xyz")),
    min_size=1,
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(
    ROWS.map(lambda rows: [(n, t, f'"{o}"') for n, t, o in rows]), st.sampled_from([HitPolicy.UNIQUE, HitPolicy.FIRST])
)
def test_it_finds_what_trying_every_input_finds(rows: list[tuple[str, ...]], policy: HitPolicy) -> None:
    found = analyse_table(table(rows, policy))
    assert found.exact
    tried = [matching(rows, {"n": number, "t": text}) for number, text in product(NUMBERS, TEXTS)]
    assert bool(found.of(FindingKind.GAP)) == any(not hit for hit in tried)
    for gap in found.of(FindingKind.GAP):
        assert not matching(rows, gap.example), literal(gap.example)
    if policy is HitPolicy.UNIQUE:
        pairs = {pair for hit in tried for pair in combinations(sorted(hit), 2)}
        assert {each.rows for each in found.of(FindingKind.OVERLAP)} == pairs
        for overlap in found.of(FindingKind.OVERLAP):
            assert set(overlap.rows) <= matching(rows, overlap.example)
    else:
        deciding = {min(hit) for hit in tried if hit}
        never = {each.rows[0] for kind in (FindingKind.SHADOWED, FindingKind.EMPTY) for each in found.of(kind)}
        assert never == set(range(1, len(rows) + 1)) - deciding
        for shadowed in found.of(FindingKind.SHADOWED):
            assert min(matching(rows, shadowed.example)) < shadowed.rows[0]


def only(found: Analysis, kind: FindingKind) -> list[tuple[tuple[int, ...], dict[str, object]]]:
    return [(each.rows, dict(each.example)) for each in found.of(kind)]


def test_priority_shadows_what_a_better_output_covers() -> None:
    rows = [("> 5", '"low"'), ("> 3", '"high"'), ("<= 3", '"low"')]
    found = analyse_table(table(rows, HitPolicy.PRIORITY, '"high", "low"'))
    assert [each.rows for each in found.of(FindingKind.SHADOWED)] == [(1, 2)]
    assert found.of(FindingKind.UNREACHABLE_OUTPUT) == ()


def test_an_output_is_never_reached() -> None:
    rows = [("-", '"a"'), ("> 3", '"b"')]
    found = analyse_table(table(rows, HitPolicy.FIRST, '"a", "b", "c"'))
    assert [(literal(each.rows), dict(each.example)) for each in found.of(FindingKind.UNREACHABLE_OUTPUT)] == [
        ("[2]", {"n": Decimal(4)}),
        ("[]", {}),
    ]


def test_any_may_overlap_where_the_outputs_agree() -> None:
    rows = [("> 1", "1"), ("> 2", " 1 "), ("> 3", "2"), ("<= 1", "3")]
    found = analyse_table(table(rows, HitPolicy.ANY))
    assert [each.rows for each in found.of(FindingKind.OVERLAP)] == [(1, 3), (2, 3)]


def test_dates_are_counted_in_days() -> None:
    rows = [('<= @"2026-01-31"', "1"), ('[@"2026-02-01"..@"2026-02-27"]', "2"), ('> @"2026-02-28"', "3")]
    found = analyse_table(table(rows, HitPolicy.UNIQUE))
    assert [literal(each["n"]) for _, each in only(found, FindingKind.GAP)] == ["2026-02-28"]


def test_times_and_truth_values_have_borders() -> None:
    assert not examined(table([("true", "1"), ("false", "2")], HitPolicy.UNIQUE)).findings
    assert not examined(table([('< @"12:00:00"', "1"), ('>= @"12:00:00"', "2")], HitPolicy.UNIQUE)).findings
    local = examined(table([('< @"2026-01-01T12:00:00"', "1")], HitPolicy.UNIQUE))
    assert [literal(each["n"]) for _, each in only(local, FindingKind.GAP)][0].startswith("2026-01-01T12:00:00")


def test_cells_that_are_no_constants_make_it_inexact() -> None:
    found = examined(table([("limit", "1"), ("1", "2")], HitPolicy.UNIQUE))
    assert not found.exact
    assert found.of(FindingKind.GAP) == ()


@pytest.mark.parametrize("policy", [HitPolicy.UNIQUE, HitPolicy.FIRST])
def test_the_work_is_bounded(policy: HitPolicy) -> None:
    columns = 8
    rules = tuple(
        Rule(
            tuple(
                f"[{(row * 37 + column * 11) % 97}..{(row * 37 + column * 11) % 97 + 30})" for column in range(columns)
            ),
            (str(row),),
        )
        for row in range(300)
    )
    inputs = tuple(Input(f"c{column}") for column in range(columns))
    found = examined(DecisionTable(inputs, (Output(),), rules, policy))
    for gap in found.of(FindingKind.GAP):
        numbers = [gap.example[f"c{column}"] for column in range(columns)]
        assert not any(
            all(holds(cell, each) for cell, each in zip(rule.inputs, numbers, strict=True)) for rule in rules
        )


def test_parts() -> None:
    assert analyse(Grid((Subject("n"),), (), ())).of(FindingKind.GAP)[0].example == {"n": None}
    slots = Slots.of([(Interval(Decimal(1), Decimal(2), low_included=True, high_included=True),)], ())
    assert slots.spans == (0b1110,)
    assert merged([(1, 2), (2, 2), (2, 4)]) == [(3, 2), (2, 4)]
    cover = Cover([slots], [slots.spans])
    assert cover.uncovered((0b11111,), [0], most=5) == [(0b10001,)]
    between = (Interval(Decimal(1), Decimal(2), low_included=False, high_included=False),)
    assert example(Kind.NUMBER, between) == Decimal("1.5")
    assert example(Kind.TEXT, (Interval("a", "b", low_included=False, high_included=False),)) not in ("a", "b", "other")


PAIRS = st.lists(
    st.tuples(st.sampled_from(NUMBER_CELLS), st.sampled_from(["high", "low", "none"]), st.integers(1, 3)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(PAIRS)
def test_rows_of_two_ranked_outputs_that_never_decide_are_those_that_trying_finds(
    rows: list[tuple[str, str, int]],
) -> None:
    outputs = (Output("a", values='"high", "low"'), Output("b", values="3, 1"))
    rules = tuple(Rule((cell,), (f'"{word}"', str(number))) for cell, word, number in rows)
    found = analyse_table(DecisionTable((Input("n"),), outputs, rules, HitPolicy.PRIORITY))
    ranks = [
        ({"high": 0, "low": 1}.get(word, 2), {3: 0, 1: 1}.get(number, 2), place)
        for place, (_, word, number) in enumerate(rows)
    ]
    deciding = set()
    alive = set()
    for value in NUMBERS:
        hits = [place for place, (cell, _, _) in enumerate(rows) if holds(cell, value)]
        alive |= set(hits)
        if hits:
            deciding.add(min(hits, key=ranks.__getitem__))
    assert {each.rows[0] - 1 for each in found.of(FindingKind.SHADOWED)} == alive - deciding


def test_computed_outputs_have_no_rank_to_be_shadowed_by() -> None:
    outputs = (Output(values='"high", "low"'),)
    rules = (Rule(("-",), ('"high"',)), Rule(("-",), ("t",)))
    found = analyse_table(DecisionTable((Input("n"),), outputs, rules, HitPolicy.PRIORITY), names=["t"])
    assert not found.of(FindingKind.SHADOWED)
