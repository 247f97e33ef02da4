"""The lowest prices of a quote after many publications: each line as by itself, each book loaded once for all lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from engine.application.content import Content, price
from engine.application.price_history import lowest_prices
from engine.application.publish import publish_files
from engine.application.rule_books import RuleBooks
from engine.catalog import LineId
from engine.pricing.history import LowestPrice
from engine.quotes.evaluation import PricedQuote
from engine.quotes.request import RequestedLine
from tests.application.deal import Shop, line, shop
from tests.fakes.rules import SMALL

BOOKS = 12
TODAY = date(2026, 3, 14)


class Counting:
    """Books, and how often each was asked for by its hash."""

    def __init__(self, books: RuleBooks) -> None:
        self.books = books
        self.asked: Counter[str] = Counter()

    def get(self, tenant: str, book_hash: str) -> Any:
        self.asked[book_hash] += 1
        return self.books.get(tenant, book_hash)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.books, name)


def publish_daily(made: Shop) -> None:
    """From 2 March on a book a day, in which mugs cost 13.00, 14.00, ... and boxes 190.00, 180.00, ..."""
    files = {path: text for path, text in SMALL.items() if not path.startswith("tests/")}
    for number in range(BOOKS):
        made.clock.advance(timedelta(days=1))
        text = SMALL["catalog/products.yaml"]
        text = text.replace(b"list: {EUR: 12.50", f"list: {{EUR: {13 + number}.00".encode())
        text = text.replace(b"list: {EUR: 100.00", f"list: {{EUR: {190 - 10 * number}.00".encode())
        made.do(lambda work, text=text: publish_files(work, {**files, "catalog/products.yaml": text}, etag=""))


def lowest_of(made: Shop, books: Any, *lines: RequestedLine) -> dict[LineId, LowestPrice]:
    env = replace(made.env, books=books)
    with env.store.read("default") as reader:
        content = Content(lines, customer="anna", date=TODAY)
        quote = price(env, reader, content, today=TODAY, tenant="default")
        assert isinstance(quote, PricedQuote), quote
        books.asked.clear()
        return dict(lowest_prices(env, reader, quote, days=30, tenant="default"))


def test_all_lines_at_once_are_told_what_each_is_by_itself(tmp_path: Path) -> None:
    with shop(tmp_path) as made:
        publish_daily(made)
        books = Counting(made.env.books)
        lines = line("MUG", "4"), line("BOX"), line("PLAN", "2"), line("MUG", "1", "other")
        together = lowest_of(made, books, *lines)
        # Each book is asked once for the days on which its prices change, and once for the prices of all lines.
        assert len(books.asked) == BOOKS + 1 and max(books.asked.values()) <= 2
        apart = {name: found for each in lines for name, found in lowest_of(made, books, each).items()}
        assert together == apart and len(together) == 4
        # The mug rose every day: the lowest is the first book's. The box fell: 90.00 the day before it became 80.00.
        mug, box, plan = (together[LineId(each)] for each in ("mug", "box", "plan"))
        assert (str(mug.unit), mug.reduced) == ("12.50", False)
        assert (str(box.unit), box.day, box.reduced) == ("90.00", date(2026, 3, 12), True)
        assert (str(plan.unit), plan.reduced) == ("30.00", False)


def test_a_book_that_is_gone_is_days_on_which_nothing_was_sold(tmp_path: Path) -> None:
    class Gone(Counting):
        def get(self, tenant: str, book_hash: str) -> Any:
            self.asked[book_hash] += 1
            return None

    with shop(tmp_path) as made:
        publish_daily(made)
        books = Gone(made.env.books)
        assert lowest_of(made, books, line("MUG", "4"), line("PLAN")) == {}
        assert max(books.asked.values()) <= 2
