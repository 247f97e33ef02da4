"""Use cases on the journal: book facts, close periods, reverse entries, trial balance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.application.faults import etag_mismatch, not_found
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.diagnostics import Fault, Refusal
from engine.ledger import AccountBalance, Books, BooksCalendar, Fact, JournalEntry, Posted, post, trial_balance
from engine.ledger import close_period as close
from engine.ledger.accounts import AccountCode
from engine.ledger.entry import DraftEntry, EntryKey
from engine.ledger.posting import ALREADY_REVERSED, Outcome, post_draft, reversal_of
from engine.ledger.sources import reversal_faults
from engine.money import currency

BOOKS = "books"
JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A journal entry under its gap-free number, in the order of posting."""

    number: int
    entry: JournalEntry

    @property
    def id(self) -> str:
        """The number as text that sorts as the numbers do."""
        return f"{self.number:09d}"


@dataclass(frozen=True, slots=True)
class BooksState:
    """Up to where the books are closed."""

    id: str
    closed_until: date | None


@dataclass(frozen=True, slots=True)
class JournalEntryPosted:
    """An entry was written to the journal."""

    entry: str
    key: str
    kind: str
    posted_on: date
    at: datetime


def book(work: Work, facts: Iterable[Fact]) -> Refusal | None:
    """Book facts in order, all or none; a fact that was booked before changes nothing."""
    books = Books(calendar=calendar(work.tx))
    faults: list[Fault] = []
    for n, fact in enumerate(facts):
        posted = post(fact, books=books, earlier=find_entry(work.tx, EntryKey(fact.key)))
        if isinstance(posted, Refusal):
            faults += [replace(each, field=f"facts[{n}].{each.field}".rstrip(".")) for each in posted.faults]
        else:
            _append(work, posted)
    return Refusal(tuple(faults)) if faults else None


def calendar(reader: Reader) -> BooksCalendar:
    """Which periods are closed."""
    state = reader.get(BooksState, BOOKS)
    return BooksCalendar(state.closed_until if state is not None else None)


def find_entry(reader: Reader, key: EntryKey) -> JournalEntry | None:
    """The entry with a key, or None."""
    found = reader.page(LedgerEntry, where={"entry_key": key}, limit=1)
    return found[0].entry if found else None


def close_books(work: Work, until: date, *, etag: str) -> BooksState | Refusal:
    """Close every month up to a month end that is over; later work posts to the first open month."""
    state = work.tx.get(BooksState, BOOKS)
    stale = work.check_etag(BooksState, BOOKS, etag)
    if stale is not None:
        return stale
    closed = work.decided(close(calendar(work.tx), until=until, today=work.at.date()))
    if isinstance(closed, Refusal):
        return closed
    changed = BooksState(BOOKS, closed.closed_until)
    if state is None:
        work.tx.add(changed)
    else:
        work.tx.replace(changed)
    return changed


def reverse_entry(work: Work, key: str, *, on: date, etag: str) -> LedgerEntry | Refusal:
    """Undo an entry by a new one, once; what states a fact is corrected by its source instead."""
    entry = work.tx.get(LedgerEntry, key)
    if entry is None:
        return not_found("name", f"journalEntries/{key}")
    found = work.etag(LedgerEntry, key)
    if etag and etag != found:
        return etag_mismatch(found, etag)
    faults = reversal_faults(entry.entry)
    if faults:
        return Refusal(faults)
    reversed_key = entry.entry.key
    other = work.tx.page(LedgerEntry, where={"reverses": reversed_key}, limit=1)
    if other:
        message = f"`{reversed_key}` was reversed by `journalEntries/{other[0].id}`"
        return Refusal((Fault(ALREADY_REVERSED, "name", message),))
    return enter(work, reversal_of(entry.entry, key=EntryKey(f"reversal/{reversed_key}"), on=on))


def enter(work: Work, draft: DraftEntry) -> LedgerEntry | Refusal:
    """Write an entry that states no fact: a reversal, or one that was drafted by hand."""
    posted = post_draft(draft, books=Books(calendar=calendar(work.tx)))
    if isinstance(posted, Refusal):
        return posted
    entered = _append(work, posted)
    assert entered is not None, "an entry under a new key is written"
    return entered


def entries_of_contract(reader: Reader, contract: str, after: str, limit: int) -> list[LedgerEntry]:
    """Entries with a line of a contract, in the order of posting, after a number."""
    rows = reader.rows("journal_lines", ("parent_id",), {"contract": contract})
    names = sorted({each["parent_id"] for each in rows if each["parent_id"] > after})[:limit]
    found = (reader.get(LedgerEntry, name) for name in names)
    return [each for each in found if each is not None]


def balances(reader: Reader, until: date | None) -> tuple[AccountBalance, ...]:
    """The trial balance from postings up to and including a day, by the rows of the journal."""
    entries = reader.rows("journal_entries", ("id", "posted_on")) if until is not None else []
    left_out = {each["id"] for each in entries if until is not None and date.fromisoformat(each["posted_on"]) > until}
    rows = reader.rows("journal_lines", ("parent_id", "account", "currency", "amount_minor"))
    return trial_balance(
        (AccountCode(each["account"]), currency(each["currency"]), each["amount_minor"])
        for each in rows
        if each["parent_id"] not in left_out
    )


def _append(work: Work, posted: Posted) -> LedgerEntry | None:
    if posted.outcome is not Outcome.CREATED or posted.entry is None:
        return None
    stored = LedgerEntry(work.tx.number(JOURNAL), posted.entry)
    work.tx.add(stored)
    entry = posted.entry
    work.tx.emit(JournalEntryPosted(stored.id, entry.key, entry.kind, entry.posted_on, work.at))
    return stored
