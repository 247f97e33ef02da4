"""Kind ``proration-ratio``: which share of a month two dates are."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.money import Ratio
from engine.periods import Period, month_share
from tests.conformance.adapters.conventions import day_count, same


def check(case: dict[str, Any]) -> None:
    given, expect = case["given"], case["expect"]
    service = Period(date.fromisoformat(given["service_start"]), date.fromisoformat(given["service_end"]))
    ratio = Ratio(*month_share(service, day_count(case["convention"])))
    if "ratio" in expect:
        assert same(expect["ratio"], ratio.decimal(9))
    if "ratio_numerator" in expect:
        assert ratio == Ratio(expect["ratio_numerator"], expect["ratio_denominator"])
