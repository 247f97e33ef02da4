"""Answers put together from bytes: byte by byte those that protobuf writes of the same quote."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from cpq.v1 import common_pb2, pricing_pb2
from hypothesis import given
from hypothesis import strategies as st

from engine.pricing.result import PricedLine
from engine.quotes.evaluation import PricedQuote, evaluate
from engine.wire.priced import fill_priced
from engine.wire.sheets import Sheets
from engine.wire.spliced import Written, spliced
from tests.quotes.test_known import SAME, made
from tests.rulebook.shop import ask, line

VIEWS = (common_pb2.VIEW_BASIC, common_pb2.VIEW_FULL, common_pb2.VIEW_WATERFALL)
PARTS = made(frozenset(("all", "many", "family")), frozenset(("big",)), frozenset(("guards", "tax")))
SHEETS = Sheets(PARTS.catalog.products, PARTS.plan)
amounts = st.one_of(st.integers(-300, 300), st.sampled_from((0, 2**14, 2**21, 2**31, 2**62, -(2**62))))


def ids(quote: PricedQuote) -> list[bytes]:
    """The ids as the fields that they are in lines of a request."""
    return [pricing_pb2.LineInput(id=each.id).SerializeToString() for each in quote.priced.lines]


class Line:
    """A line that was met, and as what it was written."""

    written: Written | None = None


def nothing_met(quote: PricedQuote) -> list[Line]:
    return [Line() for _ in quote.priced.lines]


def as_protobuf_writes(quote: PricedQuote, view: int) -> bytes:
    message = pricing_pb2.PricedQuote()
    fill_priced(message, quote, view=view, sheets=SHEETS)
    return message.SerializeToString()


def quote_of(*quantities: str) -> PricedQuote:
    skus = ("PEN", "INK", "LAMP", "PEN")
    lines = [line(skus[n % 4], each, id=f"Zeile {n}") for n, each in enumerate(quantities)]
    found = evaluate(ask(*lines, **SAME), PARTS)
    assert isinstance(found, PricedQuote)
    return found


@given(quantities=st.lists(st.sampled_from(("1", "1.00", "3", "10", "200")), min_size=1, max_size=8))
def test_quotes_are_written_alike(quantities: list[str]) -> None:
    quote = quote_of(*quantities)
    known = nothing_met(quote)
    for view in (*VIEWS, *VIEWS):
        assert spliced(quote, ids(quote), known, view=view, sheets=SHEETS) == as_protobuf_writes(quote, view)


@given(data=st.data())
def test_any_amounts_are_written_alike_when_a_line_is_met_again(data: st.DataObject) -> None:
    quote = quote_of("1", "3", "10")
    known = nothing_met(quote)
    spliced(quote, ids(quote), known, view=common_pb2.VIEW_FULL, sheets=SHEETS)
    names = ("order_discount", "amount", "net", "tax", "gross", "term")
    lines = tuple(each._replace(**{name: data.draw(amounts) for name in names}) for each in quote.priced.lines)
    other = replace(quote, priced=replace(quote.priced, lines=lines))
    assert spliced(other, ids(other), known, view=common_pb2.VIEW_FULL, sheets=SHEETS) == as_protobuf_writes(
        other, common_pb2.VIEW_FULL
    )


def test_a_line_of_other_prices_is_written_anew() -> None:
    quote = quote_of("1")
    known = nothing_met(quote)
    spliced(quote, ids(quote), known, view=common_pb2.VIEW_FULL, sheets=SHEETS)
    before = known[0].written
    dearer: PricedLine = quote.priced.lines[0]._replace(unit=Decimal("1.44"), list_amount=999, cost=None)
    other = replace(quote, priced=replace(quote.priced, lines=(dearer,)))
    found = spliced(other, ids(other), known, view=common_pb2.VIEW_FULL, sheets=SHEETS)
    assert found == as_protobuf_writes(other, common_pb2.VIEW_FULL)
    assert known[0].written is not before


def test_a_line_is_remembered_as_it_is_without_a_discount_on_the_order() -> None:
    quote = quote_of("3")
    known, (whole,) = nothing_met(quote), quote.priced.lines
    less = whole._replace(order_discount=1, amount=whole.amount - 1, net=whole.net - 1, term=whole.net - 1)
    for each in (less, whole, less, whole):
        one = replace(quote, priced=replace(quote.priced, lines=(each,)))
        found = spliced(one, ids(one), known, view=common_pb2.VIEW_FULL, sheets=SHEETS)
        assert found == as_protobuf_writes(one, common_pb2.VIEW_FULL)
    written = known[0].written
    assert written is not None
    assert written.line is whole
