"""The bytes of quotes: those that are kept are what would be made again, and where they do not fit they are."""

from __future__ import annotations

from pathlib import Path

import grpc
import pytest
from cpq.v1 import common_pb2, pricing_pb2, quote_pb2

from engine.api.quote_answers import SCHEMA, schema_hash
from engine.application.perform import DEFAULT_TENANT, etag_of
from engine.application.ports import Asked
from engine.quotes.quote import Quote
from engine.storage.sqlite.transaction import SqliteReader
from engine.wire import quotes as wire
from engine.wire.sheets import Sheets
from tests.api import deal
from tests.api.server import Served, served

VIEWS = (common_pb2.VIEW_BASIC, common_pb2.VIEW_FULL, common_pb2.VIEW_WATERFALL)


def bytes_of(server: Served, name: str, view: int) -> bytes:
    call = server.channel.unary_unary("/cpq.v1.QuoteService/GetQuote")
    return call(quote_pb2.GetQuoteRequest(name=name, view=view).SerializeToString(), timeout=30)


def rebuilt(server: Served, name: str, view: int) -> bytes:
    """The answer made from the record, past everything that is kept."""
    key = name.removeprefix("quotes/")
    with server.env.store.read(DEFAULT_TENANT) as reader:
        quote, etag = reader.get(Quote, key), etag_of(reader, Quote, key)
    assert quote is not None
    active = server.env.books.get(DEFAULT_TENANT, quote.priced.rule_book)
    assert active is not None
    sheets = Sheets(active.parts.catalog.products, active.parts.plan)
    return wire.quote_message(quote, etag, view=view, sheets=sheets).SerializeToString(deterministic=True)


def kept(server: Served, name: str, etag: str, view: int, schema: str = SCHEMA) -> bytes | None:
    with server.env.store.read(DEFAULT_TENANT) as reader:
        return reader.kept(name, f"{etag}/{view}/{schema}")


def keep(server: Served, name: str, mark: str, content: bytes) -> None:
    with server.env.store.begin(DEFAULT_TENANT) as tx:
        tx.keep(name, mark, content)
        tx.commit(Asked("Keep"), b"", at=server.env.clock.now(DEFAULT_TENANT))


def test_every_answer_in_the_life_of_a_quote_is_the_one_made_from_its_record(shop: Served) -> None:
    quotes = shop.quotes
    name = deal.create(shop, deal.line("MUG", "4"), deal.line("PLAN", "2")).name
    lines = [deal.line("MUG", "5")]
    moves = [
        lambda: None,
        lambda: quotes.BatchUpdateQuoteLines(quote_pb2.BatchUpdateQuoteLinesRequest(name=name, upserts=lines)),
        lambda: quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=name)),
        lambda: quotes.SendQuote(quote_pb2.SendQuoteRequest(name=name)),
        lambda: quotes.AcceptQuote(quote_pb2.AcceptQuoteRequest(name=name, version=1, purchase_order="PO")),
    ]
    for move in moves:
        move()
        for view in VIEWS:
            once, again = bytes_of(shop, name, view), bytes_of(shop, name, view)
            assert once == again == rebuilt(shop, name, view)


def test_the_answer_of_a_change_is_kept_with_it_and_read_unparsed(shop: Served) -> None:
    quote = deal.create(shop)
    assert kept(shop, quote.name, quote.etag, common_pb2.VIEW_FULL) == quote.SerializeToString(deterministic=True)
    told = quote_pb2.Quote(name=quote.name, title="what was kept").SerializeToString()
    keep(shop, quote.name, f"{quote.etag}/{common_pb2.VIEW_FULL}/{SCHEMA}", told)
    assert bytes_of(shop, quote.name, common_pb2.VIEW_FULL) == told
    assert bytes_of(shop, quote.name, common_pb2.VIEW_BASIC) == rebuilt(shop, quote.name, common_pb2.VIEW_BASIC)


@pytest.mark.parametrize("mark", ['"1"/2/an older schema', '"7"/2/{schema}', '"1"/3/{schema}', ""])
def test_bytes_of_another_version_view_or_schema_are_made_again(shop: Served, mark: str) -> None:
    quote = deal.create(shop)
    keep(shop, quote.name, mark.format(schema=SCHEMA), b"not these")
    assert bytes_of(shop, quote.name, common_pb2.VIEW_FULL) == quote.SerializeToString(deterministic=True)


def test_a_quote_that_others_moved_is_made_again(shop: Served) -> None:
    """An expiry changes the record and knows nothing of answers."""
    quote = deal.sent(shop)
    deal.move_clock(shop, "2026-12-31T12:00:00Z")
    after = quote_pb2.Quote.FromString(bytes_of(shop, quote.name, common_pb2.VIEW_FULL))
    assert after.state == quote_pb2.QUOTE_STATE_EXPIRED
    assert after.SerializeToString(deterministic=True) == rebuilt(shop, quote.name, common_pb2.VIEW_FULL)


def test_nothing_is_kept_of_what_was_only_tried_or_deleted(shop: Served) -> None:
    quote = deal.create(shop)
    update = quote_pb2.UpdateQuoteRequest(quote=quote_pb2.Quote(name=quote.name, title="Tried"), validate_only=True)
    assert shop.quotes.UpdateQuote(update).title == "Tried"
    assert bytes_of(shop, quote.name, common_pb2.VIEW_FULL) == quote.SerializeToString(deterministic=True)
    shop.quotes.DeleteQuote(quote_pb2.DeleteQuoteRequest(name=quote.name))
    assert kept(shop, quote.name, quote.etag, common_pb2.VIEW_FULL) is None
    with pytest.raises(grpc.RpcError) as caught:
        bytes_of(shop, quote.name, common_pb2.VIEW_FULL)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


def test_kept_answers_outlive_the_server(tmp_path: Path) -> None:
    with served(tmp_path) as first:
        deal.set_clock(first)
        deal.people(first)
        quote = deal.create(first)
    with served(tmp_path) as second:
        assert kept(second, quote.name, quote.etag, common_pb2.VIEW_FULL) == quote.SerializeToString(deterministic=True)
        assert bytes_of(second, quote.name, common_pb2.VIEW_FULL) == rebuilt(second, quote.name, common_pb2.VIEW_FULL)


def test_the_schema_hash_follows_every_definition_and_the_mapping() -> None:
    assert schema_hash(quote_pb2.DESCRIPTOR) == SCHEMA
    assert schema_hash(quote_pb2.DESCRIPTOR, mapping="another") != SCHEMA
    assert schema_hash(pricing_pb2.DESCRIPTOR) != SCHEMA
    files = {each.name for each in quote_pb2.DESCRIPTOR.dependencies}
    assert "cpq/v1/pricing.proto" in files, "the prices of a quote are defined in another file"


def test_a_list_shows_quotes_as_they_are_and_reads_a_record_once(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [deal.create(shop, deal.line("MUG", str(n + 1))).name for n in range(3)]
    read: list[str] = []
    get = SqliteReader.get

    def told(self: SqliteReader, kind: type[object], key: str) -> object:
        if kind is Quote:
            read.append(key)
        return get(self, kind, key)

    monkeypatch.setattr(SqliteReader, "get", told)

    def listed() -> list[bytes]:
        found = shop.quotes.ListQuotes(quote_pb2.ListQuotesRequest(), timeout=30).quotes
        return [each.SerializeToString(deterministic=True) for each in found]

    first = listed()
    assert len(read) == 3
    assert listed() == first == [rebuilt(shop, name, common_pb2.VIEW_BASIC) for name in names]
    read.clear()
    lines = [deal.line("MUG", "9")]
    shop.quotes.BatchUpdateQuoteLines(quote_pb2.BatchUpdateQuoteLinesRequest(name=names[1], upserts=lines), timeout=30)
    read.clear()
    assert listed()[1] == rebuilt(shop, names[1], common_pb2.VIEW_BASIC) != first[1]
    assert set(read) == {names[1].removeprefix("quotes/")}
