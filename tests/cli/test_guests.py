"""Prices without a quote, on a book whose facts and prices are its own."""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.bootstrap.serving import in_process
from engine.bootstrap.settings import Settings
from engine.cli.command import main
from engine.cli.headers import facts

BOOK = {
    "book.yaml": """\
id: coffee
title: Coffee machines
currency: USD
currencies: [USD]
facts:
  customer:
    segment: {values: [office, hotel]}
    region: {values: [DE, US]}
""",
    "catalog/coffee.yaml": """\
categories:
  body: {attributes: {watts: {type: number}}}
  grinder: {attributes: {watts: {type: number}}}
products:
  - {sku: BARISTA, name: Coffee machine, list: {USD: 10.00}}
  - {sku: BODY-S, name: Small body, category: body, attributes: {watts: 1500}, list: {USD: 500.00}}
  - {sku: BODY-L, name: Large body, category: body, attributes: {watts: 2800}}
  - {sku: GRIND-1, name: Steel grinder, category: grinder, attributes: {watts: 300}, list: {USD: 80.00}}
  - {sku: GRIND-2, name: Ceramic grinder, category: grinder, attributes: {watts: 900}, list: {USD: 120.00}}
bundles:
  - sku: BARISTA
    attributes: {voltage: {values: [V230, V400]}}
    groups:
      - {id: body, where: category = "body"}
      - {id: grinder, where: category = "grinder"}
""",
    "constraints/power.yaml": """\
constraints:
  - {id: power, when: voltage = "V230", require: body.watts + grinder.watts <= 3200, say: Too much for 230 V.}
""",
    "prices/bodies.csv": """\
# prices by region ; hit=UNIQUE ; currency=USD
line.sku,customer.region,out: list_price
BODY-L,DE,900.00
BODY-L,US,950.00
""",
    "discounts/hotels.yaml": """\
discounts:
  - {id: hotel, when: customer.segment = "hotel", give: 10 % off unit}
""",
}


@pytest.fixture(scope="module")
def coffee(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    rules = tmp_path_factory.mktemp("coffee")
    for name, text in BOOK.items():
        (rules / name).parent.mkdir(exist_ok=True)
        (rules / name).write_text(text)
    with in_process(Settings(tmp_path_factory.mktemp("store") / "cpq.sqlite3", rules=(rules,))) as running:
        yield running.address


def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], *lines: str) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    main(words)
    shown = capsys.readouterr()
    return shown.out + shown.err


def test_a_book_with_segments_of_its_own_shows_options_and_prices_what_follows(
    coffee: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = typed(
        monkeypatch, capsys, ["configure", "BARISTA", "--server", coffee], "1", "3 1", "1 2", "2", "price", "quit"
    )
    assert "list USD" in shown
    assert "500.00" in shown
    assert "for region DE" in shown
    # The large body leaves the steel grinder alone: 10.00 + 900.00 + 80.00.
    assert "GRIND-1" in shown
    assert "USD 990.00" in shown
    assert "is not chosen yet" not in shown


def test_prices_are_for_whom_the_facts_say_and_wrong_facts_are_told(
    coffee: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["configure", "BARISTA", "--server", coffee, "--facts"]
    shown = typed(monkeypatch, capsys, [*words, "segment=hotel,region=US"], "1", "1 2", "price", "quit")
    assert "950.00" in shown
    assert "for segment hotel, region US" in shown
    # (10.00 + 950.00) less 10 %
    assert "USD 864.00" in shown
    wrong = typed(monkeypatch, capsys, [*words, "segment=hostel"], "price", "done")
    assert wrong.count("did you mean `hotel`?") == 1 and "group" not in wrong, "it is told at once"


def test_a_product_without_a_price_does_not_hide_its_group(
    coffee: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["configure", "BARISTA", "--server", coffee, "--facts", "segment=office"]
    body = typed(monkeypatch, capsys, words, "1", "quit")
    small, large = (next(each for each in body.splitlines() if sku in each).split() for sku in ("BODY-S", "BODY-L"))
    assert "500.00" in small
    assert large[-3:] == ["Large", "body", "possible"]


def test_a_completion_says_which_products_it_left_out(
    coffee: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = typed(monkeypatch, capsys, ["complete", "BARISTA", "--server", coffee])
    # 500.00 + 80.00
    assert "list price of the parts 580.00 USD" in found
    assert "without one: BODY-L" in found
    choices = tmp_path / "large.json"
    choices.write_text('{"choices": [{"pick": {"slot": "body", "sku": "BODY-L"}}]}')
    words = ["complete", "BARISTA", "--server", coffee, "--choices", str(choices)]
    none = typed(monkeypatch, capsys, words)
    assert "only products with a price in USD for this customer were taken; without one: BODY-L" in none
    # 900.00 + 80.00
    assert "list price of the parts 980.00 USD" in typed(monkeypatch, capsys, [*words, "--facts", "region=DE"])
    office = ["configure", "BARISTA", "--server", coffee, "--facts", "segment=office"]
    assert "without one: BODY-L" in typed(monkeypatch, capsys, office, "1 2", "complete", "quit")
    asked = typed(monkeypatch, capsys, ["configure", "BARISTA", "--server", coffee], "1 2", "complete", "quit")
    assert "list price of the parts 980.00 USD" in asked, "in the terminal it is for somebody in DE"


def test_facts_are_read_as_words_with_values() -> None:
    assert facts("segment=hotel, region=DE") == {"segment": "hotel", "region": "DE"}
    with pytest.raises(argparse.ArgumentTypeError, match="is not FACT=VALUE"):
        facts("hotel")
