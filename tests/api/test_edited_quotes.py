"""A quote that was edited over the server is, byte for byte, what a fresh server makes of its lines from the start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import grpc
import pytest
from cpq.v1 import common_pb2, party_pb2, pricing_pb2, quote_pb2
from google.type.date_pb2 import Date
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.application.perform import DEFAULT_TENANT
from tests.api.server import Served, served
from tests.quotes.test_reevaluation import CARE, CATALOG, GUARD, HEAD, LINES, ORDER, RATES, SEES, TAX
from tests.rulebook.shop import BOOK

FREE_CARE = RATES + "prices: [{id: care, sku: CARE, price: 5}]\n"
FOLDERS = {
    "lines alone": {"discounts": LINES, "prices": FREE_CARE},
    "a percent of others": {"discounts": LINES, "prices": RATES + CARE},
    "order discounts, gifts and margins": {"discounts": LINES + ORDER, "prices": FREE_CARE + GUARD, "terms": TAX},
    "totals": {"discounts": SEES, "prices": FREE_CARE},
}
VIEWS = (common_pb2.VIEW_FULL, common_pb2.VIEW_WATERFALL)


def files_of(name: str) -> dict[str, bytes]:
    folders = {f"{folder}/{folder}.yaml": text for folder, text in FOLDERS[name].items()}
    texts = {"book.yaml": BOOK + HEAD, "catalog/catalog.yaml": CATALOG, **folders}
    return {path: text.encode() for path, text in texts.items()}


class Pair:
    """A server whose quotes are edited, and one that only makes new ones."""

    def __init__(self, name: str, stack: ExitStack) -> None:
        self.files = files_of(name)
        self.folder = Path(stack.enter_context(TemporaryDirectory()))
        self.edited: Served = stack.enter_context(served(self.folder, self.files))
        self.fresh: Served = stack.enter_context(served(Path(stack.enter_context(TemporaryDirectory())), self.files))
        for server in (self.edited, self.fresh):
            user = party_pb2.CreateUserRequest(user=party_pb2.User(display_name="Rep"), user_id="rep")
            server.parties.CreateUser(user)


@pytest.fixture(scope="module", params=FOLDERS)
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    with ExitStack() as stack:
        yield Pair(request.param, stack)


def content(lines: list[pricing_pb2.LineInput]) -> pricing_pb2.QuoteContent:
    day = Date(year=2026, month=3, day=2)
    return pricing_pb2.QuoteContent(lines=lines, date=day, currency_code="EUR", term_months=24)


def create(server: Served, asked: pricing_pb2.QuoteContent) -> quote_pb2.Quote:
    quote = quote_pb2.Quote(content=asked, owner="users/rep", valid_until=Date(year=2999, month=12, day=31))
    found: quote_pb2.Quote = server.quotes.CreateQuote(quote_pb2.CreateQuoteRequest(quote=quote))
    return found


def line(name: str, sku: str, quantity: int, parent: str = "") -> pricing_pb2.LineInput:
    made = pricing_pb2.LineInput(id=name, sku=sku, quantity=str(quantity), parent=parent)
    made.group = "disk" if parent else ""
    return made


tops = st.tuples(st.sampled_from(("PC", "D1", "D2", "SEAT", "CARE", "USD")), st.integers(1, 6))
steps = st.lists(
    st.tuples(st.sampled_from(("change", "add", "remove", "part", "swap")), st.integers(0, 40), tops),
    min_size=1,
    max_size=4,
)


def request_of(quote: quote_pb2.Quote, step: tuple[str, int, tuple[str, int]], name: str) -> Any:
    """The request of an edit, and nothing where it would change none."""
    kind, place, (sku, quantity) = step
    target = quote.content.lines[place % len(quote.content.lines)]
    request = quote_pb2.BatchUpdateQuoteLinesRequest(name=quote.name, view=VIEWS[place % 2])
    if kind in ("change", "swap") and not target.parent:
        request.upserts.append(line(target.id, sku if kind == "swap" else target.sku, quantity))
    elif kind == "part" and target.sku == "PC":
        request.upserts.append(line(name, "D1" if place % 2 else "D2", 1, target.id))
    elif kind == "remove":
        request.removals.append(target.id)
    else:
        request.upserts.append(line(name, sku, quantity))
    return request


def told(quote: quote_pb2.Quote) -> tuple[bytes, bytes]:
    """What a quote asks for and what it came to, as bytes. A quote keeps the rates that it froze, also when its last
    line of another currency goes; a new one of what is left froze none.
    """
    priced = pricing_pb2.PricedQuote()
    priced.CopyFrom(quote.priced)
    priced.ClearField("exchange_rates")
    return quote.content.SerializeToString(deterministic=True), priced.SerializeToString(deterministic=True)


def stored(server: Served, quote: quote_pb2.Quote) -> list[dict[str, Any]]:
    """The rows of its lines that finance queries."""
    columns = (
        "position",
        "line_id",
        "sku",
        "quantity",
        "list_minor",
        "net_minor",
        "term_minor",
        "parent_line",
        "asked",
    )
    with server.env.store.read(DEFAULT_TENANT) as reader:
        rows = [dict(each) for each in reader.rows("quote_lines", columns, {"parent_id": quote.name[len("quotes/") :]})]
    return sorted(rows, key=lambda row: row["position"])


def got(server: Served, name: str, view: int) -> quote_pb2.Quote:
    found: quote_pb2.Quote = server.quotes.GetQuote(quote_pb2.GetQuoteRequest(name=name, view=view))
    return found


@settings(max_examples=25, deadline=None)
@given(st.lists(tops, min_size=1, max_size=6), st.booleans(), steps)
def test_edits_equal_creation_anew(pair: Pair, start: list[tuple[str, int]], is_large: bool, edits: list[Any]) -> None:
    # A large quote is stored in more text than is decoded again for every look.
    rows = [*start, *([("D1", 1)] * 40 if is_large else [])]
    quote = create(pair.edited, content([line(f"l{n}", *row) for n, row in enumerate(rows)]))
    for number, step in enumerate(edits):
        request = request_of(quote, step, f"new{number}")
        try:
            quote = pair.edited.quotes.BatchUpdateQuoteLines(request)
        except grpc.RpcError:
            # Refused as a whole, such as a quote without lines: what is stored is what was.
            quote = got(pair.edited, quote.name, common_pb2.VIEW_FULL)
            continue
        anew = create(pair.fresh, quote.content)
        assert told(quote) == told(got(pair.fresh, anew.name, request.view))
        assert got(pair.edited, quote.name, request.view) == quote
        rows_of = (
            "SELECT line_id, sku, quantity, list_minor, net_minor, term_minor, parent_line, asked FROM quote_lines"
        )
        stored = [
            server.saved._connection.execute(f"{rows_of} WHERE parent_id = ? ORDER BY position", (name,)).fetchall()
            for server, name in ((pair.edited, quote.name[7:]), (pair.fresh, anew.name[7:]))
        ]
        assert stored[0] == stored[1]


def test_an_edited_quote_is_the_same_after_a_restart(tmp_path: Path) -> None:
    files = files_of("order discounts, gifts and margins")
    with served(tmp_path, files) as server:
        user = party_pb2.CreateUserRequest(user=party_pb2.User(display_name="Rep"), user_id="rep")
        server.parties.CreateUser(user)
        quote = create(server, content([line(f"l{n}", "D1", 1 + n % 3) for n in range(60)]))
        for n in (3, 7):
            upserts = [line(f"l{n}", "D2", 5)]
            quote = server.quotes.BatchUpdateQuoteLines(
                quote_pb2.BatchUpdateQuoteLinesRequest(name=quote.name, upserts=upserts)
            )
    with served(tmp_path, files) as server:
        assert got(server, quote.name, common_pb2.VIEW_FULL) == quote
        more = quote_pb2.BatchUpdateQuoteLinesRequest(name=quote.name, removals=["l5"])
        quote = server.quotes.BatchUpdateQuoteLines(more)
        assert told(quote) == told(create(server, quote.content))
