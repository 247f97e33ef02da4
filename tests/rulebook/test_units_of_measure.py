"""Units of measure, minimum order quantities and multiples, from the rule file to the price."""

from __future__ import annotations

from decimal import Decimal as D

from tests.rulebook.shop import book_of, findings_of, line, nets, quote, refused

CATALOG = """\
categories:
  stationery: {units: {box: 12, pallet: 480}}
products:
  - {sku: PEN, name: Pen, category: stationery, list: {EUR: 1.50}, quantity: {minimum: 24, multiple: 12, maximum: 4800}}
  - {sku: INK, name: Ink, category: stationery, list: {EUR: 9.99}}
  - {sku: WIRE, name: Wire, unit: m, units: {reel: 12.5}, list: {EUR: 0.80}, quantity: {minimum: 0.5, multiple: 0.5}}
  - {sku: KIT, name: Kit, list: {EUR: 5.00}}
"""
FILES = {"catalog/catalog.yaml": CATALOG}


def test_a_quantity_in_another_unit_is_priced_by_the_products_own() -> None:
    # 2 boxes of 12 at 1.50 each
    found = quote(book_of(FILES), line("PEN", "2", unit="box"))
    assert nets(found) == {"pen": "36.00"}
    assert found.priced.lines[0].quantity == D(24)
    # 3 reels of 12.5 m at 0.80
    assert nets(quote(book_of(FILES), line("WIRE", "3", unit="reel"))) == {"wire": "30.00"}
    # its own unit may be named
    assert nets(quote(book_of(FILES), line("WIRE", "2.5", unit="m"))) == {"wire": "2.00"}


def test_the_tier_is_reached_by_the_products_own_unit() -> None:
    prices = "prices: [{id: many, sku: INK, quantity_min: 24, price: 9.00}]"
    parts = book_of(FILES, prices=prices)
    assert nets(quote(parts, line("INK", "23"))) == {"ink": "229.77"}  # 23 x 9.99
    assert nets(quote(parts, line("INK", "2", unit="box"))) == {"ink": "216.00"}  # 24 x 9.00


def test_a_price_for_the_box_stays_exact() -> None:
    """100.03 for a box of 12 is 8.3358333... a piece; half of it is 50.015, which rounds up."""
    prices = "prices: [{id: box, sku: INK, unit: box, price: 100.03}]"
    discounts = 'discounts: [{id: half, when: line.sku = "INK", give: 50 % off unit}]'
    plain = book_of(FILES, prices=prices)
    assert nets(quote(plain, line("INK", "1", unit="box"))) == {"ink": "100.03"}
    assert nets(quote(plain, line("INK", "12"))) == {"ink": "119.88"}  # 12 x 9.99: not sold as a box
    assert nets(quote(book_of(FILES, prices=prices, discounts=discounts), line("INK", "1", unit="box"))) == {
        "ink": "50.02"
    }
    rounded = book_of(FILES, prices=prices, head="rounding: {at: [unit, line]}")
    assert nets(quote(rounded, line("INK", "3", unit="box"))) == {"ink": "300.09"}


def test_a_part_counts_for_each_unit_of_its_parent() -> None:
    # 2 boxes of 12 kits, each with 3 inks at 9.99: 72 x 9.99
    found = quote(
        book_of({"catalog/catalog.yaml": CATALOG.replace("name: Kit", "name: Kit, units: {box: 12}")}),
        line("KIT", "2", unit="box"),
        line("INK", "3", parent="kit"),
    )
    assert nets(found) == {"kit": "120.00", "ink": "719.28"}


def test_rules_read_the_unit() -> None:
    discounts = 'discounts: [{id: whole, when: line.unit_of_measure = "pallet", give: 10 % off unit}]'
    parts = book_of(FILES, discounts=discounts)
    # 480 x 9.99 less 10 %
    assert nets(quote(parts, line("INK", "1", unit="pallet"))) == {"ink": "4315.68"}


def test_minimum_multiple_and_maximum_are_refused_with_a_way_out() -> None:
    parts = book_of(FILES)
    assert refused(parts, line("PEN", "12"), line("PEN", "30", id="b"), line("PEN", "11", unit="pallet", id="c")) == [
        "PRC004: lines[0].quantity: 12 is below the minimum order quantity of 24; order at least 24",
        "PRC004: lines[1].quantity: 30 is off the multiple of 12; order 24 or 36",
        "PRC004: lines[2].quantity: 5280 is above the maximum order quantity of 4800; order at most 4800",
    ]
    assert refused(parts, line("WIRE", "0.75")) == [
        "PRC004: lines[0].quantity: 0.75 is off the multiple of 0.5; order 0.5 or 1"
    ]


def test_an_unknown_unit_is_refused() -> None:
    assert refused(book_of(FILES), line("PEN", "1", unit="bx"), line("KIT", "1", unit="crate")) == [
        "QUO110: lines[0].unit: `PEN` is not sold in `bx`; did you mean `box`?",
        "QUO110: lines[1].unit: `KIT` is not sold in `crate`; it is sold in `each`",
    ]


def test_faults_of_units_are_found_at_load() -> None:
    bad = """\
products:
  - {sku: A, name: A, list: {EUR: 1}, units: {box: 0}}
  - {sku: B, name: B, list: {EUR: 1}, unit: box, units: {box: 12}}
  - {sku: C, name: C, list: {EUR: 1}, quantity: {minimum: 5, multiple: 4, maximum: 7}}
  - {sku: E, name: E, list: {EUR: 1}}
"""
    prices = "prices: [{id: p, sku: E, unit: box, price: 9}]"
    assert findings_of({"catalog/catalog.yaml": bad}, prices=prices) == [
        "CAT008: `units.box` of `A` is 0",
        "CAT008: `B` counts `box`, and cannot hold several of them in one",
        "CAT008: no multiple of 4 lies between 5 and 7",
        "PRC211: `E` is not sold in `box`",
    ]
