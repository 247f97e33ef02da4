"""Types of arithmetic: which operators take which kinds of values, and what money does."""

from __future__ import annotations

from engine.diagnostics import Code
from engine.language.checker import Checker
from engine.language.problems import OPERAND_TYPE, TWO_CURRENCIES
from engine.language.relations import currencies_clash, is_numeric, is_text, unite
from engine.language.tree import Arithmetic, ArithmeticOp, Expression, Negation
from engine.language.types import (
    ANY,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NULL,
    NUMBER,
    PERCENT,
    TEXT,
    TIME,
    MoneyType,
    OptionalType,
    Type,
    optional,
    required,
)
from engine.language.wording import a, shown

ADD, SUBTRACT, MULTIPLY = ArithmeticOp.ADD, ArithmeticOp.SUBTRACT, ArithmeticOp.MULTIPLY
DIVIDE, POWER = ArithmeticOp.DIVIDE, ArithmeticOp.POWER

_TEMPORAL: dict[tuple[ArithmeticOp, Type, Type], Type] = {
    (ADD, DATE, DAYS_DURATION): DATE,
    (ADD, DAYS_DURATION, DATE): DATE,
    (ADD, DATE, MONTHS_DURATION): DATE,
    (ADD, MONTHS_DURATION, DATE): DATE,
    (SUBTRACT, DATE, DATE): DAYS_DURATION,
    (SUBTRACT, DATE, DAYS_DURATION): DATE,
    (SUBTRACT, DATE, MONTHS_DURATION): DATE,
    (ADD, DATE_TIME, DAYS_DURATION): DATE_TIME,
    (ADD, DAYS_DURATION, DATE_TIME): DATE_TIME,
    (ADD, DATE_TIME, MONTHS_DURATION): DATE_TIME,
    (ADD, MONTHS_DURATION, DATE_TIME): DATE_TIME,
    (SUBTRACT, DATE_TIME, DATE_TIME): DAYS_DURATION,
    (SUBTRACT, DATE_TIME, DAYS_DURATION): DATE_TIME,
    (SUBTRACT, DATE_TIME, MONTHS_DURATION): DATE_TIME,
    (ADD, TIME, DAYS_DURATION): TIME,
    (ADD, DAYS_DURATION, TIME): TIME,
    (SUBTRACT, TIME, TIME): DAYS_DURATION,
    (SUBTRACT, TIME, DAYS_DURATION): TIME,
    (ADD, DAYS_DURATION, DAYS_DURATION): DAYS_DURATION,
    (SUBTRACT, DAYS_DURATION, DAYS_DURATION): DAYS_DURATION,
    (DIVIDE, DAYS_DURATION, DAYS_DURATION): NUMBER,
    (MULTIPLY, DAYS_DURATION, NUMBER): DAYS_DURATION,
    (MULTIPLY, NUMBER, DAYS_DURATION): DAYS_DURATION,
    (DIVIDE, DAYS_DURATION, NUMBER): DAYS_DURATION,
    (ADD, MONTHS_DURATION, MONTHS_DURATION): MONTHS_DURATION,
    (SUBTRACT, MONTHS_DURATION, MONTHS_DURATION): MONTHS_DURATION,
    (DIVIDE, MONTHS_DURATION, MONTHS_DURATION): NUMBER,
    (MULTIPLY, MONTHS_DURATION, NUMBER): MONTHS_DURATION,
    (MULTIPLY, NUMBER, MONTHS_DURATION): MONTHS_DURATION,
    (DIVIDE, MONTHS_DURATION, NUMBER): MONTHS_DURATION,
}
_TIMELY = frozenset({DATE, TIME, DATE_TIME, DAYS_DURATION, MONTHS_DURATION})


def negation(checker: Checker, node: Expression) -> Type:
    """``-x`` of a number, money or duration."""
    assert isinstance(node, Negation)
    found = checker.use(node.operand)
    inner = required(found)
    if is_numeric(inner) or inner in (DAYS_DURATION, MONTHS_DURATION, ANY):
        return found
    message = f"a minus sign needs a number, but {shown(checker.source(node.operand))} is {a(found)}"
    hint = "use an attribute that is a number"
    checker.findings.error(OPERAND_TYPE, message, node.operand.start, node.operand.end, hint=hint)
    return ANY


def arithmetic(checker: Checker, node: Expression) -> Type:
    """``+ - * / **`` of numbers and money, joining of texts, moving of dates."""
    assert isinstance(node, Arithmetic)
    left, right = checker.use(node.left), checker.use(node.right)
    if left is ANY or right is ANY:
        return ANY
    found = _result(checker, node, required(left), required(right))
    maybe = isinstance(left, OptionalType) or isinstance(right, OptionalType)
    return optional(found) if maybe else found


def _result(checker: Checker, node: Arithmetic, left: Type, right: Type) -> Type:
    if is_numeric(left) and is_numeric(right):
        return _of_numbers(checker, node, left, right)
    if is_text(left) and is_text(right) and node.op is ADD:
        return TEXT
    plain = NUMBER if right == PERCENT else right
    found = _TEMPORAL.get((node.op, NUMBER if left == PERCENT else left, plain))
    return found if found is not None else _misfit(checker, node, left, right)


def _of_numbers(checker: Checker, node: Arithmetic, left: Type, right: Type) -> Type:
    if currencies_clash(left, right):
        assert isinstance(left, MoneyType) and isinstance(right, MoneyType)
        message = (
            f"{_part(checker, node.left)} is in {left.currency} and {_part(checker, node.right)} is in {right.currency}"
        )
        _report(checker, node, TWO_CURRENCIES, message, "amounts of two currencies cannot be calculated together")
        return ANY
    monies = isinstance(left, MoneyType) + isinstance(right, MoneyType)
    match node.op:
        case ArithmeticOp.ADD | ArithmeticOp.SUBTRACT:
            return unite(left, right) or NUMBER
        case ArithmeticOp.MULTIPLY if monies == 2:
            message = (
                f"{_part(checker, node.left)} and {_part(checker, node.right)} are both money and cannot be multiplied"
            )
            _report(checker, node, OPERAND_TYPE, message, "multiply an amount by a number")
            return ANY
        case ArithmeticOp.MULTIPLY:
            return left if isinstance(left, MoneyType) else right if monies else NUMBER
        case ArithmeticOp.DIVIDE:
            return left if isinstance(left, MoneyType) and monies == 1 else NUMBER
        case ArithmeticOp.POWER if monies:
            _report(checker, node, OPERAND_TYPE, "money has no power", "use a plain number")
            return ANY
        case _:
            return NUMBER


def _misfit(checker: Checker, node: Arithmetic, left: Type, right: Type) -> Type:
    sign = node.op.value
    named = ((node.left, left), (node.right, right))
    if left is NULL or right is NULL:
        _report(checker, node, OPERAND_TYPE, f"`{sign}` cannot be used with `null`", "test with `= null` first")
        return ANY
    if node.op is ADD and is_text(left) != is_text(right) and (is_text(left) or is_text(right)):
        other = node.right if is_text(left) else node.left
        message = f"`+` joins two texts or adds two numbers, but {_sides(checker, named)}"
        hint = f"write `string({checker.source(other)})` to make it a text"
    elif left in _TIMELY or right in _TIMELY:
        message = f"`{sign}` cannot be used when {_sides(checker, named)}"
        hint = 'a date moves by a duration: `quote.date + @"P30D"`, or `@"P1M"` for a month'
    else:
        wrong = [each for each in named if not is_numeric(each[1])]
        message = f"`{sign}` needs numbers, but {_sides(checker, tuple(wrong))}"
        hint = _number_hint(checker, wrong[0][0], wrong[0][1])
    _report(checker, node, OPERAND_TYPE, message, hint)
    return ANY


def _number_hint(checker: Checker, node: Expression, kind: Type) -> str:
    if is_text(kind):
        return f"write `number({checker.source(node)})` when the text holds a number"
    return "use an attribute that is a number"


def _sides(checker: Checker, sides: tuple[tuple[Expression, Type], ...]) -> str:
    return " and ".join(f"{_part(checker, node)} is {a(kind)}" for node, kind in sides)


def _part(checker: Checker, node: Expression) -> str:
    return shown(checker.source(node))


def _report(checker: Checker, node: Expression, code: Code, message: str, hint: str) -> None:
    checker.findings.error(code, message, node.start, node.end, hint=hint)
