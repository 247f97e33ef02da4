"""Charges every half-year and every two years, from the rule book to the invoices; amounts worked out by hand."""

from __future__ import annotations

from pathlib import Path

from tests.api import deal
from tests.api.amending import drafted, shown, tie_out
from tests.api.server import served
from tests.fakes.rules import SMALL

LONG = """\
categories:
  seldom:
    title: Seldom
    charge: {kind: recurring, period: two_years, timing: advance}
    recognition: service
  half:
    title: Halves
    charge: {kind: recurring, period: half_year, timing: arrears}
    recognition: service
products:
  - {sku: DOMAIN, name: Domain, category: seldom, list: {EUR: 40.00, USD: 44.00}}
  - {sku: AUDIT, name: Audit, category: half, list: {EUR: 600.00, USD: 660.00}}
"""


def test_long_periods_are_priced_by_the_year_and_billed_when_they_turn_over(tmp_path: Path) -> None:
    with served(tmp_path, {**SMALL, "catalog/long.yaml": LONG.encode()}) as shop:
        deal.set_clock(shop)
        deal.people(shop)
        quote = deal.create(shop, deal.line("DOMAIN"), deal.line("AUDIT"), term_months=36)
        totals = quote.priced.totals
        # 40.00 in two years and 600.00 in half a year: 20.00 and 1 200.00 a year, 60.00 and 3 600.00 in three
        assert (totals.arr, totals.tcv) == (122000, 366000)
        order = deal.ordered(shop, deal.line("DOMAIN"), deal.line("AUDIT"), term_months=36)
        assert [each[:2] for each in shown(drafted(shop, order.contract, "2029-03-01"))] == [
            ("2026-03-01", 4000),
            ("2026-09-01", 60000),
            ("2027-03-01", 60000),
            ("2027-09-01", 60000),
            ("2028-03-01", 62000),  # the third year of the domain is what the quote has left
            ("2028-09-01", 60000),
            ("2029-03-01", 60000),
        ]
        tie_out(shop, "2029-03-01")
