"""The names that pricing rules may read, and their types: one place for the loader, the engine and the docs."""

from __future__ import annotations

from collections.abc import Mapping

from engine.language.types import (
    BOOLEAN,
    DATE,
    NUMBER,
    TEXT,
    ContextType,
    EnumType,
    ListType,
    MoneyType,
    Type,
    optional,
)

CHARGES = EnumType("charge", ("one_time", "recurring", "usage"))

LINE_FIELDS: Mapping[str, Type] = {
    "id": TEXT,
    "sku": TEXT,
    "qty": NUMBER,
    "group": TEXT,
    "bundle": TEXT,
    "segment": NUMBER,
    "charge": CHARGES,
    "term_months": optional(NUMBER),
    "list": MoneyType(),
    "list_amount": MoneyType(),
    "unit": MoneyType(),
    "net": MoneyType(),
    "running": MoneyType(),
    "cost": optional(MoneyType()),
    "floor": optional(MoneyType()),
    "discountable": BOOLEAN,
    "discounted": BOOLEAN,
}
"""What the engine itself says about a line.

``bundle`` is the SKU at the top of the tree that a part belongs to ("" for a line of its own), ``segment`` the number
of a ramp segment (0: none). ``list`` and ``unit`` are prices of one unit (``unit`` is the running one), ``list_amount``
and ``net`` the line's totals at list and at the start of the stage, ``running`` what earlier rules left of it. Of its
own line a line rule sees the running state; of all others, and of totals, the state at the start of the line stage.
"""

QUOTE_FIELDS: Mapping[str, Type] = {
    "date": DATE,
    "currency": TEXT,
    "codes": ListType(TEXT),
    "list": MoneyType(),
    "net": MoneyType(),
    "running": MoneyType(),
    "qty": NUMBER,
    "acv": MoneyType(),
    "tcv": MoneyType(),
}
"""What the engine says about the quote: totals at list, at the start of the stage, and (order rules) what is left.

``net`` adds up what every line comes to for one charge period, all segments of a ramp among them; ``acv`` (what recurs
in the first year) and ``tcv`` (everything over the term) are the values of the contract at the start of the stage, as
they stand among the totals.
"""

LINE_ROOTS = ("line", "quote", "customer", "lines")
ORDER_ROOTS = ("quote", "customer", "lines")


def line_roots(line: Mapping[str, Type], quote: Mapping[str, Type], customer: Mapping[str, Type]) -> dict[str, Type]:
    """The roots of a condition or formula about a line, in call order, with the catalog's and the book's own names."""
    record = _line(line)
    return {"line": record, **_shared(quote, customer), "lines": ListType(record)}


def order_roots(line: Mapping[str, Type], quote: Mapping[str, Type], customer: Mapping[str, Type]) -> dict[str, Type]:
    """The roots of a condition or formula about the whole order, in call order."""
    return {**_shared(quote, customer), "lines": ListType(_line(line))}


def _line(declared: Mapping[str, Type]) -> ContextType:
    return ContextType({**declared, **LINE_FIELDS}, "line")


def _shared(quote: Mapping[str, Type], customer: Mapping[str, Type]) -> dict[str, Type]:
    return {"quote": ContextType({**quote, **QUOTE_FIELDS}, "quote"), "customer": ContextType(customer, "customer")}
