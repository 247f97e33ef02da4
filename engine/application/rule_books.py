"""The port to published rule books: found by hash or by day, compiled once, shared by every thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from engine.diagnostics import Diagnostic

if TYPE_CHECKING:
    from engine.quotes.evaluation import Parts
    from engine.rulebook.book import RuleBook


@dataclass(frozen=True, slots=True)
class PublishedBook:
    """The record of a publication. ``id`` is the hash of the sources; ``number`` counts publications from 1.

    The book published last among those that hold on a day is the one in force on it; rolling back is publishing an
    older hash again, which gives it a higher number. The zone of the one published last decides which day it is.
    """

    id: str
    book: str
    title: str
    number: int
    published_at: datetime
    effective_from: date | None = None
    effective_until: date | None = None
    time_zone: str = "UTC"

    def holds_on(self, day: date) -> bool:
        """Whether the book may price on a day."""
        after = self.effective_from is None or self.effective_from <= day
        return after and (self.effective_until is None or day < self.effective_until)


@dataclass(frozen=True, slots=True)
class ActiveBook:
    """A compiled rule book with the parts that the pipeline reads."""

    book: RuleBook
    parts: Parts


@dataclass(frozen=True, slots=True)
class CheckedBook:
    """What a load found: a compiled book when no finding is an error, and every finding sorted by place."""

    active: ActiveBook | None
    findings: tuple[Diagnostic, ...]


class RuleBooks(Protocol):
    """Compiled rule books."""

    def check(self, files: Mapping[str, bytes]) -> CheckedBook:
        """Compile sources without publishing them."""

    def pack(self, files: Mapping[str, bytes]) -> bytes:
        """The sources as one opaque document."""

    def unpack(self, document: bytes) -> Mapping[str, bytes]:
        """The sources of a document that ``pack`` made."""

    def get(self, tenant: str, book_hash: str) -> ActiveBook | None:
        """The published book of that hash, or None."""

    def in_force(self, tenant: str, day: date) -> ActiveBook | None:
        """The book published last among those that hold on a day, or None; one that is tried out is above all."""

    def try_out(self, active: ActiveBook) -> None:
        """Put a book in force above all others for as long as this process lives; it is published nowhere."""
