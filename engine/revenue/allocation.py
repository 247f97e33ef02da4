"""Step 4: the transaction price goes to the obligations, in minor units that add up.

In order: variable parts that concern one obligation only, the observable discount of a bundle, the residual for a
price that is highly variable, the rest in proportion to stand-alone selling prices (IFRS 15.73-86).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import assert_never

from engine.diagnostics import Code, Fault, Refusal
from engine.money import EXACT, Money, Ratio, allocate
from engine.revenue.policy import NEAREST_BOUND, RangePolicy, SspChoice

RESIDUAL_REJECTED = Code("REV001")
SEVERAL_RESIDUALS = Code("REV002")
NO_SSP = Code("REV003")
NO_OBLIGATIONS = Code("REV004")
NEGATIVE_SSP = Code("REV005")


class AllocationMethod(Enum):
    """How the price was spread."""

    RELATIVE_SSP = "relative_ssp"
    DISCOUNT_TO_SUBSET = "discount_to_subset"
    RESIDUAL = "residual"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An obligation that takes part: a stand-alone price, or a range with the stated price, or a residual.

    ``range_policy`` is the range's own, where it has one.
    """

    id: str
    ssp: Decimal | None = None
    stated: Decimal | None = None
    low: Decimal | None = None
    mid: Decimal | None = None
    high: Decimal | None = None
    residual: bool = False
    range_policy: RangePolicy | None = None


@dataclass(frozen=True, slots=True)
class ObservableBundle:
    """Obligations that are regularly sold together at ``price``."""

    members: tuple[str, ...]
    price: Decimal


@dataclass(frozen=True, slots=True)
class Allocation:
    """What each obligation got, the stand-alone price it was measured by, and the method."""

    amounts: Mapping[str, Money]
    ssp_used: Mapping[str, Decimal]
    method: AllocationMethod


def allocate_price(
    price: Money,
    candidates: Sequence[Candidate],
    *,
    bundles: Sequence[ObservableBundle] = (),
    range_policy: RangePolicy = NEAREST_BOUND,
) -> Allocation | Refusal:
    """Spread the transaction price. The amounts add up to it: largest remainder, ties to the earlier obligation.

    Refused (``REV001``) when a residual comes out as nothing or outside its range: another evidence is needed then.
    """
    faults = _faults(candidates)
    if faults:
        return Refusal(faults)
    used = {each.id: ssp_of(each, each.range_policy or range_policy) for each in candidates if not each.residual}
    residual = next((each for each in candidates if each.residual), None)
    weights, explained = _bundled(used, _explaining(price, used, bundles, any_discount=residual is not None))
    if residual is None:
        method = AllocationMethod.DISCOUNT_TO_SUBSET if explained else AllocationMethod.RELATIVE_SSP
        return Allocation(_split(price, candidates, weights), used, method)
    left = EXACT.subtract(price.decimal, _sum(weights))
    if not _believable(residual, left):
        low, high = residual.low, residual.high
        message = f"the residual of `{residual.id}` would be {left}"
        hint = f"its observed range is {low} to {high}" if low is not None and high is not None else "it must be more"
        return Refusal((Fault(RESIDUAL_REJECTED, residual.id, message, hint),))
    # Without an inner bundle price the others keep their own price, so weights are amounts and the sum is the price.
    amounts = _split(price, candidates, {**weights, residual.id: Ratio.of(left)})
    return Allocation(amounts, used, AllocationMethod.RESIDUAL)


def ssp_of(candidate: Candidate, range_policy: RangePolicy = NEAREST_BOUND) -> Decimal:
    """The stand-alone price that counts: the single one, or the range's by the policy for below, inside and above."""
    if candidate.low is None or candidate.high is None:
        found = candidate.ssp if candidate.ssp is not None else candidate.stated
        assert found is not None, "candidates without any price are refused before"
        return found
    price = candidate.stated if candidate.stated is not None else candidate.ssp
    if price is None:
        return _middle(candidate, candidate.low, candidate.high)
    if price < candidate.low:
        choice = range_policy.below
    elif price > candidate.high:
        choice = range_policy.above
    else:
        choice = range_policy.inside
    match choice:
        case SspChoice.LOW:
            return candidate.low
        case SspChoice.MID:
            return _middle(candidate, candidate.low, candidate.high)
        case SspChoice.HIGH:
            return candidate.high
        case SspChoice.PRICE:
            return price
        case _:
            assert_never(choice)


@dataclass(frozen=True, slots=True)
class VariableAllocation:
    """Who shares the variable part, how the fixed part is split, and the split ratio of the variable part."""

    variable_to: tuple[str, ...]
    fixed: Mapping[str, Money]
    ssp: Mapping[str, Decimal]


def allocate_variable(
    fixed: Money, ssp: Mapping[str, Decimal], *, estimates: Mapping[str, Decimal], targeted: bool
) -> VariableAllocation:
    """Allocate a price with a variable part.

    ``estimates`` holds the expected variable amount of each obligation it relates to. ``targeted`` says that its terms
    relate to those obligations only and that the result fits the allocation objective (IFRS 15.85): then it stays
    there and the fixed part follows what their stand-alone price leaves. Else both parts go by relative price, and the
    variable part is only split as it arises; an expected royalty never enters an amount.
    """
    if targeted:
        weights = {
            each: max(EXACT.subtract(price, estimates.get(each, Decimal(0))), Decimal(0)) for each, price in ssp.items()
        }
        variable_to = tuple(each for each in ssp if each in estimates)
    else:
        weights, variable_to = dict(ssp), tuple(ssp)
    parts = allocate(fixed, list(weights.values()))
    return VariableAllocation(variable_to, dict(zip(ssp, parts, strict=True)), ssp)


def _faults(candidates: Sequence[Candidate]) -> tuple[Fault, ...]:
    if not candidates:
        return (Fault(NO_OBLIGATIONS, "obligations", "there is no obligation to allocate to"),)
    faults = []
    residuals = [each.id for each in candidates if each.residual]
    if len(residuals) > 1:
        names = ", ".join(f"`{each}`" for each in residuals)
        faults.append(Fault(SEVERAL_RESIDUALS, "obligations", f"only one price may be a residual, not {names}"))
    for each in candidates:
        prices = [value for value in (each.ssp, each.stated, each.low, each.mid, each.high) if value is not None]
        if not prices and not each.residual:
            faults.append(Fault(NO_SSP, each.id, f"`{each.id}` has no stand-alone selling price"))
        if any(value < 0 for value in prices):
            faults.append(Fault(NEGATIVE_SSP, each.id, f"a price of `{each.id}` is negative"))
    return tuple(faults)


def _middle(candidate: Candidate, low: Decimal, high: Decimal) -> Decimal:
    return candidate.mid if candidate.mid is not None else EXACT.divide(EXACT.add(low, high), Decimal(2))


def _explaining(
    price: Money, used: Mapping[str, Decimal], bundles: Sequence[ObservableBundle], *, any_discount: bool
) -> tuple[ObservableBundle, ...]:
    """The bundles whose observable discount counts: they must explain the whole discount of the contract.

    With a residual price there is no whole discount to compare with, so every observable bundle counts first
    (IFRS 15.83).
    """
    fitting = [each for each in bundles if each.members and all(member in used for member in each.members)]
    disjoint: list[ObservableBundle] = []
    for each in fitting:
        if not any(set(each.members) & set(other.members) for other in disjoint):
            disjoint.append(each)
    if any_discount:
        return tuple(disjoint)
    discount = EXACT.subtract(_decimal_sum(used.values()), price.decimal)
    for chosen in (tuple(disjoint), *((each,) for each in fitting)):
        saved = _decimal_sum(
            EXACT.subtract(_decimal_sum(used[member] for member in each.members), each.price) for each in chosen
        )
        if chosen and discount > 0 and saved == discount:
            return chosen
    return ()


def _bundled(used: Mapping[str, Decimal], bundles: Sequence[ObservableBundle]) -> tuple[dict[str, Ratio], bool]:
    """The weight of each obligation; members of a bundle share its price by their own prices."""
    weights = {each: Ratio.of(price) for each, price in used.items()}
    for bundle in bundles:
        whole = Ratio.of(_decimal_sum(used[member] for member in bundle.members))
        if whole.numerator == 0:
            continue
        factor = Ratio.of(bundle.price) * Ratio(whole.denominator, whole.numerator)
        for member in bundle.members:
            weights[member] = weights[member] * factor
    return weights, bool(bundles)


def _believable(residual: Candidate, left: Decimal) -> bool:
    if left <= 0:
        return False
    return (residual.low is None or left >= residual.low) and (residual.high is None or left <= residual.high)


def _split(price: Money, candidates: Sequence[Candidate], weights: Mapping[str, Ratio]) -> dict[str, Money]:
    parts = allocate(price, [weights[each.id] for each in candidates])
    return {each.id: part for each, part in zip(candidates, parts, strict=True)}


def _sum(weights: Mapping[str, Ratio]) -> Decimal:
    """The sum of weights, which are whole prices or shares of a bundle that add up to its price."""
    top = Ratio(0, 1)
    for each in weights.values():
        top = top + each
    return EXACT.divide(Decimal(top.numerator), Decimal(top.denominator))


def _decimal_sum(values: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for each in values:
        total = EXACT.add(total, each)
    return total
