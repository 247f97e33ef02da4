"""What a price was made from, so that it can be told whether it would be the same again."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple, TypeVar, cast

from engine.application.content import find_book
from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.application.rule_books import ActiveBook
from engine.configuration.products.checking import UNDECIDED
from engine.diagnostics import Refusal
from engine.pricing.settings import TaxSource
from engine.quotes.evaluation import Parts, PricedQuote

T = TypeVar("T")


class Read(NamedTuple):
    """A record that was read; None where there was none."""

    kind: type[Any]
    key: str
    record: object


class Stated(NamedTuple):
    """What a request states itself of the day and the book: None and "" leave them to the day it is made on."""

    day: date | None
    book_hash: str


class Basis(NamedTuple):
    """Day, book and records that the price of a request came from: while they are the same, so is the price.

    ``today`` is None for a request that states its date, ``book_hash`` the book that was asked for by name and
    ``rule_book`` the one that priced. Records are told by identity: the store gives out the same one for as long as
    nobody saved another, and one that is decoded anew only means that the price is worked out anew.
    """

    day: date
    today: date | None
    book_hash: str
    rule_book: str
    records: tuple[Read, ...]

    def book(self, env: Environment, tenant: str) -> ActiveBook | None:
        """The book, when everything is as it was."""
        if self.today is not None and env.clock.now(tenant).date() != self.today:
            return None
        active = find_book(env, tenant, book_hash=self.book_hash, day=self.day)
        if isinstance(active, Refusal) or active.parts.rule_book != self.rule_book:
            return None
        return active if not self.records or env.store.look(tenant, self._are_there) else None

    def _are_there(self, reader: Reader) -> bool:
        return all(reader.get(kind, key) is record for kind, key, record in self.records)


class Standing:
    """A basis, and the state of the store in which it was found to hold last: while nobody saves anything, it does."""

    __slots__ = ("_state", "basis")

    def __init__(self, basis: Basis) -> None:
        self.basis = basis
        self._state: object = None

    def book(self, env: Environment, tenant: str) -> ActiveBook | None:
        """The book, when everything is as it was."""
        basis, state = self.basis, env.store.state()
        if state != self._state:
            found = basis.book(env, tenant)
            if found is not None:
                self._state = state  # looked at before: what is saved from here on makes another one
            return found
        if basis.today is not None and env.clock.now(tenant).date() != basis.today:
            return None
        return env.books.get(tenant, basis.rule_book)


class Witness:
    """A reader that remembers the records it gave out, and whether anything else was read by it."""

    def __init__(self) -> None:
        self.records: list[Read] = []
        self.knows_all = True
        self._reader: Reader | None = None

    def of(self, reader: Reader) -> Reader:
        """What reads by this reader and is remembered; nothing of before is, for a look may begin again."""
        self.records, self.knows_all, self._reader = [], True, reader
        return cast("Reader", self)

    def get(self, kind: type[T], key: str) -> T | None:
        """The record, or None."""
        assert self._reader is not None, "a witness is given a reader first"
        found = self._reader.get(kind, key)
        self.records.append(Read(kind, key, found))
        return found

    def __getattr__(self, name: str) -> Any:
        self.knows_all = False
        return getattr(self._reader, name)


def basis_of(witness: Witness, quote: PricedQuote, parts: Parts, stated: Stated) -> Basis | None:
    """The basis of a priced request; None when it hangs on more: past orders, a tax service, time that was not enough
    to check a configuration.
    """
    tax = parts.plan.rules.tax
    is_asked = tax is not None and tax.source is TaxSource.HOOK
    if is_asked or not witness.knows_all or any(each.code == UNDECIDED for each in quote.findings):
        return None
    day = quote.request.date
    return Basis(day, day if stated.day is None else None, stated.book_hash, quote.rule_book, tuple(witness.records))
