"""Splitting an amount so that the parts add up to it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.money.amount import Money
from engine.money.arithmetic import EXACT
from engine.money.problem import BAD_WEIGHTS, MoneyError
from engine.money.ratio import Ratio, whole_weights


def allocate(total: Money, weights: Sequence[int | Decimal | Ratio]) -> tuple[Money, ...]:
    """Split ``total`` in proportion to ``weights``: largest remainder first, ties to the earlier part.

    The parts add up to the total; a negative total is the mirror image of the positive one; weights that are all zero
    share equally. Raises ``MoneyError`` MNY006 for a negative or non-finite weight, or for an amount without parts.
    """
    if not weights:
        if total.is_zero:
            return ()
        raise MoneyError(BAD_WEIGHTS, f"{total} has no part to go to")
    shares = whole_weights(weights)
    if not any(shares):
        shares = (1,) * len(shares)
    parts = _largest_remainder(abs(total.minor_units), shares)
    sign = -1 if total.minor_units < 0 else 1
    return tuple(Money(sign * part, total.currency) for part in parts)


def whole_units(total: int, exact: Sequence[Decimal], exponent: int) -> list[int]:
    """Whole minor units for each exact amount that add up to the total; the largest remainders are rounded up first."""
    scaled = [amount.scaleb(exponent, EXACT) for amount in exact]
    whole = [int(each) for each in scaled]
    left = total - sum(whole)
    sign = 1 if left > 0 else -1
    order = sorted(range(len(whole)), key=lambda index: -sign * EXACT.subtract(scaled[index], whole[index]))
    for index in order[: abs(left)]:
        whole[index] += sign
    return whole


def _largest_remainder(units: int, shares: Sequence[int]) -> list[int]:
    whole = sum(shares)
    divided = [divmod(units * share, whole) for share in shares]
    parts = [quotient for quotient, _ in divided]
    left = units - sum(parts)
    # sorted() is stable, so equal remainders keep the order of the parts.
    for index in sorted(range(len(parts)), key=lambda each: -divided[each][1])[:left]:
        parts[index] += 1
    return parts
