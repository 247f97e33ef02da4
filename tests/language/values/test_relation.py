"""Equality, order, three-valued logic, texts and plain data."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language.evaluate import evaluate
from engine.language.parse import parse_expression
from engine.language.types import DATE, ContextType, ListType, optional
from engine.language.values.arithmetic import add, divide, multiply, negate, next_step, power, subtract
from engine.language.values.canonical import canonical
from engine.language.values.fault import LimitError, UndefinedError, bounded_count, bounded_text
from engine.language.values.interval import FunctionValue, RangeValue
from engine.language.values.kind import Kind, describe_kind, kind_of
from engine.language.values.logic import conjunction, disjunction, negation
from engine.language.values.number import DECIMAL128, number_text, read_number, round_to, whole
from engine.language.values.plain import from_plain, read_as, to_bare, to_typed
from engine.language.values.relation import compare, equal, same, within
from engine.language.values.show import literal, quoted, text_of

SAMPLES = [
    "null",
    "1",
    "1.0",
    "-3",
    '"a"',
    '"b"',
    "true",
    "false",
    '@"2026-01-01"',
    '@"-2026-01-01"',
    '@"10:00:00"',
    '@"10:00:00Z"',
    '@"12:00:00+02:00"',
    '@"2026-01-01T10:00:00"',
    '@"2026-01-01T10:00:00Z"',
    '@"2026-01-01T11:00:00@Europe/Paris"',
    '@"P1D"',
    '@"PT24H"',
    '@"P1Y"',
    '@"P12M"',
    "[]",
    "[1]",
    "[1, [2]]",
    "{}",
    "{a: 1}",
    "{b: 2, a: 1}",
    "{a: 1, b: 2}",
    "[1..2]",
    "[1..2)",
    "(< 2)",
]
VALUES = [evaluate(parse_expression(text), {}) for text in SAMPLES]


@pytest.mark.parametrize(("one", "other"), list(product(range(len(VALUES)), repeat=2)))
def test_the_key_of_a_value_is_the_same_exactly_for_equal_values(one: int, other: int) -> None:
    left, right = VALUES[one], VALUES[other]
    assert (canonical(left) == canonical(right)) == (equal(left, right) is True)
    assert equal(left, right) is equal(right, left)


@pytest.mark.parametrize("place", range(len(VALUES)))
def test_a_literal_reads_back_as_the_value(place: int) -> None:
    value = VALUES[place]
    text = literal(value)
    if kind_of(value) in (Kind.DATE, Kind.TIME, Kind.DATE_TIME, Kind.DAYS, Kind.MONTHS):
        text = f'@"{text}"'
    if isinstance(value, RangeValue) and not value.low_given:
        return
    assert equal(evaluate(parse_expression(text), {}), value) is True


@pytest.mark.parametrize("place", range(len(VALUES) - 3))
def test_typed_plain_data_reads_back_as_the_value(place: int) -> None:
    value = VALUES[place]
    assert equal(from_plain(json.loads(json.dumps(to_typed(value)))), value) is True


def test_unlike_kinds_are_neither_equal_nor_ordered() -> None:
    assert equal(Decimal(1), "1") is None
    assert equal(None, "1") is False
    assert compare(Decimal(1), "1") is None
    assert compare(True, False) is None
    assert compare(from_plain({"$type": "time", "$text": "10:00:00"}), VALUES[11]) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.decimals(allow_nan=False, allow_infinity=False))
def test_numbers_are_ordered_as_numbers(left: Decimal, right: Decimal) -> None:
    assert compare(left, right) == (left > right) - (left < right)


@given(st.text(), st.text())
def test_texts_are_ordered_by_code_points(left: str, right: str) -> None:
    codes = [ord(each) for each in left], [ord(each) for each in right]
    assert compare(left, right) == (codes[0] > codes[1]) - (codes[0] < codes[1])


def test_the_same_element_of_the_value_space() -> None:
    assert same(Decimal("1.0"), Decimal(1))
    assert not same(VALUES[11], VALUES[12])
    assert not same(Decimal(1), "1")


def test_a_range_knows_what_lies_in_it() -> None:
    half_open = RangeValue(Decimal(1), Decimal(2), low_included=True, high_included=False)
    assert [within(Decimal(each), half_open) for each in (0, 1, 2)] == [False, True, False]
    assert within("a", half_open) is None
    unknown = RangeValue(None, Decimal(2), low_included=True, high_included=True)
    assert within(Decimal(1), unknown) is None
    unbounded = RangeValue(None, Decimal(2), low_included=False, high_included=True, low_given=False)
    assert within(Decimal(-5), unbounded) is True


def test_comparing_a_hostile_structure_stays_bounded() -> None:
    def knot() -> object:
        value: object = (Decimal(1),)
        for _ in range(60):
            value = (value, value)
        return value

    with pytest.raises(LimitError):
        equal(knot(), knot())
    with pytest.raises(LimitError):
        canonical(knot())
    with pytest.raises(LimitError):
        literal(knot())


TRUTHS = [True, False, None]


@pytest.mark.parametrize(("one", "other"), list(product(TRUTHS, repeat=2)))
def test_three_valued_logic_obeys_de_morgan(one: bool | None, other: bool | None) -> None:
    assert negation(conjunction((one, other))) is disjunction((negation(one), negation(other)))
    assert conjunction((one, other)) is conjunction((other, one))


def test_what_is_no_truth_value_is_unknown() -> None:
    assert conjunction((True, Decimal(1))) is None
    assert disjunction((False, "true")) is None
    assert disjunction(("x", True)) is True
    assert negation("x") is None


@given(st.decimals(min_value=-1000, max_value=1000, places=4), st.integers(-4, 6))
def test_rounding_moves_by_at_most_half_a_unit(number: Decimal, scale: int) -> None:
    rounded = round_to(number, scale, "ROUND_HALF_EVEN")
    assert abs(rounded - number) * 2 <= Decimal(1).scaleb(-scale)


def test_arithmetic_has_34_digits_and_no_infinity() -> None:
    assert divide(Decimal(1), Decimal(3)) == Decimal("0." + "3" * 34)
    for operation in (
        lambda: divide(Decimal(1), Decimal(0)),
        lambda: power(Decimal(10), Decimal(10_000)),
        lambda: power(Decimal(-1), Decimal("0.5")),
        lambda: whole(Decimal("1e40")),
        lambda: add(Decimal(1), "a"),
        lambda: subtract("b", "a"),
        lambda: multiply("b", Decimal(2)),
        lambda: negate("a"),
        lambda: next_step("a", down=False),
        lambda: read_number("NaN"),
        lambda: add("x" * 600_000, "x" * 600_000),
        lambda: bounded_text("x" * 1_000_001),
        lambda: bounded_count(1_000_001),
    ):
        with pytest.raises(UndefinedError):
            operation()
    assert power(Decimal(0), Decimal(0)) == 1


@settings(max_examples=100)
@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_number_is_written_without_exponent(number: Decimal) -> None:
    number = DECIMAL128.plus(number)
    text = number_text(number)
    assert "e" not in text.lower()
    assert read_number(text) == number


def test_texts_of_values() -> None:
    assert text_of("a") == "a"
    assert quoted('a"\\\n') == '"a\\"\\\\\\n"'
    assert literal(FunctionValue(("a", "b"), str)) == "function(a, b)"
    assert describe_kind(None) == "null"
    assert describe_kind(Decimal(1)) == "a number"


def test_plain_data_with_declared_types() -> None:
    wanted = ContextType({"days": ListType(optional(DATE))})
    found = read_as({"days": ("2026-01-01", None), "other": "2026-01-01"}, wanted)
    assert found == {"days": (VALUES[8], None), "other": "2026-01-01"}
    assert to_bare(found) == {"days": ["2026-01-01", None], "other": "2026-01-01"}
    with pytest.raises(UndefinedError):
        from_plain({"$type": "colour", "$text": "red"})
