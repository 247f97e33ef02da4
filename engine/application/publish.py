"""Use cases on rule books: check, test, publish, roll back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from engine.application.book_days import note_publication
from engine.application.faults import not_found
from engine.application.perform import Work
from engine.application.rule_books import ActiveBook, CheckedBook, PublishedBook
from engine.diagnostics import Code, Fault, Refusal, Severity
from engine.rulebook.rule_run import run_tests

BOOK_HAS_ERRORS = Code("BOOK_HAS_ERRORS")
BOOK_FAILS_TESTS = Code("BOOK_FAILS_TESTS")
SERIES = "rule-books"
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class RuleBookPublished:
    """A book is in force from now on, on the days it holds."""

    rule_book: str
    book: str
    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class TestFailure:
    """A rule test that failed."""

    __test__ = False

    test: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class TestsRun:
    """How many tests of a book passed, and those that did not."""

    __test__ = False

    passed: int
    failures: tuple[TestFailure, ...]


def publish_files(work: Work, files: Mapping[str, bytes], *, etag: str) -> PublishedBook | Refusal:
    """Publish sources; a book with errors or failing tests is refused, and what is in force stays in force."""
    active = sound_book(work.env.books.check(files))
    return active if isinstance(active, Refusal) else publish_sound(work, files, active, etag=etag)


def sound_book(checked: CheckedBook) -> ActiveBook | Refusal:
    """The book of a check, when it has no errors and its own tests hold."""
    if checked.active is None:
        return _erroneous(checked)
    failures = test_book(checked.active).failures[:MOST_SHOWN]
    if failures:
        return Refusal(tuple(Fault(BOOK_FAILS_TESTS, each.place, each.message) for each in failures))
    return checked.active


def publish_sound(work: Work, files: Mapping[str, bytes], active: ActiveBook, *, etag: str) -> PublishedBook | Refusal:
    """Publish sources whose book is known to be sound."""
    book = active.book
    work.tx.put_blob(f"ruleBooks/{book.hash}", work.env.books.pack(files))
    present = work.tx.get(PublishedBook, book.hash)
    stale = work.check_etag(PublishedBook, book.hash, etag)
    if stale is not None:
        return stale
    if present is not None:
        return _again(work, present)
    published = PublishedBook(
        id=book.hash,
        book=book.id,
        title=book.title,
        number=work.tx.number(SERIES),
        published_at=work.at,
        effective_from=book.effective_from,
        effective_until=book.effective_until,
        time_zone=book.time_zone,
    )
    work.tx.add(published)
    note_publication(work, published)
    work.tx.emit(RuleBookPublished(published.id, published.book, published.number, work.at))
    return published


def publish_again(work: Work, key: str, *, etag: str) -> PublishedBook | Refusal:
    """Put a book published before in force again: that is how one rolls back."""
    present = work.tx.get(PublishedBook, key)
    if present is None:
        return not_found("name", f"ruleBooks/{key}")
    return work.check_etag(PublishedBook, key, etag) or _again(work, present)


def test_book(active: ActiveBook) -> TestsRun:
    """Run the tests that a book carries."""
    results = run_tests(active.book, active.parts)
    failures = tuple(
        TestFailure(result.test.name, str(found.span), found.message) for result in results for found in result.findings
    )
    return TestsRun(sum(each.holds for each in results), failures)


test_book.__test__ = False  # type: ignore[attr-defined]


def _again(work: Work, present: PublishedBook) -> PublishedBook:
    if [present] == work.tx.newest(PublishedBook, limit=1):
        return present
    published = replace(present, number=work.tx.number(SERIES), published_at=work.at)
    note_publication(work, published)
    work.tx.replace(published)
    work.tx.emit(RuleBookPublished(published.id, published.book, published.number, work.at))
    return published


def _erroneous(checked: CheckedBook) -> Refusal:
    """The refusal of a book for the errors that a check found."""
    errors = [each for each in checked.findings if each.severity is Severity.ERROR][:MOST_SHOWN]
    return Refusal(
        tuple(Fault(BOOK_HAS_ERRORS, str(each.span), f"{each.code}: {each.message}", each.hint) for each in errors)
    )
