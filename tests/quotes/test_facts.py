"""What approval rules read of a quote and of its lines, with amounts by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.catalog import Sku
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, RequestLine
from engine.quotes.evaluation import PricedQuote
from engine.quotes.facts import header_facts, line_facts, no_margin
from tests.quotes.offers import line, parts, priced, request

D = Decimal


def percent_of_line(name: str, percent: str) -> ManualDiscount:
    return ManualDiscount(f"m-{name}", ManualOn.LINE, ManualKind.PERCENT, D(percent), "to close", "ann", name)


def lines_of(found: PricedQuote) -> dict[str, dict[str, object]]:
    asked = [RequestLine(each.id, each.sku, each.quantity) for each in found.priced.lines]
    return {str(each["id"]): dict(each) for each in line_facts(asked, found.priced, parts().plan)}


def test_a_surcharge_makes_the_discount_of_a_quote_no_smaller() -> None:
    cheaper, dearer = percent_of_line("a", "20"), percent_of_line("b", "-10")
    wanted = request(line("a", "DISK", "2"), line("b", "DISK", "2"), manual=(cheaper, dearer))
    found = priced(wanted)
    quote = header_facts(wanted, found.priced)
    # a: 200.00 less 20 %; b: 200.00 and 10 % more
    assert (quote["list"], quote["net"]) == (D("400.00"), D("380.00"))
    # 40.00 of 400.00
    assert (quote["discount"], quote["discount_pct"]) == (D("40.00"), D(10))
    # 380.00 less 4 x 60.00, of 380.00: 36.842 105 ... percent
    assert (quote["margin"], quote["margin_pct"]) == (D("140.00"), D("36.8421"))
    assert quote["manual_discount"] is True


def test_a_discount_is_what_came_off_the_list_price() -> None:
    wanted = request(line("a", "DISK", "2"), manual=(percent_of_line("a", "20"),))
    assert header_facts(wanted, priced(wanted).priced, ("discount", "gross")) == {
        "discount": D("40.00"),
        "gross": D("160.00"),
    }


def test_percents_of_a_line_are_of_its_list_price_and_of_its_net() -> None:
    found = priced(request(line("a", "DISK", "2"), line("b", "PC"), manual=(percent_of_line("a", "20"),)))
    told = lines_of(found)
    names = ("qty", "list", "unit", "list_amount", "net", "discount_pct", "cost", "margin_pct")
    # 160.00 less 2 x 60.00 is 40.00, a quarter of the net
    assert [told["a"][name] for name in names] == [
        *(D(2), D(100), D(80), D("200.00"), D("160.00"), D(20), D("120.00"), D(25)),
    ]
    # of what is free nothing came off and nothing is earned
    assert [told["b"][name] for name in names] == [D(1), D(0), D(0), D(0), D(0), D(0), D(0), D(0)]


@pytest.mark.parametrize(
    ("unknown", "said"),
    [
        (0, ""),
        (2, "the margin is unknown: no cost for `x0`, `x1`"),
        (5, "the margin is unknown: no cost for `x0`, `x1`, `x2`, `x3`, `x4`"),
        (7, "the margin is unknown: no cost for `x0`, `x1`, `x2`, `x3`, `x4` and 2 more"),
    ],
)
def test_lines_without_a_cost_are_named_up_to_five(unknown: int, said: str) -> None:
    using = parts()
    products = {**using.catalog.products}
    products[Sku("OLD")] = replace(products[Sku("OLD")], discontinued=False)
    using = replace(using, catalog=replace(using.catalog, products=products))
    found = priced(request(line("a", "DISK"), *(line(f"x{n}", "OLD") for n in range(unknown))), using)
    assert no_margin(found.priced) == said
