"""Decision tables called from formulas of the strict profile."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.diagnostics import DiagnosticError
from engine.language import (
    BOOLEAN,
    NUMBER,
    TEXT,
    ContextType,
    EnumType,
    EvaluationFault,
    ListType,
    Scope,
    Type,
    check_expression,
    compile_one,
    optional,
)
from engine.language.tables import (
    Aggregation,
    DecisionTable,
    HitPolicy,
    Input,
    Output,
    Rule,
    result_type,
    table_function,
)

TABLE = DecisionTable(
    (Input("age"), Input("member")),
    (Output("price"),),
    (Rule(("< 18", "-"), ("5",)), Rule((">= 18", "true"), ("age / 2",)), Rule((">= 18", "false"), ("20",))),
)
INPUTS: dict[str, Type] = {"age": NUMBER, "member": BOOLEAN}
ROOTS: dict[str, Type] = {"years": NUMBER, "maybe": optional(NUMBER), "name": TEXT}


def value(text: str, *roots: object, table: DecisionTable = TABLE, result: Type = NUMBER, **inputs: Type) -> object:
    function = table_function("price", table, inputs or INPUTS, result)
    scope = Scope(ROOTS, {"price": function})
    return compile_one(check_expression(text, scope=scope))(*(roots or (Decimal(40), None, "x")))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("price(17, true)", 5),
        ("price(years, true) + 1", 21),
        ("price(member: false, age: years)", 20),
        ("if price(years, false) > 19 then 1 else 2", 1),
        ("sum(for y in [10, 20, 30] return price(y, true))", 30),
        ("price(maybe, true)", None),
    ],
)
def test_a_table_is_called_like_a_built_in(text: str, wanted: object) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("price(1)", "`price` does not take one argument; write `price(age, member)`"),
        ("price(name, true)", "`price` needs a number, but `name` is a text"),
        ("price(ages: 1, member: true)", "`price` has no argument `ages`; did you mean `age`?"),
        ("prise(1, true)", "unknown function `prise`; did you mean `price`?"),
        ("price + 1", "`price` is a function and needs its arguments; write `price(...)`"),
    ],
)
def test_a_wrong_call_is_told(text: str, says: str) -> None:
    with pytest.raises(DiagnosticError) as error:
        value(text)
    assert says in str(error.value)


def test_a_missing_argument_gives_no_value_and_may_be_tested() -> None:
    scope = Scope(ROOTS, {"price": table_function("price", TABLE, INPUTS, NUMBER)})
    checked = check_expression("price(maybe, true)", scope=scope)
    assert checked.type == optional(NUMBER)
    assert "may be missing" in checked.warnings[0].message
    assert checked.reads == ("maybe",)


def test_an_input_that_may_be_missing_is_given_to_the_table() -> None:
    table = DecisionTable((Input("age"),), (Output("o"),), (Rule(("null",), ("1",)), Rule((">= 0",), ("2",))))
    scope = Scope(ROOTS, {"price": table_function("price", table, {"age": optional(NUMBER)}, NUMBER)})
    checked = check_expression("price(maybe) + price(null)", scope=scope)
    assert (checked.type, checked.warnings) == (NUMBER, ())
    assert compile_one(checked)(Decimal(1), None, "") == 2
    assert compile_one(checked)(Decimal(1), Decimal(3), "") == 3


def test_a_needed_input_beside_one_that_may_be_missing() -> None:
    given: dict[str, Type] = {"age": NUMBER, "member": optional(BOOLEAN)}
    assert value("price(maybe, null)", **given) is None
    assert value("price(3, null)", **given) == 5


def test_a_violated_hit_policy_is_a_fault_at_its_place() -> None:
    rules = (Rule(("> 1",), ("1",)), Rule(("> 2",), ("2",)))
    table = DecisionTable((Input("age"),), (Output("o"),), rules)
    assert value("price(2)", table=table, age=NUMBER) == 1
    with pytest.raises(EvaluationFault, match="1:5: FEL305: more than one rule matches") as fault:
        value("1 + price(3)", table=table, age=NUMBER)
    assert fault.value.span.column == 5


def test_several_outputs_are_a_record() -> None:
    outputs = (Output("a"), Output("b"))
    table = DecisionTable((Input("age"),), outputs, (Rule(("> 1",), ('"x"', "2")),))
    record = result_type(table, [TEXT, NUMBER], complete=True)
    assert value("price(3).b + string length(price(2).a)", table=table, result=record, age=NUMBER) == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("t(kind)", '`t` knows "edu", "retail", but `kind` may be "gov"; add the words to the `values` of the table'),
        ('t("edi")', '`t` knows "edu", "retail", but not `"edi"`; did you mean `"edu"`?'),
        ('t("city")', '`t` knows "edu", "retail", but not `"city"`; write one of these words'),
        ("t(name)", "`t` needs a value of `s`, but `name` is a text; add the words"),
    ],
)
def test_a_word_that_the_table_does_not_know_is_told(text: str, says: str) -> None:
    table = DecisionTable((Input("s"),), (Output("o"),), (Rule(("-",), ("1",)),))
    function = table_function("t", table, {"s": EnumType("s", ("edu", "retail"))}, NUMBER)
    scope = Scope({"kind": EnumType("kind", ("edu", "gov")), "name": TEXT}, {"t": function})
    with pytest.raises(DiagnosticError) as error:
        check_expression(text, scope=scope)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("policy", "more", "wanted"),
    [
        (HitPolicy.UNIQUE, {}, optional(TEXT)),
        (HitPolicy.UNIQUE, {"complete": True}, TEXT),
        (HitPolicy.UNIQUE, {"default": '"x"'}, TEXT),
        (HitPolicy.RULE_ORDER, {}, optional(ListType(TEXT))),
        (HitPolicy.OUTPUT_ORDER, {"complete": True}, ListType(TEXT)),
        (HitPolicy.COLLECT, {}, ListType(TEXT)),
        (HitPolicy.COLLECT, {"aggregation": Aggregation.COUNT}, NUMBER),
        (HitPolicy.COLLECT, {"aggregation": Aggregation.MIN}, optional(TEXT)),
    ],
)
def test_what_a_table_gives(policy: HitPolicy, more: dict[str, Any], wanted: Type) -> None:
    outputs = (Output("a", default=more.get("default", "")),)
    table = DecisionTable((Input("x"),), outputs, (), policy, more.get("aggregation", Aggregation.LIST))
    assert result_type(table, [TEXT], complete="complete" in more) == wanted


def test_an_output_without_a_default_may_be_missing() -> None:
    table = DecisionTable((Input("x"),), (Output("a", default="1"), Output("b")), ())
    assert result_type(table, [NUMBER, TEXT], complete=False) == ContextType({"a": NUMBER, "b": optional(TEXT)})
