"""Products, bundles and lines as the catalog states them.

Modules: engine.catalog.attribute, engine.catalog.bundle, engine.catalog.catalog, engine.catalog.charge,
engine.catalog.line, engine.catalog.product.
"""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest

from engine.catalog import (
    ONE_TIME,
    AttributeDef,
    BillingTiming,
    Bundle,
    Catalog,
    Charge,
    ChargeKind,
    ChargePeriod,
    ConfiguredLine,
    LineId,
    OptionGroup,
    Product,
    QuantityRule,
    Sku,
)
from engine.language.types import NUMBER, optional
from engine.money import Ratio

DISK = Product(Sku("DISK"), "Disk", category="drive", costs={"EUR": Decimal("72.80")})
GROUP = OptionGroup("drives", "Drives", (Sku("DISK"),), minimum=1, maximum=4, quantity_maximum=8)
SET = Bundle(Sku("SET"), "Set", (GROUP,), (AttributeDef("height", optional(NUMBER), unit="mm"),))
CATALOG = Catalog({DISK.sku: DISK}, {SET.sku: SET}, {"drive": {}})


def test_products_and_bundles_are_found_by_sku() -> None:
    assert CATALOG.product("DISK") is DISK and CATALOG.product("DISC") is None
    assert CATALOG.bundle("SET") is SET and CATALOG.bundle("DISK") is None


def test_groups_are_found_by_id() -> None:
    assert SET.group("drives") is GROUP and SET.group("drive") is None


def test_a_cost_is_unknown_rather_than_zero() -> None:
    assert DISK.cost("EUR") == Decimal("72.80")
    assert DISK.cost("USD") is None


def test_a_product_is_charged_once_unless_it_says_otherwise() -> None:
    assert DISK.charge is ONE_TIME
    assert (ONE_TIME.kind, ONE_TIME.period, ONE_TIME.timing) == (ChargeKind.ONE_TIME, None, BillingTiming.ADVANCE)
    yearly = Charge(ChargeKind.RECURRING, ChargePeriod.YEAR)
    assert yearly.period is not None and yearly.period.value == 12


def test_a_charge_period_is_of_months_or_of_days() -> None:
    assert [str(each.recurrence) for each in (ChargePeriod.DAY, ChargePeriod.WEEK, ChargePeriod.YEAR)] == [
        "P1D",
        "P7D",
        "P12M",
    ]
    assert (ChargePeriod.WEEK.days, ChargePeriod.WEEK.length, ChargePeriod.QUARTER.days) == (7, -7, 0)
    # a month is a twelfth of 365 days
    assert (ChargePeriod.DAY.months, ChargePeriod.QUARTER.months) == (Ratio(12, 365), Ratio(3, 1))


def test_any_whole_quantity_may_be_sold_unless_a_rule_says_otherwise() -> None:
    assert DISK.quantity == QuantityRule(Decimal(1), Decimal(1), None)


def test_lines_have_choices_of_their_own() -> None:
    line, other = (ConfiguredLine(LineId(name), Sku("SET"), Decimal(2)) for name in ("1", "2"))
    assert line.attributes == {} and line.parent is None and line.group == ""
    assert line != other


def test_nothing_changes_behind_a_quote() -> None:
    with pytest.raises(FrozenInstanceError):
        DISK.name = "Other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        ConfiguredLine(LineId("1"), Sku("SET"), Decimal(1)).attributes["height"] = Decimal(1)  # type: ignore[index]
