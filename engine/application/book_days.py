"""Which rule book prices followed on each day: folded publication by publication, so that asking costs the same after
ten of them and after ten thousand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from engine.application.paging import every
from engine.application.perform import Environment, Work, perform
from engine.application.ports import Asked, Reader
from engine.application.rule_books import PublishedBook

BOOK_DAYS: Final = "book-days"
MOST_STRETCHES: Final = 2_048
"""Five years of a publication a day. Days before them count as if the first book of them had always held."""


class Stretch(NamedTuple):
    """From a day on, until the next stretch begins, prices followed a book; an empty one: none is known."""

    start: date
    book: str


@dataclass(frozen=True, slots=True)
class BookDays:
    """All days with the hash of their book: the one published last by then among those that hold on the day. Before the
    first publication it is the first book that says something about the day.

    Publishing again counts like any other publication: what held in between keeps its days.
    """

    id: str = BOOK_DAYS
    stretches: tuple[Stretch, ...] = (Stretch(date.min, ""),)

    def on(self, day: date) -> str:
        """The book of a day; empty when there was none."""
        return self.stretches[bisect_right(self.stretches, day, key=lambda each: each.start) - 1].book

    def with_publication(self, book: PublishedBook, *, most: int = MOST_STRETCHES) -> BookDays:
        """These days once a book was published: it takes the days from then on, and earlier ones that have no book."""
        since = book.published_at.date()
        first, end = book.effective_from or date.min, book.effective_until

        def told(start: date, before: str) -> str:
            is_held = first <= start and (end is None or start < end)
            return book.id if is_held and (start >= since or not before) else before

        cuts = {since, first, *((end,) if end is not None else ())}
        stretches = _joined(told, self._cut_at(cuts))[-most:]
        return BookDays(self.id, (stretches[0]._replace(start=date.min), *stretches[1:]))

    def _cut_at(self, days: set[date]) -> list[Stretch]:
        starts = {each.start for each in self.stretches}
        return sorted([*self.stretches, *(Stretch(day, self.on(day)) for day in days - starts)])


def _joined(told: Callable[[date, str], str], stretches: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for start, before in stretches:
        book = told(start, before)
        if not found or found[-1].book != book:
            found.append(Stretch(start, book))
    return found


def book_days(reader: Reader) -> BookDays:
    """The days as they are kept; worked out from the books in the store where nobody has kept them yet."""
    return reader.get(BookDays, BOOK_DAYS) or _worked_out(reader)


def note_publication(work: Work, book: PublishedBook) -> None:
    """Keep the days as they are once a book was published, in the unit that publishes it."""
    kept = work.tx.get(BookDays, BOOK_DAYS)
    if kept is None:
        work.tx.add(_worked_out(work.tx).with_publication(book))
    else:
        work.tx.replace(kept.with_publication(book))


def keep_book_days(env: Environment, tenant: str) -> None:
    """Keep what an older release did not: once, before the first price asks for it."""
    with env.store.read(tenant) as reader:
        if reader.get(BookDays, BOOK_DAYS) is not None:
            return
    perform(env, Asked("KeepBookDays", tenant=tenant), _kept, lambda _work, _value: b"")


def _kept(work: Work) -> None:
    if work.tx.get(BookDays, BOOK_DAYS) is None:
        work.tx.add(_worked_out(work.tx.aside()))


def _worked_out(reader: Reader) -> BookDays:
    """From the last publication of each book, which is all that older releases kept of them."""
    days = BookDays()
    for book in sorted(every(reader, PublishedBook), key=lambda each: each.number):
        days = days.with_publication(book)
    return days
