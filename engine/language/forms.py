"""Reads the forms that begin with a word or a brace: literals, contexts, conditions, iterations, functions."""

from __future__ import annotations

from engine.language.cursor import Cursor, show
from engine.language.names import KEYWORDS
from engine.language.parse_types import type_expression
from engine.language.problems import BAD_LITERAL, REPEATED_NAME, UNEXPECTED
from engine.language.tokens import TokenKind
from engine.language.tree import (
    AtLiteral,
    BooleanLiteral,
    ContextEntry,
    ContextLiteral,
    Expression,
    For,
    FunctionDefinition,
    If,
    Iteration,
    NullLiteral,
    Parameter,
    Quantified,
    Quantifier,
    Subject,
)


def word_literal(cursor: Cursor) -> Expression:
    """Read ``true``, ``false`` or ``null``."""
    token = cursor.take()
    if token.text == "null":
        return NullLiteral(token.start, token.end)
    return BooleanLiteral(token.start, token.end, token.text == "true")


def at_literal(cursor: Cursor) -> Expression:
    """Read ``@"2026-03-01"``."""
    start = cursor.take().start
    token = cursor.token
    if token.kind is not TokenKind.TEXT:
        hint = 'write for example `@"2026-03-01"` or `@"P30D"`'
        raise cursor.stop(BAD_LITERAL, "a date, time or duration in quotes is missing after `@`", token, hint=hint)
    cursor.take()
    return AtLiteral(start, token.end, token.text)


def subject(cursor: Cursor) -> Expression:
    """Read ``?``."""
    token = cursor.take()
    return Subject(token.start, token.end)


def curly(cursor: Cursor) -> Expression:
    """Read a context."""
    opening = cursor.open()
    entries: list[ContextEntry] = []
    declared: list[str] = []
    while cursor.word != "}":
        if entries:
            if cursor.word != ",":
                break
            cursor.take()
        entries.append(_entry(cursor, entries))
        declared.append(entries[-1].name)
        cursor.declare(entries[-1].name)
        cursor.count(len(entries), "entries")
    for name in declared:
        cursor.local.drop(name)
    cursor.close(opening, "}")
    return ContextLiteral(opening.start, cursor.end, tuple(entries))


def _entry(cursor: Cursor, before: list[ContextEntry]) -> ContextEntry:
    token = cursor.token
    if token.kind is TokenKind.TEXT and cursor.word_after(1) == ":":
        name, count = token.text, 1
    else:
        count = cursor.name_before(":")
        if not count:
            hint = "an entry is written `name: value`"
            raise cursor.stop(UNEXPECTED, f"an entry name is missing before {show(token)}", token, hint=hint)
        name = cursor.name_text(count)
    if any(each.name == name for each in before):
        raise cursor.stop(REPEATED_NAME, f"the entry `{name}` is given twice", token, hint="leave one out")
    cursor.position += count + 1
    value = cursor.expression()
    return ContextEntry(token.start, cursor.end, name, value)


def if_form(cursor: Cursor) -> Expression:
    """Read ``if condition then value else value``."""
    start = cursor.take().start
    hint = "write `if condition then value else value`"
    condition = cursor.expression()
    cursor.expect("then", hint=hint)
    consequence = cursor.expression()
    cursor.expect("else", hint=hint)
    alternative = cursor.expression()
    return If(start, cursor.end, condition, consequence, alternative)


def for_form(cursor: Cursor) -> Expression:
    """Read ``for x in list return value``."""
    start = cursor.take().start
    iterations = _iterations(cursor, "return", "write `for x in list return value`")
    result = cursor.expression()
    _forget(cursor, iterations)
    return For(start, cursor.end, iterations, result)


def quantified(cursor: Cursor) -> Expression:
    """Read ``some`` or ``every``."""
    token = cursor.take()
    iterations = _iterations(cursor, "satisfies", f"write `{token.text} x in list satisfies condition`")
    condition = cursor.expression()
    _forget(cursor, iterations)
    return Quantified(token.start, cursor.end, Quantifier(token.text), iterations, condition)


def _forget(cursor: Cursor, iterations: tuple[Iteration, ...]) -> None:
    for each in iterations:
        cursor.local.drop(each.name)


def _iterations(cursor: Cursor, last: str, hint: str) -> tuple[Iteration, ...]:
    found = [_iteration(cursor, hint)]
    while cursor.word == ",":
        cursor.take()
        found.append(_iteration(cursor, hint))
        cursor.count(len(found), "iterations")
    cursor.expect(last, hint=hint)
    return tuple(found)


def _iteration(cursor: Cursor, hint: str) -> Iteration:
    token = cursor.token
    count = cursor.name_before("in")
    if not count or token.text in KEYWORDS:
        raise cursor.stop(UNEXPECTED, f"a name and `in` are missing before {show(token)}", token, hint=hint)
    name = cursor.name_text(count)
    cursor.position += count + 1
    source = cursor.expression()
    until = None
    if cursor.word == "..":
        cursor.take()
        until = cursor.expression()
    cursor.declare(name)
    return Iteration(token.start, cursor.end, name, source, until)


def function(cursor: Cursor) -> Expression:
    """Read a function definition."""
    start = cursor.take().start
    if cursor.word != "(":
        hint = "write `function(a, b) a + b`"
        raise cursor.stop(UNEXPECTED, f"`(` is missing before {show(cursor.token)}", cursor.token, hint=hint)
    opening = cursor.open()
    parameters: list[Parameter] = []
    while cursor.word != ")":
        if parameters:
            if cursor.word != ",":
                break
            cursor.take()
        parameters.append(_parameter(cursor, parameters))
        cursor.declare(parameters[-1].name)
        cursor.count(len(parameters), "parameters")
    cursor.close(opening, ")")
    external = cursor.word == "external"
    if external:
        cursor.take()
    body = cursor.expression()
    for each in parameters:
        cursor.local.drop(each.name)
    return FunctionDefinition(start, cursor.end, tuple(parameters), body, external)


def _parameter(cursor: Cursor, before: list[Parameter]) -> Parameter:
    token = cursor.token
    count = cursor.name_before(":", ",", ")")
    if not count:
        hint = "write `function(a, b) a + b`"
        raise cursor.stop(UNEXPECTED, f"a parameter is missing before {show(token)}", token, hint=hint)
    name = cursor.name_text(count)
    if any(each.name == name for each in before):
        raise cursor.stop(REPEATED_NAME, f"the parameter `{name}` is given twice", token, hint="leave one out")
    cursor.position += count
    kind = None
    if cursor.word == ":":
        cursor.take()
        kind = type_expression(cursor)
    return Parameter(token.start, cursor.end, name, kind)
