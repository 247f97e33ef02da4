"""Where a price is rounded on its way, and what of it: each figure by hand."""

from __future__ import annotations

from typing import Any

import pytest

from engine.money import Rounding
from engine.pricing import Lane, compile_plan, price
from engine.pricing.effects import Percent
from engine.pricing.result import Priced
from engine.pricing.settings import RoundingOf, RoundingPoint, RoundingSettings
from tests.pricing.books import D, asked, book, line, rule

TEN_AND_FIVE = (rule("ten", Percent(D(10)), priority=1), rule("five", Percent(D(5))))
RULE, UNIT, LINE = RoundingPoint.RULE, RoundingPoint.UNIT, RoundingPoint.LINE
PRICE, DISCOUNT, OF_UNIT = RoundingOf.PRICE, RoundingOf.DISCOUNT, RoundingOf.DISCOUNT_UNIT


def amount(points: tuple[RoundingPoint, ...], of: RoundingOf, quantity: str, **more: Any) -> str:
    """What lines of C at 9.99 come to, less 10 percent and then 5 percent; the same on both lanes."""
    line_more = more.pop("line", {})
    settings = RoundingSettings(more.pop("mode", Rounding.HALF_UP), frozenset(points), of, **more)
    plan = compile_plan(book(*TEN_AND_FIVE, rounding=settings))
    found = [price(plan, asked(line("C", quantity, **line_more)), lane=lane) for lane in Lane]
    assert all(isinstance(each, Priced) for each in found)
    (minor,) = {each.lines[0].amount for each in found if isinstance(each, Priced)}
    return str(D(minor) / 100)


@pytest.mark.parametrize(
    ("points", "of", "more", "expected"),
    [
        # 9.99, 8.991, 8.54145
        ((LINE,), PRICE, {}, "854.15"),
        ((LINE,), PRICE, {"mode": Rounding.DOWN}, "854.14"),
        # 999.00 less 144.855
        ((LINE,), DISCOUNT, {}, "854.14"),
        ((UNIT, LINE), PRICE, {}, "854"),
        ((UNIT, LINE), PRICE, {"unit_exponent": 3}, "854.1"),
        # 8.99, 8.5405
        ((RULE, LINE), PRICE, {}, "854"),
        ((RULE, LINE), PRICE, {"mode": Rounding.UP}, "855"),  # 9.00, 8.55
        ((RULE, LINE), PRICE, {"unit_exponent": 3}, "854.1"),  # 8.991, 8.541
        # 999.00 less 99.90, less 44.955 as 44.96
        ((RULE, LINE), DISCOUNT, {}, "854.14"),
        # a unit less 1.00, less 0.4495 as 0.45
        ((RULE, LINE), OF_UNIT, {}, "854"),
        # less 0.999, less 0.44955 as 0.450
        ((RULE, LINE), OF_UNIT, {"unit_exponent": 3}, "854.1"),
    ],
)
def test_a_hundred_units(
    points: tuple[RoundingPoint, ...], of: RoundingOf, more: dict[str, Any], expected: str
) -> None:
    assert amount(points, of, "100", **more) == expected


@pytest.mark.parametrize(
    ("points", "of", "expected"),
    [
        # 25 boxes of four at 39.96: 35.964, 34.1658
        ((LINE,), PRICE, "854.15"),
        ((UNIT, LINE), PRICE, "854.25"),  # 34.17 a box
        ((RULE, LINE), PRICE, "854"),  # 35.96, 34.162: 34.16 a box
    ],
)
def test_what_is_sold_by_the_box_is_rounded_by_the_box(
    points: tuple[RoundingPoint, ...], of: RoundingOf, expected: str
) -> None:
    assert amount(points, of, "100", line={"unit": "box", "unit_factor": D(4)}) == expected
