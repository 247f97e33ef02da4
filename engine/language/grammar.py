"""The grammar of expressions by operator precedence, and what stands in round and square brackets."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from engine.language.cursor import Cursor, show
from engine.language.forms import at_literal, curly, for_form, function, if_form, quantified, subject, word_literal
from engine.language.names import KEYWORDS
from engine.language.parse_types import type_expression
from engine.language.problems import NOTHING_THERE, REPEATED_NAME, UNEXPECTED
from engine.language.tokens import Token, TokenKind
from engine.language.tree import (
    Arithmetic,
    ArithmeticOp,
    Between,
    Call,
    Comparison,
    ComparisonOp,
    Expression,
    Filter,
    In,
    InstanceOf,
    ListLiteral,
    Logic,
    LogicOp,
    Name,
    NamedArgument,
    Negation,
    NumberLiteral,
    OperatorTest,
    Path,
    Range,
    TextLiteral,
)

LOWEST, OR, AND, COMPARE, ADD, MULTIPLY, POWER, NEGATE, INSTANCE, POSTFIX = range(10)

_COMPARISONS = {each.value: each for each in ComparisonOp}
_ARITHMETIC = {each.value: each for each in ArithmeticOp}


def expression(cursor: Cursor, above: int = LOWEST) -> Expression:
    """Read an expression whose operators bind tighter than ``above``."""
    outer = cursor.enter()
    start = cursor.tokens[cursor.position].start
    found = _prefix(cursor)
    operator = _INFIX.get(cursor.words[cursor.position])
    if operator is not None and operator.power > above:
        found = _operators(cursor, found, start, above)
    cursor.leave(outer)
    return found


def test(cursor: Cursor, above: int = LOWEST) -> Expression:
    """Read one unary test: an operator with an operand, an interval, or an expression."""
    if cursor.word in _COMPARISONS:
        return _operator_test(cursor)
    return expression(cursor, above)


def _operators(cursor: Cursor, left: Expression, start: int, above: int) -> Expression:
    while True:
        word = cursor.words[cursor.position]
        operator = _INFIX.get(word)
        if operator is None or operator.power <= above:
            return left
        if word == "[" and cursor.endpoint_at == cursor.brackets and _is_range_end(cursor):
            return left
        left = operator.read(cursor, left, start)
        cursor.height += 1


def _is_range_end(cursor: Cursor) -> bool:
    """Whether ``[`` closes an interval as in ``[1..2[``: what follows cannot begin an index or a condition."""
    after = cursor.tokens[cursor.position + 1]
    if after.kind is TokenKind.END:
        return True
    word = cursor.word_after(1)
    return word in _RANGE_FOLLOWERS


def _logic(cursor: Cursor, left: Expression, start: int) -> Expression:
    word = cursor.word
    operands = [left]
    while cursor.word == word:
        cursor.take()
        operands.append(expression(cursor, AND if word == "and" else OR))
        cursor.count(len(operands), "conditions")
    return Logic(start, cursor.end, LogicOp(word), tuple(operands))


def _comparison(cursor: Cursor, left: Expression, start: int) -> Expression:
    operator = _COMPARISONS[cursor.take().text]
    right = expression(cursor, COMPARE)
    return Comparison(start, cursor.end, operator, left, right)


def _arithmetic(cursor: Cursor, left: Expression, start: int) -> Expression:
    word = cursor.take().text
    right = expression(cursor, _INFIX[word].power)
    return Arithmetic(start, cursor.end, _ARITHMETIC[word], left, right)


def _between(cursor: Cursor, left: Expression, start: int) -> Expression:
    cursor.take()
    low = expression(cursor, COMPARE)
    cursor.expect("and", hint="write `x between low and high`")
    high = expression(cursor, COMPARE)
    return Between(start, cursor.end, left, low, high)


def _in(cursor: Cursor, left: Expression, start: int) -> Expression:
    cursor.take()
    if cursor.word != "(":
        return In(start, cursor.end, left, (test(cursor, COMPARE),))
    inner = cursor.token.start
    opening = cursor.open()
    if cursor.word == "..":
        return In(start, cursor.end, left, (_range_rest(cursor, opening, None),))
    tests = [test(cursor)]
    if cursor.word == "..":
        return In(start, cursor.end, left, (_range_rest(cursor, opening, tests[0]),))
    while cursor.word == ",":
        cursor.take()
        tests.append(test(cursor))
        cursor.count(len(tests), "tests")
    cursor.close(opening, ")")
    if len(tests) == 1 and not isinstance(tests[0], OperatorTest):
        tests = [_operators(cursor, tests[0], inner, COMPARE)]
    return In(start, cursor.end, left, tuple(tests))


def _instance(cursor: Cursor, left: Expression, start: int) -> Expression:
    cursor.take()
    cursor.expect("of", hint="write `x instance of number`")
    kind = type_expression(cursor)
    return InstanceOf(start, cursor.end, left, kind)


def _path(cursor: Cursor, left: Expression, start: int) -> Expression:
    cursor.take()
    token = cursor.token
    known = cursor.known_attribute() if token.kind is TokenKind.NAME else None
    if known:
        cursor.position += known[1]
        return Path(start, cursor.end, left, known[0], token.start)
    if token.kind is not TokenKind.NAME:
        hint = "write the attribute behind the dot, without a space"
        raise cursor.stop(UNEXPECTED, f"an attribute is missing before {show(token)}", token, hint=hint)
    cursor.take()
    return Path(start, cursor.end, left, token.text, token.start)


def _filter(cursor: Cursor, left: Expression, start: int) -> Expression:
    opening = cursor.open()
    condition = expression(cursor)
    cursor.close(opening, "]")
    return Filter(start, cursor.end, left, condition)


def _call(cursor: Cursor, left: Expression, start: int) -> Expression:
    opening = cursor.open()
    named: list[NamedArgument] = []
    positional: list[Expression] = []
    while cursor.word != ")":
        if named or positional:
            if cursor.word != ",":
                break
            cursor.take()
        _argument(cursor, positional, named)
        cursor.count(len(named) + len(positional), "arguments")
    cursor.close(opening, ")")
    return Call(start, cursor.end, left, tuple(positional), tuple(named))


def _argument(cursor: Cursor, positional: list[Expression], named: list[NamedArgument]) -> None:
    token = cursor.token
    count = cursor.name_before(":")
    if bool(count) != bool(named) and (named or positional):
        hint = "give all arguments by name or all by position"
        raise cursor.stop(UNEXPECTED, "arguments with and without names are mixed", token, hint=hint)
    if not count:
        positional.append(expression(cursor))
        return
    name = cursor.name_text(count)
    if any(each.name == name for each in named):
        raise cursor.stop(REPEATED_NAME, f"the argument `{name}` is given twice", token, hint="leave one out")
    cursor.position += count + 1
    value = expression(cursor)
    named.append(NamedArgument(token.start, cursor.end, name, value))


class _Operator(NamedTuple):
    power: int
    read: Callable[[Cursor, Expression, int], Expression]


_INFIX: dict[str, _Operator] = {
    "or": _Operator(OR, _logic),
    "and": _Operator(AND, _logic),
    **{each: _Operator(COMPARE, _comparison) for each in _COMPARISONS},
    "between": _Operator(COMPARE, _between),
    "in": _Operator(COMPARE, _in),
    "+": _Operator(ADD, _arithmetic),
    "-": _Operator(ADD, _arithmetic),
    "*": _Operator(MULTIPLY, _arithmetic),
    "/": _Operator(MULTIPLY, _arithmetic),
    "**": _Operator(POWER, _arithmetic),
    "instance": _Operator(INSTANCE, _instance),
    ".": _Operator(POSTFIX, _path),
    "[": _Operator(POSTFIX, _filter),
    "(": _Operator(POSTFIX, _call),
}


_RANGE_FOLLOWERS = frozenset({*_INFIX, "then", "else", "return", "satisfies", ")", "]", "}", ","} - {"-", "(", "["})


def _prefix(cursor: Cursor) -> Expression:
    kind, text, start, end = cursor.tokens[cursor.position]
    if kind is TokenKind.NUMBER:
        cursor.position += 1
        return NumberLiteral(start, end, Decimal(text))
    if kind is TokenKind.TEXT:
        cursor.position += 1
        return TextLiteral(start, end, text)
    form = _FORMS.get(text)
    return form(cursor) if form else _name(cursor)


def _name(cursor: Cursor) -> Expression:
    token = cursor.token
    if token.kind is not TokenKind.NAME or token.text in KEYWORDS:
        raise _missing(cursor)
    known = cursor.known_name()
    if known:
        cursor.position += known[1]
        return Name(token.start, cursor.end, known[0])
    cursor.take()
    return Name(token.start, token.end, token.text)


def _missing(cursor: Cursor) -> Exception:
    token = cursor.token
    before = cursor.tokens[cursor.position - 1] if cursor.position else None
    if token.kind is TokenKind.END and before is not None:
        message = f"something is missing after {show(before)}"
        return cursor.stop(NOTHING_THERE, message, before, hint="complete the expression")
    message = f"{show(token)} cannot stand here"
    hint = "write a name, a number, a text or a bracket here"
    if cursor.word in _RANGE_FOLLOWERS and token.text not in _COMPARISONS:
        message = f"something is missing before {show(token)}"
        if before is not None:
            message = f"something is missing between {show(before)} and {show(token)}"
        hint = "complete the expression"
    elif token.text in KEYWORDS:
        hint = f"`{token.text}` is a word of the language and cannot be a name"
    elif token.text == "=":
        hint = "one sign `=` compares"
    return cursor.stop(UNEXPECTED, message, token, hint=hint)


def _negation(cursor: Cursor) -> Expression:
    start = cursor.take().start
    token = cursor.token
    if token.kind is TokenKind.NUMBER:
        cursor.take()
        return Negation(start, token.end, NumberLiteral(token.start, token.end, Decimal(token.text)))
    operand = expression(cursor, NEGATE)
    return Negation(start, cursor.end, operand)


def _operator_test(cursor: Cursor) -> Expression:
    token = cursor.take()
    operand = expression(cursor, COMPARE)
    cursor.height += 1
    return OperatorTest(token.start, cursor.end, _COMPARISONS[token.text], operand)


def _parenthesis(cursor: Cursor) -> Expression:
    opening = cursor.open()
    if cursor.word in _COMPARISONS:
        found = _operator_test(cursor)
        cursor.close(opening, ")")
        return found
    if cursor.word == "..":
        return _range_rest(cursor, opening, None)
    first = expression(cursor)
    if cursor.word == "..":
        return _range_rest(cursor, opening, first)
    cursor.close(opening, ")")
    return first


def _square(cursor: Cursor) -> Expression:
    opening = cursor.open()
    if cursor.word == "..":
        return _range_rest(cursor, opening, None)
    items: list[Expression] = []
    while cursor.word != "]":
        if items:
            if cursor.word != ",":
                break
            cursor.take()
        items.append(_item(cursor))
        cursor.count(len(items), "list items")
        if len(items) == 1 and cursor.word == "..":
            return _range_rest(cursor, opening, items[0])
    cursor.close(opening, "]")
    return ListLiteral(opening.start, cursor.end, tuple(items))


def _item(cursor: Cursor) -> Expression:
    """A list item; an operator test stands for itself, so that `x in [<5, >9]` reads."""
    return test(cursor)


def _outward(cursor: Cursor) -> Expression:
    """``]1..2]``: an interval that leaves its lower end out."""
    opening = cursor.open()
    first = None if cursor.word == ".." else expression(cursor)
    if cursor.word != "..":
        raise cursor.stop(
            UNEXPECTED, f"`..` is missing before {show(cursor.token)}", cursor.token, hint="write `]1..5]`"
        )
    return _range_rest(cursor, opening, first)


def _range_rest(cursor: Cursor, opening: Token, low: Expression | None) -> Range:
    cursor.take()
    high = None
    if cursor.word not in (")", "]"):
        outside, cursor.endpoint_at = cursor.endpoint_at, cursor.brackets
        high = expression(cursor)
        cursor.endpoint_at = outside
    closing = cursor.close(opening, ")][" if opening.text == "(" else "])[")
    low_in = opening.text == "[" and low is not None
    high_in = closing.text == "]" and high is not None
    return Range(opening.start, closing.end, low, high, low_in, high_in)


_FORMS: dict[str, Callable[[Cursor], Expression]] = {
    "true": word_literal,
    "false": word_literal,
    "null": word_literal,
    "@": at_literal,
    "?": subject,
    "-": _negation,
    "(": _parenthesis,
    "[": _square,
    "]": _outward,
    "{": curly,
    "if": if_form,
    "for": for_form,
    "some": quantified,
    "every": quantified,
    "function": function,
}
