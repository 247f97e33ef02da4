"""Rule books held in memory, for tests of the shell that need no rule files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.application.rule_books import ActiveBook, CheckedBook


class FixedBooks:
    """One book for every day and every hash of its own; or none."""

    def __init__(self, active: ActiveBook | None = None) -> None:
        self.active = active

    def check(self, files: Mapping[str, bytes]) -> CheckedBook:
        return CheckedBook(self.active, ())

    def pack(self, files: Mapping[str, bytes]) -> bytes:
        return b"".join(files[name] for name in sorted(files))

    def get(self, tenant: str, book_hash: str) -> ActiveBook | None:
        if self.active is None or self.active.parts.rule_book != book_hash:
            return None
        return self.active

    def in_force(self, tenant: str, day: date) -> ActiveBook | None:
        return self.active
