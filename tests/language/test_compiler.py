"""Compiled expressions: values, faults at their places, what is remembered.

The generation of each construct is also proven against the evaluator in test_agreement.py. Under test here:
engine.language.emitter, engine.language.emit_values, engine.language.emit_tests, engine.language.emit_lists,
engine.language.runtime and engine.language.faults.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from engine.diagnostics import DiagnosticError
from engine.language import (
    BOOLEAN,
    DATE_TIME,
    NUMBER,
    TIME,
    ContextType,
    EvaluationFault,
    MoneyType,
    Origin,
    RangeType,
    Scope,
    Type,
    check_expression,
    compile_all,
    compile_one,
    optional,
)
from engine.language.runtime import MOST_STEPS
from engine.language.values.interval import RangeValue
from engine.language.values.reading import read_date_time, read_time
from tests.language.example import ROOTS, example_scope, line, records

SCOPE = example_scope()


def value(text: str, expected: Type | None = None, **changes: object) -> object:
    _, *others = records()
    return compile_one(check_expression(text, scope=SCOPE, expected=expected))(line(**changes), *others)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
        ("0.1 + 0.2", Decimal("0.3")),
        ("2 ** 0.5 * 2 ** 0.5 > 1.99", True),
        ("line.net * 0.155", Decimal("12.40000")),
        ("-line.qty", Decimal(-5)),
        ('line.sku + "!"', "DISK-1T!"),
        ('quote.date - line.start = @"P55D"', True),
        ('quote.date + @"P1M"', date(2026, 4, 1)),
        ("quote.date.weekday", Decimal(7)),
        ("lines.qty", (Decimal(5), Decimal(1))),
        ("lines.weight", (None, Decimal(3))),
        ("lines[qty > 1].sku", ("DISK-1T",)),
        ("lines[-1].sku", "MEM-16"),
        ("lines[3]", None),
        ("lines[weight > 1].sku", ("MEM-16",)),
        ("sum(lines.net)", Decimal("100.00")),
        ("sum(lines[qty > 99].net)", Decimal(0)),
        ("count(lines[qty > 99])", Decimal(0)),
        ("count(psu)", Decimal(1)),
        ("sum(for p in psu return p.watts)", Decimal(850)),
        ("min(lines.qty)", Decimal(1)),
        ("min(lines[qty > 99].qty)", None),
        ("max(line.start, quote.date)", date(2026, 3, 1)),
        ("for i in 3..1 return i", (Decimal(3), Decimal(2), Decimal(1))),
        ("for i in [1..3) return i", (Decimal(1), Decimal(2))),
        ('for d in [@"2026-02-28"..@"2026-03-01"] return d.day', (Decimal(28), Decimal(1))),
        ("for a in 1..2, b in a..2 return a * b", (Decimal(1), Decimal(2), Decimal(4))),
        ("sort(lines, function(a, b) a.qty < b.qty).sku", ("MEM-16", "DISK-1T")),
        ("{a: 1, b: a + 1, c: {d: b * 2}}.c.d", Decimal(4)),
        ("line.weight * 2", None),
        ("line.weight > 2", False),
        ("not(line.weight > 2)", False),
        ("line.weight > 2 or line.qty = 5", True),
        ("line.weight > 2 and line.qty = 5", False),
        ("not(line.weight > 2 and line.qty = 6)", True),
        ("some l in lines satisfies l.weight > 2", True),
        ("every l in lines satisfies l.weight > 2", False),
        ("if line.weight > 2 then 1 else 2", Decimal(2)),
        ("line.weight = null", True),
        ('string("a") + string(line.qty)', "a5"),
        ("[1..5].start", Decimal(1)),
        ("(< 10) = (< 10)", True),
        ("5 in ((< 10))", True),
        ("before(line.start, quote.date)", True),
        ("line.qty in [line.qty..line.qty]", True),
        ("line.qty in (< line.weight, 5)", True),
        ('"MEM-16" in lines.sku', True),
        ("line.sku in (quote.codes, lines.sku)", True),
        ("lines[1].net in [1..100]", True),
    ],
)
def test_values(text: str, result: object) -> None:
    assert value(text) == result


TOO_LONG = "sum(for i in 1..1000, j in 1..1000 return i)" if sys.version_info < (3, 12) else "i in 1..1000"
"""Python 3.12 runs a comprehension inside the function around it, and knows the line of its first clause."""


@pytest.mark.parametrize(
    ("text", "code", "failing"),
    [
        ("line.net + line.net / (line.qty - 5)", "FEL301", "line.net / (line.qty - 5)"),
        ("1 + 10 ** 7000", "FEL305", "10 ** 7000"),
        ("9E6144 * 10", "FEL302", "9E6144 * 10"),
        ("1 + sum(for i in 1..1000, j in 1..1000 return i)", "FEL303", TOO_LONG),
        ('1 + number("x")', "FEL305", 'number("x")'),
        ("1 + sum(for i in 1..line.qty / 3 return i)", "FEL305", "i in 1..line.qty / 3"),
        ('"a" + replace(line.sku, line.sku + "(", "")', "FEL305", 'replace(line.sku, line.sku + "(", "")'),
    ],
)
def test_a_fault_is_told_at_the_part_that_failed(text: str, code: str, failing: str) -> None:
    with pytest.raises(EvaluationFault) as error:
        value(text)
    span = error.value.span
    assert (str(error.value.code), text[span.column - 1 : span.end_column - 1]) == (code, failing)


def test_the_place_of_a_fault_is_that_of_the_failing_operation() -> None:
    text = "line.net +\n  line.net / (line.qty - 5)"
    checked = check_expression(text, scope=SCOPE, origin=Origin("prices.yaml", 10, 8, 6))
    with pytest.raises(EvaluationFault) as error:
        compile_one(checked)(*records())
    assert str(error.value) == "prices.yaml:11:8: FEL301: division by zero; test the divisor first"


def test_a_record_without_its_attribute_is_a_fault() -> None:
    _, *others = records()
    run = compile_one(check_expression("line.qty > 1", scope=SCOPE))
    with pytest.raises(EvaluationFault, match="FEL304: the attribute `qty` has no value"):
        run({"sku": "x"}, *others)
    with pytest.raises(EvaluationFault, match="FEL304: a value is missing"):
        run(line(qty=5) | {"qty": None}, *others)


def test_a_formula_that_must_have_a_value_says_when_it_has_none() -> None:
    assert value("line.weight", optional(NUMBER)) is None
    with pytest.raises(EvaluationFault, match="FEL304: the value is missing"):
        value("line.weight", NUMBER)
    assert value("line.weight > 1", BOOLEAN) is False


def test_an_optional_attribute_may_be_left_out_of_the_record() -> None:
    record = {key: each for key, each in line().items() if key != "weight"}
    run = compile_one(check_expression("line.weight = null", scope=SCOPE))
    assert run(record, *records()[1:]) is True


@pytest.mark.parametrize(
    ("text", "empty", "filled"),
    [
        ("count(gpu)", Decimal(0), Decimal(1)),
        ("count(gpu) = 0", True, False),
        ("sum(for g in gpu return g.watts)", Decimal(0), Decimal(9)),
        ("sum(gpu.watts)", Decimal(0), Decimal(9)),
        ("max(gpu.watts)", None, Decimal(9)),
        ("count(gpu[watts > 5])", Decimal(0), Decimal(1)),
        ("every g in gpu satisfies g.watts > 20", True, False),
        ("some g in gpu satisfies g.watts > 5", False, True),
        ("list contains(gpu.watts, 9)", False, True),
        ("gpu != null and gpu.watts > 5", False, True),
    ],
)
def test_a_slot_that_may_be_empty_is_a_list_of_one_or_none(text: str, empty: object, filled: object) -> None:
    scope = Scope({"gpu": optional(ContextType({"watts": NUMBER}, "gpu"))})
    checked = check_expression(text, scope=scope)
    run = compile_one(checked)
    assert not checked.warnings
    assert (run(None), run({"watts": Decimal(9)})) == (empty, filled)


def test_an_attribute_of_an_empty_slot_is_missing() -> None:
    scope = Scope({"gpu": optional(ContextType({"watts": NUMBER}, "gpu"))})
    checked = check_expression("gpu.watts > 5", scope=scope)
    assert [str(each.code) for each in checked.warnings] == ["FEL201"]
    assert compile_one(checked)(None) is False


def test_times_and_moments_are_compared_by_their_own_rules() -> None:
    scope = Scope({"at": TIME, "moment": DATE_TIME, "span": RangeType(NUMBER)})
    texts = (
        'at < @"11:00:00Z"',
        'at = @"12:30:00+02:00"',
        'moment between @"2026-01-01T00:00:00Z" and @"2026-12-31T00:00:00Z"',
        'moment in [@"2026-01-01T00:00:00Z"..@"2026-02-01T00:00:00Z"]',
        "5 in span",
    )
    runs = compile_all([check_expression(text, scope=scope) for text in texts])
    moment = read_date_time("2026-03-01T10:30:00Z")
    span = RangeValue(Decimal(1), Decimal(5), True, False)
    assert [run(read_time("10:30:00Z"), moment, span) for run in runs] == [True, True, True, False, False]
    with pytest.raises(EvaluationFault, match="FEL305"):
        runs[0](read_time("10:30:00"), moment, span)


def test_one_module_serves_a_whole_batch_and_the_same_text_shares_its_code() -> None:
    scope = example_scope()
    texts = ["line.qty > 1", "line.qty > 2", "line.qty > 1"]
    checked = [check_expression(text, scope=scope, origin=Origin("a", place)) for place, text in enumerate(texts, 1)]
    first, second, third = compile_all(checked)
    assert first.__globals__ is second.__globals__  # type: ignore[attr-defined]
    assert first.__code__.co_code == third.__code__.co_code  # type: ignore[attr-defined]
    assert compile_one(checked[0]) is first
    with pytest.raises(EvaluationFault, match="^a:3:1:"):
        third({}, *records()[1:])
    with pytest.raises(EvaluationFault, match="^a:1:1:"):
        first({}, *records()[1:])


def test_generated_code_reaches_nothing_of_the_machine() -> None:
    run = compile_one(check_expression("line.qty > 1", scope=SCOPE))
    builtins = run.__globals__["__builtins__"]  # type: ignore[attr-defined]
    assert set(builtins) == {"len", "min", "max", "any", "all", "tuple"}


def test_names_of_authors_never_become_names_of_the_machine() -> None:
    scope = Scope({"__import__": NUMBER, "None": NUMBER, "lambda": ContextType({"class": NUMBER, "a'b": NUMBER}, "x")})
    run = compile_one(check_expression("__import__ + None + lambda.class", scope=scope))
    assert run(Decimal(1), Decimal(2), {"class": Decimal(3)}) == 6


def test_texts_are_carried_safely() -> None:
    for text in ('"\\"", "', "'''", "\\\\n", "\u2028", "{x}", "\0", "é\U0001f40e"):
        quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        assert value(f'{quoted} + ""') == text


NESTED = {
    "brackets": ("(", "1", " + 1)"),
    "signs": ("-(", "1", ")"),
    "calls": ("round half up(", "1", ", 2)"),
    "branches": ("if true then ", "1", " else 2"),
    "loops inside": ("sum(for x in [1] return ", "1", ")"),
    "loops over": ("for x in ", "[1]", " return x"),
    "questions": ("some x in [1] satisfies ", "true", ""),
    "filters": ("[1][", "true", "] = [1]"),
    "contexts": ("{a: 1, b: a + ", "1", "}.b"),
    "lists": ("[", "1", "]"),
    "and": ("true and (", "true", ")"),
    "absent": ("line.weight > 1 and not(", "line.weight > 2", ")"),
    "sorted": ("sort(", "lines", ", function(a, b) a.qty < b.qty)"),
    "texts": ('"a" + (', '"b"', ")"),
}


@pytest.mark.parametrize("name", NESTED)
def test_whatever_may_be_nested_compiles_at_its_deepest(name: str) -> None:
    opening, middle, closing = NESTED[name]
    checked = None
    for depth in range(1, 101):
        try:
            checked = check_expression(opening * depth + middle + closing * depth, scope=SCOPE)
        except DiagnosticError as error:
            assert [str(each.code) for each in error.diagnostics] == ["FEL007"]
            break
    assert checked is not None
    compile_one(checked)(*records())


def test_long_rows_compile() -> None:
    assert value(" + ".join(["line.qty"] * 58)) == 290
    assert value(" and ".join(["line.qty > 1"] * 900)) is True


@pytest.mark.parametrize(
    "text",
    [
        "line.weight > 1 and line.weight < 5",
        "line.weight < 1 or line.weight > 5",
        "not(line.weight > 1) and line.weight < 5",
        "if line.weight > 1 then false else line.weight < 5",
        "if not(line.weight > 1) then line.weight < 5 else line.weight > 7",
        "line.weight > 1 and (line.weight < 5 or line.weight * 2 > 3)",
    ],
)
def test_a_missing_value_never_stops_a_condition(text: str) -> None:
    assert value(text, BOOLEAN) is False


def test_functions_run_on_several_threads() -> None:
    run = compile_one(check_expression("sum(for i in 1..300, l in lines return l.qty * i / 7) > 1", scope=SCOPE))
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: run(*records()), range(50)))


def test_steps_are_bounded_for_each_run_on_its_own() -> None:
    run = compile_one(check_expression("sum(for i in 1..200, j in 1..200 return 1)", scope=SCOPE))
    assert run(*records()) == 40_000
    assert run(*records()) == 40_000
    assert MOST_STEPS < 10_000_000


def test_money_of_the_books_own_currency() -> None:
    scope = Scope({"price": MoneyType(None)})
    checked = check_expression("price * 1.19", scope=scope, expected=MoneyType("EUR"))
    assert compile_one(checked)(Decimal("10.00")) == Decimal("11.9000")


def test_roots_are_taken_in_the_order_of_the_scope() -> None:
    assert list(ROOTS) == ["line", "quote", "customer", "lines", "gpu", "psu"]
