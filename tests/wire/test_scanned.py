"""Requests taken apart as bytes: put together again they are what they were, and any bytes at all do no harm."""

from __future__ import annotations

from typing import Any

import pytest
from cpq.v1 import common_pb2, pricing_pb2
from google.type.date_pb2 import Date
from hypothesis import given
from hypothesis import strategies as st

from engine.wire.scanned import Scanned, StatedLine, is_beside, scan, stated_line

texts = st.text(max_size=40)
facts = st.dictionaries(st.text(max_size=5), texts.map(lambda text: common_pb2.Value(text=text)), max_size=3)
lines = st.builds(
    pricing_pb2.LineInput,
    id=st.text(min_size=1, max_size=40).filter(lambda text: len(text.encode()) < 128),
    sku=texts,
    quantity=texts,
    parent=st.one_of(st.just(""), texts),
    attributes=facts,
    term_months=st.integers(0, 40),
)
contents = st.builds(
    pricing_pb2.QuoteContent,
    date=st.one_of(st.none(), st.just(Date(year=2026, month=3, day=1))),
    currency_code=st.sampled_from(("", "EUR")),
    customer=texts,
    customer_facts=facts,
    header=facts,
    lines=st.lists(lines, min_size=1, max_size=20),
    codes=st.lists(texts, max_size=2),
    manual_discounts=st.lists(
        st.builds(pricing_pb2.ManualDiscount, id=texts, reason=st.text(max_size=300)), max_size=2
    ),
    term_months=st.integers(0, 400),
)
requests = st.builds(
    pricing_pb2.PriceQuoteRequest,
    content=contents,
    view=st.sampled_from((common_pb2.VIEW_UNSPECIFIED, common_pb2.VIEW_FULL)),
    rule_book=texts,
    lowest_price_days=st.integers(0, 60),
)


@given(request=requests)
def test_the_parts_are_those_of_the_request(request: pricing_pb2.PriceQuoteRequest) -> None:
    found = scan(request.SerializeToString())
    assert found is not None
    read = [pricing_pb2.LineInput.FromString(each + line) for each, line in zip(found.ids, found.lines, strict=True)]
    assert read == list(request.content.lines)
    beside = pricing_pb2.PriceQuoteRequest()
    beside.CopyFrom(request)
    del beside.content.lines[:]
    again = pricing_pb2.PriceQuoteRequest.FromString(found.beside.rest)
    again.content.MergeFromString(found.beside.before + found.beside.after)
    assert again == beside
    assert is_beside(found.beside)


@given(request=requests, cut=st.integers(0, 2_000), more=st.binary(max_size=5))
def test_bytes_that_are_cut_or_go_on_are_never_taken_for_more_than_they_are(
    request: pricing_pb2.PriceQuoteRequest, cut: int, more: bytes
) -> None:
    written = request.SerializeToString()
    looked_at(written[: cut % len(written)] + more)
    place = cut % len(written)
    looked_at(written[:place] + more + written[place:])


@given(written=st.binary(max_size=60))
def test_any_bytes_are_looked_at(written: bytes) -> None:
    looked_at(b"\x0a" + written)
    looked_at(written)
    stated_line(written)


def looked_at(written: bytes) -> None:
    """What is found in any bytes, when what stands beside lines is fine, is what protobuf reads of them."""
    found = scan(written)
    if found is None or not is_beside(found.beside):
        return
    try:
        read = [
            pricing_pb2.LineInput.FromString(name + line) for name, line in zip(found.ids, found.lines, strict=True)
        ]
    except Exception:  # a line that protobuf does not read is none that was met before
        return
    assert read == list(pricing_pb2.PriceQuoteRequest.FromString(written).content.lines)


def asked(*lines: pricing_pb2.LineInput) -> bytes:
    content = pricing_pb2.QuoteContent(customer="customers/anna", lines=lines, codes=["MAY"])
    return pricing_pb2.PriceQuoteRequest(content=content, view=common_pb2.VIEW_FULL).SerializeToString()


def line(name: str = "l1", **fields: Any) -> pricing_pb2.LineInput:
    return pricing_pb2.LineInput(id=name, **fields)


def test_requests_of_one_buyer_are_alike_beside_their_lines() -> None:
    one, other = scan(asked(line(sku="PEN"))), scan(asked(line("x", sku="INK", quantity="2"), line("y", sku="PEN")))
    assert isinstance(one, Scanned)
    assert isinstance(other, Scanned)
    assert one.beside == other.beside
    # equal lines are equal bytes, whatever they are called
    assert one.lines[0] == other.lines[1]


def test_other_forms_are_left_to_protobuf() -> None:
    fine = asked(line(sku="PEN"))
    content = pricing_pb2.PriceQuoteRequest.FromString(fine).content.SerializeToString()
    view = pricing_pb2.PriceQuoteRequest(view=common_pb2.VIEW_FULL).SerializeToString()
    again = pricing_pb2.PriceQuoteRequest(content=pricing_pb2.QuoteContent(codes=["JUNE"])).SerializeToString()
    for written in (b"", view, asked(), view + fine, asked(line("")), asked(line("n" * 128)), fine[:-3]):
        assert scan(written) is None, written
    # a second content adds to the first one, and lines may stand in two places
    for written in (fine + again, b"\x0a" + bytes([2 * len(content)]) + content + content):
        found = scan(written)
        assert found is not None
        assert not is_beside(found.beside)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (line(sku="PEN", quantity="2"), StatedLine("PEN", "2")),
        (line(sku="Stift für 1 €", quantity="2.50"), StatedLine("Stift für 1 €", "2.50")),
        (line(sku="PEN"), None),
        (line(sku="P" * 128, quantity="2"), None),
        (line(sku="PEN", quantity="1" * 128), None),
        (line(sku="PEN", quantity="2", group="g"), None),
        (line(quantity="2"), None),
        (line(sku="PEN", quantity="2", term_months=3), None),
    ],
)
def test_a_plain_line_states_product_and_quantity(stated: pricing_pb2.LineInput, expected: StatedLine | None) -> None:
    found = scan(asked(stated))
    assert found is not None
    assert stated_line(found.lines[0]) == expected
