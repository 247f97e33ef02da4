"""The adapters for pricing cases that are about one piece of arithmetic."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.money import Ratio, Rounding, allocate
from engine.periods import PartMonths
from engine.pricing.conversion import convert_amount
from engine.pricing.models import month_multiplier, period_count, round_to_multiple
from tests.conformance.adapters.pricing_quote import Case, currency_of, money


def allocation(case: Case) -> dict[str, Any]:
    """Split an amount by weights."""
    given = case["given"]
    parts = allocate(money(given["amount"], case), [Decimal(weight) for weight in given["weights"]])
    shown = [part.decimal for part in parts]
    return {"parts": shown, "sum": sum(shown, Decimal(0))}


def rounding_value(case: Case) -> dict[str, Any]:
    """Round a value to a multiple of a unit."""
    given = case["given"]
    unit = Decimal(given.get("unit", "1"))
    return {"value": round_to_multiple(Decimal(given["value"]), unit, Rounding(case["rounding"]["mode"]))}


def conversion(case: Case) -> dict[str, Any]:
    """Convert an amount at a rate into the currency of the case."""
    given = case["given"]
    mode = Rounding(case["rounding"]["mode"])
    return {"value": convert_amount(Decimal(given["amount"]), Decimal(given["rate"]), currency_of(case), mode).decimal}


def proration_multiplier(case: Case) -> dict[str, Any]:
    """How many terms a stretch of days or months is, and what a price comes to."""
    given = case["given"]
    multiplier = _multiplier({key: _number(value) for key, value in given.items() if key != "method"}, given["method"])
    found: dict[str, Any] = {"multiplier": multiplier}
    for name in ("price", "amount", "list"):
        if name in given:
            price = Ratio.of(Decimal(given[name])) * multiplier
            found["amount"] = price.decimal(currency_of(case).exponent, Rounding(case["rounding"]["mode"]))
    return found


def _multiplier(given: dict[str, Any], method: str) -> Ratio:
    months, days = given.get("months"), given.get("days")
    match method:
        case "day":
            assert days is not None
            return period_count(Ratio.of(days), given.get("term_days", Decimal(365)))
        case "month":
            assert months is not None
            return month_multiplier(Ratio.of(months), given.get("term_months", Decimal(1)), PartMonths.WHOLE)
        case _:
            counted = Ratio.of(months or Decimal(0))
            if days is not None:
                counted += period_count(Ratio.of(days), given.get("month_days", Decimal(30)))
            return period_count(counted, given.get("term_months", Decimal(1)))


def _number(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return value


def bare_differences(expected: Case, found: dict[str, Any]) -> list[str]:
    """Where a number differs; a ratio is compared to the decimals that the case states."""
    said = []
    for key, value in expected.items():
        have = found.get(key)
        if isinstance(have, Ratio):
            places = max(-int(Decimal(value).as_tuple().exponent), 0)
            have = have.decimal(places)
        wanted = [Decimal(each) for each in value] if isinstance(value, list) else Decimal(value)
        if wanted != have:
            said.append(f"{key}: {value} is not {have}")
    return said
