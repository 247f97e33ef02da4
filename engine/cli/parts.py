"""What each tier adds to a line, on the screen."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from engine.cli.screen import Screen, amount

NAMES = {
    2: "included",
    3: "up to the minimum",
    4: "beyond the maximum",
    5: "other lines of the pool",
    6: "discounts, surcharges, rounding",
    7: "tax inside",
    8: "billed before",
    9: "another part of the period or order",
}


def show_parts(screen: Screen, parts: Iterable[Any], code: str) -> None:
    """A table of what each tier adds; nothing where a quantity and a price say it all."""
    rows = [[f"    {row[0]}", *row[1:]] for row in part_rows(parts, code)]
    columns = ["    of which", "qty", "unit", "flat fee", "amount"]
    if not any(row[3] for row in rows):
        columns, rows = [*columns[:3], columns[4]], [[*row[:3], row[4]] for row in rows]
    if rows:
        screen.table(columns, rows, right=range(1, len(columns)))


def part_rows(parts: Iterable[Any], code: str) -> list[list[str]]:
    """One row a part: its tier, how many units at which price, the flat fee, and what they come to."""
    return [
        [
            NAMES.get(each.kind) or _tier(each),
            _units(each),
            each.unit_price and f"{Decimal(each.unit_price):,f}" + (" a package" if each.packages else ""),
            each.flat_fee and f"{Decimal(each.flat_fee):,f}",
            amount(each.amount, code),
        ]
        for each in parts
    ]


def _tier(part: Any) -> str:
    """The bounds of a tier in words: `tier 1: up to 9`, `tier 2: above 9 up to 19`, `tier 3: above 19`."""
    if not part.above:
        return "packages" if part.packages else "units" if part.unit_price else "fee"
    above = f"above {_number(part.above)}" if Decimal(part.above) else ""
    bounds = " ".join(each for each in (above, part.up_to and f"up to {_number(part.up_to)}") if each)
    return f"tier {part.tier}: {bounds}" if bounds else f"tier {part.tier}"


def _units(part: Any) -> str:
    if not part.quantity:
        return ""
    started = f" ({_number(part.packages)} packages)" if part.packages else ""
    return _number(part.quantity) + started


def _number(text: str) -> str:
    return f"{Decimal(text).normalize():,f}"
