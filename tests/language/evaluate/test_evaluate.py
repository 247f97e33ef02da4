"""The null-tolerant evaluator: forms of expressions, implicit conversions, problems, and its bounds."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import DiagnosticError
from engine.language import tree
from engine.language.evaluate import Environment, Run, evaluate, prepare, prepare_tests
from engine.language.evaluate.access import filtering
from engine.language.evaluate.calls import builtin_value, call_by_name
from engine.language.evaluate.conformance import coerce, conforms, resolve, type_fits
from engine.language.evaluate.environment import DEEPEST_CALLS, MOST_STEPS
from engine.language.evaluate.inference import result_type
from engine.language.evaluate.iteration import Source, looping
from engine.language.evaluate.membership import matches
from engine.language.evaluate.operators import ordered
from engine.language.evaluate.prepare import no_types
from engine.language.parse import parse_expression, parse_unary_tests
from engine.language.parse import parse_expression as read
from engine.language.types import ANY, DATE_TIME, NUMBER, TEXT, ContextType, FunctionType, ListType, RangeType
from engine.language.values.fault import UndefinedError
from engine.language.values.relation import equal
from engine.language.values.show import literal

PAIRS = [
    ("-2 ** 2", "4"),
    ("2 ** -2", "0.25"),
    ("1 + null", "null"),
    ('"a" + "b"', '"ab"'),
    ("1 = null", "false"),
    ('1 = "1"', "null"),
    ("if null then 1 else 2", "2"),
    ("1 between 0 and null", "null"),
    ("1 between 2 and null", "false"),
    ("5 in (> 3, < 1)", "true"),
    ("null in (true)", "false"),
    ("5 in (true)", "false"),
    ("true in (true)", "true"),
    ("5 in (1 < 2)", "true"),
    ("5 in [2..4]", "false"),
    ("null in [1..2]", "null"),
    ("[1, 2] in [[1, 2], [3]]", "true"),
    ("3 in [[1..2], [3..4]]", "true"),
    ('"b" in ("a", "b")', "true"),
    ('"b" in (? = "b")', "true"),
    ("[1, 2, 3][item > 1][1]", "2"),
    ("[1, 2, 3][-1]", "3"),
    ("[1, 2, 3][4]", "null"),
    ("[{a: 1}, {a: 2}][a > 1].a", "[2]"),
    ("[{item: 1}][item = 1]", "[{item: 1}]"),
    ("[][1]", "null"),
    ("[][item > 1]", "[]"),
    ('[1]["x"]', "null"),
    ("5[1]", "5"),
    ("5[true]", "[5]"),
    ("null[1]", "null"),
    ("{a: 1, b: a + 1}.b", "2"),
    ("{a: 1}.b", "null"),
    ("[{a: 1}, {b: 2}].a", "[1, null]"),
    ("for x in [1, 2], y in [x, 3] return x * y", "[1, 3, 4, 6]"),
    ("for x in 3..1 return x", "[3, 2, 1]"),
    ("for x in (1..3] return x", "[2, 3]"),
    ('for x in @"2026-02-28"..@"2026-03-01" return x', '[@"2026-02-28", @"2026-03-01"]'),
    ("for x in 5 return x", "[5]"),
    ("for x in null return x", "null"),
    ('for x in "a".."c" return x', "null"),
    ("for x in 1..4 return if x < 3 then 1 else partial[-1] + partial[-2]", "[1, 1, 2, 3]"),
    ("some x in [1, 2] satisfies x > 1", "true"),
    ("every x in [1, null] satisfies x > 0", "null"),
    ("every x in [0, null] satisfies x > 0", "false"),
    ("some x in [] satisfies x", "false"),
    ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r", "120"),
    ("(function(a, b) a - b)(b: 1, a: 3)", "2"),
    ("(function(a: number) a)([3])", "3"),
    ('(function(a: number) a)("3")', "null"),
    ("(function(a: list<number>) count(a))(3)", "1"),
    ("(function(a) a)(1, 2)", "null"),
    ("(function(a) a)(c: 1)", "null"),
    ("nowhere(1)", "null"),
    ("nowhere", "null"),
    ("(1)(2)", "null"),
    ("{abs: function(x) x + 1, r: abs(1)}.r", "2"),
    ("{f: abs, r: f(-1)}.r", "1"),
    ('{f: substring, r: f(start position: 2, string: "abc")}.r', '"bc"'),
    ("1 instance of number", "true"),
    ("null instance of Any", "false"),
    ("null instance of Null", "true"),
    ("1 instance of Null", "false"),
    ("[1, 2] instance of list<number>", "true"),
    ('[1, "a"] instance of list<number>', "false"),
    ("{a: 1, b: 2} instance of context<a: number>", "true"),
    ("[1..2] instance of range<number>", "true"),
    ("(function(a: string) 1) instance of function<string>->number", "true"),
    ('(function(a: string) "x") instance of function<string>->number', "false"),
    ("1 instance of unheard", "null"),
    ("[1..2].start included", "true"),
    ("(>= 5).start", "5"),
    ('["a"..1]', "null"),
    ('[1.."a"]', "null"),
    ('@"2026-01-01" + @"P1M"', '@"2026-02-01"'),
    ('@"2026-01-02" - @"2026-01-01"', '@"P1D"'),
    ('@"10:00:00" + @"PT15H"', '@"01:00:00"'),
    ('@"P1D" * 1.5', '@"P1DT12H"'),
    ('@"P1Y" / @"P1M"', "12"),
    ('@"2026-01-01T00:00:00" - @"2026-01-01"', '@"PT0S"'),
    ('@"2026-01-01T00:00:00Z" - @"2026-01-01T00:00:00"', "null"),
    ("10 ** 7000", "null"),
    ("1 / 0", "null"),
    ("true and null", "null"),
    ("false and nowhere", "false"),
    ('not("x")', "null"),
]


def value(text: str, **variables: object) -> object:
    return evaluate(parse_expression(text, names=variables), variables)


@pytest.mark.parametrize(("text", "wanted"), PAIRS)
def test_an_expression_has_its_value(text: str, wanted: str) -> None:
    found, expected = value(text), value(wanted)
    assert equal(found, expected) is True, literal(found)


def test_every_null_has_its_reason_and_place() -> None:
    outcome = prepare(parse_expression("1 + x.y")).outcome({"x": {}})
    assert outcome.value is None
    assert [(each.message, each.start, each.end) for each in outcome.problems] == [
        ("the context has no entry `y`", 4, 7),
        ("a number and null cannot be added", 0, 7),
    ]


def test_the_clock_is_an_argument() -> None:
    node = parse_expression("[now(), today()]")
    moment = value('@"2026-11-23T12:00:00Z"')
    assert prepare(node)({}, moment=moment) == (moment, value('@"2026-11-23"'))  # type: ignore[arg-type]
    assert prepare(node)({}) == (None, None)


@pytest.mark.parametrize(
    ("cell", "subject", "holds"),
    [
        ("-", None, True),
        ("< 5", 4, True),
        ("< 5", None, None),
        ("[1..5), 9", 9, True),
        ("not(1, 2)", 3, True),
        ("not(1, 2)", 2, False),
        ("limit", 7, True),
        ("> limit", 8, True),
        ("? * 2 > limit", 4, True),
        ("[7, 8]", 8, True),
        ("[limit..9]", 8, True),
        ("limit > 3", 1, True),
        ("null", None, True),
        ('"x"', 1, False),
    ],
)
def test_a_cell_is_tested(cell: str, subject: int | None, holds: bool | None) -> None:
    test = prepare_tests(parse_unary_tests(cell))
    env = Environment({"limit": Decimal(7)}, None, Run())
    assert test(env, None if subject is None else Decimal(subject)) is holds


def test_a_type_and_its_conversions() -> None:
    day = value('@"2026-01-01"')
    assert coerce(day, DATE_TIME) == value('@"2026-01-01T00:00:00Z"')
    assert coerce((Decimal(1),), NUMBER) == 1
    assert coerce(Decimal(1), ListType(NUMBER)) == (1,)
    assert coerce("a", NUMBER) is None
    assert conforms(None, NUMBER)
    assert not conforms({}, ContextType({"a": NUMBER}))
    assert type_fits(ListType(NUMBER), ListType(ANY))
    assert not type_fits(FunctionType((NUMBER,), TEXT), FunctionType((TEXT,), TEXT))
    assert resolve(tree.TypeRange(0, 0, tree.TypeName(0, 0, "number")), no_types) == RangeType(NUMBER)
    assert result_type(read("[1, 2]")) == ListType(NUMBER)


def test_parts_can_be_used_by_themselves() -> None:
    nowhere = tree.NullLiteral(0, 0)
    env = Environment({}, None, Run())
    items = lambda _env: (Decimal(1), Decimal(2))  # noqa: E731 # a step
    double = prepare(parse_expression("x * 2")).step
    assert looping(nowhere, (Source("x", items),), double, partial=False)(env) == (2, 4)
    assert filtering(nowhere, items, prepare(parse_expression("item > 1")).step, logical=True)(env) == (2,)
    assert matches(Decimal(1), (Decimal(1),)) is True
    assert ordered(tree.ComparisonOp.LESS, Decimal(1), "a") is None
    assert call_by_name(builtin_value("abs"), {"n": Decimal(-1)}) == 1
    with pytest.raises(UndefinedError):
        call_by_name(builtin_value("abs"), {"m": Decimal(-1)})


HOSTILE = [
    f"for a in 1..{MOST_STEPS}, b in 1..{MOST_STEPS} return a",
    "count(for a in 1..100000000 return a)",
    "{f: function(n) f(n + 1), r: f(1)}.r",
    "{f: function(n) [f(n + 1), f(n + 1)], r: f(1)}.r",
    "some a in 1..10000000 satisfies a < 0",
    "9 ** 9 ** 9 ** 9 ** 9 ** 9",
    '(for i in 0..40 return if i = 0 then "x" else partial[-1] + partial[-1])[-1] + "x" = null',
    "string(for i in 0..60 return if i = 0 then [1] else [partial[-1], partial[-1]])",
    "flatten((for i in 0..60 return if i = 0 then [1] else [partial[-1], partial[-1]])[-1])",
    'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "^(a|aa|aaa)+$", "x") = "y"',
    'concatenate(for i in 1..2000 return concatenate(for j in 1..2000 return "x"))',
    "sort(1..3, function(a, b) a < b)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_expressions_end(text: str) -> None:
    try:
        assert value(text) in (None, True, False)
    except DiagnosticError:
        pass


def test_functions_may_call_themselves_only_so_deep() -> None:
    assert value("{f: function(n) if n = 0 then 0 else f(n - 1), r: f(40)}.r") == 0
    assert value(f"{{f: function(n) if n = 0 then 0 else f(n - 1), r: f({DEEPEST_CALLS + 1})}}.r") is None


LEAVES = st.sampled_from(
    ["1", "-2.5", '"a"', "true", "null", "x", "y", "item", "?", '@"2026-01-01"', '@"P1D"', '@"P1M"', "[1, 2]", "{a: 1}"]
)


def combine(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", ">=", "and", "or", "in"])
    return st.one_of(
        st.builds("({} {} {})".format, inner, operators, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
        st.builds("(for x in {} return {})".format, inner, inner),
        st.builds("(some x in {} satisfies {})".format, inner, inner),
        st.builds("({})[{}]".format, inner, inner),
        st.builds("({}).a".format, inner),
        st.builds("[{}..{}]".format, inner, inner),
        st.builds("({} between {} and {})".format, inner, inner, inner),
        st.builds("sum({})".format, inner),
        st.builds("(function(x) {})({})".format, inner, inner),
        st.builds("({} instance of number)".format, inner),
    )


@settings(max_examples=200, deadline=None)
@given(st.recursive(LEAVES, combine, max_leaves=12))
def test_no_expression_breaks_the_evaluator(text: str) -> None:
    try:
        node = parse_expression(text)
    except DiagnosticError:
        return
    outcome = prepare(node).outcome({"x": Decimal(3), "y": {"a": "b"}})
    literal(outcome.value)
