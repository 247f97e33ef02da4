"""The breakdown of an amount: what each tier adds, and what brings their sum to what a line charges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from engine.money import EXACT, Currency, Money, Rounding, RoundingRule, UnitPrice, settle, step, total, whole_units
from engine.pricing.models.model import ZERO, PartKind, Rated, RatedPart

_ONE = Decimal(1)


class PricePartKind(Enum):
    """What a part of an amount is for."""

    TIER = "tier"
    INCLUDED = "included"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    OTHER_LINES = "other_lines"
    ADJUSTMENTS = "adjustments"
    TAX = "tax"
    BILLED = "billed"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class PricePart:
    """One part of an amount; the parts of a line add up to what it charges.

    ``quantity`` units lie ``above`` the lower bound of the tier (from 1; 0: none) and ``up_to`` its upper one (None:
    open). Each costs ``unit_price``, or each started package of ``packages`` does, beside the ``flat_fee``; where there
    is neither, only the amount says what the part costs.
    """

    kind: PricePartKind
    amount: Money
    tier: int = 0
    above: Decimal | None = None
    up_to: Decimal | None = None
    quantity: Decimal = ZERO
    unit_price: Decimal | None = None
    packages: Decimal | None = None
    flat_fee: Decimal = ZERO


def price_parts(rated: Rated, currency: Currency, mode: Rounding) -> tuple[PricePart, ...]:
    """The parts of a rated amount in whole minor units; they add up to the amount rounded once.

    There are none where they would say no more than a quantity and its price.
    """
    if all(_is_plain(each) for each in rated.parts):
        return ()
    exact = _merged(rated.parts)
    cut = sum((each.discount for each in rated.parts), ZERO)
    amounts = [amount for _, amount in exact] + ([-cut] if cut else [])
    whole = settle(UnitPrice(rated.amount, currency), quantity=_ONE, rounding=RoundingRule(mode))
    units = whole_units(whole.minor_units, amounts, currency.exponent)
    found = [_part(parts, Money(minor, currency)) for (parts, _), minor in zip(exact, units, strict=False)]
    return (*found, PricePart(PricePartKind.MAXIMUM, Money(units[-1], currency))) if cut else tuple(found)


def brought_to(parts: Sequence[PricePart], amount: Money, kind: PricePartKind) -> tuple[PricePart, ...]:
    """The parts with one more that brings their sum to an amount, where it is another; none stay none."""
    rest = amount - total((each.amount for each in parts), amount.currency)
    return tuple(parts) if rest.is_zero or not parts else (*parts, PricePart(kind, rest))


def _is_plain(part: RatedPart) -> bool:
    return part.kind is PartKind.UNITS and not part.tier and part.packages is None and not part.discount


def _merged(parts: Sequence[RatedPart]) -> list[tuple[list[RatedPart], Decimal]]:
    """Units and flat fee of a tier together, with what they come to before a maximum."""
    rows: list[list[RatedPart]] = []
    for part in parts:
        if rows and part.tier and rows[-1][0].tier == part.tier:
            rows[-1].append(part)
        else:
            rows.append([part])
    return [(row, sum((each.gross for each in row), ZERO)) for row in rows]


_KINDS = {PartKind.MINIMUM: PricePartKind.MINIMUM, PartKind.INCLUDED: PricePartKind.INCLUDED}


def _part(row: Sequence[RatedPart], amount: Money) -> PricePart:
    first = row[0]
    units = [each for each in row if each.kind is not PartKind.FLAT]
    flat = sum((each.gross for each in row if each.kind is PartKind.FLAT), ZERO)
    price = units[0].unit_price if units else None
    quantity = ZERO
    for each in row:
        quantity = EXACT.add(quantity, each.quantity)
    return PricePart(
        _KINDS.get(first.kind, PricePartKind.TIER),
        amount,
        tier=first.tier,
        above=first.above,
        up_to=first.up_to,
        quantity=quantity,
        unit_price=None if price is None else _stepped(price),
        packages=units[0].packages if units else None,
        flat_fee=flat,
    )


def _stepped(price: Decimal) -> Decimal:
    """A price as the waterfall hands it on: 10 % off a twelfth of 100.00 is 7.50, not 7.4999999999997."""
    stepped = step(price)
    return price if price == stepped else stepped
