"""A journal in memory, the obvious twin of the stored one: every entry in the order of posting, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from engine.diagnostics import Code, Decision, Fault, Refusal
from engine.ledger.balances import AccountBalance, lines_until, trial_balance
from engine.ledger.entry import EntryKey, JournalEntry
from engine.ledger.facts import Fact
from engine.ledger.posting import ALREADY_REVERSED, Books, Outcome, Posted, post, post_draft, reversal_of

UNKNOWN_ENTRY = Code("LED033")


@dataclass(frozen=True, slots=True)
class EntryPosted:
    """An entry was written to the journal."""

    entry: JournalEntry


@dataclass(frozen=True, slots=True)
class Journal:
    """Entries by key in the order of posting, with the books they are posted to."""

    books: Books = Books()
    by_key: Mapping[EntryKey, JournalEntry] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def entries(self) -> tuple[JournalEntry, ...]:
        """All entries in the order of posting."""
        return tuple(self.by_key.values())


def post_all(journal: Journal, facts: Iterable[Fact]) -> Decision[Journal] | Refusal:
    """Book facts in order, all or none; facts that were booked before change nothing."""
    entries = dict(journal.by_key)
    created: list[JournalEntry] = []
    faults: list[Fault] = []
    for n, fact in enumerate(facts):
        outcome = post(fact, books=journal.books, earlier=entries.get(EntryKey(fact.key)))
        if isinstance(outcome, Refusal):
            faults += [replace(each, field=f"facts[{n}].{each.field}".rstrip(".")) for each in outcome.faults]
        elif outcome.outcome is Outcome.CREATED and outcome.entry is not None:
            entries[outcome.entry.key] = outcome.entry
            created.append(outcome.entry)
    if faults:
        return Refusal(tuple(faults))
    changed = replace(journal, by_key=MappingProxyType(entries))
    return Decision(changed, tuple(EntryPosted(each) for each in created))


def reverse(journal: Journal, reversed_key: EntryKey, *, key: EntryKey, on: date) -> Decision[Journal] | Refusal:
    """Undo an entry by a new one. An entry is reversed once; the same request again is a replay."""
    entry = journal.by_key.get(reversed_key)
    if entry is None:
        return Refusal((Fault(UNKNOWN_ENTRY, "reverses", f"no entry `{reversed_key}` to reverse"),))
    other = next((each for each in journal.entries if each.reverses == reversed_key and each.key != key), None)
    if other is not None:
        return Refusal((Fault(ALREADY_REVERSED, "reverses", f"`{reversed_key}` was reversed by `{other.key}`"),))
    draft = reversal_of(entry, key=key, on=on)
    return append(journal, post_draft(draft, books=journal.books, earlier=journal.by_key.get(key)))


def append(journal: Journal, posted: Posted | Refusal) -> Decision[Journal] | Refusal:
    """Write a posting into the journal; a replay changes nothing."""
    if isinstance(posted, Refusal):
        return posted
    if posted.outcome is not Outcome.CREATED or posted.entry is None:
        return Decision(journal)
    entries = {**journal.by_key, posted.entry.key: posted.entry}
    return Decision(replace(journal, by_key=MappingProxyType(entries)), (EntryPosted(posted.entry),))


def balances_of(entries: Iterable[JournalEntry], until: date | None = None) -> tuple[AccountBalance, ...]:
    """The trial balance from postings up to and including a day; None means all."""
    lines = lines_until(entries, until)
    return trial_balance((each.account, each.amount.currency, each.amount.minor_units) for each in lines)
