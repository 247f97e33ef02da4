"""Texts of rule files into values: numbers, percents, amounts, dates, flags, durations."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from engine.diagnostics import did_you_mean
from engine.money import known_currencies
from engine.rulebook.fields import Limits, ScalarField, ScalarKind

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)\Z", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*\Z")
_UNIT = re.compile(r"\A(?:[€$£¥]|[A-Z]{3}\b)\s*|\s*(?:[€$£¥%]|\b[A-Z]{3})\Z")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)
_DURATION = re.compile(r"P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?)?\Z", re.ASCII)
MOST_DIGITS = 34
HUNDRED = Decimal(100)
FLAGS = {"true": True, "false": False}
CURRENCIES = tuple(each.code for each in known_currencies())


class Unreadable(Exception):
    """A text is not what its field says; carries code, message and hint for the reader."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


def number(text: str) -> Decimal:
    """Read a decimal number; no exponent, no separators, at most 34 digits."""
    if not _NUMBER.match(text):
        raise Unreadable("FLD004", f"`{text}` is not a number", _number_hint(text))
    value = Decimal(text)
    if len(value.as_tuple().digits) > MOST_DIGITS:
        raise Unreadable("FLD004", f"`{text}` has more than {MOST_DIGITS} digits", "write fewer digits")
    return value


def _number_hint(text: str) -> str:
    """What the author probably meant by something that is no number."""
    bare = _UNIT.sub("", text)
    if bare != text and _NUMBER.match(bare):
        return f"write {bare}: what it is counted in is said elsewhere"
    for mark in (",", "."):
        other = "." if mark == "," else ","
        if re.fullmatch(rf"[+-]?\d{{1,3}}(\{other}\d{{3}})+\{mark}\d+", bare):
            return f"write {bare.replace(other, '').replace(mark, '.')}, without thousands separators"
    if re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", bare):
        return f"write {bare.replace(',', '')} or {bare.replace(',', '.')}: the comma may mean thousands or decimals"
    if re.fullmatch(r"[+-]?\d+,\d+", bare):
        return f"write {bare.replace(',', '.')}"
    return "write digits with a point, no thousands separators"


def integer(text: str) -> int:
    """Read a whole number."""
    value = number(text)
    if value != value.to_integral_value():
        raise Unreadable("FLD004", f"`{text}` is not a whole number")
    return int(value)


def percent(text: str) -> Decimal:
    """Read ``15`` or ``15 %``."""
    return number(text.rstrip("%").rstrip())


def day(text: str) -> date:
    """Read a date as year-month-day."""
    match = _DATE.match(text)
    if not match:
        raise Unreadable("FLD006", f"`{text}` is not a date", _date_hint(text))
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        hint = "write year, month and day in this order: 2026-03-31"
        raise Unreadable("FLD006", f"the calendar has no day `{text}`", hint) from None


def _date_hint(text: str) -> str:
    """How to write a date; where day and month can be told apart, the very date."""
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    if found and 1 <= int(found[2]) <= 12 and 1 <= int(found[1]) <= 31:
        return f"write it as {found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    return "write it as 2026-03-31"


def flag(text: str) -> bool:
    """Read true or false; no other word."""
    if text not in FLAGS:
        raise Unreadable("FLD007", f"`{text}` is neither true nor false", "write true or false")
    return FLAGS[text]


def currency(text: str) -> str:
    """Read an ISO 4217 code."""
    if text not in CURRENCIES:
        raise Unreadable("PRC209", f"the currency `{text}` is not known", did_you_mean(text, CURRENCIES))
    return text


def duration_hours(text: str) -> int:
    """Read ``P2D`` or ``PT4H`` as whole hours."""
    match = _DURATION.match(text)
    if not match or int(match[3] or 0) % 60:
        raise Unreadable("APR303", f"`{text}` is not a duration of days and hours", "write it as P2D or PT4H")
    return int(match[1] or 0) * 24 + int(match[2] or 0) + int(match[3] or 0) // 60


def check_scalar(text: str, field: ScalarField) -> None:
    """Raise :class:`Unreadable` when a text does not fit its field; formulas are checked later, with their names."""
    if field.choices and text not in field.choices:
        hint = did_you_mean(text, field.choices) or f"write one of {', '.join(field.choices)}"
        raise Unreadable("FLD005", f"`{text}` is not one of the words known here", hint)
    if field.kind in _PARSERS:
        _PARSERS[field.kind](text)
    elif field.kind is ScalarKind.ID and not _ID.match(text):
        raise Unreadable("FLD003", f"`{text}` is not an id", "use letters, digits, `.`, `_` and `-`")
    elif field.kind in _FORMULAS and not text.strip():
        raise Unreadable("FLD003", f"{field.kind.value} is missing")


def check_limits(value: Decimal, limits: Limits) -> None:
    """Raise :class:`Unreadable` when a number is not one of those that a key takes."""
    fits = {
        Limits.ANY: True,
        Limits.ABOVE_ZERO: value > 0,
        Limits.FROM_ZERO: value >= 0,
        Limits.TO_HUNDRED: value <= HUNDRED,
        Limits.SHARE: 0 <= value <= HUNDRED,
        Limits.DAYS: 0 <= value <= 3650,
        Limits.PERIODS: 0 <= value <= 120,
        Limits.MONTH_DAY: 0 <= value <= 31,
    }
    if not fits[limits]:
        raise Unreadable("FLD010", f"{value} is not {limits.value}", f"write a number {_WANTED[limits]}")


_WANTED = {each: each.value if each is not Limits.FROM_ZERO else "of zero or more" for each in Limits}
_FORMULAS = (ScalarKind.FORMULA, ScalarKind.CONDITION, ScalarKind.EFFECT)
_PARSERS: dict[ScalarKind, Callable[[str], object]] = {
    ScalarKind.NUMBER: number,
    ScalarKind.MONEY: number,
    ScalarKind.INTEGER: integer,
    ScalarKind.PERCENT: percent,
    ScalarKind.DATE: day,
    ScalarKind.FLAG: flag,
    ScalarKind.CURRENCY: currency,
    ScalarKind.DURATION: duration_hours,
}
