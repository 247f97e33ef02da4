"""Requests for prices whose bytes are of any form: a service that keeps what it answered reads them as protobuf does.

Fields come in another order, twice, with their default values, in numbers that are longer than they need to be, among
fields that nobody knows, and cut off; customers change meanwhile.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from cpq.v1 import common_pb2

from engine.api.calls import Refused, serialized
from engine.api.pricing_service import PricingService
from tests.api import deal
from tests.api.server import Served
from tests.api.test_known_headers import WEB, Asked, asked
from tests.api.test_price_answers import BOOKS, CONTEXT, asking, moved, publish

__all__ = ["asked"]
ROUNDS = 500
MESSAGE = 2
CONTENT, LINE = 0x0A, 0x32
"""Field 1 of a request and field 6 of its content, messages."""
ODD = (
    b"\x98\x06\x01",  # field 99, a number
    b"\x9a\x06\x03abc",  # field 99, a text
    b"\x9b\x06\x9c\x06",  # field 99, a group
    b"\x9d\x06abcd",
    b"\xa1\x06abcdefgh",
    b"\x78\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  # field 15, below zero
    *(bytes((number << 3 | kind, 0)) for number in (1, 2, 3, 4, 5, 6, 7, 9, 10) for kind in (0, MESSAGE)),
    b"\x1a\x01\xff",  # no letter
    b"\x32\x03\x0a\x01z",
    b"\x02\x01a",  # field 0, which there is none
    b"\x0c",
)


class Part(NamedTuple):
    """A field of a message: its first byte, and what it holds; ``whole`` stands for one that is written as it is."""

    tag: int
    held: bytes
    whole: bytes = b""


def number(value: int, longer: int = 0) -> bytes:
    found = bytearray()
    while value >= 0x80 or longer:
        longer -= value < 0x80
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))


def parts(message: bytes) -> list[Part] | None:
    """The fields of a message; None when some are of a kind that these tests do not take apart."""
    found, at = [], 0
    try:
        while at < len(message):
            start, tag = at, message[at]
            size, at = read_number(message, at + 1)
            if tag & 7 == MESSAGE and tag < 0x80:
                found.append(Part(tag, message[at : at + size]))
                at += size
            elif tag & 7 == 0 and tag < 0x80:
                found.append(Part(tag, b"", message[start:at]))
            else:
                return None
    except IndexError:
        return None
    return found


def read_number(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while message[at] >= 0x80:
        value |= (message[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return value | message[at] << shift, at + 1


class Hand:
    """Writes messages as another client might, by chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def written(self, fields: list[Part]) -> bytes:
        """Fields with their lengths, of which few take more bytes than they need."""
        lengths = (0,) * 20 + (1, 3, 5)
        return b"".join(
            each.whole or number(each.tag) + number(len(each.held), self.chance.choice(lengths)) + each.held
            for each in fields
        )

    def moved(self, fields: list[Part]) -> list[Part]:
        """Fields in another order, twice, left out or among others."""
        found, chance = list(fields), self.chance
        place = chance.randrange(len(found) + 1)
        match chance.randrange(5):
            case 0:
                chance.shuffle(found)
            case 1:
                found.insert(place, chance.choice(found or [Part(0, b"", ODD[0])]))
            case 2:
                found.insert(place, Part(0, b"", chance.choice(ODD)))
            case 3:
                found.append(Part(0, b"", chance.choice(ODD)))
            case _:
                del found[place : place + 1]
        return found

    def changed(self, message: bytes, depth: int = 2) -> bytes:
        """A message, or one of those in it, otherwise."""
        fields, chance = parts(message), self.chance
        if not fields or chance.random() < 0.1:
            return self.broken(message)
        inner = [place for place, each in enumerate(fields) if each.tag in (CONTENT, LINE) and not each.whole]
        if not depth or not inner or chance.random() < 0.25:
            return self.written(self.moved(fields))
        place = chance.choice(inner)
        fields[place] = Part(fields[place].tag, self.changed(fields[place].held, depth - 1))
        return self.written(fields)

    def broken(self, message: bytes) -> bytes:
        """A message that ends early, or with one byte of another value."""
        place = self.chance.randrange(len(message) + 1)
        if place == len(message) or self.chance.random() < 0.5:
            return message[:place]
        return message[:place] + bytes((self.chance.randrange(256),)) + message[place + 1 :]


def request(chance: random.Random) -> Any:
    """One of few headers, and lines of which most are known."""
    skus = ("MUG",) * 6 + ("CPU-A", "PLAN", "NONE")
    lines = [
        deal.line(chance.choice(skus), chance.choice(("", "1", "2", "2.0", "17", "0", "x")[: chance.choice((5, 7))]))
        for _ in range(chance.choice((1, 2, 3)))
    ]
    for place, each in enumerate(lines):
        each.id = chance.choice((f"l{place}",) * 9 + ("same",))
    fields: dict[str, Any] = chance.choice(
        (
            {},
            {"header": WEB},
            {"codes": ["MAY"]},
            {"term_months": 12},
            {"customer_facts": {"segment": deal.text("edu")}},
        )
    )
    return asking(*lines, view=chance.choice((common_pb2.VIEW_FULL, common_pb2.VIEW_WATERFALL)), **fields)


def answered(service: PricingService, written: bytes) -> bytes | str:
    try:
        return serialized(service.PriceQuote(written, CONTEXT))
    except Refused as refused:
        return str(refused)


def written(chance: random.Random) -> Iterator[bytes]:
    hand = Hand(chance)
    for _ in range(ROUNDS):
        found = request(chance).SerializeToString()
        for _ in range(chance.choice((0, 0, 1, 1, 2))):
            found = hand.changed(found)
        yield found


@pytest.mark.parametrize("seed", range(3))
def test_bytes_of_any_form_are_answered_as_by_a_service_that_keeps_nothing(
    shop: Served, asked: Asked, seed: int
) -> None:
    chance, refused = random.Random(seed), 0
    publish(shop, BOOKS[1])
    for place, each in enumerate(written(chance)):
        if not place % 100:
            moved(shop, segment=chance.choice(("retail", "edu")))
        expected = answered(PricingService(asked.calls), each)
        assert answered(asked.service, each) == expected, each
        assert answered(asked.service, each) == expected, each
        refused += isinstance(expected, str)
    assert ROUNDS / 10 < refused < ROUNDS * 9 / 10
    assert asked.given > ROUNDS / 20
