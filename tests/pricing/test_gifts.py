"""Gift lines: their tax at every level, their cost, and their place beside the lines asked for."""

from __future__ import annotations

import pytest

from engine.pricing.codes import UNKNOWN_TAX_CODE
from engine.pricing.effects import Gift
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn
from engine.pricing.settings import TaxLevel, TaxRate, TaxSettings
from tests.pricing.books import D, asked, book, line, priced, refused, rule

MUG = Gift("C", D(1), D("5.00"), tax_code="s", costs={"EUR": D("2.00")})
RATE = TaxRate("s", D(19))


@pytest.mark.parametrize("level", TaxLevel)
def test_a_gift_that_is_charged_for_bears_tax(level: TaxLevel) -> None:
    rules = book(rule("g", MUG, "order"), tax=TaxSettings(level=level, rates=(RATE,)))
    found = priced(rules, asked(line("B", tax_code="s")))
    (gift,) = found.gifts
    # 19 % of 20.00 and of 5.00
    assert (gift.net, gift.tax) == (500, 95)
    assert [str(each.decimal) for each in (found.totals.net, found.totals.tax, found.totals.gross)] == [
        "25.00",
        "4.75",
        "29.75",
    ]


def test_the_tax_inside_the_price_of_a_gift_is_taken_out() -> None:
    rules = book(rule("g", MUG, "order"), tax=TaxSettings(inclusive=True, rates=(RATE,)))
    found = priced(rules, asked(line("B", tax_code="s")))
    # 20.00 and 5.00 include 3.19 and 0.80
    assert (found.gifts[0].net, found.gifts[0].tax, found.lines[0].tax) == (420, 80, 319)
    assert str(found.totals.net.decimal) == "21.01"
    assert found.totals.gross.minor_units == found.totals.amount.minor_units == 2500


def test_one_rate_is_rounded_once_over_lines_and_gifts() -> None:
    mug = Gift("C", D(1), D("0.03"), tax_code="s")
    rules = book(rule("g", mug, "order"), tax=TaxSettings(level=TaxLevel.RATE, rates=(RATE,)))
    found = priced(rules, asked(line("A", tax_code="s", list_price=None)))
    # 19 % of 100.03 is 19.0057
    assert found.totals.tax.minor_units == 1901
    assert sum(each.tax for each in (*found.lines, *found.gifts)) == 1901


def test_a_gift_costs_what_its_product_costs() -> None:
    found = priced(book(rule("g", MUG, "order")), asked(line("B", cost=D(12))))
    # 20.00 + 5.00 - 12.00 - 2.00
    assert found.totals.margin is not None
    assert str(found.totals.margin.decimal) == "11.00"
    three = Gift("C", D(3), D("5.00"), costs={"EUR": D("2.00")})
    dear = priced(book(rule("g", three, "order")), asked(line("B", cost=D(12)))).totals.margin
    # 20.00 + 3 x 5.00 - 12.00 - 3 x 2.00
    assert dear is not None and str(dear.decimal) == "17.00"
    unknown = Gift("C", D(1), D("5.00"))
    assert priced(book(rule("g", unknown, "order")), asked(line("B", cost=D(12)))).totals.margin is None


def test_a_gift_has_a_name_of_its_own_and_says_what_it_costs_others() -> None:
    (gift,) = priced(book(rule("g", MUG, "order")), asked(line("B"))).gifts
    assert (gift.id, gift.list_unit) == ("gift/g", D("9.99"))
    (gift,) = priced(book(rule("g", MUG, "order")), asked(line("B", id="gift/g"))).gifts
    assert gift.id == "gift/g+"


def test_a_gift_without_a_rate_is_refused_when_it_is_charged_for() -> None:
    tax = TaxSettings(rates=(TaxRate("other", D(7)),))
    refusal = refused(book(rule("g", MUG, "order"), tax=tax), asked(line("B", tax_code="other")))
    assert [str(each) for each in refusal.faults] == [
        f"{UNKNOWN_TAX_CODE}: lines: no tax rate for `s` of the gift `C`; add its rate to the taxes of the book"
    ]
    free = Gift("C", tax_code="s")
    assert priced(book(rule("g", free, "order"), tax=tax), asked(line("B", tax_code="other"))).gifts[0].tax == 0


def test_a_total_that_is_wanted_includes_the_gifts() -> None:
    wanted = ManualDiscount("m", ManualOn.TOTAL, ManualKind.TARGET, D(100), "to close the deal", "ann")
    found = priced(book(rule("g", MUG, "order")), asked(line("A"), line("B"), manual=(wanted,)))
    # 100.00 + 20.00 + 5.00 for the gift, which keeps its price: 25.00 off the 120.00, by 100 and 20
    assert [each.amount for each in found.lines] == [7917, 1583]
    assert str(found.totals.amount.decimal) == "100.00"
