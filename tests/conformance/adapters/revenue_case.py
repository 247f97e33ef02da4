"""What every revenue adapter needs: the currency of a case, amounts as texts, and comparing expected with found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.diagnostics import Refusal
from engine.money import Currency, Money, Ratio
from engine.periods import Period

Case = Mapping[str, Any]


def unit_of(case: Case) -> Currency:
    """The currency of a case with the decimals that the case rounds to."""
    return Currency(case["currency"], int(case["scale"]))


def money(case: Case, text: str) -> Money:
    return Money.exactly(Decimal(text), unit_of(case))


def text(amount: Money) -> str:
    return str(amount.decimal)


def day(value: str) -> date:
    return date.fromisoformat(value)


def month(value: str) -> date:
    return date.fromisoformat(f"{value}-01")


def through(start: str, last_day: str) -> Period:
    """A period whose end is given inclusively, as the cases write it."""
    return Period(day(start), day(last_day) + timedelta(days=1))


def ratio(value: str) -> Ratio:
    return Ratio.of(Decimal(value))


def value_of(outcome: Any) -> Any:
    """The outcome itself, or a failure that shows why it was refused."""
    assert not isinstance(outcome, Refusal), str(outcome)
    return outcome


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Where ``found`` is not what is expected; texts with numbers are compared as decimals, extra keys are free."""
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            return [f"{path}: expected {expected!r}, found {found!r}"]
        missing = [f"{path}.{key}: missing, expected {expected[key]!r}" for key in expected if key not in found]
        inner = [
            line for key in expected if key in found for line in differences(expected[key], found[key], f"{path}.{key}")
        ]
        return missing + inner
    if isinstance(expected, list):
        if not isinstance(found, list | tuple) or len(found) != len(expected):
            return [f"{path}: expected {expected!r}, found {found!r}"]
        return [
            line
            for n, (one, other) in enumerate(zip(expected, found, strict=True))
            for line in differences(one, other, f"{path}[{n}]")
        ]
    return [] if _same(expected, found) else [f"{path}: expected {expected!r}, found {found!r}"]


def _same(expected: Any, found: Any) -> bool:
    if expected == found and type(expected) is type(found):
        return True
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None or found is None:
        return False
    try:
        return Decimal(str(expected)) == Decimal(str(found))
    except InvalidOperation:
        return False
