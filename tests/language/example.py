"""The scope and the records that the tests of the language and its reference page speak of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.language import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    NUMBER,
    PERCENT,
    TEXT,
    ContextType,
    EnumType,
    ListType,
    MoneyType,
    Scope,
    Type,
    optional,
)

SEGMENT = EnumType("segment", ("edu", "gov", "retail"))
REGION = EnumType("region", ("DE", "AT", "FR", "US"))
FAMILY = EnumType("family", ("cpu", "disk", "memory"))

LINE: dict[str, Type] = {
    "sku": TEXT,
    "qty": NUMBER,
    "family": FAMILY,
    "list": MoneyType("EUR"),
    "net": MoneyType("EUR"),
    "cost": MoneyType("EUR"),
    "discountable": BOOLEAN,
    "start": DATE,
    "note": optional(TEXT),
    "weight": optional(NUMBER),
}
ROOTS: dict[str, Type] = {
    "line": ContextType(LINE, "line"),
    "quote": ContextType(
        {
            "date": DATE,
            "created": DATE_TIME,
            "net": MoneyType("EUR"),
            "usd": MoneyType("USD"),
            "discount_pct": PERCENT,
            "valid_until": optional(DATE),
            "codes": ListType(TEXT),
        },
        "quote",
    ),
    "customer": ContextType({"segment": SEGMENT, "region": REGION, "tier": optional(NUMBER)}, "customer"),
    "lines": ListType(ContextType(LINE, "line")),
    "gpu": ListType(ContextType({"sku": TEXT, "power_w": NUMBER, "qty": NUMBER}, "gpu")),
    "psu": ContextType({"sku": TEXT, "watts": NUMBER}, "psu"),
}


def example_scope() -> Scope:
    """A fresh scope."""
    return Scope(ROOTS)


def line(sku: str = "DISK-1T", qty: int = 5, net: str = "80.00", **changes: object) -> dict[str, object]:
    """A record of a line."""
    return {
        "sku": sku,
        "qty": Decimal(qty),
        "family": "disk",
        "list": Decimal("89.90"),
        "net": Decimal(net),
        "cost": Decimal("50.00"),
        "discountable": True,
        "start": date(2026, 1, 5),
        "note": None,
        "weight": None,
        **changes,
    }


def records() -> tuple[object, ...]:
    """Values for the roots, in their order: line, quote, customer, lines, gpu, psu."""
    quote = {
        "date": date(2026, 3, 1),
        "net": Decimal(100),
        "usd": Decimal(110),
        "discount_pct": Decimal(15),
        "valid_until": None,
        "codes": ("SPRING", "B2B"),
    }
    customer = {"segment": "edu", "region": "DE", "tier": None}
    lines = (line(), line("MEM-16", 1, "20.00", family="memory", weight=Decimal(3)))
    gpu = (
        {"sku": "G1", "power_w": Decimal(300), "qty": Decimal(2)},
        {"sku": "G2", "power_w": Decimal(100), "qty": Decimal(1)},
    )
    return line(), quote, customer, lines, gpu, {"sku": "P850", "watts": Decimal(850)}
