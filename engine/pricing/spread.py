"""Spreading an order amount over lines: exact, in proportion, never below what a line can take."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.money import EXACT

MANY, SAMPLE, ASIDE = 1_000, 250, 20
"""From so many values on about so many are looked at first; the value sought is so many of them aside at most, or else
all are sorted. The sample is at regular places: the same values always take the same way.
"""


def spread(total: int, weights: Sequence[int], rooms: Sequence[int | None]) -> tuple[list[int], int]:
    """Spread minor units over lines in proportion to their weights; return the shares and what no line could take.

    ``rooms`` is the most each line can take (None: anything). What a full line cannot take goes to the lines that still
    have room, in proportion, until it is spent or all are full. Largest remainder, ties to the earlier line; a negative
    total is the mirror image and has no limits. Lines of weight zero share evenly when all open lines have none.
    """
    limited = total > 0 and rooms.count(None) < len(rooms)
    if not limited or 0 not in rooms:
        shares = proportional(total, weights)
        if not limited or _fits(shares, rooms):
            return shares, total if not weights else 0
    shares = [0] * len(weights)
    left = total
    open_lines = [index for index, room in enumerate(rooms) if room != 0]
    while left and open_lines:
        parts = proportional(left, [weights[index] for index in open_lines])
        still_open: list[int] = []
        given = 0
        for index, part in zip(open_lines, parts, strict=True):
            room = rooms[index]
            taken = part if room is None else min(part, room - shares[index])
            shares[index] += taken
            given += taken
            if room is None or shares[index] < room:
                still_open.append(index)
        left -= given  # nothing is left when no line was filled up: the shares add up to what was
        open_lines = still_open
    return shares, left


def _fits(shares: Sequence[int], rooms: Sequence[int | None]) -> bool:
    return all([room is None or share <= room for share, room in zip(shares, rooms, strict=True)])


def proportional(total: int, weights: Sequence[int]) -> list[int]:
    """Largest-remainder shares of a total; weights may be negative (a line of negative amount takes a negative share).

    Without any weight the shares are even; weights that cancel out count by size.
    """
    whole = sum(weights)
    if not whole:
        weights = [abs(weight) for weight in weights] if any(weights) else [1] * len(weights)
        whole = sum(weights)
    if not weights:
        return []
    if total >= 0 and min(weights) >= 0:
        return _plain(total, weights, whole)
    magnitude = abs(whole)
    shares: list[int] = []
    remainders: list[int] = []
    for weight in weights:
        product = total * weight if whole > 0 else -total * weight
        quotient, rest = divmod(abs(product), magnitude)
        shares.append(quotient if product >= 0 else -quotient)
        remainders.append(rest if product >= 0 else -rest)
    left = total - sum(shares)
    sign = 1 if left > 0 else -1
    if left:
        # sorted() is stable: equal remainders keep the order of the lines.
        order = sorted(range(len(shares)), key=lambda each: -sign * remainders[each])
        for index in order[: abs(left)]:
            shares[index] += sign
    return shares


def _plain(total: int, weights: Sequence[int], whole: int) -> list[int]:
    """The common case, nothing negative."""
    products = [total * weight for weight in weights]
    shares = [product // whole for product in products]
    left = total - sum(shares)
    if left:
        for index in largest([product % whole for product in products], left):
            shares[index] += 1
    return shares


def largest(values: Sequence[int], count: int) -> Sequence[int]:
    """The places of so many of the largest values, of equal ones the earlier.

    Of many values a sample tells between which two the smallest of them lies, so that few have to be sorted.
    """
    every = range(len(values))
    if len(values) < MANY:
        return _first(every, values, count)
    sample = sorted(values[:: len(values) // SAMPLE], reverse=True)
    near = count * len(sample) // len(values)
    high, low = sample[max(near - ASIDE, 0)], sample[min(near + ASIDE, len(sample) - 1)]
    found = [place for place, value in enumerate(values) if value > high]
    between = [place for place, value in enumerate(values) if low <= value <= high]
    if len(found) <= count <= len(found) + len(between):
        return found + _first(between, values, count - len(found))
    return _first(every, values, count)


def _first(places: Sequence[int], values: Sequence[int], count: int) -> list[int]:
    """``reverse`` keeps the order of equal values."""
    return sorted(places, key=values.__getitem__, reverse=True)[:count]


def whole_numbers(values: Sequence[Decimal]) -> list[int]:
    """Weights as whole numbers in the same proportion."""
    places = max((-_exponent(value) for value in values), default=0)
    scale = max(places, 0)
    return [int(value.scaleb(scale, EXACT)) for value in values]


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
