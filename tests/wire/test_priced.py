"""Priced quotes as they are sent: what each view holds, and what sheets write once a product and a rule."""

from __future__ import annotations

from decimal import Decimal

import pytest
from cpq.v1 import common_pb2, pricing_pb2
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog import LineId, Sku
from engine.pricing import waterfall
from engine.wire.basics import Faults, price_text
from engine.wire.contents import read_line, read_lines
from engine.wire.priced import Lines, fill_priced, fill_waterfall
from engine.wire.sheets import NO_BOOK, Sheets, Texts
from tests.quotes.offers import line, parts, percent_off, priced, request

PARTS = parts()
SHEETS = Sheets(PARTS.catalog.products, PARTS.plan)
QUOTE = priced(
    request(
        line("pc", "PC"), line("a", "DISK", "2", "pc", "disk"), line("seat", "SEAT", "3"), manual=(percent_off("10"),)
    )
)


def message(view: int, sheets: Sheets = SHEETS) -> pricing_pb2.PricedQuote:
    found = pricing_pb2.PricedQuote()
    fill_priced(found, QUOTE, view=view, sheets=sheets)
    return found


def test_a_line_says_what_its_product_and_the_request_say() -> None:
    disk, seat = message(common_pb2.VIEW_FULL).lines[1:]
    assert (disk.id, disk.sku, disk.display_name, disk.quantity) == ("a", "DISK", "DISK", "2")
    assert (disk.parent, disk.group) == ("pc", "disk")
    # 2 disks of 100.00 and 3 seats of 10.00, less a tenth of everything
    assert (disk.list_unit_price, disk.list_amount, disk.order_discount, disk.amount) == ("100.00", 20000, 2000, 18000)
    assert (disk.cost, disk.charge.kind) == (12000, common_pb2.CHARGE_KIND_ONE_TIME)
    assert (seat.net, seat.term_net, seat.charge.period_months) == (2700, 32400, 1)
    assert not seat.HasField("waterfall")


def test_the_basic_view_has_totals_and_no_lines() -> None:
    found = message(common_pb2.VIEW_BASIC)
    assert not found.lines
    assert found.totals.net == 20700


def test_the_waterfall_of_a_line_is_the_story_that_the_engine_tells() -> None:
    for row in message(common_pb2.VIEW_WATERFALL).lines:
        told = pricing_pb2.Waterfall()
        fill_waterfall(told, waterfall(PARTS.plan, QUOTE.priced, row.id))
        assert row.waterfall == told
    assert [step.step for step in told.steps] == ["list price", "manual discount"]


def test_a_line_that_was_written_before_says_what_it_says_when_it_is_new() -> None:
    sheets, disk = Sheets(PARTS.catalog.products, PARTS.plan), QUOTE.priced.lines[1]
    dearer = disk._replace(order_discount=0, amount=20000, net=20000, gross=20000, term=20000)
    same_amount = disk._replace(stage_amount=disk.amount, order_discount=0)
    others = [
        disk._replace(id=LineId("b")),
        disk._replace(quantity=Decimal("2.0")),
        disk._replace(unit=Decimal("99")),
        disk._replace(list_unit=Decimal("100.0000001")),
        disk._replace(cost=None),
        disk._replace(cost=12001),
        disk._replace(tax=0, gross=18000),
        disk._replace(tax=3420, gross=21420),
        dearer,
        same_amount,
    ]
    for each in (disk, disk, disk, *(one for other in others for one in (other, other, disk, other, disk, disk))):
        row, new = pricing_pb2.PricedLine(), pricing_pb2.PricedLine()
        sheets.fill_line(row, each, 2, Texts({}, {}))
        Sheets(PARTS.catalog.products, PARTS.plan).fill_line(new, each, 2, Texts({}, {}))
        assert row.SerializeToString(deterministic=True) == new.SerializeToString(deterministic=True)
    row = pricing_pb2.PricedLine()
    sheets.fill_line(row, disk, 0, Texts({}, {}))
    assert row.list_unit_price == "100"


def test_chunks_add_up_to_the_whole() -> None:
    whole = message(common_pb2.VIEW_WATERFALL)
    parts_of_it = pricing_pb2.PricedQuote()
    lines = Lines(QUOTE, view=common_pb2.VIEW_WATERFALL, sheets=SHEETS)
    for start in range(3):
        lines.fill(parts_of_it.lines, start=start, most=1)
    assert list(parts_of_it.lines) == list(whole.lines)


def test_without_the_book_there_are_amounts_but_no_names() -> None:
    bare, full = message(common_pb2.VIEW_WATERFALL, NO_BOOK), message(common_pb2.VIEW_FULL)
    assert [each.amount for each in bare.lines] == [each.amount for each in full.lines]
    assert not any(each.display_name or each.HasField("waterfall") for each in bare.lines)


def sheet_of(sheets: Sheets, sku: str, listed: str = "5.00") -> pricing_pb2.PricedLine:
    return pricing_pb2.PricedLine.FromString(sheets.product(Sku(sku), Decimal(listed), 2))


@pytest.mark.parametrize(
    ("price", "digits", "text"),
    [
        ("12.340000000000", 2, "12.34"),
        ("12.300000000000", 2, "12.30"),
        ("12.345678900000", 2, "12.3456789"),
        ("100", 2, "100.00"),
        ("1E+2", 0, "100"),
        ("1200.000000000000", 0, "1200"),
        ("0.5", 3, "0.500"),
        ("-3.100", 2, "-3.10"),
        ("0E-12", 2, "0.00"),
    ],
)
def test_a_price_has_the_digits_of_its_currency_and_no_zeros_beyond(price: str, digits: int, text: str) -> None:
    assert price_text(Decimal(price), digits) == text
    assert Decimal(text) == Decimal(price)


def test_one_list_price_has_other_digits_in_another_currency() -> None:
    sheets, listed = Sheets(PARTS.catalog.products), Decimal("5")
    shown = [sheets.product(Sku("DISK"), listed, digits) for digits in (2, 0, 2)]
    assert [pricing_pb2.PricedLine.FromString(each).list_unit_price for each in shown] == ["5.00", "5", "5.00"]


def test_a_product_that_left_the_catalog_is_not_remembered() -> None:
    products = dict(PARTS.catalog.products)
    sheets = Sheets(products)
    disk = products.pop(Sku("DISK"))
    assert sheet_of(sheets, "DISK").display_name == ""
    products[Sku("DISK")] = disk
    assert sheet_of(sheets, "DISK").display_name == "DISK"


def test_a_product_is_written_with_the_list_price_of_its_line() -> None:
    sheets = Sheets(PARTS.catalog.products)
    for listed, text in (("5.00", "5.00"), ("5.00", "5.00"), ("5", "5.00"), ("1E+2", "100.00")):
        found = sheet_of(sheets, "DISK", listed)
        assert found.list_unit_price == found.unit_price == text


inputs = st.lists(
    st.builds(
        lambda name, sku, quantity, parent, months, flag: pricing_pb2.LineInput(
            id=name,
            sku=sku,
            quantity=quantity,
            parent=parent,
            term_months=months,
            attributes={"quiet": common_pb2.Value(flag=flag)} if flag else {},
        ),
        st.sampled_from(("", "a", "b", "a\0", "\u00a0")),
        st.sampled_from(("", "S")),
        st.sampled_from(("", "1", "2.5", "many", "-1", "1e3")),
        st.sampled_from(("", "a")),
        st.sampled_from((-1, 0, 0, 12)),
        st.booleans(),
    ),
    max_size=6,
)


@given(inputs)
def test_lines_read_together_are_the_lines_read_one_by_one(messages: list[pricing_pb2.LineInput]) -> None:
    together, one_by_one = Faults(), Faults()
    found = read_lines(messages, together, "lines")
    assert found == tuple(read_line(each, one_by_one.at(f"lines[{n}]")) for n, each in enumerate(messages))
    assert together.found == one_by_one.found
    told = {fault.field for fault in together.found if "control characters" in fault.message}
    assert told == {f"lines[{n}].id" for n, each in enumerate(messages) if "\0" in each.id}
