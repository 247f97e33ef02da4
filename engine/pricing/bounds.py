"""What a formula may come to: what is refused as a constant when a book is loaded is refused as a result, too."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from engine.diagnostics import Span
from engine.pricing.effects import (
    Amount,
    BuyGet,
    Effect,
    FirstNext,
    Gift,
    Operand,
    Percent,
    SetPrice,
    Sign,
    Tiered,
    UnitsOff,
)
from engine.pricing.plan import PricingRules

ZERO, HUNDRED = Decimal(0), Decimal(100)


class Bound(NamedTuple):
    """A formula, what its results are, whose it is, and whether they end at 100; below zero none may be."""

    operand: Operand | None
    what: str
    owner: str
    span: Span
    is_percent_off: bool = False

    def admits(self, value: Decimal) -> bool:
        """Whether a result can be."""
        return ZERO <= value and not (self.is_percent_off and value > HUNDRED)

    def told(self, value: Decimal) -> str:
        """What is wrong with a result, and where the formula stands."""
        limits = "it lies between 0 and 100" if self.is_percent_off else "none is below zero"
        place = f" ({self.span.path}:{self.span.line})" if self.span.path else ""
        return f"the {self.what} of `{self.owner}`{place} comes to {value.normalize():f}; {limits}"


def bounds_of(rules: PricingRules) -> dict[int, Bound]:
    """The bounds of formulas by the identity of each; one that several things share ends at 100 where all do."""
    found: dict[int, Bound] = {}
    for bound in _bounds(rules):
        if bound.operand is not None and not isinstance(bound.operand, Decimal):
            known = found.get(id(bound.operand))
            is_percent_off = bound.is_percent_off and (known is None or known.is_percent_off)
            found[id(bound.operand)] = bound._replace(is_percent_off=is_percent_off)
    return found


def _bounds(rules: PricingRules) -> Iterator[Bound]:
    for contract in rules.contracted:
        yield Bound(contract.price, "agreed price", contract.id, contract.span)
        yield Bound(contract.percent_off, "agreed percent", contract.id, contract.span, is_percent_off=True)
    for percent in rules.percent_of:
        yield Bound(percent.percent, "percent", percent.id, percent.span)
    for bundle in rules.bundle_prices:
        yield Bound(bundle.price, "bundle price", bundle.id, bundle.span)
    for guard in rules.guards:  # a floor below zero holds nothing back and does no harm
        yield Bound(guard.ceiling, "ceiling", guard.id, guard.span)
    for rule in rules.rules:
        for effect in rule.effects.values():
            yield from _of_effect(effect, rule.id, rule.span)


def _of_effect(effect: Effect, owner: str, span: Span) -> Iterator[Bound]:
    match effect:
        case Percent():
            yield Bound(effect.value, "percent", owner, span, is_percent_off=effect.sign is Sign.OFF)
        case Amount():
            yield Bound(effect.value, "amount", owner, span)
        case SetPrice():
            yield Bound(effect.value, "price", owner, span)
        case FirstNext():
            yield Bound(effect.first, "amount", owner, span)
            yield Bound(effect.following, "amount", owner, span)
        case Tiered():
            for tier in effect.steps:
                yield from _of_effect(tier.effect, owner, span)
        case BuyGet():
            yield Bound(effect.percent_off, "percent", owner, span, is_percent_off=True)
        case UnitsOff():
            yield from _of_effect(effect.effect, owner, span)
        case Gift():
            pass
