"""The certificate of an offer: a hash with which anyone can recompute the price years later and see it is the same.

It covers the hash of the rule book, the semantics version of the engine, the inputs (date, currency, exchange rates,
customer, lines, discounts) and the result. Every value is written in one canonical way: sorted names, decimals without
trailing zeros, dates in ISO form, so that two programs that agree on the values agree on the hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from engine.diagnostics import Code, Fault, Refusal
from engine.money import Money
from engine.quotes.evaluation import Parts, PricedQuote, evaluate

PREFIX = "cpq1-sha256:"
MISMATCH = Code("QUO201")
OTHER_RULE_BOOK = Code("QUO202")


def certificate_of(priced: PricedQuote) -> str:
    """The certificate of an evaluated quote, ``cpq1-sha256:`` and 64 hexadecimal digits."""
    body = {
        "rule_book": priced.rule_book,
        "semantics": priced.semantics,
        "request": canonical(priced.request),
        "lines": [_line(each) for each in priced.priced.lines],
        "totals": canonical(priced.priced.totals),
    }
    if priced.priced.gifts:
        body["gifts"] = [canonical(replace(each, rule_no=0)) for each in priced.priced.gifts]
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()


def verify(priced: PricedQuote, certificate: str, parts: Parts) -> Refusal | None:
    """Recompute an offer from its request with the rule book it names; None means that the certificate holds."""
    if parts.rule_book != priced.rule_book:
        message = f"the offer was made under rule book `{priced.rule_book}`, not `{parts.rule_book}`"
        return Refusal((Fault(OTHER_RULE_BOOK, "rule_book", message),))
    again = evaluate(priced.request, parts)
    if isinstance(again, Refusal):
        return again
    found = certificate_of(again)
    if found == certificate:
        return None
    message = f"the offer recomputes to `{found}`, not to `{certificate}`"
    return Refusal((Fault(MISMATCH, "certificate", message),))


def canonical(value: object) -> object:
    """A value of the domain as plain JSON values, written in the one canonical way."""
    match value:
        case Enum():
            return value.value
        case None | bool() | str() | int():
            return value
        case Decimal():
            return decimal_text(value)
        case date():
            return value.isoformat()
        case Money():
            return [value.minor_units, value.currency.code]
        case Mapping():
            return {str(key): canonical(each) for key, each in sorted(value.items())}
        case tuple() if hasattr(value, "_fields"):
            return {name: canonical(each) for name, each in _said(value)}
        case tuple() | list():
            return [canonical(each) for each in value]
        case _ if is_dataclass(value):
            return {each.name: canonical(getattr(value, each.name)) for each in fields(value) if _is_said(each, value)}
        case _:
            raise TypeError(f"no canonical form for {type(value).__name__}")


def _said(row: Any) -> Iterator[tuple[str, object]]:
    """The fields of a named tuple that say something."""
    spare = type(row)._field_defaults
    return (
        (name, each) for name, each in zip(row._fields, row, strict=True) if name not in spare or spare[name] != each
    )


def _is_said(part: Field[object], value: object) -> bool:
    """Whether a field says something: what is at its default is left out, so that a later version of the engine, whose
    requests can say more, writes an old request in the same way.
    """
    if part.default is not MISSING:
        return bool(getattr(value, part.name) != part.default)
    if part.default_factory is not MISSING:
        return bool(getattr(value, part.name) != part.default_factory())
    return True


def decimal_text(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros; zero is ``0``."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"", "-0", "-"} else text


def _line(line: object) -> object:
    """The money of a line without its trace: how a price is told may be improved, what it is may not change."""
    told = {"trace", "applied", "source"}
    names = getattr(line, "_fields", ())
    return {name: canonical(getattr(line, name)) for name in names if name not in told}
