"""Bundle prices: fixed, the sum, a percent off, and parts with prices of their own in a bundle."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pricing import waterfall
from tests.rulebook.shop import book_of, findings_of, line, nets, quote, warnings_of

CATALOG = """\
products:
  - {sku: PC, name: Computer, list: {EUR: 500.00}}
  - {sku: DISK, name: Disk, list: {EUR: 80.00}}
  - {sku: CARE, name: Care, charge: {kind: recurring, period: month}, list: {EUR: 9.00}}
bundles:
  - sku: PC
    title: Computer
    groups: [{id: disk, title: Disk, where: sku != "PC", max: 3, quantity_max: 9}]
"""
FILES = {"catalog/catalog.yaml": CATALOG}
FIXED = "bundle_prices: [{id: deal, bundle: PC, price: {EUR: 599.99}}]"
PC, DISK, CARE = line("PC"), line("DISK", "2", parent="pc"), line("CARE", parent="pc")


def test_the_sum_is_what_a_bundle_costs_without_more() -> None:
    assert nets(quote(book_of(FILES), PC, DISK)) == {"pc": "500.00", "disk": "160.00"}


def test_a_fixed_price_is_shared_by_what_each_costs_on_its_own() -> None:
    found = quote(book_of(FILES, prices=FIXED), PC, DISK)
    # 599.99 x 500 / 660 = 454.537..., 599.99 x 160 / 660 = 145.452...; the larger remainder is rounded up
    assert nets(found) == {"pc": "454.54", "disk": "145.45"}
    assert str(found.priced.totals.net.decimal) == "599.99"
    assert str(found.priced.totals.list.decimal) == "660.00"
    story = waterfall(book_of(FILES, prices=FIXED).plan, found.priced, "disk")
    assert [(each.step, each.rule_id) for each in story.steps] == [
        ("list price", "list/DISK/EUR"),
        ("bundle price", "deal/EUR"),
    ]
    # three of them: 1799.97; a disk of its own is none of it
    many = quote(book_of(FILES, prices=FIXED), line("PC", "3"), DISK, line("DISK", id="own"))
    assert str(many.priced.totals.net.decimal) == "1879.97"


def test_a_part_that_is_charged_otherwise_keeps_its_price() -> None:
    found = quote(book_of(FILES, prices=FIXED), PC, DISK, CARE)
    assert nets(found) == {"pc": "454.54", "disk": "145.45", "care": "9.00"}


def test_a_percent_off_everything_in_a_bundle() -> None:
    discounts = 'discounts: [{id: kit, when: line.bundle = "PC" or line.sku = "PC", give: 10 % off unit}]'
    found = quote(book_of(FILES, discounts=discounts), PC, DISK, line("DISK", id="own"))
    assert nets(found) == {"pc": "450.00", "disk": "144.00", "own": "80.00"}


def test_a_part_has_another_price_in_a_bundle() -> None:
    prices = 'prices: [{id: in-pc, sku: DISK, when: line.bundle = "PC", price: 65.00}]'
    found = quote(book_of(FILES, prices=prices), PC, DISK, line("DISK", id="own"))
    assert nets(found) == {"pc": "500.00", "disk": "130.00", "own": "80.00"}


def test_rules_act_on_the_shares_and_a_rounded_unit_price_does_not_break_them() -> None:
    discounts = "discounts: [{id: ten, give: 10 % off unit}]"
    rounded = book_of(FILES, prices=FIXED, head="rounding: {at: [unit, line]}")
    assert str(quote(rounded, PC, DISK).priced.totals.net.decimal) == "599.99"
    found = quote(book_of(FILES, prices=FIXED, discounts=discounts), PC, DISK)
    assert nets(found) == {"pc": "409.09", "disk": "130.91"}  # 409.086 and 130.905


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 200_000))
def test_the_shares_add_up_whatever_the_quantities(computers: int, disks: int, cents: int) -> None:
    price = f"{cents // 100}.{cents % 100:02}"
    parts = book_of(FILES, prices=f"bundle_prices: [{{id: d, bundle: PC, price: {{EUR: {price}}}}}]")
    found = quote(parts, line("PC", str(computers)), line("DISK", str(disks), parent="pc"))
    assert found.priced.totals.net.minor_units == cents * computers


def test_what_is_no_bundle_and_a_negative_price_are_refused() -> None:
    rows = ("{id: a, bundle: DISK, price: 5}", "{id: b, bundle: PC, price: -5}", "{id: c, bundle: PX, price: 5}")
    prices = f"bundle_prices: [{', '.join(rows)}]"
    assert findings_of(FILES, prices=prices) == [
        "PRC213: `DISK` is no bundle",
        "PRC208: the bundle's price -5 is negative",
        "CAT001: the product `PX` is not known",
    ]


def test_a_currency_left_out_of_a_bundle_price_is_told() -> None:
    both = CATALOG.replace("500.00}", "500.00, CHF: 550.00}").replace("80.00}", "80.00, CHF: 88.00}")
    files = {"catalog/catalog.yaml": both.replace("9.00}", "9.00, CHF: 10.00}")}
    head = "currencies: [EUR, CHF]\n"
    told = ["PRC217: `deal` has no price in CHF"]
    assert warnings_of(files, head=head, prices=FIXED) == told
    assert warnings_of(files, head=head, prices=FIXED.replace("{EUR: 599.99}", "599.99")) == told
    assert warnings_of(files, head=head, prices=FIXED.replace("{EUR: 599.99}", "{EUR: 599.99, CHF: 650}")) == []
    assert warnings_of(FILES, prices=FIXED) == []


def test_a_bundle_price_above_anything_that_the_parts_cost_is_told() -> None:
    # 500.00 + 9 x 80.00 = 1220.00; the monthly care keeps its own price beside the bundle's
    dear = "bundle_prices: [{id: deal, bundle: PC, price: {EUR: 1220.01}}]"
    assert warnings_of(FILES, prices=dear) == [
        "PRC218: `deal/EUR` is 1220.01, and the dearest `PC` costs 1220.00 by its parts"
    ]
    assert warnings_of(FILES, prices=dear.replace("1220.01", "1220.00")) == []
    # what a formula or a model makes of a part is not known
    for more in (
        "prices: [{id: p, sku: DISK, when: line.qty > 1, price: 2 * 800}]",
        "models: [{id: m, sku: DISK, model: per_unit, unit: {EUR: 900}}]",
        "prices: [{id: p, price: 900}]",
    ):
        assert warnings_of(FILES, prices=f"{dear}\n{more}") == []


def test_a_bundle_that_costs_more_than_its_parts_is_told_to_whom_it_is_quoted() -> None:
    parts = book_of(FILES, prices=FIXED)
    # 500.00 + 80.00 = 580.00 is less than 599.99; with a second disk the parts cost 660.00
    small = quote(parts, PC, line("DISK", "1", parent="pc"))
    assert small.priced.warnings == (
        "`pc` costs 599.99 EUR by the bundle price `deal/EUR`, and 580.00 EUR by its parts",
    )
    assert nets(small) == {"pc": "517.23", "disk": "82.76"}
    assert quote(parts, PC, DISK).priced.warnings == ()
