"""Which book held on each day: equal to a naive reading of all publications, whatever they were, and as cheap after
many as after few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.application.book_days import BOOK_DAYS, BookDays, Stretch, book_days, keep_book_days, note_publication
from engine.application.rule_books import PublishedBook
from tests.application.deal import Shop, shop

FIRST = date(2026, 1, 1)
DAYS = 40
MORNING = datetime(2026, 1, 1, 8, tzinfo=UTC)


def publication(number: int, book: str, after: int, start: int | None = None, end: int | None = None) -> PublishedBook:
    """A publication so many days after the first of January; its book holds from and until such days."""

    def day(offset: int | None) -> date | None:
        return None if offset is None else FIRST + timedelta(days=offset)

    return PublishedBook(book, "b", "B", number, MORNING + timedelta(days=after), day(start), day(end))


def naive(log: Sequence[PublishedBook], day: date) -> str:
    """Reads every publication: the last one by then that holds on the day, else the first one that does."""
    held = [each for each in log if each.holds_on(day)]
    by_then = [each for each in held if each.published_at.date() <= day]
    return by_then[-1].id if by_then else held[0].id if held else ""


def folded(log: Sequence[PublishedBook]) -> BookDays:
    days = BookDays()
    for each in log:
        days = days.with_publication(each)
    return days


offsets = st.none() | st.integers(0, DAYS)


@st.composite
def logs(draw: st.DrawFn) -> list[PublishedBook]:
    """Publications in order of time, books with windows of their own, some published again and again."""
    days = sorted(draw(st.lists(st.integers(0, DAYS), max_size=12)))
    windows = draw(st.lists(st.tuples(offsets, offsets), min_size=4, max_size=4))
    found = []
    for number, after in enumerate(days, 1):
        at = draw(st.integers(0, 3))
        found.append(publication(number, f"book-{at}", after, *windows[at]))
    return found


@given(logs())
def test_the_fold_equals_reading_every_publication(log: list[PublishedBook]) -> None:
    days = folded(log)
    for offset in range(-5, DAYS + 10):
        day = FIRST + timedelta(days=offset)
        assert days.on(day) == naive(log, day), day
    assert days.on(date.min) == naive(log, date.min) and days.on(date.max) == naive(log, date.max)
    assert all(a.book != b.book and a.start < b.start for a, b in zip(days.stretches, days.stretches[1:], strict=False))


def test_a_long_history_keeps_its_latest_days_only() -> None:
    """One publication a day for 100 days, 30 of which are kept: those before count as the first day kept."""
    days = BookDays()
    log = [publication(number + 1, f"book-{number}", number) for number in range(100)]
    for each in log:
        days = days.with_publication(each, most=30)
    assert len(days.stretches) == 30
    for offset in range(70, 120):
        day = FIRST + timedelta(days=offset)
        assert days.on(day) == naive(log, day)
    assert days.on(FIRST) == "book-70"


@pytest.fixture
def store_of(tmp_path: Path) -> Iterator[Shop]:
    with shop(tmp_path) as made:
        yield made


def test_what_is_published_is_noted_in_its_unit(store_of: Shop) -> None:
    with store_of.env.store.read("default") as reader:
        (book,) = reader.page(PublishedBook, limit=10)
        assert reader.get(BookDays, BOOK_DAYS) == BookDays(stretches=(Stretch(date.min, book.id),))
        assert book_days(reader).on(FIRST) == book.id


def test_an_older_store_is_read_until_its_days_are_kept(store_of: Shop) -> None:
    """As an older release left it: publications without days. They are kept once, and not worked out again."""
    later = publication(2, "other", 70)
    store_of.do(lambda work: work.tx.add(later))
    store_of.do(lambda work: work.tx.remove(BookDays, BOOK_DAYS))
    with store_of.env.store.read("default") as reader:
        assert reader.get(BookDays, BOOK_DAYS) is None
        found = book_days(reader)
    assert found.on(later.published_at.date()) == "other" and found.on(FIRST) != "other"
    keep_book_days(store_of.env, "default")
    with store_of.env.store.read("default") as reader:
        assert reader.get(BookDays, BOOK_DAYS) == found
    store_of.do(lambda work: work.tx.remove(PublishedBook, "other"))
    keep_book_days(store_of.env, "default")
    with store_of.env.store.read("default") as reader:
        assert book_days(reader) == found


def test_asking_reads_one_record_after_thousands_of_publications(store_of: Shop) -> None:
    log = [publication(number + 2, f"book-{number % 7}", number // 3) for number in range(1_500)]

    def publish_all(work: object) -> None:
        for each in log:
            note_publication(work, each)  # type: ignore[arg-type]

    store_of.do(publish_all)
    with store_of.env.store.read("default") as reader:
        (first,) = reader.page(PublishedBook, limit=1)
        asked: list[object] = []

        class Counting:
            def get(self, kind: type[object], key: str) -> object:
                asked.append(kind)
                return reader.get(kind, key)

        days = book_days(Counting())  # type: ignore[arg-type]
    assert asked == [BookDays]
    whole = [replace(first, number=1), *log]
    for offset in range(-10, 520):
        day = FIRST + timedelta(days=offset)
        assert days.on(day) == naive(whole, day)
