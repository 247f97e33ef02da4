"""The strict checker: types, what is read, what is known to be present, warnings, remembering.

What authors read when something is wrong is in test_wrong_expressions.py. The rules under test are in
engine.language.checker, engine.language.rules_names, engine.language.rules_operators,
engine.language.rules_comparisons, engine.language.rules_forms, engine.language.rules_calls,
engine.language.foreign_functions, engine.language.presence and engine.language.constants.
"""

from __future__ import annotations

from datetime import date

import pytest

from engine.diagnostics import DiagnosticError
from engine.language import (
    BOOLEAN,
    DATE,
    NUMBER,
    PERCENT,
    TEXT,
    Checked,
    ContextType,
    EnumType,
    ListType,
    MeaningKind,
    MoneyType,
    Origin,
    Scope,
    Type,
    check_expression,
    optional,
)
from engine.language.tree import Call, Name, walk
from engine.language.types import ANY, DAYS_DURATION, describe
from tests.language.example import FAMILY, example_scope

SCOPE = example_scope()


def check(text: str, expected: Type | None = None) -> Checked:
    return check_expression(text, scope=SCOPE, expected=expected, origin=Origin("r.yaml", 3, 5))


def codes(text: str, expected: Type | None = None) -> list[str]:
    with pytest.raises(DiagnosticError) as error:
        check(text, expected)
    return [str(each.code) for each in error.value.diagnostics]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("line.qty * 2", "number"),
        ("line.net * 0.9", "money in EUR"),
        ("line.net + 10", "money in EUR"),
        ("line.net / line.cost", "number"),
        ("line.net / 3", "money in EUR"),
        ("sum(lines.net)", "money in EUR"),
        ("max(lines.qty)", "optional number"),
        ("count(gpu)", "number"),
        ("count(psu)", "number"),
        ("sum(for g in gpu return g.power_w * g.qty)", "number"),
        ("for g in psu return g.watts", "list of number"),
        ("every g in gpu satisfies g.power_w < 500", "boolean"),
        ("lines[qty > 1]", "list of line"),
        ('lines[item.sku = "x"].net', "list of money in EUR"),
        ("lines[1]", "optional line"),
        ('line.start + @"P30D"', "date"),
        ("quote.date - line.start", "days and time duration"),
        ("quote.date.year", "number"),
        ("quote.created.hour", "number"),
        ('"a" + line.sku', "text"),
        ("if line.discountable then line.net else 0", "money in EUR"),
        ("if line.qty > 1 then null else line.qty", "optional number"),
        ("[1, 2]", "list of number"),
        ("{a: 1, b: a + 1}.b", "number"),
        ("string length(line.sku)", "number"),
        ("round half up(line.net * 0.15, 2)", "money in EUR"),
        ("sort(lines, function(a, b) a.qty < b.qty)[1].sku", "optional text"),
        ("substring(start position: 2, string: line.sku)", "text"),
        ("line.weight > 2", "optional boolean"),
        ("line.weight = 2", "boolean"),
        ("line.weight * 2", "optional number"),
        ("[1..5]", "range of number"),
        ("10 in (< 20)", "boolean"),
        ("distinct values(lines.family)", "list of one of family"),
        ("for i in 1..3 return i", "list of number"),
        ('for d in [@"2026-01-01"..@"2026-01-31"] return d', "list of date"),
        ("quote.discount_pct / 2", "number"),
        ("-quote.net", "money in EUR"),
    ],
)
def test_every_expression_has_a_type(text: str, kind: str) -> None:
    assert describe(check(text).type) == kind


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ('customer.segment = "edu" and line.qty > 5', ("customer.segment", "line.qty")),
        ("sum(lines.net)", ("lines.net",)),
        ("sum(for g in gpu return g.power_w * g.qty)", ("gpu", "gpu.power_w", "gpu.qty")),
        ('lines[sku = "x"].net', ("lines.net", "lines.sku")),
        ("count(lines)", ("lines",)),
        ("sort(lines, function(a, b) a.qty < b.qty)", ("lines", "lines.qty")),
        ("1 + 2", ()),
    ],
)
def test_what_an_expression_reads(text: str, reads: tuple[str, ...]) -> None:
    assert check(text).reads == reads


@pytest.mark.parametrize(
    "text",
    [
        "line.weight != null and line.weight > 5",
        "line.weight = null or line.weight > 5",
        "if line.weight = null then 0 else line.weight * 2",
        "if line.weight != null then line.weight * 2 else 0",
        "not(line.weight = null) and line.weight > 5",
        "line.weight != null and (line.qty > 5 or line.weight > 5)",
        "line.weight = 3",
        "line.weight in (1, 2)",
        "max(lines.qty) > 5",
        "some l in lines satisfies l.weight != null and l.weight > 5",
    ],
)
def test_a_tested_attribute_is_used_without_a_warning(text: str) -> None:
    assert not check(text).warnings


@pytest.mark.parametrize(
    "text",
    [
        "line.weight > 5",
        "line.weight > 5 and line.weight != null",
        "line.weight = null and line.weight > 5",
        "line.weight * 2 = 4",
        "some l in lines satisfies l.weight > 5",
        "line.weight in [1..5]",
    ],
)
def test_an_untested_optional_attribute_is_warned_about(text: str) -> None:
    assert {str(each.code) for each in check(text).warnings} == {"FEL201"}


def test_a_test_that_never_fails_and_a_value_given_twice_are_warned_about() -> None:
    assert [str(each.code) for each in check("line.qty = null").warnings] == ["FEL203"]
    warning = check("line.qty in (1, 2, 1)").warnings[0]
    assert str(warning) == "r.yaml:3:24: FEL202: `1` stands here twice; leave one out"


def test_all_problems_are_reported_at_once() -> None:
    assert codes('lin.qty > 5 and line.qtty = 1 and customer.region = "XX" and line.sku * 2 = now()') == [
        "FEL101",
        "FEL102",
        "FEL109",
        "FEL113",
        "FEL107",
    ]


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("line.net", NUMBER, ["FEL112"]),
        ("line.qty", MoneyType("EUR"), []),
        ("line.net", MoneyType(None), []),
        ("quote.usd", MoneyType("EUR"), ["FEL112"]),
        ("15", PERCENT, []),
        ("line.sku", BOOLEAN, ["FEL112"]),
        ('"disk"', FAMILY, []),
        ('if line.qty > 1 then "disk" else "dvd"', FAMILY, ["FEL109"]),
        ("line.weight", NUMBER, []),
    ],
)
def test_the_result_fits_what_is_expected(text: str, expected: Type, found: list[str]) -> None:
    if found:
        assert codes(text, expected) == found
    else:
        assert check(text, expected).expected == expected


def test_dates_written_out_are_constants_of_the_tree() -> None:
    checked = check('date("2026-03-01") < @"2026-04-01" and @"P1D" < duration("P2D")')
    values = [value for each in walk(checked.tree) if (value := checked.constant_of(each)) is not None]
    assert values[:2] == [date(2026, 3, 1), date(2026, 4, 1)]
    assert {checked.type_of(each) for each in walk(checked.tree)} >= {DATE, DAYS_DURATION, BOOLEAN}


def test_names_have_meanings() -> None:
    checked = check("some l in lines satisfies l.qty > count(gpu[qty > 1])")
    meanings = {each.name: checked.meaning_of(each) for each in walk(checked.tree) if isinstance(each, Name)}
    assert meanings["lines"] is not None and meanings["lines"].kind is MeaningKind.ROOT
    assert meanings["l"] is not None and (meanings["l"].kind, meanings["l"].path) == (MeaningKind.VARIABLE, "lines")
    assert meanings["qty"] is not None and (meanings["qty"].kind, meanings["qty"].path) == (
        MeaningKind.FIELD,
        "gpu.qty",
    )
    assert meanings["count"] is None


def test_calls_are_resolved_to_positional_arguments() -> None:
    checked = check('number(decimal separator: ",", from: line.sku)')
    call = next(each for each in walk(checked.tree) if isinstance(each, Call))
    resolved = checked.call_of(call)
    assert resolved is not None and resolved.name == "number"
    assert [each if each is None else checked.text[each.start : each.end] for each in resolved.arguments] == [
        "line.sku",
        None,
        '","',
    ]


def test_an_own_attribute_called_item_is_the_items_attribute() -> None:
    scope = Scope({"lines": ListType(ContextType({"sku": TEXT, "item": ContextType({"watts": NUMBER})}, "line"))})
    assert describe(check_expression("lines[item.watts > 5]", scope=scope).type) == "list of line"
    with pytest.raises(DiagnosticError):
        check_expression('lines[item.sku = "x"]', scope=scope)


def test_a_check_is_remembered_and_moved_to_its_place() -> None:
    scope = example_scope()
    first = check_expression("line.weight > 5", scope=scope, origin=Origin("a.yaml", 1, 1))
    second = check_expression("line.weight > 5", scope=scope, origin=Origin("b.yaml", 7, 3))
    assert second.tree is first.tree
    assert str(second.warnings[0].span) == "b.yaml:7:3"
    assert str(first.warnings[0].span) == "a.yaml:1:1"


def test_types_of_foreign_nodes_are_unknown() -> None:
    assert check("1").type_of(check("2").tree) is ANY


def test_every_stretch_of_a_rule_can_be_named() -> None:
    checked = check("line.qty > 5 and\n  line.net < 3")
    lines = {checked.span_of(each).line for each in walk(checked.tree)}
    assert lines == {3, 4}
    assert all(checked.span_of(each).end_column > 0 for each in walk(checked.tree))


def test_a_context_keeps_the_types_of_its_entries() -> None:
    assert check("{a: 1, b: line.sku}").type == ContextType({"a": NUMBER, "b": TEXT})


def test_texts_written_out_have_the_type_of_their_value() -> None:
    assert check('if line.qty > 1 then "a" else "b"').type == EnumType("", ("a", "b"))
    assert check("if line.qty > 1 then line.note else line.sku").type == optional(TEXT)
    assert check("1").type is NUMBER
