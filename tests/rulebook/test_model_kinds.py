"""Every kind of price model in a file: what a quote costs by it, worked out by hand, and what is refused at load."""

from __future__ import annotations

import pytest

from tests.rulebook.shop import book_of, findings_of, line, nets, quote, warnings_of

METERED = """\
products:
  - {sku: M, name: Metered, charge: {kind: usage, period: month, meter: calls}, list: {EUR: 10.00}}
  - {sku: P, name: Piece, list: {EUR: 10.00}, cost: {EUR: 8.00}}
"""


def net(model: str, quantity: str, sku: str = "M") -> str:
    parts = book_of({"catalog/catalog.yaml": METERED}, prices=f"models:\n  - {{id: m, sku: {sku}, {model}}}\n")
    return nets(quote(parts, line(sku, quantity)))[sku.lower()]


TIERS = "tiers: [{up_to: 10, unit: {EUR: 3}}, {unit: {EUR: 2}}]"


@pytest.mark.parametrize(
    ("model", "quantity", "expected"),
    [
        ("model: flat, unit: {EUR: 50}", "7", "50.00"),
        ("model: per_unit, unit: {EUR: 0.015}", "333", "5.00"),  # 4.995
        (f"model: volume, {TIERS}, cliff: meant", "11", "22.00"),  # 11 x 2
        (f"model: graduated, {TIERS}", "11", "32.00"),  # 10 x 3 + 1 x 2
        ("model: graduated, tiers: [{up_to: 10, unit: {EUR: 3}, flat: {EUR: 5}}, {unit: {EUR: 2}}]", "4", "17.00"),
        ("model: volume, tiers: [{up_to: 10, percent_off: 10}, {percent_off: 20}]", "11", "88.00"),  # 11 x 10 x 0.8
        ("model: package, size: 10, unit: {EUR: 15}", "21", "45.00"),  # three started
        ("model: stairstep, tiers: [{up_to: 5, flat: {EUR: 20}}], overage: {EUR: 6}", "7", "32.00"),  # 20 + 2 x 6
        # 2.9 % of 1000 and 0.25
        ("model: percentage, percent: 2.9, fixed: {EUR: 0.25}", "1000", "29.25"),
        ("model: percentage, percent: 2.9, fixed: {EUR: 0.25}, event_max: {EUR: 12}", "1000", "12.00"),
        ("model: percentage, percent: 2, free_amount: {EUR: 400}", "1000", "12.00"),  # 2 % of 600
        # 10 blocks of 100 at 1.00, then 5 started blocks of 1000 at 0.50 for 4325 more
        (
            "model: blocks, tiers: [{size: 100, blocks_max: 10, unit: {EUR: 1}}, {size: 1000, unit: {EUR: 0.50}}]",
            "5325",
            "12.50",
        ),
        (f"model: graduated, {TIERS}, included: 5", "11", "18.00"),  # 6 left, all in the first tier
        (f"model: graduated, {TIERS}, minimum: {{EUR: 40}}", "11", "40.00"),
        (f"model: graduated, {TIERS}, maximum: {{EUR: 30}}", "11", "30.00"),
    ],
)
def test_a_model_in_a_file_prices_a_quote(model: str, quantity: str, expected: str) -> None:
    assert net(model, quantity) == expected


def test_cost_plus_by_markup_and_by_margin() -> None:
    assert net("model: cost_plus, percent: 25", "3", "P") == "30.00"  # 8 x 1.25
    assert net("model: cost_plus, percent: 20, of: margin, unit: {EUR: 0.50}", "3", "P") == "31.50"  # 8 / 0.8 + 0.50


@pytest.mark.parametrize(
    ("model", "finding"),
    [
        ("model: flat, unit: {EUR: 5}, size: 3", "PRC212: a model of kind `flat` does not read `size`"),
        ("model: package, unit: {EUR: 5}", "FLD002: a model of kind `package` needs `size`"),
        ("model: package, unit: {EUR: 5}, size: 0", "PRC212: packages of 0 units"),
        ("model: flat, unit: {EUR: 5}, past_months: 3", "PRC212: a model of kind `flat` does not read `past_months`"),
        (
            f"model: graduated, {TIERS}, past_months: 3",
            "PRC212: `M` is charged by use, which past orders do not count for",
        ),
        (f"model: graduated, {TIERS}, past_months: -3", "PRC212: -3 months of past orders are not between 0 and 1200"),
        ("model: cost_plus, percent: 5", "PRC212: `M` is charged by use, and a cost-plus price is not"),
        (
            "model: percentage, percent: 1, event_min: {EUR: 5}, event_max: {EUR: 4}",
            "PRC212: the least of 5 is above the most of 4",
        ),
        (
            "model: blocks, tiers: [{size: 0, unit: {EUR: 5}}]",
            "PRC212: tier 1 of `m` has blocks of 0, None of them",
        ),
        (
            "model: stairstep, tiers: [{up_to: 5, unit: {EUR: 5}}]",
            "PRC212: a tier of kind `stairstep` does not read `unit`",
        ),
    ],
)
def test_what_a_kind_does_not_have_is_refused(model: str, finding: str) -> None:
    prices = f"models:\n  - {{id: m, sku: M, {model}}}\n"
    assert finding in findings_of({"catalog/catalog.yaml": METERED}, prices=prices)


def test_a_margin_of_a_hundred_percent_is_refused() -> None:
    prices = "models:\n  - {id: m, sku: P, model: cost_plus, percent: 100, of: margin}\n"
    found = findings_of({"catalog/catalog.yaml": METERED}, prices=prices)
    assert "PRC212: no price has a margin of 100 percent" in found


@pytest.mark.parametrize(
    ("tiers", "told"),
    [
        # 100 x 0.4 = 40 list prices, and 99 cost 99 x 0.9 = 89.1
        (
            "{up_to: 9, percent_off: 0}, {up_to: 99, percent_off: 10}, {percent_off: 60}",
            ["100 units at 60 % off cost less in all than 99 at 10 %"],
        ),
        ("{up_to: 1, percent_off: 0}, {percent_off: 50}", []),  # 2 x 0.5 is what one costs
        ("{up_to: 9, percent_off: 10, flat: {EUR: 5}}, {percent_off: 60}", []),
        ("{up_to: 9, unit: {EUR: 10}}, {unit: {EUR: 8}}", ["10 units cost 80 EUR in all and 9 cost 90"]),
        ("{up_to: 9, unit: {EUR: 10}}, {unit: {EUR: 8}, flat: {EUR: 10}}", []),  # 80 + 10
        (
            "{up_to: 9, unit: {EUR: 10}, flat: {EUR: 5}}, {unit: {EUR: 9}}",
            ["10 units cost 90 EUR in all and 9 cost 95"],
        ),
    ],
)
def test_more_units_that_cost_less_in_all_are_told(tiers: str, told: list[str]) -> None:
    model = f"models: [{{id: m, sku: P, model: volume, tiers: [{tiers}]"
    files = {"catalog/catalog.yaml": METERED}
    assert warnings_of(files, prices=f"{model}}}]") == [f"PRC206: {each}" for each in told]
    assert warnings_of(files, prices=f"{model}, cliff: meant}}]") == []
