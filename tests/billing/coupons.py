"""Coupons and a slow, obvious twin of their spread, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from engine.billing import AmountOff, BillLine, Coupon, PercentOff
from tests.contracts.build import eur


def amount_off(key: str, amount: str, used: str = "0.00", **more: object) -> Coupon:
    return Coupon(key, "anna", key, AmountOff(eur(amount), eur(used)), **more)  # type: ignore[arg-type]


def percent_off(key: str, percent: str, invoices: int = 0, **more: object) -> Coupon:
    return Coupon(key, "anna", key, PercentOff(Decimal(percent), invoices), **more)  # type: ignore[arg-type]


def naive(lines: Sequence[BillLine], coupons: Sequence[Coupon]) -> tuple[list[Fraction], list[Fraction]]:
    """What each coupon takes off and what each line loses, in cents: one coupon and one line at a time."""
    rest = {each.id: Fraction(each.amount.minor_units) for each in lines if not each.credits}
    for each in lines:
        if each.credits:
            rest[each.credits] -= -each.amount.minor_units
    given = []
    for coupon in sorted(sorted(coupons, key=lambda each: each.id), key=lambda each: each.priority):
        own = [
            each
            for each in lines
            if each.id in rest
            and (each.sku in coupon.products or not coupon.products)
            and (each.contract in coupon.contracts or not coupon.contracts)
        ]
        base = sum((rest[each.id] for each in own), Fraction(0))
        if isinstance(coupon.off, AmountOff):
            wanted = Fraction(coupon.off.left.minor_units)
        else:
            wanted = Fraction(int(base * Fraction(coupon.off.percent) / 100 + Fraction(1, 2)))
        off = min(wanted, Fraction(int(base)))
        if off > 0:
            given.append(off)
            for each in own:
                rest[each.id] -= rest[each.id] * off / base
    before = {each.id: Fraction(each.amount.minor_units) for each in lines if not each.credits}
    for each in lines:
        if each.credits:
            before[each.credits] += each.amount.minor_units
    return given, [before[each.id] - rest[each.id] if each.id in rest else Fraction(0) for each in lines]
