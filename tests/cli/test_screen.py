"""Numbers of things, amounts and differences as people read them."""

from __future__ import annotations

import pytest
from cpq.v1 import pricing_pb2
from rich.table import Table

from engine.cli.prices import show_lines, show_totals, signed
from engine.cli.screen import Screen, amount, money, print_whole


@pytest.mark.parametrize(("text", "shown"), [("10", "+10.00"), ("-0.5", "-0.50"), ("0", "+0.00")])
def test_a_difference_has_its_sign(text: str, shown: str) -> None:
    assert signed(text) == shown


def test_amounts_have_the_digits_of_their_currency() -> None:
    assert (amount(123450, "EUR"), money(-1234, "JPY"), amount(1234, "BHD")) == ("1,234.50", "JPY -1,234", "1.234")


def shown(quote: pricing_pb2.PricedQuote, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """The totals on the screen by name."""
    show_totals(Screen(), quote)
    rows = (line.rsplit("  ", 1) for line in capsys.readouterr().out.splitlines())
    return {row[0].strip(): row[1].strip() for row in rows if len(row) == 2}


def test_what_lines_add_is_no_discount(capsys: pytest.CaptureFixture[str]) -> None:
    quote = pricing_pb2.PricedQuote(currency_code="EUR", minor_unit_digits=2)
    quote.totals.list, quote.totals.net, quote.totals.line_discount = 10_000, 13_500, -3_500
    quote.totals.discount_percent = "10"
    found = shown(quote, capsys)
    assert found["line surcharges"] == "EUR 35.00"
    assert "line discounts" not in found


def test_what_has_no_list_price_stands_beside_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    """1 119.00 by the list and 167.85, a percent of that, less 16.78."""
    quote = pricing_pb2.PricedQuote(currency_code="EUR", minor_unit_digits=2)
    quote.totals.list, quote.totals.unlisted, quote.totals.net = 111_900, 16_785, 127_007
    quote.totals.line_discount, quote.totals.discount_percent = 111_900 - 127_007, "1.3047"
    found = shown(quote, capsys)
    assert (found["list"], found["without list price"]) == ("EUR 1,119.00", "EUR 167.85")
    assert (found["line discounts"], found["net"]) == ("EUR -16.78", "EUR 1,270.07")
    quote.lines.add(sku="CARE", quantity="1", list_unit_price="0.00", unit_price="151.065", net=15107, amount=15107)
    quote.lines.add(sku="KEY", quantity="1", list_unit_price="0.00", unit_price="0.00")
    show_lines(Screen(), quote)
    _, care, key = capsys.readouterr().out.splitlines()
    assert care.split() == ["CARE", "1", "151.065", "151.07"]  # no list price, a net unit price, and the net
    assert key.split() == ["KEY", "1", "0.00", "0.00", "0.00"]


def test_a_quantity_is_told_in_the_unit_that_was_sold(capsys: pytest.CaptureFixture[str]) -> None:
    quote = pricing_pb2.PricedQuote(currency_code="EUR", minor_unit_digits=2)
    prices = {"list_unit_price": "0.37", "unit_price": "0.333", "net": 2398, "amount": 2398}
    quote.lines.add(sku="BOLT", quantity="72.0", unit="crate", unit_quantity="0.50", **prices)
    show_lines(Screen(), quote)
    assert "72 (0.5 crate)  0.37     0.333" in capsys.readouterr().out


def test_a_table_is_never_cut_however_narrow_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    name, price, reason = "n" * 100, "1,234,567.89", "a long reason that may be folded " * 6
    Screen().table(["name", "amount", "because"], [[name, price, reason]], right=(1,))
    shown = capsys.readouterr().out
    assert name in shown and price in shown and "…" not in shown
    assert shown.count("reason") == 6, "the last column is folded"


def test_a_table_with_frames_is_whole_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(*(f"column {number}" for number in range(20)))
    table.add_row(*["1,234,567.89"] * 20)
    print_whole(table)
    shown = capsys.readouterr().out
    assert shown.count("1,234,567.89") == 20 and "…" not in shown


def test_a_line_is_not_folded_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().say("word " * 60)
    assert len(capsys.readouterr().out.splitlines()) == 1
