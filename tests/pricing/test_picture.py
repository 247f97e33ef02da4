"""The waterfall as a picture: every step is there in words and numbers, bars are as long as they say."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import Span
from engine.pricing import compile_plan, picture, price, waterfall
from engine.pricing.effects import Amount, On, Percent, Sign
from engine.pricing.picture import LEFT, RIGHT, WIDTH
from engine.pricing.result import Priced
from tests.pricing.books import D, asked, book, line, rule

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
