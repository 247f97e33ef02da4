"""The slow twin of the depth of discounts, from the reference page: two prices in step, one of them without discounts.

``full`` is what a line would cost had nothing been taken off it: a surcharge raises both prices by the same share, a
discount the price alone. What undoes (a guard, a rounding, an agent's price) brings the price back towards the full
one, and carries it along where it goes beyond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.pricing.twin_start import Move, Row

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass
class TwinDepth:
    """In cents: what the discounts of a line are measured against, and what they take off by themselves."""

    base: int
    taken: Fraction


def depth_of(row: Row, staged: int, of_order: Sequence[Move], amount: int) -> TwinDepth:
    """The depth of one line, from all that moved its price."""
    base = row.list_cents or staged
    together = Fraction(row.list_cents - amount)
    moves = [*row.moves, *of_order]
    if not any(each.after > each.before for each in moves):
        return TwinDepth(row.list_cents, max(together, ZERO))
    left = _left(row.moves, ONE, ZERO)
    left = _left(of_order, left, Fraction(staged) / left if left else Fraction(base))
    return TwinDepth(base, max(base * (ONE - left), together, ZERO))


def _left(moves: Sequence[Move], left: Fraction, full: Fraction) -> Fraction:
    """The share of the full price that discounts leave."""
    for move in moves:
        if move.is_first or (not full and move.before <= 0):
            left, full = ONE, max(move.after, ZERO)
            continue
        full = full or move.before
        if move.undoes and move.after > move.before:
            full = max(full, move.after)
            left = max(move.after, ZERO) / full
        elif 0 < move.before and move.after < move.before:
            left *= max(move.after, ZERO) / move.before
        elif move.before > 0:
            full *= move.after / move.before
    return left
