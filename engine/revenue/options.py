"""Rights that customers hold: material rights, points, and what is never claimed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.money import EXACT, Money, Ratio, share_of


@dataclass(frozen=True, slots=True)
class Claimed:
    """A period of a right: what of it became revenue, and what is still owed."""

    revenue: Money
    contract_liability: Money


def material_right_ssp(
    *, discount: Decimal, general_discount: Decimal, likelihood: Decimal, purchase: Decimal
) -> Decimal:
    """The stand-alone price of an option: the discount beyond what anyone gets, on the purchase it is used for,
    by how likely that is; nothing when anyone gets as much (rates from 0 to 1).
    """
    gained = max(EXACT.subtract(discount, general_discount), Decimal(0))
    return EXACT.multiply(EXACT.multiply(purchase, gained), likelihood)


def points_earned(allocated: Money, periods: Sequence[tuple[Decimal, Decimal]]) -> tuple[Claimed, ...]:
    """Revenue of loyalty points: redeemed over expected to be redeemed, cumulative, each period as (redeemed so far,
    expected in total at its end). A new expectation is a catch-up in its period.
    """
    found = []
    recognised = Money.zero(allocated.currency)
    for redeemed, expected in periods:
        share = _ratio(redeemed, expected) if expected > 0 else Ratio(1, 1)
        upto = share_of(allocated, min(share, Ratio(1, 1)))
        found.append(Claimed(upto - recognised, allocated - upto))
        recognised = upto
    return tuple(found)


def breakage_earned(
    sold: Money, redeemed: Sequence[Money], *, expected_breakage: Money, entitled: bool
) -> tuple[Claimed, ...]:
    """Revenue of prepaid rights by cumulative redemption.

    A seller who expects breakage and is ``entitled`` to it earns it in proportion to redemptions; one who is not (the
    law hands unclaimed property to others) keeps owing what is not redeemed.
    """
    found = []
    recognised = Money.zero(sold.currency)
    expected = sold - expected_breakage if entitled else sold
    for claimed in redeemed:
        if expected.is_zero:
            upto = sold
        else:
            share = Ratio(claimed.minor_units, expected.minor_units)
            upto = share_of(sold, min(share, Ratio(1, 1)))
        found.append(Claimed(upto - recognised, sold - upto))
        recognised = upto
    return tuple(found)


def _ratio(part: Decimal, whole: Decimal) -> Ratio:
    top, bottom = part.as_integer_ratio()
    under, over = whole.as_integer_ratio()
    return Ratio(top * over, bottom * under)
