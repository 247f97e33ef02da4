"""Rights that customers hold: what an option to buy more is worth."""

from __future__ import annotations

from decimal import Decimal

from engine.money import EXACT


def material_right_ssp(
    *, discount: Decimal, general_discount: Decimal, likelihood: Decimal, purchase: Decimal
) -> Decimal:
    """The stand-alone price of an option: the discount beyond what anyone gets, on the purchase it is used for,
    by how likely that is; nothing when anyone gets as much (rates from 0 to 1).
    """
    gained = max(EXACT.subtract(discount, general_discount), Decimal(0))
    return EXACT.multiply(EXACT.multiply(purchase, gained), likelihood)
