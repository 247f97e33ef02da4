"""The slow twin of the depth of discounts, from the reference page: two prices in step, one of them without discounts.

``full`` is what a line would cost had nothing been taken off it: a surcharge raises both prices by the same share, a
discount the price alone; what a rule takes in percent of the list price counts by that. What undoes (a guard, a
rounding, an agent's price) brings the price back towards the full one, and carries it along where it goes beyond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.money import Rounding
from tests.pricing.twin_start import Move, Row, rounded

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass
class TwinDepth:
    """In cents: what the discounts of a line are measured against, and what they take off by themselves."""

    base: int
    taken: Fraction


def depth_of(row: Row, staged: int, of_order: Sequence[Move], amount: int) -> TwinDepth:
    """The depth of one line, from all that moved its price."""
    prices = [each.after for each in row.moves if each.after]
    first = rounded(prices[0] * 100, Rounding.HALF_UP) if prices and prices[0] != row.moves[-1].after else staged
    base = row.list_cents or first
    together = Fraction(row.list_cents - amount)
    moves = [*row.moves, *of_order]
    if not any(each.after > each.before for each in moves):
        return TwinDepth(row.list_cents, max(together, ZERO))
    left, full = _left(row.moves, ONE, ZERO, Fraction(base, 100))
    last = row.moves[-1].after if row.moves else ZERO
    full = full * staged / last if full and last > 0 else Fraction(staged) / left if left else Fraction(base)
    left, _ = _left(of_order, left, full, Fraction(base))
    return TwinDepth(base, max(base * (ONE - left), together, ZERO))


def _left(moves: Sequence[Move], left: Fraction, full: Fraction, listed: Fraction) -> tuple[Fraction, Fraction]:
    """The share of the full price that discounts leave, and that price."""
    for move in moves:
        if not full and move.before <= 0:
            left, full = ONE, max(move.after, ZERO)
            continue
        full = full or move.before
        if move.undoes and move.after > move.before:
            gap = full - move.before  # what is taken off now: as much of it as is given back counts no more
            left = ONE - (ONE - left) * max(full - move.after, ZERO) / gap if gap > 0 else ONE
            full = max(full, move.after)
        elif 0 < move.before and move.after < move.before and move.of_list and listed > 0:
            left = max(left - (move.before - max(move.after, ZERO)) / listed, ZERO)
        elif 0 < move.before and move.after < move.before:
            left *= max(move.after, ZERO) / move.before
        elif move.before > 0:
            full *= move.after / move.before
    return left, full
