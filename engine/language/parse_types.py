"""Reads type expressions: ``number``, ``list<date>``, ``context<a: number>``, ``function<number>->string``."""

from __future__ import annotations

from dataclasses import replace

from engine.language.cursor import Cursor, show
from engine.language.names import KEYWORDS, TYPE_NAMES
from engine.language.problems import UNEXPECTED
from engine.language.tokens import TokenKind
from engine.language.tree import (
    TypeContext,
    TypeExpression,
    TypeField,
    TypeFunction,
    TypeList,
    TypeName,
    TypeRange,
)


def type_expression(cursor: Cursor) -> TypeExpression:
    """Read one type."""
    outer = cursor.enter()
    start = cursor.token.start
    generic = cursor.word if cursor.word_after(1) == "<" else ""
    found: TypeExpression
    match generic:
        case "list":
            found = TypeList(start, 0, _single(cursor))
        case "range":
            found = TypeRange(start, 0, _single(cursor))
        case "context":
            found = TypeContext(start, 0, _fields(cursor))
        case "function":
            found = _function(cursor)
        case _:
            found = _named(cursor)
    cursor.leave(outer)
    return replace(found, end=cursor.end)


def _single(cursor: Cursor) -> TypeExpression:
    cursor.take()
    cursor.take()
    item = type_expression(cursor)
    cursor.expect(">", hint="close the type with `>`")
    return item


def _fields(cursor: Cursor) -> tuple[TypeField, ...]:
    cursor.take()
    cursor.take()
    found: list[TypeField] = []
    while cursor.word != ">":
        if found:
            cursor.expect(",", hint="separate the entries of a context type with commas")
        start = cursor.token.start
        count = cursor.name_before(":")
        if not count:
            raise cursor.stop(
                UNEXPECTED,
                f"an entry name is missing before {show(cursor.token)}",
                cursor.token,
                hint="write `context<name: type>`",
            )
        name = cursor.name_text(count)
        cursor.position += count + 1
        kind = type_expression(cursor)
        found.append(TypeField(start, cursor.end, name, kind))
        cursor.count(len(found), "entries")
    cursor.take()
    return tuple(found)


def _function(cursor: Cursor) -> TypeFunction:
    start = cursor.take().start
    cursor.take()
    parameters: list[TypeExpression] = []
    while cursor.word != ">":
        if parameters:
            cursor.expect(",", hint="separate parameter types with commas")
        parameters.append(type_expression(cursor))
        cursor.count(len(parameters), "parameters")
    cursor.take()
    cursor.expect("->", hint="write `function<types>->result`")
    return TypeFunction(start, 0, tuple(parameters), type_expression(cursor))


def _named(cursor: Cursor) -> TypeName:
    start = cursor.token.start
    here = cursor.tokens, cursor.position
    spaced = TYPE_NAMES.longest(*here) or cursor.known.longest(*here)
    if spaced:
        cursor.position += spaced[1]
        return TypeName(start, 0, spaced[0])
    if cursor.token.kind is not TokenKind.NAME or cursor.word in KEYWORDS - {"function", "null"}:
        raise cursor.stop(
            UNEXPECTED,
            f"a type is missing before {show(cursor.token)}",
            cursor.token,
            hint="name a type such as `number`, `string`, `date` or `list<number>`",
        )
    words = [cursor.take().text]
    while cursor.word == "." and cursor.tokens[cursor.position + 1].kind is TokenKind.NAME:
        cursor.take()
        words.append(cursor.take().text)
    return TypeName(start, 0, ".".join(words))
