"""Types, how they relate, and how messages say them."""

from __future__ import annotations

import pytest

from engine.language.relations import comparable, currencies_clash, fits, is_ordered, unite
from engine.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    NULL,
    NUMBER,
    PERCENT,
    TEXT,
    ContextType,
    EnumType,
    ListType,
    MoneyType,
    OptionalType,
    RangeType,
    Type,
    describe,
    optional,
    required,
)
from engine.language.wording import a, many, shown, values_shown

EUR, USD, MONEY = MoneyType("EUR"), MoneyType("USD"), MoneyType(None)
COLOUR = EnumType("colour", ("red", "green"))
RED = EnumType("", ("red",))


@pytest.mark.parametrize(
    ("left", "right", "united"),
    [
        (NUMBER, NUMBER, NUMBER),
        (NUMBER, EUR, EUR),
        (MONEY, EUR, EUR),
        (EUR, USD, None),
        (PERCENT, NUMBER, NUMBER),
        (NULL, TEXT, OptionalType(TEXT)),
        (OptionalType(NUMBER), EUR, OptionalType(EUR)),
        (RED, COLOUR, COLOUR),
        (RED, EnumType("", ("blue",)), EnumType("", ("red", "blue"))),
        (RED, TEXT, TEXT),
        (ListType(ANY), ListType(DATE), ListType(DATE)),
        (NUMBER, TEXT, None),
        (RangeType(NUMBER), RangeType(EUR), RangeType(EUR)),
        (ContextType({"a": NUMBER}), ContextType({"a": EUR}), ContextType({"a": EUR})),
        (ContextType({"a": NUMBER}), ContextType({"b": NUMBER}), None),
    ],
)
def test_two_branches_have_the_narrowest_type_in_common(left: Type, right: Type, united: Type | None) -> None:
    assert unite(left, right) == united
    assert unite(right, left) == united or isinstance(united, EnumType)


@pytest.mark.parametrize(
    ("actual", "wanted", "answer"),
    [
        (NUMBER, EUR, True),
        (EUR, NUMBER, False),
        (EUR, MONEY, True),
        (EUR, USD, False),
        (PERCENT, EUR, False),
        (NUMBER, PERCENT, True),
        (RED, COLOUR, True),
        (EnumType("", ("blue",)), COLOUR, False),
        (TEXT, COLOUR, False),
        (COLOUR, TEXT, True),
        (ListType(RED), ListType(TEXT), True),
        (ContextType({"a": NUMBER, "b": TEXT}), ContextType({"a": NUMBER}), True),
        (ContextType({"b": TEXT}), ContextType({"a": NUMBER}), False),
        (DATE, BOOLEAN, False),
        (ANY, DATE, True),
    ],
)
def test_a_bare_number_fits_money_but_money_no_number(actual: Type, wanted: Type, *, answer: bool) -> None:
    assert fits(actual, wanted) is answer


def test_what_can_be_compared() -> None:
    assert comparable(EUR, NUMBER)
    assert comparable(RED, TEXT)
    assert not comparable(DATE, TEXT)
    assert comparable(ListType(NUMBER), ListType(EUR))
    assert not comparable(ListType(NUMBER), NUMBER)
    assert currencies_clash(EUR, USD)
    assert not currencies_clash(EUR, MONEY)
    assert not is_ordered(COLOUR)
    assert is_ordered(RED)


def test_optional_is_idempotent() -> None:
    assert optional(optional(NUMBER)) == optional(NUMBER)
    assert optional(ANY) is ANY
    assert required(optional(NUMBER)) is NUMBER


@pytest.mark.parametrize(
    ("kind", "one", "several", "name"),
    [
        (NUMBER, "a number", "numbers", "number"),
        (EUR, "money in EUR", "amounts in EUR", "money in EUR"),
        (MONEY, "money", "amounts", "money"),
        (COLOUR, "a value of `colour`", "values of `colour`", "one of colour"),
        (RED, "a text", "texts", "text"),
        (optional(DATE), "a date that may be missing", "dates that may be missing", "optional date"),
        (ListType(TEXT), "a list of texts", "lists of texts", "list of text"),
        (RangeType(NUMBER), "a range of numbers", "ranges of numbers", "range of number"),
        (ContextType({}, "line"), "a whole `line`", "`line` entries", "line"),
        (BOOLEAN, "true or false", "true or false values", "boolean"),
    ],
)
def test_types_are_said_in_plain_words(kind: Type, one: str, several: str, name: str) -> None:
    assert (a(kind), many(kind), describe(kind)) == (one, several, name)


def test_long_texts_and_lists_are_shortened() -> None:
    assert shown("a  +\n b") == "`a + b`"
    assert shown("x" * 60) == "`" + "x" * 37 + "...`"
    assert values_shown(tuple("abcdefgh")) == '"a", "b", "c", "d", "e", "f", ...'
