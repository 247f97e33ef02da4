"""What each tier adds, as people read it under a waterfall and on an invoice."""

from __future__ import annotations

import pytest
from cpq.v1 import billing_pb2, common_pb2, pricing_pb2

from engine.cli.books import show_invoice
from engine.cli.screen import Screen
from engine.cli.stories import show_waterfalls

TIER, MINIMUM, INCLUDED = (
    common_pb2.PRICE_PART_KIND_TIER,
    common_pb2.PRICE_PART_KIND_MINIMUM,
    common_pb2.PRICE_PART_KIND_INCLUDED,
)
PARTS = (
    common_pb2.PricePart(kind=INCLUDED, quantity="50", amount=0),
    common_pb2.PricePart(kind=TIER, tier=1, above="0", up_to="1000", quantity="1000", unit_price="0.50", amount=50000),
    common_pb2.PricePart(
        kind=TIER, tier=2, above="1000", quantity="40", unit_price="0.30", flat_fee="20.00", amount=3200
    ),
    common_pb2.PricePart(kind=TIER, tier=1, quantity="21", unit_price="15.00", packages="3", amount=4500),
    common_pb2.PricePart(kind=MINIMUM, amount=800),
)


def test_a_waterfall_has_a_row_a_tier(capsys: pytest.CaptureFixture[str]) -> None:
    story = pricing_pb2.Waterfall(line_id="api", parts=PARTS)
    story.steps.add(step="list price", before="0", after="9", rule="calls", place="prices/models.yaml:3:5")
    show_waterfalls(Screen(), [story], {}, "EUR")
    table = [" ".join(each.split()) for each in capsys.readouterr().out.splitlines()]
    assert table[-7:-1] == [
        "of which qty unit flat fee amount",
        "included 50 0.00",
        "tier 1: up to 1,000 1,000 0.50 500.00",
        "tier 2: above 1,000 40 0.30 20.00 32.00",
        "packages 21 (3 packages) 15.00 a package 45.00",
        "up to the minimum 8.00",
    ]
    story.ClearField("parts")
    story.parts.extend(PARTS[:2])
    show_waterfalls(Screen(), [story], {}, "EUR")
    assert "flat fee" not in capsys.readouterr().out  # no column that says nothing


def test_an_invoice_line_has_its_tiers_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    shown = billing_pb2.Invoice(currency_code="EUR", gross=59000)
    line = shown.lines.add(sku="API", display_name="API calls", quantity="1111", amount=59000, parts=PARTS)
    line.kind = billing_pb2.INVOICE_LINE_KIND_USAGE
    show_invoice(Screen(), shown)
    table = [" ".join(each.split()) for each in capsys.readouterr().out.splitlines()]
    assert table[2:8] == [
        "API API calls usage 1111 590.00",
        "included 50 = 0.00",
        "tier 1: up to 1,000 1,000 x 0.50 = 500.00",
        "tier 2: above 1,000 40 x 0.30 + 20.00 flat = 32.00",
        "packages 21 (3 packages) x 15.00 a package = 45.00",
        "up to the minimum 8.00",
    ]
