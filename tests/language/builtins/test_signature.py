"""Signatures: how a built-in may be called."""

from __future__ import annotations

import pytest

from engine.language.builtins import FUNCTIONS
from engine.language.builtins.arguments import boolean, context, day, function, integer, interval, items, number, text
from engine.language.builtins.signature import read_type, signature
from engine.language.names import FUNCTION_NAMES, SPACED_FUNCTIONS
from engine.language.types import NUMBER, TEXT, ListType, RangeType, TypeVariable, optional
from engine.language.values.fault import UndefinedError


def test_a_signature_is_read_from_its_text() -> None:
    found = signature("string: text, start position: number, length?: number -> text", str)
    assert [each.name for each in found.parameters] == ["string", "start position", "length"]
    assert [each.required for each in found.parameters] == [True, True, False]
    assert found.result == TEXT
    assert [found.accepts(count) for count in range(5)] == [False, False, True, True, False]


def test_a_variadic_signature_takes_one_or_more() -> None:
    found = signature("list: list<T>, item: T... -> list<T>", str)
    assert found.variadic
    assert [found.accepts(count) for count in range(4)] == [False, False, True, True]


def test_types_are_read() -> None:
    assert read_type("list<list<T>>") == ListType(ListType(TypeVariable("T")))
    assert read_type("range<O>?") == optional(RangeType(TypeVariable("O")))


def test_named_arguments_are_arranged() -> None:
    found = signature("a: number, b?: number, c?: number -> number", str)
    assert found.arrange(["c", "a"]) == (1, None, 0)
    assert found.arrange(["a"]) == (0,)
    assert found.arrange(["b"]) is None
    assert found.arrange(["a", "d"]) is None
    assert found.parameters[0].type == NUMBER


def test_every_name_with_spaces_is_known_to_the_grammar() -> None:
    spaced = {name for name in FUNCTIONS if " " in name}
    assert spaced == set(SPACED_FUNCTIONS)
    assert FUNCTION_NAMES is not None


@pytest.mark.parametrize("reader", [number, integer, text, boolean, items, context, interval, function, day])
def test_null_is_no_argument(reader: object) -> None:
    with pytest.raises(UndefinedError, match="found null"):
        reader(None)  # type: ignore[operator]
