"""Hostile input: bounded depth, time and memory, and an answer that says which bound was met.

A test that would hang or eat the memory fails by the suite's time limit; nothing here measures time.
"""

from __future__ import annotations

import json

import pytest

from engine.cli import main
from engine.diagnostics import DiagnosticError
from engine.language.evaluate import prepare
from engine.language.parse import parse_expression, parse_unary_tests
from engine.language.values.fault import LimitError
from engine.language.values.plain import to_bare, to_typed
from engine.language.values.show import literal, literal_or_reason
from engine.language.values.weight import MOST_PARTS, check_weight, weight

LETTERS = "abcdefghijklmnopqrstuvwxy"
SHARED = "{a: [1], " + ", ".join(f"{b}: [{a}, {a}]" for a, b in zip(LETTERS, LETTERS[1:], strict=False))
"""Twenty-four lists of two, each holding the one before twice: small in memory, 2 ** 25 parts written out."""


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000 + "1" + ")" * 100_000,
        "[" * 50_000,
        "{a:" * 20_000 + "1" + "}" * 20_000,
        "if true then " * 20_000 + "1" + " else 1" * 20_000,
        "not(" * 20_000 + "true" + ")" * 20_000,
        "-" * 100_000 + "1",
        "1e999999999",
        "1" + "0" * 200_000,
        "a" + ".b" * 100_000,
        "a" + "[1]" * 100_000,
        "f" + "(1)" * 100_000,
        "/*" * 100_000,
        '"' + "\\u" * 100_000 + '"',
        "<" * 100_000,
        "@" * 100_000,
        ",".join(["1"] * 300_000),
        "[" + ",".join(["1"] * 300_000) + "]",
        "+".join(["1"] * 100_000),
    ],
)
def test_a_text_beyond_the_bounds_is_refused(text: str) -> None:
    for read in (parse_expression, parse_unary_tests):
        with pytest.raises(DiagnosticError):
            read(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("**".join(["9"] * 50), "too large"),
        ("9 ** 9 ** 9 ** 9 ** 9", "too large"),
        ("(10 ** 6000) ** 1000", "too large"),
        ("exp(10 ** 30)", "too large"),
        ('number("' + "9" * 19_000 + '")', "is not a number"),
        ("for i in 1..10**30 return i", "more than 500000 steps"),
        ("some i in 1..10**30 satisfies i = -1", "more than 500000 steps"),
        ("for a in 1..1000, b in 1..1000, c in 1..1000 return 1", "more than 500000 steps"),
        ("some " + ", ".join(f"x{n} in [1, 2]" for n in range(40)) + " satisfies false", "more than 500000 steps"),
        ('count(for d in @"0001-01-01"..@"9999-12-31" return d)', "more than 500000 steps"),
        ('for i in 1..100000 return if i = 1 then "x" else partial[-1] + partial[-1]', "at most 1000000 characters"),
        ('for i in 1..40000 return if i = 1 then "x" else partial[-1] + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"', "steps"),
        ("for i in 1..20000 return append(partial, i)", "more than 500000 steps"),
        ("for i in 1..2000 return concatenate(partial, partial)", "more than 500000 steps"),
        ("{f: function(n) f(n), x: f(1)}.x", "call each other more than 120 deep"),
        ("(function(f) f(f))(function(f) f(f))", "call each other more than 120 deep"),
        ("{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), x: f(60)}.x", "more than 500000 steps"),
        ("{f: function(n) if n = 0 then 1 else n * f(n - 1), x: f(100000)}.x", "more than 120 deep"),
        (f"{SHARED}, z: flatten(y)}}.z", "at most 1000000 items"),
        (f"{SHARED}, z: string(y)}}.z", "at most 1000000 characters"),
        (f"{SHARED}, z: distinct values([y, [y], y])}}.z", "too large to compare"),
        (f"{SHARED}, z: for i in 1..100000 return [n] = [[m, m]]}}.z", "more than 500000 steps"),
        (f"{SHARED}, z: for i in 1..100000 return list contains([n], [m, m])}}.z", "more than 500000 steps"),
        ("{l: for i in 1..100000 return i, z: for i in 1..100000 return sum(l)}.z", "more than 500000 steps"),
        ("sort(for i in 1..3000 return -i, function(a, b) count(for k in 1..1000 return k) > 0)", "steps"),
        ('matches("x", "((((a{100}){100}){100}){100})")', "pattern"),
        ('matches("aa", "(a)\\\\1")', "back-references are not supported"),
        ('replace(replace("' + "a" * 1000 + '", "a", "' + "a" * 1000 + '"), "a", "' + "a" * 1000 + '")', "characters"),
    ],
)  # fmt: skip
def test_an_evaluation_beyond_the_bounds_is_null_with_its_reason(text: str, reason: str) -> None:
    outcome = prepare(parse_expression(text)).outcome({})
    assert outcome.value is None
    assert reason in "; ".join(each.message for each in outcome.problems)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('matches("' + "a" * 19_000 + '!", "^(a+)+$")', False),
        ("5 in [1..10 ** 30]", True),
        ("sublist([1, 2], 10 ** 30)", None),
        ("[1, 2][10 ** 30]", None),
        ("[1..10 ** 30] = [1..10 ** 30]", True),
        ('count(split("' + "a," * 9_000 + '", ","))', 9_001),
    ],
)
def test_what_looks_hostile_and_is_cheap(text: str, value: object) -> None:
    assert prepare(parse_expression(text)).outcome({}).value == value


def test_a_value_that_cannot_be_written_out_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    nested = "for i in 1..5000 return [partial[-1]]"
    for text, plain, data in (
        (f"{SHARED}}}.y", "a text may hold at most 1000000 characters", f"more than {MOST_PARTS} parts"),
        (f"({nested})[-1]", "the value is nested too deeply", "the value is nested too deeply"),
    ):
        assert main(["feel", text]) == 1
        assert capsys.readouterr().err == f"cpq: the result cannot be shown: {plain}\n"
        assert main(["feel", "--json", text]) == 1
        assert data in json.loads(capsys.readouterr().out)["message"]
        value = prepare(parse_expression(text)).outcome({}).value
        for write in (to_bare, to_typed, literal):
            with pytest.raises(LimitError):
                write(value)
        assert literal_or_reason(value).startswith("(")


def test_the_weight_of_a_value() -> None:
    assert weight(None) == weight("x" * 32) == 1
    assert weight((1, 2, {"a": (1,)})) == 6
    shared: tuple[object, ...] = (1,)
    for _ in range(60):
        shared = (shared, shared)
    assert weight(shared, 100) > 100
    with pytest.raises(LimitError):
        check_weight(shared)
