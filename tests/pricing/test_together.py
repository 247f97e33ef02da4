"""Quotes as sums of their lines: what they are when they are priced as a whole, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import LineId
from engine.diagnostics import Refusal
from engine.pricing.known_lines import KnownLine, KnownLines, Shelf
from engine.pricing.request import RequestLine
from engine.pricing.result import PricedLine
from engine.pricing.together import Header, together
from engine.quotes.evaluation import Parts, PricedQuote, evaluate, evaluate_together, price_request
from engine.quotes.known import known_of
from engine.quotes.request import QuoteRequest
from tests.quotes.test_known import CATALOG, HEAD, PRICES, TAX, asked, books, headers, made, some
from tests.rulebook.shop import ask, book_of, line


@dataclass
class Line:
    """A line as whoever meets it again holds it."""

    asked: RequestLine
    known: KnownLine
    alone: PricedLine | None = None


def met(parts: Parts, request: QuoteRequest) -> tuple[list[Line], Shelf] | None:
    """The lines of a request after each was priced by itself, when all are known then."""
    for each in request.lines:
        evaluate(replace(request, lines=(each,)), parts)
    known = known_of(request, parts.known)
    if not known.is_all or known.shelf is None or request.manual:
        return None
    plain, found = parts.plain[request.currency], []
    for each, before in zip(request.lines, known.lines, strict=True):
        assert before is not None
        found.append(Line(RequestLine(LineId(""), each.sku, each.quantity, *plain[each.sku]), before))
    return found, known.shelf


def added(parts: Parts, request: QuoteRequest) -> PricedQuote | None:
    """A quote as the sum of its lines, when all of them are known: the same whether or not they were met before."""
    found = met(parts, request)
    if found is None:
        return None
    lines, shelf = found
    first = evaluate_together(request, lines, shelf, parts)
    assert repr(evaluate_together(request, lines, shelf, parts)) == repr(first)
    assert first is None or all(each.alone is not None for each in lines)
    return first


def without_ids(quote: PricedQuote | Refusal) -> PricedQuote:
    """The quote as it is before it is known what its lines are called."""
    assert isinstance(quote, PricedQuote)
    lines = tuple(line._replace(id=LineId("")) for line in quote.priced.lines)
    return replace(quote, priced=replace(quote.priced, lines=lines))


@settings(max_examples=200, deadline=None)
@given(parts=books, header=headers, lines=st.lists(some, min_size=1, max_size=4))
def test_the_sum_of_lines_is_the_quote(parts: Parts, header: dict[str, Any], lines: list[Any]) -> None:
    parts = replace(parts)
    for each in lines:
        request = asked(each, (), header)
        found = added(parts, request)
        if found is not None:
            assert repr(found) == repr(without_ids(evaluate(request, replace(parts))))


BIG = made(frozenset(("all",)), frozenset(("big",)), frozenset(("guards", "tax")))


def test_a_rule_on_the_order_is_left_to_those_who_price_the_quote() -> None:
    parts = replace(BIG)
    # two lamps of 80.00 less 3 %; five are above 300
    assert isinstance(added(parts, ask(line("LAMP", "1", id="a"), line("LAMP", "1", id="b"))), PricedQuote)
    assert added(parts, ask(*(line("LAMP", "1", id=f"l{n}") for n in range(5)))) is None


def test_costs_that_are_known_of_some_lines_are_told_line_by_line() -> None:
    parts = replace(BIG)
    assert added(parts, ask(line("PEN", "1", id="a"), line("INK", "1", id="b"))) is None
    none = added(parts, ask(line("INK", "1", id="a"), line("INK", "10", id="b")))
    assert none is not None
    assert none.priced.totals.cost is None


@pytest.mark.parametrize(
    "terms",
    [
        TAX.replace("round_at: line", "round_at: total"),
        TAX.replace("round_at: line", "round_at: rate"),
        TAX.replace("percent: 7}", "percent: 7, when: line.qty > 1}"),
    ],
)
def test_where_tax_hangs_on_more_than_the_code_of_a_line_nothing_is_added_up(terms: str) -> None:
    parts = book_of({"catalog/catalog.yaml": CATALOG}, head=HEAD, prices=PRICES, terms=terms)
    assert added(parts, ask(line("LAMP", "1", id="a"))) is None


def test_nothing_is_added_up_where_an_order_rule_looks_at_lines() -> None:
    parts = replace(made(frozenset(("all",)), frozenset(("gift",)), frozenset(("tax",))))
    assert added(parts, ask(line("PEN", "1", id="a"))) is None


def test_nothing_is_added_up_under_a_header_that_nobody_priced_by() -> None:
    parts = replace(BIG)
    request = ask(line("LAMP", "1", id="a"))
    found = met(parts, request)
    assert found is not None
    header = Header("EUR", lambda: price_request(request, ()))
    assert together(parts.plan, header, found[0], found[1]) is not None
    assert together(parts.plan, header, found[0], Shelf(KnownLines(parts.plan))) is None


def test_what_no_document_can_hold_is_left_to_those_who_price_the_quote() -> None:
    parts = replace(BIG)
    request = ask(line("LAMP", "1", id="a"))
    found = met(parts, request)
    assert found is not None
    (one,), shelf = found
    # a credit so large that it stands alone beyond 64 bits, beside as much on the other side
    large = [one.known._replace(list_amount=sign * 10**19, stage_amount=sign * 10**19) for sign in (-1, 1)]
    header = Header("EUR", lambda: price_request(request, ()))
    assert together(parts.plan, header, [Line(one.asked, each) for each in large], shelf) is None
