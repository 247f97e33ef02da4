"""The waterfall as a picture: every step is there in words and numbers, bars are as long as they say."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import Span
from engine.pricing import compile_plan, picture, price, waterfall
from engine.pricing.effects import Amount, On, Percent, Sign
from engine.pricing.picture import LEFT, RIGHT, WIDTH
from engine.pricing.result import Priced
from tests.pricing.books import D, asked, book, entry, line, rule

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*rules: object, quantity: str = "1", title: str = "Disk") -> ElementTree.Element:
    plan = compile_plan(book(*rules))  # type: ignore[arg-type]
    found = price(plan, asked(line("A", quantity)))
    assert isinstance(found, Priced)
    return ElementTree.fromstring(picture(waterfall(plan, found, "a"), title))


def words(svg: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in svg.iter(f"{SVG}text")]


def test_each_step_stands_in_the_picture_with_its_place_and_numbers() -> None:
    ten = rule("ten", Percent(D(10)), say="Spring < sale", span=Span("discounts/2026.yaml", 7, 3))
    off = rule("off", Amount(D(9), On.ORDER), "order")
    svg = drawn(ten, off, quantity="2")
    assert words(svg) == [
        "Disk",
        "price of one unit in EUR",
        "list price: list-A",
        "100.00",
        "rules: Spring < sale",
        "discounts/2026.yaml:7:3",
        "\N{MINUS SIGN}10.00",
        "90.00",
        "order discount: off",
        "\N{MINUS SIGN}4.50",
        "85.50",
        "net price",
        "85.50",
    ]
    assert svg.get("aria-labelledby") == "title story"
    assert svg.findtext(f"{SVG}desc") == (
        "list price: list-A 100.00; rules: Spring < sale \N{MINUS SIGN}10.00 to 90.00; "
        "order discount: off \N{MINUS SIGN}4.50 to 85.50; net price 85.50"
    )


def test_a_surcharge_is_told_by_its_sign_too() -> None:
    assert "+5.00" in words(drawn(rule("up", Percent(D(5), sign=Sign.UP))))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=5))
def test_bars_are_as_long_as_prices_and_stay_on_the_page(steps: list[tuple[int, bool]]) -> None:
    rules = [
        rule(f"r{n}", Percent(D(percent), sign=Sign.UP if up else Sign.OFF)) for n, (percent, up) in enumerate(steps)
    ]
    svg = drawn(*rules)
    bars = [each for each in svg.iter(f"{SVG}rect") if each.get("rx")]
    lefts = [D(each.get("x", "")) for each in bars]
    rights = [left + D(each.get("width", "")) for left, each in zip(lefts, bars, strict=True)]
    assert min(lefts) >= LEFT and max(rights) <= WIDTH - RIGHT + 1
    assert lefts[0] == lefts[-1] == LEFT
    widest = max(rights)
    assert abs(widest - (WIDTH - RIGHT)) <= 1


@pytest.mark.parametrize("name", ["Disk \x0b", "Disk \ufffe", "Disk \ud800"])
def test_a_character_that_no_xml_holds_is_shown_as_one_that_cannot_be_shown(name: str) -> None:
    off = rule("ten", Percent(D(10)), say=name)
    svg = drawn(off, title=name)
    assert words(svg)[0] == "Disk \N{REPLACEMENT CHARACTER}"
    assert svg.findtext(f"{SVG}title") == "Price of Disk \N{REPLACEMENT CHARACTER}, one unit in EUR"
    assert words(svg)[4] == "rules: Disk \N{REPLACEMENT CHARACTER}"


def test_numbers_of_many_digits_stand_beside_each_other_and_not_on_bars() -> None:
    # bold digits of the font named first are 9.05 points wide at 13 points, thousands separators 4.94
    plan = compile_plan(book(rule("ten", Percent(D(10))), entries=(entry("A", "1234567891.00"),)))
    found = price(plan, asked(line("A")))
    assert isinstance(found, Priced)
    svg = ElementTree.fromstring(picture(waterfall(plan, found, "a")))
    change, after = [each for each in svg.iter(f"{SVG}text") if each.get("text-anchor") == "end"][1:3]
    assert (change.text, after.text) == ("\N{MINUS SIGN}123,456,789.10", "1,111,111,101.90")
    assert int(after.get("x", 0)) - 12 * 9 - 4 * 5 > int(change.get("x", 0))
    assert int(change.get("x", 0)) - 12 * 9 - 3 * 5 > WIDTH - RIGHT
    assert int(svg.get("width", 0)) == int(after.get("x", 0)) + 20


@pytest.mark.parametrize(("letter", "most"), [("W", 20), ("\N{CJK UNIFIED IDEOGRAPH-540D}", 20), ("i", 60)])
def test_words_end_before_the_bars_begin(letter: str, most: int) -> None:
    # 252 points beside the bar; a W or an ideograph takes 13 of them, an i 4
    label = words(drawn(rule("ten", Percent(D(10)), say=letter * 200)))[4]
    assert label.endswith("\N{HORIZONTAL ELLIPSIS}")
    assert most // 2 < label.count(letter) <= most
