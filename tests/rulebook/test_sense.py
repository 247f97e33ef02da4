"""Numbers that could never act, or would give a price that nobody can pay: told at load, where they stand."""

from __future__ import annotations

import pytest

from engine.adapters.rule_folder import unpack
from engine.rulebook.load import load
from tests.rulebook.shop import BOOK, CATALOG, findings_of

PRICES = [
    (
        "{sku: PEN, price: 1, quantity_min: 10, quantity_max: 5}",
        "PRC214: `quantity_min` is 10 and `quantity_max` is 5: nothing lies between",
    ),
    (
        "{sku: PEN, percent_off: 10, margin_min: 3, margin_max: 2.5}",
        "PRC214: `margin_min` is 3 and `margin_max` is 2.5: nothing lies between",
    ),
    ("{sku: PEN, price: 1, quantity_min: -1}", "FLD010: -1 is not zero or more"),
    ("{sku: PEN, price: 1, quantity_max: 0}", "FLD010: 0 is not above zero"),
    ("{sku: PEN, percent_off: 10, round_to: 0}", "FLD010: 0 is not above zero"),
    ("{sku: PEN, percent_off: 120 %}", "FLD010: 120 is not at most 100"),
    ("{sku: PEN, price: -5}", "PRC208: the price -5 is negative"),
    ("{sku: PEN, price: 5, percent_off: 10}", "FLD011: `x` has `price`, so its `percent_off` would say nothing"),
    (
        "{sku: PEN, price: 5, from: 2026-05-01, until: 2026-05-01}",
        "PRC210: the days end on 2026-05-01 before they start on 2026-05-01",
    ),
]
CONTRACTED = [
    ("{sku: PEN, price: -1}", "PRC208: the agreed price -1 is negative"),
    ("{sku: PEN, percent_off: 130 %}", "PRC107: the agreed 130 percent is over 100"),
    ("{sku: PEN, percent_off: 5, price: 1}", "FLD011: `x` has `price`, so its `percent_off` would say nothing"),
]
TIERS = "tiers: [{unit: {EUR: 5}}]"
MODELS = [
    (
        f"{{sku: SEAT, model: graduated, minimum: {{EUR: 9}}, maximum: {{EUR: 5}}, {TIERS}}}",
        "PRC214: `minimum` is 9 EUR and `maximum` is 5: nothing lies between",
    ),
    ("{sku: PEN, model: volume, tiers: [{percent_off: 101}]}", "FLD010: 101 is not between 0 and 100"),
    ("{sku: PEN, model: volume, tiers: [{unit: {EUR: -1}}]}", "FLD010: -1 is not zero or more"),
    (f"{{sku: SEAT, model: graduated, included: -5, {TIERS}}}", "FLD010: -5 is not zero or more"),
    ("{sku: PEN, model: flat, unit: {EUR: -5}}", "PRC208: the price -5 EUR of the model `x` is negative"),
]
GUARDS = [
    ("{floor: -1}", "PRC208: the floor -1 is negative"),
    ("{when: line.qty > 1}", "FLD002: `x` guards nothing"),
    ("{floor: 10, ceiling: 5}", "PRC106: guard `x/EUR` has a floor of 10 above its ceiling of 5"),
]
CASES = [
    *(("prices", "prices", *each) for each in PRICES),
    *(("prices", "contracted", *each) for each in CONTRACTED),
    *(("prices", "models", *each) for each in MODELS),
    *(("prices", "guards", *each) for each in GUARDS),
    (
        "prices",
        "percent_of_total",
        "{sku: INK, percent: -5, of: line.qty > 1}",
        "PRC107: -5 percent of other lines is below zero",
    ),
    ("discounts", "groups", "{cap: 150 %}", "DSC201: 150 is not between 0 and 100"),
    ("discounts", "groups", "{cap: -3.00}", "DSC201: -3.00 is not zero or more"),
    ("discounts", "groups", "{at_most: 0}", "FLD010: 0 is not above zero"),
    ("discounts", "discounts", "{give: 5 % off unit, uses: 0}", "FLD010: 0 is not above zero"),
    ("discounts", "discounts", "{give: 5 % off unit, units_max: -2}", "FLD010: -2 is not above zero"),
    ("discounts", "discounts", "{give: 5 % off unit, limit: {EUR: 0}}", "FLD010: 0 is not above zero"),
    ("discounts", "discounts", "{give: 5 % off unit, budget: {EUR: -3}}", "FLD010: -3 is not above zero"),
    ("discounts", "discounts", "{give: set -4.00 unit}", "PRC208: the price -4.00 is negative"),
    ("discounts", "discounts", "{give: 5 % off unit, not_with: [x]}", "DSC202: `x` cannot stand beside itself"),
    ("discounts", "order_discounts", "{give: buy 0 of any get 1 of any at 0 %}", "DSC201: 0 is not above zero"),
    ("discounts", "order_discounts", "{give: 50 % off units (cheapest -2)}", "DSC201: -2 is not above zero"),
    ("discounts", "order_discounts", "{give: 3 % off unit}", "DSC201: an order discount acts on no unit of its own"),
    ("discounts", "order_discounts", "{give: 3.00 off unit}", "DSC201: an order discount acts on no unit of its own"),
    ("discounts", "order_discounts", "{give: add PEN qty -2 at 0}", "DSC201: -2 is not above zero"),
]


@pytest.mark.parametrize(("folder", "key", "record", "finding"), CASES)
def test_what_could_never_act_is_told(folder: str, key: str, record: str, finding: str) -> None:
    text = f"{key}:\n  - {{id: x, {record[1:]}\n"
    assert findings_of(**{folder: text}) == [finding]


@pytest.mark.parametrize(
    "record", ["{sku: PEN, price: 1, quantity_min: 5, quantity_max: 5}", "{sku: PEN, percent_off: -40}"]
)
def test_one_quantity_and_a_markup_are_fine(record: str) -> None:
    assert findings_of(prices=f"prices:\n  - {{id: x, {record[1:]}\n") == []


TABLES = [
    ("line.sku,line.qty,out: list_price", "PEN,[10..5],1", "FEL121: `[10..5]` holds no value"),
    ("line.sku,out: list_price", "PEN,-1", "PRC208: the list price -1 is negative"),
    ("line.sku,from,until,out: list_price", "PEN,2026-05-01,2026-05-01,1", "PRC210: the days end on"),
    ("line.sku,priority,out: list_price", "PEN,1.5,1", "FLD004: `1.5` is not a whole number"),
    ("line.sku,out: list_price", "PEN,-", "PRC112: the row states no price"),
    ("line.sku,out: contracted_price", "PEN,-1", "PRC208: the agreed price -1 is negative"),
    ("line.sku,out: contracted_percent", "PEN,130 %", "PRC107: the agreed 130 percent is over 100"),
    ("line.sku,out: contracted_price,out: contracted_percent", "PEN,5,5", "FLD011: the row agrees on a price"),
    ("source,target,since,out: rate", "USD,EUR,2026-01-01,0", "FLD010: 0 is not above zero"),
    ("source,target,since,out: rate", "EUR,EUR,2026-01-01,1", "PRC115: EUR into EUR: a currency is worth itself"),
]


@pytest.mark.parametrize(("header", "row", "finding"), TABLES)
def test_tables_are_told_the_same(header: str, row: str, finding: str) -> None:
    found = findings_of({"prices/t.csv": f"{header}\n{row}\n"})
    assert len(found) == 1
    assert found[0].startswith(finding)


def test_a_priority_in_a_table_of_discounts_is_a_whole_number() -> None:
    table = {"discounts/t.csv": "line.qty,priority,out: percent_off\n> 5,high,10\n"}
    found = findings_of(table, discounts="discounts:\n  - {id: x, table: t.csv}\n")
    assert found == ["FLD004: `high` is not a number"]


def test_two_rates_of_a_day_name_each_other() -> None:
    rate = "{source: USD, target: EUR, since: 2026-01-01, rate: "
    files = {
        "book.yaml": BOOK,
        "catalog/catalog.yaml": CATALOG,
        "prices/r.yaml": f"exchange_rates:\n  - {rate}0.9}}\n  - {rate}0.8}}\n",
    }
    found = load(unpack({path: text.encode() for path, text in files.items()})).diagnostics
    told = "PRC115: USD into EUR has two rates from 2026-01-01 on; the other one is at prices/r.yaml:2:57"
    assert [str(each) for each in found] == [f"prices/r.yaml:3:57: {told}"]


@pytest.mark.parametrize(
    ("terms", "finding"),
    [
        ("contract: {payment_days: -5}", "FLD010: -5 is not between 0 and 3650"),
        ("contract: {payment_days: 99999999}", "FLD010: 99999999 is not between 0 and 3650"),
        ("contract: {bill_day: 45}", "FLD010: 45 is not between 0 and 31"),
        ("contract: {notice_days: -3}", "FLD010: -3 is not between 0 and 3650"),
        ("billing: {late_usage_periods: -2}", "FLD010: -2 is not between 0 and 120"),
        ("recognition: [{id: x, timing: weights, weights: [2, -1]}]", "FLD010: -1 is not zero or more"),
        ("ssp: [{sku: PEN, price: {EUR: -1}}]", "FLD010: -1 is not zero or more"),
        ("tax: {rates: [{code: standard, percent: -19}]}", "FLD010: -19 is not zero or more"),
    ],
)
def test_terms_that_nobody_can_keep_are_told(terms: str, finding: str) -> None:
    assert findings_of(terms=f"{terms}\n") == [finding]


@pytest.mark.parametrize(
    ("header", "row", "place", "finding"),
    [
        ("tax_code,out: percent", "standard,-19", "2:10", "FLD010: -19 is not zero or more"),
        ("tax_code,out: percent,out: fixed", "standard,19,x", "2:13", "FLD004: `x` is not a number"),
        ("sku,out: ssp", "PEN,x", "2:5", "FLD004: `x` is not a number"),
        ("sku,out: low,out: high", "PEN,1,-2", "2:7", "FLD010: -2 is not zero or more"),
        ("sku,currency,out: ssp", "PEN,EURO,1", "2:5", "PRC209: the currency `EURO` is not known"),
    ],
)
def test_a_faulty_cell_of_terms_is_told_where_it_stands(header: str, row: str, place: str, finding: str) -> None:
    texts = {"book.yaml": BOOK, "catalog/catalog.yaml": CATALOG, "terms/t.csv": f"{header}\n{row}\n"}
    (found,) = load(unpack({path: text.encode() for path, text in texts.items()})).errors
    assert f"{found.code}: {found.message}".startswith(finding)
    assert f"{found.span.line}:{found.span.column}" == place


@pytest.mark.parametrize(
    ("rule", "finding"),
    [
        ("{prefer: count(pens) = 1, weight: 0}", "FLD010: 0 is not above zero"),
        ("{default: count(pens) = 1, weight: -2}", "FLD010: -2 is not above zero"),
        ("{require: count(pens) = 1, weight: 2}", "FLD011: `x` has `require`, so its `weight` would say nothing"),
        ("{prefer: count(pens) = 1, weight: 2}", ""),
    ],
)
def test_only_preferences_have_a_weight_and_it_counts(rule: str, finding: str) -> None:
    """A weight below zero turned the aim of a completion round: the dearest was called the cheapest."""
    bundle = "bundles:\n  - {sku: SET, groups: [{id: pens, title: Pens, where: 'sku = \"PEN\"', min: 0}]}\n"
    products = CATALOG.replace("products:\n", "products:\n  - {sku: SET, name: Set, list: {EUR: 1}}\n", 1)
    found = findings_of(catalog=products + bundle, constraints=f"constraints:\n  - {{id: x, {rule[1:]}\n")
    assert found == ([finding] if finding else [])
