"""Writing a value and reading it back is the identity, and equal values have equal text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple, NewType, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.storage.codec import CodecError, codec_of
from engine.storage.shapes import Shape

Name = NewType("Name", str)
Value: TypeAlias = Decimal | str | bool | date | tuple["Value", ...] | Mapping[str, "Value"] | None


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Coin:
    code: str
    digits: int


@dataclass(frozen=True, slots=True)
class Circle:
    radius: Decimal


@dataclass(frozen=True, slots=True)
class Square:
    value: int


class Row(NamedTuple):
    sku: Name
    price: Decimal | None
    rest: tuple[tuple[int, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    name: Name
    coin: Coin
    colour: Colour
    made: date
    at: datetime | None
    facts: Mapping[str, Value]
    shapes: tuple[Circle | Square | Colour, ...] = ()
    pair: tuple[int, str] = (0, "")
    by_day: Mapping[date, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    parts: tuple[Box, ...] = ()
    tags: frozenset[str] = frozenset()
    rows: tuple[Row, ...] = ()
    wait: timedelta | None = None


COINS = {"EUR": Coin("EUR", 2), "JPY": Coin("JPY", 0)}
CODEC = codec_of(Box, {Coin: Shape(lambda coin: coin.code, COINS.__getitem__)})

decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)
values = st.recursive(
    st.none() | st.booleans() | st.text() | decimals | st.dates(),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
boxes = st.builds(
    Box,
    name=st.text(),
    coin=st.sampled_from(list(COINS.values())),
    colour=st.sampled_from(Colour),
    made=st.dates(),
    at=st.none() | st.datetimes(timezones=st.just(UTC)),
    facts=st.dictionaries(st.text(), values, max_size=3),
    shapes=st.lists(st.builds(Circle, decimals) | st.builds(Square, st.integers()) | st.sampled_from(Colour)).map(
        tuple
    ),
    pair=st.tuples(st.integers(), st.text()),
    by_day=st.dictionaries(st.dates(), decimals, max_size=3),
    tags=st.frozensets(st.text(), max_size=3),
    rows=st.lists(st.builds(Row, st.text(), st.none() | decimals, st.just(((1, Decimal("2.5")),))), max_size=2).map(
        tuple
    ),
    wait=st.none() | st.timedeltas(),
)


@given(boxes, boxes)
def test_reading_what_was_written_is_the_identity(box: Box, part: Box) -> None:
    whole = Box(box.name, box.coin, box.colour, box.made, box.at, box.facts, parts=(part, box))
    assert CODEC.decode(CODEC.encode(whole)) == whole
    assert CODEC.encode(CODEC.decode(CODEC.encode(whole))) == CODEC.encode(whole)


def box(**changes: object) -> Box:
    first = {"name": Name("a"), "coin": COINS["EUR"], "colour": Colour.RED, "made": date(2026, 1, 31), "at": None}
    return Box(**{**first, "facts": {}, **changes})  # type: ignore[arg-type]


def test_the_text_is_canonical_and_holds_no_binary_fraction() -> None:
    text = CODEC.encode(box(facts={"b": Decimal("0.10"), "a": True}, shapes=(Circle(Decimal("1.50")), Square(3))))
    assert '"facts":{"a":true,"b":{"decimal":"0.10"}}' in text
    assert '"shapes":[{"$":"Circle","radius":"1.50"},{"$":"Square","value":3}]' in text
    assert '"coin":"EUR"' in text
    assert text == CODEC.encode(
        box(facts={"a": True, "b": Decimal("0.10")}, shapes=(Circle(Decimal("1.50")), Square(3)))
    )


def test_rows_are_lists_and_short_ones_take_defaults() -> None:
    text = CODEC.encode(box(rows=(Row(Name("s"), Decimal("1.10"), ((1, Decimal(2)),)),)))
    assert '"rows":[["s","1.10",[[1,"2"]]]]' in text
    assert CODEC.decode(text.replace(',[[1,"2"]]', "")).rows == (Row(Name("s"), Decimal("1.10")),)


def test_a_row_that_was_stored_by_names_is_read() -> None:
    text = CODEC.encode(box(rows=(Row(Name("s"), Decimal("1.10")),)))
    assert '[["s","1.10",[]]]' in text
    older = text.replace('[["s","1.10",[]]]', '[{"sku":"s","price":"1.10","gone":1}]')
    assert CODEC.decode(older).rows == (Row(Name("s"), Decimal("1.10")),)


def test_a_missing_field_takes_its_default() -> None:
    text = '{"name":"a","coin":"JPY","colour":"BLUE","made":"2026-01-31","at":null,"facts":{}}'
    assert CODEC.decode(text) == box(coin=COINS["JPY"], colour=Colour.BLUE)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "nonsense",
        '{"name":1,"coin":"EUR","colour":"RED","made":"2026-01-31","at":null,"facts":{}}',
        '{"name":"a","coin":"XXX","colour":"RED","made":"2026-01-31","at":null,"facts":{}}',
        '{"name":"a","coin":"EUR","colour":"PINK","made":"2026-01-31","at":null,"facts":{}}',
        '{"name":"a","coin":"EUR","colour":"RED","made":"2026-02-31","at":null,"facts":{}}',
        '{"name":"a","coin":"EUR","colour":"RED","made":"2026-01-31","at":null,"facts":{"x":{"decimal":"abc"}}}',
        '{"name":"a","coin":"EUR","colour":"RED","made":"2026-01-31","at":null,"facts":{},"shapes":[{"$":"Hexagon"}]}',
    ],
)
def test_a_wrong_form_is_refused(text: str) -> None:
    with pytest.raises(CodecError):
        CODEC.decode(text)


def test_a_type_without_a_stored_form_is_refused_when_compiled() -> None:
    with pytest.raises(TypeError, match="no stored form"):
        codec_of(float)
