"""The borders of the built-ins that the reference page does not show."""

from __future__ import annotations

import pytest

from engine.language.builtins.contexts import context_put
from engine.language.builtins.conversion import number_from, range_from
from engine.language.builtins.lists import flatten, position
from engine.language.builtins.logic import every, some
from engine.language.builtins.numbers import round_half_up
from engine.language.builtins.ranges import before
from engine.language.builtins.statistics import mode
from engine.language.builtins.temporal import week_of_year
from engine.language.builtins.texts import string_join
from engine.language.evaluate import evaluate
from engine.language.parse import parse_expression
from engine.language.values.fault import LimitError
from engine.language.values.relation import equal

NULL_CASES = [
    "decimal(1, 6177)",
    "sqrt(-1)",
    "log(0)",
    "modulo(1, 0)",
    'substring("abc", 0)',
    'substring("abc", 1, 0)',
    "sublist([1], 2)",
    "sublist([1, 2], 1, 3)",
    "insert before([1], 3, 2)",
    "remove([], 1)",
    "list replace([1], 2, 3)",
    "list replace([1], function(a) true, 3)",
    'sort([1, "a"], function(x, y) x < y)',
    'sum([1, "a"])',
    'sum(["a", "b"])',
    "product([])",
    "stddev([1])",
    'max([1, "a"])',
    'context([{key: "a", value: 1}, {key: "a", value: 2}])',
    "context put({a: 1}, [], 2)",
    'context put({a: 1}, ["a", "b"], 2)',
    "context merge([1])",
    'get value({a: 1}, "b")',
    "date(2026, 2, 29)",
    "time(24, 0, 0)",
    'time(10, 0, 0, @"PT19H")',
    'date and time(@"2026-01-01", @"2026-01-01")',
    'date and time(2026, 1, 1, 0, 0, 0, "No/Where")',
    'duration("P1Y1D")',
    'number("1,000.5", ",", ",")',
    'number("1_000")',
    'number("NaN")',
    'range("[1..]")',
    'range("[x..2]")',
    'before(1, "a")',
    "meets(1, [1..2])",
    "coincides(1, [1..1])",
    'string join([1, 2], "-")',
    "now(1)",
    "abs(number: 1)",
]


@pytest.mark.parametrize("text", NULL_CASES)
def test_there_is_no_value(text: str) -> None:
    assert evaluate(parse_expression(text), {}) is None


TRUE_CASES = [
    "floor(1.5, 0) = 1",
    "decimal(123456, -3) = 123000",
    'abs(-@"P1Y") = @"P1Y"',
    'contains(["foobar"], "oo")',
    "all([true, null]) = null",
    "all([false, null]) = false",
    "any([true, null])",
    'substring after("abc", "") = "abc"',
    'substring before("abc", "") = ""',
    "union([1.0], [1]) = [1]",
    'distinct values([@"10:00:00Z", @"10:00:00+00:00", @"12:00:00+02:00"]) = [@"10:00:00Z"]',
    "distinct values([{a: 1, b: 2}, {b: 2, a: 1}]) = [{a: 1, b: 2}]",
    "index of([null, 1], null) = [1]",
    "count(1) = 1",
    'mean([@"P1D", @"P3D"]) = @"P2D"',
    'sum(@"P1M", @"P2M") = @"P3M"',
    'min([@"P1Y", @"P5M"]) = @"P5M"',
    'week of year(@"2010-01-01") = 53',
    'week of year(@"2026-12-31") = 53',
    'week of year(@"2024-12-30") = 1',
    'day of week(@"-0001-01-01") = "Friday"',
    'day of year(@"2024-12-31") = 366',
    'years and months duration(@"2024-01-31", @"2024-02-29") = @"P0M"',
    'years and months duration(@"2024-02-29", @"2024-01-31") = @"P0M"',
    'time(11, 59, 45.25) = @"11:59:45.25"',
    'string(time(11, 59, 45, @"-PT2H45M55S")) = "11:59:45-02:45:55"',
    'time(@"2026-01-01") = @"00:00:00Z"',
    'number("1.000.000,01", ".", ",") = 1000000.01',
    'string({"{": 1, a b: [null]}) = "{\\"{\\": 1, a b: [null]}"',
    'string([1..2)) = "[1..2)"',
    'range("[date(\\"2026-01-01\\")..@\\"2026-01-02\\"]") = [@"2026-01-01"..@"2026-01-02"]',
    "overlaps([1..5], [5..8]) and not(overlaps([1..5), [5..8]))",
    "overlaps before([1..5], [1..6]) = false",
    "includes([1..10], [1..10)) and includes((1..10), [2..9])",
    "during([1..10), [1..10]) and finishes(10, [1..10])",
    "before((< 5), (> 5)) and overlaps((< 5), (> 4))",
    "starts([1..5), [1..5]) and started by([1..5], 1)",
    'get entries({b: 1, a: 2})[1].key = "b"',
    "sort([3, 1, 2], before) = [1, 2, 3]",
]


@pytest.mark.parametrize("text", TRUE_CASES)
def test_it_holds(text: str) -> None:
    assert evaluate(parse_expression(text), {}) is True


def test_lists_and_texts_are_bounded() -> None:
    wide = tuple(range(1000))
    nested: object = wide
    for _ in range(3):
        nested = (nested,) * 1000
    with pytest.raises(LimitError):
        flatten(nested)
    with pytest.raises(LimitError):
        string_join(("x" * 1000,) * 2000, "")


def test_the_functions_can_be_called_from_python() -> None:
    assert every((True, None)) is None
    assert some(()) is False
    assert equal(mode(()), ()) is True
    assert position(round_half_up(number_from("2"), number_from("0")), 3) == 1
    assert before(number_from("1"), range_from("[2..3]")) is True
    assert week_of_year(evaluate(parse_expression('@"1970-01-01"'), {})) == 1
    assert context_put({}, "a", None) == {"a": None}
