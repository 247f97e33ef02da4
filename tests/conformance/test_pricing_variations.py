"""The shared pricing cases in other shapes, whose answers follow from theirs: another currency, a line more.

A case that passes by luck of its figures (two decimals, a last line that takes the rest) fails here.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.conformance.adapters import pricing_quote
from tests.conformance.shared_data import parameters

Case = dict[str, Any]

OTHER = {0: ("EUR", 2), 2: ("KWD", 3), 3: ("EUR", 2), 4: ("JPY", 0)}
"""For each number of decimals a currency that has another one; the whole minor units stay the same."""

MONEY = frozenset(
    ("list", "cost", "floor", "price", "surcharge", "round_to", "min_margin", "max_margin", "overage_unit")
    + ("amount_off", "amount_up", "set_unit", "set_total", "max_amount", "amount_first", "amount_next", "unit_price")
    + ("budget", "spent", "cap_amount")
)
MONEY_ATTRIBUTES = ("line.list", "line.unit", "line.amount", "quote.amount", "quote.list", "quote.entry")


class Scaled:
    """A case with all its money moved by so many decimals."""

    def __init__(self, places: int) -> None:
        self.places = places

    def money(self, text: Any) -> str:
        return format(Decimal(str(text)).scaleb(-self.places), "f")

    def given(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.given(each) for each in value]
        if not isinstance(value, dict):
            return value
        found = {key: self._part(key, each, value) for key, each in value.items()}
        if self._is_about_money(value) and "op" in value:
            found["value"] = self.money(value["value"])
        if "tiers" in value:
            found["tiers"] = [self._tier(tier, value) for tier in value["tiers"]]
        return found

    def _part(self, key: str, value: Any, around: Mapping[str, Any]) -> Any:
        if key == "attribute_surcharges":
            return [self.money(each) for each in value]
        if key == "fixed":
            return {code: self.money(amount) for code, amount in value.items()}
        if key in MONEY and not isinstance(value, dict | list) and value is not None and "op" not in around:
            return self.money(value)
        return self.given(value)

    def _tier(self, tier: Mapping[str, Any], around: Mapping[str, Any]) -> Any:
        found = self.given(dict(tier))
        if "value" in tier and around.get("effect", "unit_price") != "percent_off":
            found["value"] = self.money(tier["value"])
        measure = around.get("measure")
        if measure is not None and self._is_about_money(measure if isinstance(measure, dict) else {"attr": measure}):
            found["from"] = self.money(tier["from"])
        return found

    @staticmethod
    def _is_about_money(value: Mapping[str, Any]) -> bool:
        return value.get("attr") in MONEY_ATTRIBUTES or value.get("sum") in ("amount", "list")

    def expect(self, value: Any, key: str = "") -> Any:
        """Every number of an answer is money, but quantities."""
        if isinstance(value, list):
            return [self.expect(each, key) for each in value]
        if isinstance(value, dict):
            return {name: self.expect(each, name) for name, each in value.items()}
        if key in ("qty", "id", "sku", "entry", "rule", "reason", "applied", "error", "line"):
            return value
        try:
            return self.money(value)
        except ArithmeticError:
            return value


def in_another_currency(case: Case) -> Case:
    """The same whole minor units in a currency with another number of decimals."""
    code, exponent = OTHER[int(case["currency"]["exponent"])]
    places = exponent - int(case["currency"]["exponent"])
    scaled, old = Scaled(places), case["currency"]["code"]
    made = copy.deepcopy(case)
    made["currency"] = {"code": code, "exponent": exponent}
    if "unit_exponent" in made["rounding"]:
        made["rounding"]["unit_exponent"] += places
    made["given"] = scaled.given(made["given"])
    for entry in made["given"].get("prices", ()):
        if entry.get("currency") == old:
            entry["currency"] = code
    made["expect"] = scaled.expect(made["expect"])
    return made


def with_a_bystander(case: Case) -> Case:
    """One line more, of no price, that takes part in nothing, in the first place."""
    made = copy.deepcopy(case)
    made["given"]["lines"].insert(
        0, {"id": "bystander", "sku": "bystander", "qty": "1", "list": "0", "discountable": False}
    )
    return made


def counts_every_unit(value: Any) -> bool:
    """Whether a case counts the units of all lines, so that one line more changes it."""
    if isinstance(value, list):
        return any(counts_every_unit(each) for each in value)
    if not isinstance(value, dict):
        return False
    if value.get("sum") == "qty" and not value.get("of"):
        return True
    if "for_each" in value and not value["for_each"].get("of"):
        return True
    return any(counts_every_unit(each) for each in value.values())


def prices_every_line(given: Mapping[str, Any]) -> bool:
    """Whether a line of no price would get one: from a formula for anything, or from a surcharge on every line."""
    formulas = any("formula" in each and not each.get("match") for each in given.get("prices", ()))
    return formulas or any("amount_up" in each["give"] and not each.get("when") for each in given.get("rules", ()))


def stands_beside(case: Case) -> bool:
    return not counts_every_unit(case["given"]) and not prices_every_line(case["given"])


def answer(case: Case) -> dict[str, Any]:
    return pricing_quote.priced_lines(case)


CASES = [each for each in parameters("pricing-*.json") if "lines" in each.values[0]["given"]]


@pytest.mark.parametrize("case", [each for each in CASES if "fx" not in each.values[0]["given"]])
def test_a_case_holds_in_a_currency_with_other_decimals(case: Case) -> None:
    varied = in_another_currency(case)
    assert pricing_quote.differences(varied["expect"], answer(varied)) == []


@pytest.mark.parametrize("case", [each for each in CASES if stands_beside(each.values[0])])
def test_a_case_holds_beside_a_line_that_takes_part_in_nothing(case: Case) -> None:
    found = answer(with_a_bystander(case))
    if "error" not in found:
        found["lines"] = [each for each in found["lines"] if each["id"] != "bystander"]
    assert pricing_quote.differences(case["expect"], found) == []
