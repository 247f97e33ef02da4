"""Numbers that are none: NaN and Infinity, which only a caller of the library can state, told with their places.

They are looked for where arithmetic failed, and only there: files and messages hold finite numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum

from engine.diagnostics import Diagnostic, Fault, Span
from engine.pricing import codes
from engine.pricing.plan import NOWHERE, PricingRules
from engine.pricing.request import PriceRequest

_STATED = (
    "entries",
    "contracted",
    "models",
    "percent_of",
    "bundle_prices",
    "groups",
    "rules",
    "guards",
    "exchange_rates",
    "rounding",
    "tax",
)


def odd_numbers_asked(request: PriceRequest) -> tuple[Fault, ...]:
    """A fault for each value of a request that is no finite number, beside those that its checks tell."""
    found = [*_odd(request.quote, "header"), *_odd(request.customer, "customer_facts")]
    for index, line in enumerate(request.lines):
        found += _odd(line.facts, f"lines[{index}].facts")
    for name, redeemed in request.redeemed.items():
        found += _odd(redeemed.spent, f"redeemed[{name}].spent")
    return tuple(Fault(codes.BAD_AMOUNT, place, f"`{value}` is not a finite number") for place, value in found)


def odd_numbers_stated(rules: PricingRules) -> tuple[Diagnostic, ...]:
    """A finding for each number of a rule book that is none."""
    found = []
    for name in _STATED:
        value = getattr(rules, name)
        for each in value if isinstance(value, tuple) else (value,):
            span = getattr(each, "span", NOWHERE)
            about = getattr(each, "id", name)
            for place, number in _odd(each, ""):
                message = f"`{about}` states `{number}` for {place.lstrip('.')}, which is not a finite number"
                found.append(Diagnostic(codes.BAD_AMOUNT, message, span, "write digits, such as 12.50"))
    return tuple(found)


def _odd(value: object, place: str) -> Iterator[tuple[str, Decimal]]:
    """The numbers inside a value that are not finite, each with its path."""
    match value:
        case Decimal():
            if not value.is_finite():
                yield place, value
        case str() | Enum() | Span() | None:
            return
        case Mapping():
            for key, each in value.items():
                yield from _odd(each, f"{place}.{key}" if key else place)
        case tuple() | list():
            for index, each in enumerate(value):
                yield from _odd(each, f"{place}[{index}]")
        case _ if is_dataclass(value) and type(value).__module__.startswith("engine.pricing."):
            for field in fields(value):
                yield from _odd(getattr(value, field.name), f"{place}.{field.name}")
