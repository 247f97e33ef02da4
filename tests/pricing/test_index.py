"""The match index against asking every rule, and the atoms it is made of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language import check_expression, check_unary_tests
from engine.language.evaluate.prepare import evaluate
from engine.language.scope import Scope
from engine.language.tables.bitmaps import bits, rows_of
from engine.language.types import BOOLEAN, DATE, NUMBER, ContextType, optional
from engine.pricing.atoms import Atom, Interval, OneOf, Unlike, conjuncts, implies, split
from engine.pricing.index import build_index
from engine.pricing.matches import matches_of
from tests.pricing.books import LINE, D, line

SKU, QTY = ("line", "sku"), ("line", "qty")
SEGMENT = ("customer", "segment")


def holds(atom: Atom, records: dict[str, dict[str, object]]) -> bool:
    """The obvious twin of a look-up: ask the atom itself."""
    value = records[atom.key[0]].get(atom.key[1])
    if isinstance(atom, Unlike):
        return value != atom.value
    if value is None:
        return False
    if isinstance(atom, OneOf):
        return value in atom.values
    low = atom.low is None or value > atom.low or (atom.low_included and value == atom.low)  # type: ignore[operator]
    high = atom.high is None or value < atom.high or (atom.high_included and value == atom.high)  # type: ignore[operator]
    return bool(low and high)


@pytest.mark.parametrize(
    ("text", "atoms", "residual"),
    [
        ('line.sku = "A"', [OneOf(SKU, frozenset({"A"}))], 0),
        ('"A" = line.sku', [OneOf(SKU, frozenset({"A"}))], 0),
        ('line.sku in ("A", "B")', [OneOf(SKU, frozenset({"A", "B"}))], 0),
        ('line.sku = "A" or line.sku = "B"', [OneOf(SKU, frozenset({"A", "B"}))], 0),
        ("line.qty >= 5", [Interval(QTY, D("5"), low_included=True)], 0),
        ("5 > line.qty", [Interval(QTY, high=D("5"))], 0),
        ("line.qty in [2..7)", [Interval(QTY, D("2"), True, D("7"), False)], 0),
        ("line.qty between -1 and 7", [Interval(QTY, D("-1"), True, D("7"), True)], 0),
        ("line.discountable", [OneOf(("line", "discountable"), frozenset({True}))], 0),
        ('quote.date >= date("2026-03-01")', [Interval(("quote", "date"), date(2026, 3, 1), low_included=True)], 0),
        ('line.sku != "A"', [Unlike(SKU, "A")], 0),
        ("line.qty != line.cost", [], 1),
        ("line.qty * 2 > 9", [], 1),
        ('line.qty > 1 and line.sku != "A"', [Interval(QTY, D("1")), Unlike(SKU, "A")], 0),
        ('line.sku != "A" or line.qty > 5', [], 1),
        ("true", [], 0),
        ('line.sku = "A" or line.qty > 5', [], 1),
        ("count(lines) > 1", [], 1),
    ],
)
def test_a_condition_is_split_into_what_an_index_holds(text: str, atoms: list[object], residual: int) -> None:
    found = split(check_expression(text, scope=LINE))
    assert (list(found.atoms), found.residual) == (atoms, residual)


@pytest.mark.parametrize(
    ("cell", "atom"),
    [
        (">= 5", Interval(QTY, D("5"), low_included=True)),
        ("[1..9]", Interval(QTY, D("1"), True, D("9"), True)),
        ("3, 4", OneOf(QTY, frozenset({D("3"), D("4")}))),
    ],
)
def test_a_cell_is_split_like_a_condition(cell: str, atom: object) -> None:
    assert split(check_unary_tests(cell, subject="line.qty", scope=LINE)).atoms == (atom,)


def test_specificity_counts_what_is_joined() -> None:
    assert conjuncts(check_expression('line.qty > 1 and line.sku != "A" and (line.qty < 9 or true)', scope=LINE)) == 3
    assert conjuncts(check_expression("true", scope=LINE)) == 0


values = st.sampled_from(("A", "B", "C"))
atoms = st.one_of(
    st.builds(lambda found: OneOf(SKU, frozenset(found)), st.lists(values, max_size=2)),
    st.builds(lambda found: OneOf(SEGMENT, frozenset(found)), st.lists(values, min_size=1, max_size=2)),
    st.builds(Unlike, st.just(SKU), values),
    st.builds(Unlike, st.just(QTY), st.integers(0, 6).map(D)),
    st.builds(
        lambda low, low_in, high, high_in: Interval(
            QTY, None if low is None else D(low), low_in, None if high is None else D(high), high_in
        ),
        st.none() | st.integers(0, 6),
        st.booleans(),
        st.none() | st.integers(0, 6),
        st.booleans(),
    ),
)


@settings(max_examples=200)
@given(
    st.lists(st.lists(atoms, max_size=3), max_size=12),
    st.none() | values,
    st.none() | st.integers(0, 7),
    values,
    st.integers(0, 4095),
)
def test_the_index_finds_what_asking_every_rule_finds(
    rules: list[list[Atom]], sku: str | None, quantity: int | None, segment: str, usable: int
) -> None:
    index = build_index(rules)
    record = {"sku": sku, "qty": None if quantity is None else D(quantity)}
    records = {"line": record, "quote": {}, "customer": {"segment": segment}}
    header = index.header_mask(records["quote"], records["customer"], usable)
    found = list(rows_of(index.line_mask(header, record)))
    assert found == [
        number
        for number, each in enumerate(rules)
        if usable >> number & 1 and all(holds(atom, records) for atom in each)
    ]


ITEM = Scope(
    {"line": ContextType({"watt": optional(NUMBER), "made": optional(DATE), "lit": optional(BOOLEAN)}, "line")}
)
CONDITIONS = (
    "line.watt > 10",
    "line.watt in [0..5]",
    "line.watt = 1",
    "line.watt != 10",
    "line.watt in (1, 10)",
    'line.made >= date("2026-03-01")',
    'line.made != date("2026-03-01")',
    "line.lit",
    "line.lit = false",
    "line.lit != true",
)
PLAIN_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from((D("0"), D("1"), D("5.0"), D("10"), D("11"))),
    st.sampled_from(("", "1", "heavy", "2026-03-01", "true")),
    st.dates(date(2026, 2, 27), date(2026, 3, 2)),
)
ANY_VALUES = st.one_of(PLAIN_VALUES, st.lists(PLAIN_VALUES, max_size=2).map(tuple), st.just({"a": D(1)}))


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=12),
    st.fixed_dictionaries({"watt": ANY_VALUES, "made": ANY_VALUES, "lit": ANY_VALUES}),
    st.sampled_from((1, 1_000)),
)
def test_a_value_of_any_kind_allows_the_rules_whose_conditions_are_true_of_it(
    texts: list[str], record: dict[str, object], large: int
) -> None:
    """The twin is the interpreter of the language, which knows nothing of indexes."""
    checked = [check_expression(text, scope=ITEM) for text in texts]
    assert all(split(each).whole for each in checked)
    index = build_index([split(each).atoms for each in checked])
    wanted = [no for no, each in enumerate(checked) if evaluate(each.tree, {"line": record}) is True]
    everything = (1 << len(texts)) - 1
    assert list(rows_of(index.line_mask(everything, record))) == wanted
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.pricing.index.LARGE", large)
        assert list(matches_of(index, everything)(line("A", facts=record))) == wanted


@given(st.sets(st.integers(0, 3000)))
def test_bits_and_numbers_are_inverse(members: set[int]) -> None:
    assert list(rows_of(bits(sorted(members)))) == sorted(members)


def test_equal_numbers_are_one_value_however_they_are_written() -> None:
    index = build_index([[OneOf(QTY, frozenset({Decimal("1.0")}))]])
    assert list(rows_of(index.line_mask(1, {"qty": Decimal("1.00")}))) == [0]


VALUES = st.integers(0, 4).map(Decimal)
ATOMS = st.one_of(
    st.builds(OneOf, st.just(QTY), st.frozensets(VALUES, min_size=1, max_size=3)),
    st.builds(Unlike, st.just(QTY), VALUES),
    st.builds(Interval, st.just(QTY), st.none() | VALUES, st.booleans(), st.none() | VALUES, st.booleans()),
)
EVERY = [None, *(D(half) / 2 for half in range(-1, 10))]
"""Nothing, each whole number, and what lies between and around them."""


@given(ATOMS, ATOMS)
@settings(deadline=None, max_examples=400)
def test_an_atom_implies_another_only_when_all_that_meets_it_meets_that(one: Atom, other: Atom) -> None:
    met = [{"line": {"qty": value}} for value in EVERY]
    if implies(one, other):
        assert all(holds(other, each) for each in met if holds(one, each))
    elif isinstance(one, OneOf):
        assert not all(holds(other, each) for each in met if holds(one, each))
