"""The small grammar around FEEL: what ``give`` and ``cap`` say; the formulas inside keep their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from engine.diagnostics import DiagnosticError
from engine.pricing.effects import (
    Amount,
    Basis,
    BuyGet,
    Condition,
    Effect,
    FirstNext,
    ForEach,
    Gift,
    On,
    Operand,
    Percent,
    Select,
    SetPrice,
    Sign,
    UnitPick,
    UnitsOff,
)
from engine.rulebook.codes import finding
from engine.rulebook.fields import Limits
from engine.rulebook.nodes import Scalar
from engine.rulebook.values import Unreadable, check_limits, number

EXAMPLES = "write it like `10 % off unit`, `5.00 off line`, `set 99.00 unit` or `buy 2 of any get 1 of cheapest at 0 %`"
_TARGETS = "unit|line|each_line|order|units"
_PERCENT = re.compile(
    rf"(?P<value>.+?)%\s*(?P<sign>off|up)\s+(?P<on>(?:{_TARGETS})\b.*?)(?P<of>\s+of\s+list)?\s*\Z", re.S
)
_AMOUNT = re.compile(rf"(?P<value>.+?)\s(?P<sign>off|up)\s+(?P<on>(?:{_TARGETS})\b.*?)\s*\Z", re.S)
_SET = re.compile(rf"set\s+(?P<value>.+?)\s(?P<on>(?:{_TARGETS})(?:\s*\(.*\))?)\s*\Z", re.S)
_UNITS = re.compile(r"units\s*\((?P<selector>.*)\)\s*\Z", re.S)
_ADD = re.compile(
    r"add\s+(?P<sku>\S+)(?:\s+qty\s+(?P<qty>\S+))?\s+at\s+(?P<price>\S+)"
    r"(?:\s+for_each\s+(?P<each>\S+)(?:\s+where\b(?P<where>.+))?)?\s*\Z",
    re.S,
)
_FIRST = re.compile(r"(?P<first>.+?)\s+off\s+first\s+unit,?\s+(?P<next>.+?)\s+off\s+each\s+further\s*\Z", re.S)
_SELECTOR = re.compile(
    r"(?P<how>cheapest|dearest|any|groups\s+of)\b\s*(?P<count>(?!where\b)[^\s]+)?\s*(?:where\b(?P<where>.+))?\Z", re.S
)
_BUY = re.compile(
    r"buy\s+(?P<n>\S+)\s+of\s+(?P<what>.+?)\s+get\s+(?P<m>\S+)\s+of\s+(?P<which>.+?)"
    r"\s+at\s+(?P<at>[^%]+)%(?P<repeat>\s*repeat)?(?P<partial>\s*partial)?(?:\s*at_most\s+(?P<max>\S+))?\s*\Z",
    re.S,
)
_NUMBER_ALONE = re.compile(
    r"(?P<plus>[+-]?)\s*(?P<value>\d+(?:\.\d+)?)\s*(?P<percent>%?)\s*(?P<sign>off|up|)\Z", re.ASCII
)
_SELECTS = {"cheapest": Select.CHEAPEST, "dearest": Select.DEAREST, "any": Select.DEAREST}


@dataclass(frozen=True, slots=True)
class Formulas:
    """How the formulas inside an effect are checked: percents, amounts, and conditions on single units."""

    percent: Callable[[Scalar], Operand]
    money: Callable[[Scalar], Operand]
    condition: Callable[[Scalar], tuple[Condition, ...]]


@dataclass(frozen=True, slots=True)
class GivenEffect:
    """An effect, and whether it holds an amount of money, which belongs to one currency."""

    effect: Effect
    in_money: bool


def parse_effect(text: Scalar, formulas: Formulas) -> GivenEffect:
    """Read one effect; raises ``DiagnosticError`` at the part that cannot be read."""
    words = text.text.split(None, 1)
    match words[0] if words else "":
        case "set":
            return _set(text, formulas)
        case "buy":
            return _buy(text, formulas)
        case "add":
            return _add(text, formulas)
        case _:
            return _off_or_up(text, formulas)


def parse_per_currency(text: Scalar) -> Iterator[tuple[Scalar, Scalar]] | None:
    """Split ``{EUR: 5.00 off unit, USD: 6.00 off unit}`` of a table cell; None when the text has no braces."""
    trimmed = text.cut(0, len(text.text))
    if not (trimmed.text.startswith("{") and trimmed.text.endswith("}")):
        return None
    return _pairs(trimmed)


def parse_cap(text: Scalar) -> tuple[Decimal | None, Decimal | None]:
    """Read ``15 %``, ``200.00`` or ``15 %, 200.00`` as percent and amount."""
    percent: Decimal | None = None
    amount: Decimal | None = None
    start = 0
    for piece in text.text.split(","):
        part = text.cut(start, start + len(piece))
        start += len(piece) + 1
        if part.text.endswith("%") and percent is None:
            percent = _constant(part.cut(0, len(part.text) - 1), Limits.SHARE)
        elif amount is None and not part.text.endswith("%"):
            amount = _constant(part, Limits.FROM_ZERO)
        else:
            _refuse(part, "a cap is one percent, one amount, or both", "write it like `15 %` or `15 %, 200.00`")
    return percent, amount


def _pairs(text: Scalar) -> Iterator[tuple[Scalar, Scalar]]:
    pieces = re.finditer(r"\s*([A-Z]{3})\s*:\s*(.+?)\s*(?:,(?=\s*[A-Z]{3}\s*:)|\Z)", text.text[1:-1], re.S)
    for piece in pieces:
        yield text.cut(1 + piece.start(1), 1 + piece.end(1)), text.cut(1 + piece.start(2), 1 + piece.end(2))


def _group(text: Scalar, match: re.Match[str], name: str) -> Scalar:
    return text.cut(match.start(name), match.end(name))


def _off_or_up(text: Scalar, formulas: Formulas) -> GivenEffect:
    match = _FIRST.match(text.text)
    if match:
        first, following = _group(text, match, "first"), _group(text, match, "next")
        return GivenEffect(FirstNext(formulas.money(first), formulas.money(following)), in_money=True)
    match = _PERCENT.match(text.text)
    if match and _outside_quotes(text.text, match.start("sign")):
        value = formulas.percent(_group(text, match, "value"))
        of = Basis.LIST if match["of"] else Basis.RUNNING
        on = _group(text, match, "on")
        return GivenEffect(_on(on, Percent(value, On.UNIT, Sign(match["sign"]), of), formulas), in_money=False)
    match = _AMOUNT.match(text.text)
    if match:
        amount = Amount(formulas.money(_group(text, match, "value")), On.UNIT, Sign(match["sign"]))
        return GivenEffect(_on(_group(text, match, "on"), amount, formulas), in_money=True)
    _refuse(text, f"the effect `{text.text}` cannot be read", _example(text.text))


def _example(text: str) -> str:
    """How to write an effect: for a number alone what it probably means, else examples."""
    found = _NUMBER_ALONE.match(text.strip())
    if found is None:
        return EXAMPLES
    percent, sign = " %" if found["percent"] else "", found["sign"] or ("up" if found["plus"] == "+" else "off")
    return f"write what it is {sign}: `{found['value']}{percent} {sign} unit`, or `line` or `order` for `unit`"


def _set(text: Scalar, formulas: Formulas) -> GivenEffect:
    match = _SET.match(text.text)
    if not match:
        _refuse(text, f"the effect `{text.text}` cannot be read", "write it like `set 99.00 unit`")
    price = SetPrice(formulas.money(_group(text, match, "value")))
    return GivenEffect(_on(_group(text, match, "on"), price, formulas), in_money=True)


def _on(target: Scalar, effect: Percent | Amount | SetPrice, formulas: Formulas) -> Effect:
    units = _UNITS.match(target.text)
    if not units:
        return _retarget(effect, target)
    inner = _group(target, units, "selector")
    match = _SELECTOR.match(inner.text)
    if not match:
        _refuse(inner, f"`{inner.text}` does not select units", "write it like `cheapest 1 where line.qty > 2`")
    where = formulas.condition(_group(inner, match, "where")) if match["where"] else ()
    count = _constant(_group(inner, match, "count"), Limits.ABOVE_ZERO) if match["count"] else None
    if match["how"].startswith("groups"):
        if count is None or count != int(count) or count < 1:
            _refuse(inner, "`groups of` needs a whole number", "write it like `groups of 3`")
        return UnitsOff(effect, Select.LINE_ORDER, None, int(count), where)
    return UnitsOff(effect, _SELECTS[match["how"]], count or Decimal(1), None, where)


def _retarget(effect: Percent | Amount | SetPrice, target: Scalar) -> Effect:
    try:
        on = On(target.text)
    except ValueError:
        _refuse(target, f"`{target.text}` is no target", f"write one of {_TARGETS.replace('|', ', ')}")
    if on is On.UNITS:
        _refuse(target, "`units` does not say which", "write `unit` for all, or `units(cheapest 1)`")
    match effect:
        case Percent(value, _, sign, of):
            return Percent(value, on, sign, of)
        case Amount(value, _, sign):
            return Amount(value, on, sign)
        case SetPrice(value, _):
            return SetPrice(value, on)


def _buy(text: Scalar, formulas: Formulas) -> GivenEffect:
    match = _BUY.match(text.text)
    if not match:
        _refuse(
            text, f"the effect `{text.text}` cannot be read", "write it like `buy 2 of any get 1 of cheapest at 0 %`"
        )
    buy = _pick(_constant(_group(text, match, "n"), Limits.ABOVE_ZERO), _group(text, match, "what"), formulas)
    get = _pick(_constant(_group(text, match, "m"), Limits.ABOVE_ZERO), _group(text, match, "which"), formulas)
    price = _constant(_group(text, match, "at"))
    most = int(_constant(_group(text, match, "max"), Limits.ABOVE_ZERO)) if match["max"] else None
    repeat, partial = bool(match["repeat"]), bool(match["partial"])
    effect = BuyGet(buy, get, Decimal(100) - price, repeat=repeat, partial=partial, sets_max=most)
    return GivenEffect(effect, in_money=False)


def _pick(quantity: Decimal, selector: Scalar, formulas: Formulas) -> UnitPick:
    match = _SELECTOR.match(selector.text)
    if not match or match["how"].startswith("groups") or match["count"]:
        _refuse(
            selector, f"`{selector.text}` does not select units", "write `any`, `cheapest` or `dearest`, then `where`"
        )
    where = formulas.condition(_group(selector, match, "where")) if match["where"] else ()
    return UnitPick(quantity, where, _SELECTS[match["how"]])


def _add(text: Scalar, formulas: Formulas) -> GivenEffect:
    match = _ADD.match(text.text)
    if not match:
        _refuse(text, f"the effect `{text.text}` cannot be read", "write it like `add MOUSE-1 qty 1 at 0`")
    quantity = _constant(_group(text, match, "qty"), Limits.ABOVE_ZERO) if match["qty"] else Decimal(1)
    price = _constant(_group(text, match, "price"))
    times = None
    if match["each"]:
        where = formulas.condition(_group(text, match, "where")) if match["where"] else ()
        each = _constant(_group(text, match, "each"))
        if each <= 0:
            _refuse(_group(text, match, "each"), f"`for_each {each}` is not above zero", "write it like `for_each 2`")
        times = ForEach(each, where)
    return GivenEffect(Gift(match["sku"], quantity, price, times), in_money=price != 0)


def _constant(text: Scalar, limits: Limits = Limits.ANY) -> Decimal:
    try:
        found = number(text.text)
        check_limits(found, limits)
        return found
    except Unreadable as problem:
        raise DiagnosticError(finding("DSC201", problem.message, text.span, problem.hint)) from None


def _outside_quotes(text: str, at: int) -> bool:
    return text.count('"', 0, at) % 2 == 0


def _refuse(text: Scalar, message: str, hint: str) -> NoReturn:
    raise DiagnosticError(finding("DSC201", message, text.span, hint))
