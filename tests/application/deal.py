"""Use cases called directly: an environment on a fresh store, and commands in domain terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.adapters.compiled_books import CompiledBooks
from engine.adapters.ids import SequenceIds
from engine.adapters.stored_books import StoredRuleBooks
from engine.application import offers, orders, quotes
from engine.application.content import Content
from engine.application.parties import create_party
from engine.application.perform import Environment, Options, Work, perform
from engine.application.ports import Asked
from engine.application.publish import publish_files
from engine.application.quotes import Draft
from engine.approvals import PlainApprovalProcess
from engine.bootstrap.build import compiler
from engine.catalog import LineId, Sku
from engine.diagnostics import Refusal
from engine.parties import Customer, User
from engine.quotes.quote import QuoteParties
from engine.quotes.request import RequestedLine
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import open_store
from tests.fakes.clock import StandingClock
from tests.fakes.rules import SMALL

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
UNTIL = date(2026, 6, 30)


class Shop:
    """An environment whose clock stands until it is moved."""

    def __init__(self, env: Environment, clock: StandingClock) -> None:
        self.env = env
        self.clock = clock

    def do(self, decide: Callable[[Work], Any], **options: Any) -> Any:
        """Carry out a use case and return its value; a refusal is returned as it is."""
        kept: list[Any] = []

        def answer(_: Work, value: Any) -> bytes:
            kept[:] = [value]
            return b"done"

        asked = Asked("Test", options.pop("request_id", ""), options.pop("fingerprint", b""))
        outcome = perform(self.env, asked, decide, answer, Options(**options))
        return outcome if isinstance(outcome, Refusal) else kept[0] if kept else outcome


@contextmanager
def shop(folder: Path) -> Iterator[Shop]:
    store = open_store(folder / "cpq.sqlite3", TABLES, SCALARS)
    clock = StandingClock(NOON)
    env = Environment(
        store, clock, SequenceIds(store), StoredRuleBooks(store, compiler(CompiledBooks(None))), PlainApprovalProcess()
    )
    made = Shop(env, clock)
    made.do(lambda work: publish_files(work, SMALL, etag=""))
    made.do(lambda work: create_party(work, Customer("anna", "Anna", segment="retail", region="DE"), etag=""))
    made.do(lambda work: create_party(work, User("rep", "Rep"), etag=""))
    made.do(lambda work: create_party(work, User("mia", "Mia", roles=("manager",)), etag=""))
    yield made
    store.close()


def line(sku: str, quantity: str = "1", key: str = "") -> RequestedLine:
    return RequestedLine(LineId(key or sku.lower()), Sku(sku), Decimal(quantity))


def draft(*lines: RequestedLine, **fields: Any) -> Draft:
    content = Content(lines or (line("MUG", "4"),), customer="anna", **fields)
    return Draft(content, QuoteParties("anna", "rep"), UNTIL)


def ordered(deal: Shop, *lines: object, **fields: object) -> orders.Order:
    quote = deal.do(lambda work: quotes.create_quote(work, draft(*lines, **fields), etag=""))  # type: ignore[arg-type]
    deal.do(lambda work: offers.submit_quote(work, quote.id, etag=""))
    deal.do(lambda work: offers.send_quote(work, quote.id, etag=""))
    deal.do(lambda work: offers.accept_quote(work, quote.id, version=1, purchase_order="PO", etag=""))
    return deal.do(lambda work: orders.order_quote(work, quote.id, etag=""))  # type: ignore[no-any-return]
