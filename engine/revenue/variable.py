"""Step 3: variable consideration: estimates and the constraint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import assert_never

from engine.money import EXACT


class EstimateMethod(Enum):
    """How outcomes become one number: many similar ones by expected value, two by the most likely amount."""

    EXPECTED_VALUE = "expected_value"
    MOST_LIKELY_AMOUNT = "most_likely_amount"


@dataclass(frozen=True, slots=True)
class Outcome:
    """An amount that may be added to the price (negative: taken off), and how likely it is (0 to 1)."""

    amount: Decimal
    probability: Decimal


@dataclass(frozen=True, slots=True)
class VariableComponent:
    """A variable part of the price with its possible outcomes."""

    id: str
    method: EstimateMethod
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class PriceEstimate:
    """The price with all estimates, and what of it may be counted on."""

    unconstrained: Decimal
    transaction_price: Decimal


def estimate_price(
    stated: Decimal, components: Sequence[VariableComponent], *, highly_probable_floor: Decimal | None = None
) -> PriceEstimate:
    """The stated price with the estimate of every variable component.

    ``highly_probable_floor`` is the price below which a significant reversal is not expected: what the estimate has
    above it is left out until the uncertainty is resolved.
    """
    price = stated
    for component in components:
        price = EXACT.add(price, estimate(component))
    counted = price if highly_probable_floor is None else min(price, highly_probable_floor)
    return PriceEstimate(price, counted)


def estimate(component: VariableComponent) -> Decimal:
    """The estimate of one component; of equally likely amounts the smaller one counts."""
    match component.method:
        case EstimateMethod.EXPECTED_VALUE:
            value = Decimal(0)
            for outcome in component.outcomes:
                value = EXACT.add(value, EXACT.multiply(outcome.amount, outcome.probability))
            return value
        case EstimateMethod.MOST_LIKELY_AMOUNT:
            likely = max((each.probability for each in component.outcomes), default=Decimal(0))
            amounts = [each.amount for each in component.outcomes if each.probability == likely]
            return min(amounts, default=Decimal(0))
        case _:
            assert_never(component.method)
