"""Reading expressions and cells: shapes, names of several words, positions."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import DiagnosticError
from engine.language.builtins import FUNCTIONS
from engine.language.cursor import Profile
from engine.language.names import SPACED_FUNCTIONS, KnownNames
from engine.language.parse import parse_expression, parse_unary_tests
from engine.language.problems import Origin
from engine.language.tree import (
    Arithmetic,
    ArithmeticOp,
    Call,
    Comparison,
    ComparisonOp,
    Expression,
    In,
    InstanceOf,
    ListLiteral,
    Logic,
    LogicOp,
    Name,
    Negation,
    NumberLiteral,
    OperatorTest,
    Path,
    Range,
    Subject,
    TextLiteral,
    TypeFunction,
    TypeList,
    TypeName,
    UnaryTests,
    walk,
)

ONE, TWO, THREE = (NumberLiteral(0, 0, Decimal(each)) for each in (1, 2, 3))
A, B, C = (Name(0, 0, each) for each in "abc")


def arithmetic(op: str, left: Expression, right: Expression) -> Arithmetic:
    return Arithmetic(0, 0, ArithmeticOp(op), left, right)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1+2*3", arithmetic("+", ONE, arithmetic("*", TWO, THREE))),
        ("(1+2)*3", arithmetic("*", arithmetic("+", ONE, TWO), THREE)),
        ("1-2-3", arithmetic("-", arithmetic("-", ONE, TWO), THREE)),
        ("1**2**3", arithmetic("**", arithmetic("**", ONE, TWO), THREE)),
        ("-1**2", arithmetic("**", Negation(0, 0, ONE), TWO)),
        ("a or b and c", Logic(0, 0, LogicOp.OR, (A, Logic(0, 0, LogicOp.AND, (B, C))))),
        ("a and b and c", Logic(0, 0, LogicOp.AND, (A, B, C))),
        ("a = b", Comparison(0, 0, ComparisonOp.EQUAL, A, B)),
        ("a in (1..2]", In(0, 0, A, (Range(0, 0, ONE, TWO, False, True),))),
        ("a in ]1..2[", In(0, 0, A, (Range(0, 0, ONE, TWO, False, False),))),
        ("a in (<1, 2)", In(0, 0, A, (OperatorTest(0, 0, ComparisonOp.LESS, ONE), TWO))),
        (
            "a in >= 1 or b",
            Logic(0, 0, LogicOp.OR, (In(0, 0, A, (OperatorTest(0, 0, ComparisonOp.AT_LEAST, ONE),)), B)),
        ),
        ("a in (b) + 1", In(0, 0, A, (arithmetic("+", B, ONE),))),
        ("[..2]", Range(0, 0, None, TWO, False, True)),
        ("(1..)", Range(0, 0, ONE, None, False, False)),
        ("(<1)", OperatorTest(0, 0, ComparisonOp.LESS, ONE)),
        ("[1]", ListLiteral(0, 0, (ONE,))),
        ("a instance of list<number>", InstanceOf(0, 0, A, TypeList(0, 0, TypeName(0, 0, "number")))),
        (
            "a instance of function<>->Any",
            InstanceOf(0, 0, A, TypeFunction(0, 0, (), TypeName(0, 0, "Any"))),
        ),
        ("a.b.c", Path(0, 0, Path(0, 0, A, "b", 0), "c", 0)),
    ],
)
def test_operators_bind_as_the_standard_says(text: str, tree: Expression) -> None:
    assert parse_expression(text) == tree


def test_names_of_several_words_are_found_by_the_longest_match() -> None:
    names = ["net", "net price", "net-price", "Monthly Income"]
    assert parse_expression("net price", names=names) == Name(0, 0, "net price")
    assert parse_expression("net-price", names=names) == Name(0, 0, "net-price")
    assert parse_expression("net - 1", names=names) == arithmetic("-", Name(0, 0, "net"), ONE)
    assert parse_expression("a.Monthly   Income", names=KnownNames(names)) == Path(0, 0, A, "Monthly Income", 0)


def test_local_names_of_several_words_are_known_where_they_are_declared() -> None:
    tree = parse_expression("for unit price in prices return unit price + 1")
    assert Name(0, 0, "unit price") in list(walk(tree))
    with pytest.raises(DiagnosticError):
        parse_expression("[for unit price in prices return unit price, unit price]")
    assert Name(0, 0, "first part") in list(walk(parse_expression("{first part: 1, whole: first part + 1}")))
    assert Name(0, 0, "one thing") in list(walk(parse_expression("function(one thing: number) one thing * 2")))


def test_unknown_words_behind_a_dot_join_in_full_feel_only() -> None:
    assert parse_expression("person.First Name") == Path(0, 0, Name(0, 0, "person"), "First Name", 0)
    with pytest.raises(DiagnosticError):
        parse_expression("person.First Name", profile=Profile.STRICT)


def test_built_ins_with_spaces_are_names() -> None:
    assert {name for name in FUNCTIONS if " " in name} == set(SPACED_FUNCTIONS)
    for name in SPACED_FUNCTIONS:
        assert parse_expression(f"{name}(a)") == Call(0, 0, Name(0, 0, name), (A,))


def test_date_and_time_is_a_function_only_before_its_bracket() -> None:
    assert parse_expression("date and time") == Logic(0, 0, LogicOp.AND, (Name(0, 0, "date"), Name(0, 0, "time")))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("-", UnaryTests(0, 0, ())),
        ("-1", UnaryTests(0, 0, (Negation(0, 0, ONE),))),
        ('"a","b"', UnaryTests(0, 0, (TextLiteral(0, 0, "a"), TextLiteral(0, 0, "b")))),
        ("not(1, 2)", UnaryTests(0, 0, (ONE, TWO), True)),
        ("not([1..2))", UnaryTests(0, 0, (Range(0, 0, ONE, TWO, True, False),), True)),
        (
            "not(a) and b",
            UnaryTests(0, 0, (Logic(0, 0, LogicOp.AND, (Call(0, 0, Name(0, 0, "not"), (A,)), B)),)),
        ),
        ("? > 1", UnaryTests(0, 0, (Comparison(0, 0, ComparisonOp.MORE, Subject(0, 0), ONE),))),
        (
            "> 1, <= 2",
            UnaryTests(0, 0, tuple(OperatorTest(0, 0, ComparisonOp(op), n) for op, n in ((">", ONE), ("<=", TWO)))),
        ),
    ],
)
def test_cells_are_tests(text: str, cell: UnaryTests) -> None:
    assert parse_unary_tests(text) == cell


def test_every_node_knows_its_stretch_of_the_text() -> None:
    text = '  if sum(lines.net) > 1 then {a: "x", b: [1..5]} else f(n: -2)[1]  '
    tree = parse_expression(text)
    assert text[tree.start : tree.end] == text.strip()
    for node in walk(tree):
        assert 0 <= node.start < node.end <= len(text)
    call = next(each for each in walk(tree) if isinstance(each, Call))
    assert text[call.start : call.end] == "sum(lines.net)"


def test_positions_follow_the_origin_over_several_lines() -> None:
    with pytest.raises(DiagnosticError) as error:
        parse_expression("a +\n  b c", origin=Origin("rules.yaml", 10, 7, 5))
    assert str(error.value.diagnostics[0].span) == "rules.yaml:11:9"


@settings(max_examples=300, deadline=None)
@given(st.text("()[]{}<>=.,:?@\"'*+-/ \n1e9abif then else not and in function", max_size=60))
def test_any_text_is_read_or_found_wrong(text: str) -> None:
    for read in (parse_expression, parse_unary_tests):
        try:
            read(text)
        except DiagnosticError as error:
            assert error.diagnostics
            assert all(str(each.code).startswith("FEL") for each in error.diagnostics)


def test_reading_needs_no_deep_stack() -> None:
    assert parse_expression("(" * 59 + "1" + ")" * 59) == ONE
