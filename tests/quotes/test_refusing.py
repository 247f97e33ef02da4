"""Every fault of a request comes in one answer: what is wrong with one line hides nothing of the others."""

from __future__ import annotations

from engine.pricing.request import ManualDiscount, ManualKind, ManualOn
from tests.rulebook.shop import D, book_of, line, refused

CATALOG = """\
products:
  - {sku: PEN, name: Pen, list: {EUR: 1.50}, quantity: {minimum: 24, multiple: 12}}
  - {sku: INK, name: Ink, list: {EUR: 9.99}}
  - {sku: NIB, name: Nib, list: {EUR: 2.00}}
"""
PRICES = "prices:\n  - {id: n, sku: NIB, book: dealer, price: 1.80}\n"
DISCOUNTS = """\
discounts:
  - {id: old, code: OLD, give: 5 % off unit, until: 2026-02-01}
  - {id: one, code: ONE, give: 5 % off unit, not_with: [two]}
  - {id: two, code: TWO, give: 5 % off unit}
"""


def manual(on: ManualOn, target: str, value: str) -> ManualDiscount:
    return ManualDiscount("m", on, ManualKind.PERCENT, D(value), "to win", "ann", target)


def places(found: list[str]) -> list[str]:
    """Code and field of each fault."""
    return [": ".join(each.split(": ")[:2]) for each in found]


def test_a_line_that_is_not_known_hides_no_fault_of_another() -> None:
    parts = book_of({"catalog/catalog.yaml": CATALOG}, prices=PRICES, discounts=DISCOUNTS)
    lines = (
        line("INC", id="a"),
        line("PEN", "30", id="b"),
        line("PEN", "12", id="c"),
        line("INK", "0", id="d"),
        line("INK", id="e"),
        line("NIB", id="f"),
        line("PEN", "30", id="part", parent="a"),
    )
    discounts = (
        manual(ManualOn.LINE, "zz", "10"),
        manual(ManualOn.LINE, "a", "101"),
        manual(ManualOn.LINE, "a", "10"),
    )
    more = {"manual": discounts, "codes": ("OLD", "ONE", "TWO"), "header": {"price_book": "dealer"}}
    assert places(refused(parts, *lines, **more)) == [
        "QUO104: lines[0].sku",
        "QUO107: lines[3].quantity",
        "PRC004: lines[1].quantity",
        "PRC004: lines[2].quantity",
        "PRC011: manual_discounts[0].target",
        "PRC011: manual_discounts[1].value",
        "PRC009: codes[0]",
        "PRC010: codes",
        "PRC002: lines[4].sku",
    ]


def test_a_missing_price_is_told_beside_what_else_is_wrong() -> None:
    parts = book_of({"catalog/catalog.yaml": CATALOG})
    found = refused(parts, line("INK"), line("PEN", "30"), currency="CHF")
    assert places(found) == ["PRC004: lines[1].quantity", "PRC002: lines[0].sku"]


def test_a_currency_that_is_none_is_not_followed_by_missing_prices() -> None:
    parts = book_of({"catalog/catalog.yaml": CATALOG})
    found = refused(parts, line("INK"), line("PEN", "30"), currency="EUX")
    assert places(found) == ["PRC001: currency", "PRC004: lines[1].quantity"]
