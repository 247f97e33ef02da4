"""Spreading an order amount over lines: exact, in proportion, never below what a line can take."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.money import EXACT


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
    open_lines = [index for index in range(len(weights)) if total < 0 or rooms[index] != 0]
    while left and open_lines:
        parts = proportional(left, [weights[index] for index in open_lines])
        still_open: list[int] = []
        given = 0
        for index, part in zip(open_lines, parts, strict=True):
            room = rooms[index] if left > 0 else None
            taken = part if room is None else min(part, room - shares[index])
            shares[index] += taken
            given += taken
            if room is None or shares[index] < room:
                still_open.append(index)
        left -= given
        if given == 0 and len(still_open) == len(open_lines):
            break
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
    """The common case, nothing negative; ``reverse`` keeps the order of equal remainders."""
    products = [total * weight for weight in weights]
    shares = [product // whole for product in products]
    left = total - sum(shares)
    if left:
        remainders = [product % whole for product in products]
        for index in sorted(range(len(shares)), key=remainders.__getitem__, reverse=True)[:left]:
            shares[index] += 1
    return shares


def whole_numbers(values: Sequence[Decimal]) -> list[int]:
    """Weights as whole numbers in the same proportion."""
    places = max((-_exponent(value) for value in values), default=0)
    scale = max(places, 0)
    return [int(value.scaleb(scale, EXACT)) for value in values]


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
