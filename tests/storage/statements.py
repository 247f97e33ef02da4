"""What snapshots have SQLite run, for tests that hold how often they read."""

from __future__ import annotations

import pytest

from engine.storage.sqlite.snapshot import Snapshot


def told_statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows by each statement of a snapshot."""
    found: list[str] = []
    select = Snapshot.select

    def told(self: Snapshot, sql: str, parameters: tuple[object, ...]) -> list[object]:
        found.append(sql)
        return select(self, sql, parameters)

    monkeypatch.setattr(Snapshot, "select", told)
    return found
