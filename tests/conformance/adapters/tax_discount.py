"""Kind ``tax-discount``: coupons spread over the fees of an invoice, tax on the rest, rounded once for the invoice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.billing import (
    AmountOff,
    BillLine,
    BillTo,
    Coupon,
    LineKind,
    PercentOff,
    TaxPoint,
    TaxTable,
    discount,
    draft_invoice,
    spread,
)
from engine.diagnostics import Decision
from engine.money import HALF_UP, Money, Ratio, currency

ON = date(2026, 1, 1)
AT = datetime(2026, 1, 1, tzinfo=UTC)
SHARE_PLACES = 7
"""The source keeps each coupon's share of a fee to 7 decimals of the major unit."""


def check(case: dict[str, Any]) -> None:
    given, expect, unit = case["given"], case["expect"], currency(case["currency"])
    lines = [_line(fee, case) for fee in given["fees"]]
    coupons = [_coupon(each, place, case) for place, each in enumerate(given["coupons"])]
    percents = {fee["tax_percent"]: Decimal(fee["tax_percent"]) for fee in given["fees"]}
    charged = discount(lines, coupons, on=ON, currency=unit, rounding=HALF_UP)
    to = BillTo("customer", "account", "seller", unit)
    drafted = draft_invoice("i", charged, to, on=ON, taxes=TaxTable(percents, TaxPoint.TOTAL), at=AT)
    assert isinstance(drafted, Decision), drafted
    invoice, totals = drafted.value, expect["totals"]
    found = {
        "fees": invoice.net + invoice.discount,
        "coupons": invoice.discount,
        "tax": invoice.tax,
        "total": invoice.gross,
    }
    assert found == {key: _money(totals[key], case) for key in found}
    if expect.get("fees") is not None:
        shown = _shown(lines, coupons, percents, case)
        wanted = {key: (Decimal(each["coupon"]), _money(each["tax"], case)) for key, each in expect["fees"].items()}
        assert shown == wanted


def _shown(
    lines: list[BillLine], coupons: list[Coupon], percents: Mapping[str, Decimal], case: dict[str, Any]
) -> dict[str, tuple[Decimal, Money]]:
    """What coupons take off each fee, each share cut as the source does, and the tax of the fee by itself."""
    unit = currency(case["currency"])
    found = spread(lines, coupons, currency=unit)
    shown = {}
    for place, line in enumerate(lines):
        own = [share[place] / unit.scale for share in found.shares]
        cut = sum((Ratio(*each.as_integer_ratio()).decimal(SHARE_PLACES) for each in own), Decimal(0))
        rest = (line.amount.minor_units - found.of_line(place)) * Fraction(percents[line.tax_code]) / 100
        shown[line.id] = (cut, Money(int(rest + Fraction(1, 2)), unit))
    return shown


def _line(fee: dict[str, Any], case: dict[str, Any]) -> BillLine:
    key, amount = fee["id"], _money(fee["amount"], case)
    kind, code = LineKind.ONE_TIME, fee["tax_percent"]
    return BillLine(key, "c", key, key, key, key, kind, Decimal(1), amount, ON, tax_code=code)


def _coupon(given: dict[str, Any], place: int, case: dict[str, Any]) -> Coupon:
    """Coupons are taken in the order in which they are listed."""
    unit = currency(case["currency"])
    off: AmountOff | PercentOff
    if "percent" in given:
        off = PercentOff(Decimal(given["percent"]))
    else:
        off = AmountOff(_money(given["amount"], case), Money.zero(unit))
    return Coupon(given["id"], "customer", given["id"], off, tuple(given.get("applies_to", ())), priority=place)


def _money(text: str, case: dict[str, Any]) -> Money:
    return Money.exactly(Decimal(text), currency(case["currency"]))
