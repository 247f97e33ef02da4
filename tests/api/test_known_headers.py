"""Requests that differ in their lines alone: answered from what is known of header and lines, and as they ever were."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from cpq.v1 import common_pb2, party_pb2, pricing_pb2

import engine.api.known_headers as headers
from engine.api.calls import Calls
from engine.api.pages import Pages
from engine.api.pricing_service import PricingService
from engine.application.perform import DEFAULT_TENANT
from tests.api import deal
from tests.api.server import Served
from tests.api.test_price_answers import BOOKS, answer, asking, moved, publish

PART = deal.line("CPU-A", "1", id="part")
WEB = {"channel": common_pb2.Value(text="web")}


class Asked:
    """A pricing service that keeps headers beside one that was just made, and how many answers the headers gave."""

    def __init__(self, shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = Calls(shop.env, Pages(b"key of the tests"))
        self.service = PricingService(self.calls)
        self.given = 0
        give = headers.spliced

        def counted(*arguments: Any, **named: Any) -> bytes:
            self.given += 1
            return give(*arguments, **named)

        monkeypatch.setattr(headers, "spliced", counted)

    def __call__(self, request: pricing_pb2.PriceQuoteRequest) -> pricing_pb2.PricedQuote:
        given = self.given
        answers = [answer(each, request) for each in (self.service, PricingService(self.calls))]
        assert answers[0] == answers[1], request
        assert self.given <= given + 1
        found = answers[0]
        return pricing_pb2.PricedQuote.FromString(found) if isinstance(found, bytes) else pricing_pb2.PricedQuote()


@pytest.fixture
def asked(shop: Served, monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(shop, monkeypatch)


def mugs(*quantities: str, **fields: Any) -> pricing_pb2.PriceQuoteRequest:
    lines = [deal.line("MUG", each, id=f"m{number}") for number, each in enumerate(quantities)]
    return asking(*lines, **fields)


def test_other_lines_of_a_known_header_need_no_message(asked: Asked) -> None:
    asked(mugs("4", "2"))
    assert asked.given == 0
    # 12.50 each
    assert asked(mugs("2", "2", "4")).totals.list == 8 * 1250
    assert asked(asking(deal.line("MUG", "2", id="another"))).lines[0].id == "another"
    assert asked.given == 2
    # nothing asks how many mugs there are: 3 x 12.50
    assert asked(mugs("3")).totals.list == 3750
    assert asked.given == 3
    # another product, header or view: worked out, and known from then on
    for request in (asking(PART), mugs("4", header=WEB), mugs("4", view=common_pb2.VIEW_WATERFALL)):
        asked(request)
    assert asked.given == 3
    for request in (asking(PART, *mugs("4").content.lines), mugs("4", "4", header=WEB)):
        asked(request)
    asked(mugs("4", "4", view=common_pb2.VIEW_WATERFALL))
    assert asked.given == 6


def test_ids_are_looked_at(asked: Asked) -> None:
    asked(mugs("4"))
    asked(asking(deal.line("MUG", "4", id="a"), deal.line("MUG", "4", id="a")))
    asked(asking(deal.line("MUG", "4", id="")))
    asked(asking(deal.line("MUG", "4", id="a\nb")))
    assert asked.given == 0
    asked(asking(deal.line("MUG", "4", id="ä b")))
    assert asked.given == 1


def test_a_changed_customer_is_met_anew(shop: Served, asked: Asked) -> None:
    asked(mugs("4"))
    moved(shop, segment="edu")
    # 5 x 12.50 less 10 %
    assert asked(mugs("4", "1")).totals.net == 5 * 1125
    assert asked.given == 0
    asked(mugs("1", "4"))
    assert asked.given == 1
    other = party_pb2.Customer(display_name="Berta", segment="edu", region="US")
    shop.parties.CreateCustomer(party_pb2.CreateCustomerRequest(customer=other, customer_id="berta"))
    asked(mugs("1", "1"))
    assert asked.given == 2


def test_another_book_and_another_day_are_met_anew(shop: Served, asked: Asked) -> None:
    asked(mugs("4"))
    publish(shop, BOOKS[2])
    # 13.70 each
    assert asked(mugs("4", "4")).totals.net == 8 * 1370
    assert asked.given == 0
    deal.move_clock(shop, "2026-03-02T00:00:00Z")
    assert asked(mugs("4", "4", "4")).date == deal.day("2026-03-02")
    assert asked.given == 0
    asked(mugs("4", "4", "4", "4"))
    assert asked.given == 1


def test_what_hangs_on_more_than_header_and_line_is_worked_out(asked: Asked) -> None:
    lowest = mugs("4")
    lowest.lowest_price_days = 30
    manual = pricing_pb2.ManualDiscount(
        id="d1",
        on=pricing_pb2.MANUAL_DISCOUNT_TARGET_LINE,
        target="m0",
        kind=pricing_pb2.MANUAL_DISCOUNT_KIND_PERCENT,
        value="5",
        reason="to win it",
        author="users/rep",
    )
    for request in (lowest, mugs("4", manual_discounts=[manual])):
        for quantities in (("4",), ("4", "4"), ("4", "4", "4")):
            asked(pricing_pb2.PriceQuoteRequest(content=mugs(*quantities).content))
            again = pricing_pb2.PriceQuoteRequest()
            again.CopyFrom(request)
            del again.content.lines[:]
            again.content.lines.extend(mugs(*quantities).content.lines)
            before = asked.given
            asked(again)
            assert asked.given == before


def test_more_lines_than_a_call_may_have_are_refused(shop: Served, asked: Asked) -> None:
    asked(mugs("4"))
    most = asked.calls.limits.lines
    asked(mugs(*["4"] * most))
    assert asked.given == 1
    asked(mugs(*["4"] * (most + 1)))
    assert asked.given == 1


def test_bytes_that_are_no_request_are_refused(shop: Served) -> None:
    call = shop.channel.unary_unary("/cpq.v1.PricingService/PriceQuote")
    with pytest.raises(grpc.RpcError, match=r"the request is no cpq\.v1\.PriceQuoteRequest") as refused:
        call(b"\x0a\x05ab", timeout=30)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_memory_is_bounded(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "MOST_LINES", 40)
    asked.service = PricingService(asked.calls)
    for number in range(1, 12):
        asked(mugs(str(number)))
        asked(mugs(str(number), str(number)))
    given = asked.given
    assert given
    # a header takes the room of ten lines, so that all was emptied now and then, and met anew
    for number in range(1, 60):
        asked(mugs(str(number), view=common_pb2.VIEW_BASIC))
        asked(mugs(str(number), "1", view=common_pb2.VIEW_BASIC))
    assert sum(len(each.lines) for each in asked.service._headers._headers.values()) <= 40


def test_large_headers_are_not_kept(shop: Served, asked: Asked) -> None:
    """There is room for many headers: how much one takes is not up to who asks."""
    letters = 5_000 * b"."
    # field 99 of a request, which nobody knows, with a length of two bytes
    large = mugs("4").SerializeToString() + b"\x9a\x06" + bytes((5_000 & 0x7F | 0x80, 5_000 >> 7)) + letters
    for _ in range(2):
        # 4 x 12.50
        assert asked(pricing_pb2.PriceQuoteRequest.FromString(large)).totals.list == 5000
    assert not asked.service._headers._headers
    # a code that is refused is a part of a header, too, before anybody looks at it
    asked(mugs("4", codes=["Z" * 5_000]))
    active = shop.env.books.in_force(DEFAULT_TENANT, shop.env.clock.now(DEFAULT_TENANT).date())
    assert active is not None
    assert not any("ZZZ" in str(header) for header in active.parts.known._headers)


def test_a_header_takes_its_room_once(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "MOST_LINES", 3 * headers.HEADER_COUNTS)
    asked.service = PricingService(asked.calls)
    asked(mugs("4"))
    asked(mugs("4", "4"))
    # a plan is charged by the month: its lines are worked out every time
    for number in range(1, 10):
        asked(asking(deal.line("PLAN", str(number))))
    assert asked.given == 1
    assert sum(len(each.lines) for each in asked.service._headers._headers.values()) == 1
