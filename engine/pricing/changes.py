"""What a request would have to say for a condition to hold, and the request that says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from engine.catalog import Value
from engine.money import EXACT
from engine.pricing.atoms import Interval, Key, OneOf
from engine.pricing.request import PriceRequest, RequestLine

CODE: Key = ("code",)
"""The key of a change that enters a code."""
_OF_LINE = {
    "qty": "quantity",
    "group": "group",
    "term_months": "term_months",
    "cost": "cost",
    "discountable": "discountable",
}
"""What a request says about a line under names of its own; other names are attributes of the product."""
_FOUND_OUT = frozenset(
    ("id", "sku", "bundle", "segment", "charge", "list", "list_amount", "unit", "net", "running", "floor", "discounted")
)
"""What is found out about a line, or makes it what it is: no request can say otherwise of the same line."""
_OF_QUOTE = frozenset(("list", "net", "running", "qty", "acv", "tcv", "codes"))
"""What is found out about a quote."""


class Change(NamedTuple):
    """One thing that a request says otherwise: an attribute by its path, or a code that is entered."""

    key: Key
    value: Value


@dataclass(frozen=True, slots=True)
class Wish:
    """What would make something act, in words and as changes to the request; None where no request can say it."""

    text: str
    changes: tuple[Change, ...] | None = None


def change_of(atom: OneOf | Interval) -> Change:
    """A value that meets an atom: the first of several, or the one nearest to a bound."""
    if isinstance(atom, OneOf):
        return Change(atom.key, min(atom.values, key=str))
    return Change(atom.key, _within(atom))


def _within(atom: Interval) -> Value:
    low, high = atom.low, atom.high
    if low is not None and atom.low_included:
        return low
    if high is not None and atom.high_included:
        return high
    if isinstance(low, date) or isinstance(high, date):
        return _day_within(low, high)
    if low is not None and high is not None:
        return EXACT.divide(EXACT.add(low, high), Decimal(2))
    if low is not None:
        return EXACT.add(low, Decimal(1))
    assert isinstance(high, Decimal)
    return EXACT.subtract(high, Decimal(1)) if high > 1 else EXACT.divide(high, Decimal(2))


def _day_within(low: object, high: object) -> date:
    day = timedelta(days=1)
    if isinstance(low, date):
        return low + day
    assert isinstance(high, date)
    return high - day


def changed(request: PriceRequest, index: int, changes: Iterable[Change]) -> PriceRequest | None:
    """The request with changes made to it and to one of its lines; None when it cannot say one of them."""
    for each in changes:
        made = _changed(request, index, each)
        if made is None:
            return None
        request = made
    return request


def _changed(request: PriceRequest, index: int, change: Change) -> PriceRequest | None:
    match change.key:
        case ("code",):
            return replace(request, codes=(*request.codes, str(change.value)))
        case ("quote", "date"):
            return replace(request, date=change.value)  # type: ignore[arg-type]
        case ("quote", "currency"):
            return replace(request, currency=str(change.value))
        case ("quote", name) if name not in _OF_QUOTE:
            return replace(request, quote={**request.quote, name: change.value})
        case ("customer", name):
            return replace(request, customer={**request.customer, name: change.value})
        case ("line", name) if name not in _FOUND_OUT:
            lines = list(request.lines)
            lines[index] = _line(lines[index], name, change.value)
            return replace(request, lines=tuple(lines))
        case _:
            return None


def _line(line: RequestLine, name: str, value: Value) -> RequestLine:
    own = _OF_LINE.get(name)
    facts: Mapping[str, Value] = line.facts if own else {**line.facts, name: value}
    said: dict[str, Any] = {own: value} if own else {}
    return line._replace(facts=facts, allowed=None, is_plain=False, **said)
