"""What a client holds, used again after the server was stopped or killed: another process answers the same."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import grpc
import pytest
from cpq.v1 import configuration_pb2, configuration_pb2_grpc, pricing_pb2, pricing_pb2_grpc, quote_pb2, quote_pb2_grpc

from engine.client import CallFailed, Client
from engine.client.connection import failure_of
from tests.fakes.rules import BOOK, CATALOG, SMALL
from tests.test_server import run, running, write_rules

ENDS = pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
OTHER: Mapping[str, bytes] = {**SMALL, "book.yaml": BOOK.replace("id: small", "id: other").encode()}
DEARER = CATALOG.replace("list: {EUR: 12.50", "list: {EUR: 13.00").encode()
TESTS_DEARER = SMALL["tests/prices.yaml"].replace(b"12.50", b"13.00")


@dataclass
class Served:
    address: str
    client: Client
    configuration: configuration_pb2_grpc.ConfigurationServiceStub
    quotes: quote_pb2_grpc.QuoteServiceStub
    pricing: pricing_pb2_grpc.PricingServiceStub


@contextmanager
def serving(database: Path, *rules: Path, end: signal.Signals) -> Iterator[Served]:
    """A real server that ends as told once the block is done."""
    folders = [part for each in rules for part in ("--rules", str(each))]
    with running(database, *folders) as process:
        with Client(process.address) as client, grpc.insecure_channel(process.address) as channel:
            yield Served(
                process.address,
                client,
                configuration_pb2_grpc.ConfigurationServiceStub(channel),
                quote_pb2_grpc.QuoteServiceStub(channel),
                pricing_pb2_grpc.PricingServiceStub(channel),
            )
        os.kill(process.popen.pid, end)
        process.popen.wait(60)


def people(client: Client) -> None:
    anna = {"display_name": "Anna", "segment": "retail", "region": "DE"}
    client.parties.create_customer(customer=anna, customer_id="anna")
    client.parties.create_user(user={"display_name": "Rep"}, user_id="rep")


def mugs(quantity: str) -> dict[str, object]:
    content = {"customer": "customers/anna", "lines": [{"id": "mug", "sku": "MUG", "quantity": quantity}]}
    return {"content": content, "owner": "users/rep", "valid_until": date(2999, 12, 31)}


def published(client: Client) -> list[tuple[int, str]]:
    return sorted((each.number, each.book_id) for each in client.rule_books.list_rule_books())


def test_several_rule_folders_are_published_once(tmp_path: Path) -> None:
    database = tmp_path / "a.sqlite3"
    small, other = write_rules(tmp_path / "small"), write_rules(tmp_path / "other", OTHER)
    quotes, books, certificates = [], [], []
    for start in range(2):
        with serving(database, other, small, end=signal.SIGKILL) as shop:
            assert published(shop.client) == [(1, "other"), (2, "small")], f"start {start + 1}"
            assert len(list(shop.client.events.watch_events(event_types=["RuleBookPublished"]))) == 2
            if not start:
                people(shop.client)
            quotes.append(shop.client.quotes.create_quote(quote=mugs("4")).name)
            if not start:  # what is sent is a version, which its certificate proves
                shop.client.quotes.submit_quote(name=quotes[0])
                shop.client.quotes.send_quote(name=quotes[0])
            books.append(shop.client.quotes.get_quote(name=quotes[0]).priced.rule_book)
            certificates.append(shop.client.quotes.verify_certificate(name=f"{quotes[0]}/versions/1").certificate)
    assert len(set(books)) == len(set(certificates)) == 1

    (small / "catalog/products.yaml").write_bytes(DEARER)
    (small / "tests/prices.yaml").write_bytes(TESTS_DEARER)
    for _ in range(2):
        with serving(database, other, small, end=signal.SIGKILL) as shop:
            assert published(shop.client) == [(1, "other"), (2, "small"), (3, "small")], "only what changed is new"
            before = shop.client.quotes.get_quote(name=quotes[0])
            # 4 x 12.50, by the book that it was made under; made anew it is 4 x 13.00
            assert (before.priced.totals.net, before.priced.rule_book) == (50_00, books[0])
            verified = shop.client.quotes.verify_certificate(name=f"{quotes[0]}/versions/1")
            assert (verified.valid, verified.certificate) == (True, certificates[0])
            after = shop.client.quotes.create_quote(quote=mugs("4"))
            assert (after.priced.totals.net, after.priced.rule_book != books[0]) == (52_00, True)
    with serving(database, small, other, end=signal.SIGKILL) as shop:
        # the last folder named is the one in force: only that one moved up
        assert published(shop.client) == [(2, "small"), (3, "small"), (4, "other")]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (
            "constraints/box.yaml",
            "bundle: BOX\nconstraints: [{id: x, require: nope = 1}]\n",
            "constraints/box.yaml:2",
        ),
        ("tests/prices.yaml", TESTS_DEARER.decode(), "tests/prices.yaml:4"),
    ],
    ids=["errors", "failing tests"],
)
def test_a_folder_with_faults_keeps_the_others_from_being_published(
    tmp_path: Path, file: str, text: str, told: str
) -> None:
    database = tmp_path / "a.sqlite3"
    small, other = write_rules(tmp_path / "small"), write_rules(tmp_path / "other", OTHER)
    with serving(database, small, end=signal.SIGTERM) as shop:
        assert published(shop.client) == [(1, "small")]
    (small / file).write_text(text)
    for _ in range(2):
        refused = run(
            *("--listen", "127.0.0.1:0", "--database", str(database)), *("--rules", str(other), "--rules", str(small))
        )
        assert refused.returncode == 2
        assert told in refused.stderr
    with serving(database, end=signal.SIGTERM) as shop:
        assert published(shop.client) == [(1, "small")]


@ENDS
def test_what_a_client_holds_works_after_a_restart(tmp_path: Path, end: signal.Signals) -> None:
    database, rules = tmp_path / "a.sqlite3", write_rules(tmp_path / "rules")
    choose = configuration_pb2.ConfigureRequest(product="products/BOX", only_changes=True, show_impossible=True)
    page = quote_pb2.ListQuotesRequest(page_size=2)
    price = pricing_pb2.PriceQuoteRequest()
    price.content.customer = "customers/anna"
    price.content.lines.add(id="mug", sku="MUG", quantity="4")
    with serving(database, rules, end=end) as shop:
        people(shop.client)
        made = [
            shop.client.quotes.create_quote(quote=mugs(str(number)), request_id=f"r-{number}") for number in (1, 2, 3)
        ]
        submitted = shop.client.quotes.submit_quote(name=made[0].name, request_id="submit")
        choose.state_token = shop.configuration.Configure(choose).state_token
        first = shop.quotes.ListQuotes(page)
        priced = shop.pricing.PriceQuote(price)
        stored = [shop.client.quotes.get_quote(name=each.name) for each in made]

    picked = configuration_pb2.Pick(slot="cpu", sku="CPU-A")
    choose.choices.add(pick=picked)
    with serving(database, rules, end=end) as shop:
        told = shop.configuration.Configure(choose)
        assert told.only_changes, "the state that the token stands for is known"
        assert {each.path for each in told.slots} == {"cpu", "board"}
        # two of three are on the first page
        page.page_token = first.next_page_token
        rest = shop.quotes.ListQuotes(page)
        assert [each.name for each in (*first.quotes, *rest.quotes)] == sorted(each.name for each in made)
        assert not rest.next_page_token
        page.customer = "customers/anna"
        with pytest.raises(grpc.RpcError) as refused:
            shop.quotes.ListQuotes(page)
        assert failure_of(refused.value).status == "INVALID_ARGUMENT", "a token belongs to its filters"
        assert shop.pricing.PriceQuote(price) == priced
        assert [shop.client.quotes.get_quote(name=each.name) for each in made] == stored

        again = shop.client.quotes.create_quote(quote=mugs("2"), request_id="r-2")
        assert again == made[1]
        assert shop.client.quotes.submit_quote(name=made[0].name, request_id="submit") == submitted
        with pytest.raises(CallFailed) as reused:
            shop.client.quotes.create_quote(quote=mugs("9"), request_id="r-2")
        assert (reused.value.status, reused.value.reason) == ("INVALID_ARGUMENT", "REQUEST_ID_REUSED")
        fourth = shop.client.quotes.create_quote(quote=mugs("4"))
        assert fourth.name not in {each.name for each in made}
        assert len(list(shop.client.quotes.list_quotes())) == 4
        # an etag of before the restart is the one of after it
        renamed = {"name": made[2].name, "title": "Mugs for Anna"}
        changed = shop.client.quotes.update_quote(quote=renamed, update_mask=["title"], etag=made[2].etag)
        assert (changed.title, changed.etag != made[2].etag) == ("Mugs for Anna", True)
