"""One thread owns writing: units that wait together share one COMMIT, each in a savepoint of its own.

A unit is acknowledged after the COMMIT that holds it returned with ``synchronous=FULL``: it survives a power cut. A
COMMIT that fails fails every unit in it. This gives about five times the durable saves of one commit a caller.

A commit writes some twenty pages whether one unit is in it or thirty. So while other units are being decided, the
writer waits for them before it commits: as long as the last commit took, and never longer than twenty milliseconds.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from engine.application.ports import StoreError, StoreFailed
from engine.storage.sqlite.changes import Changes, save_group
from engine.storage.sqlite.recent import RecentRecords
from engine.storage.tables import Place

T = TypeVar("T")
MOST_UNITS = 64
PATIENCE_SECONDS = 0.02
STUCK = "a write that failed could not be undone; nothing is saved any more until the server is started again"


class _Unit:
    """A piece of work that waits for its commit; the lock is let go when the commit has returned."""

    __slots__ = ("changes", "done", "error", "result", "work", "written")

    def __init__(
        self,
        work: Callable[[sqlite3.Connection], Any],
        written: Sequence[Place] | None = None,
        changes: Changes | None = None,
    ) -> None:
        self.work = work
        self.written = written
        self.changes = changes
        self.done = threading.Lock()
        self.done.acquire()
        self.result: Any = None
        self.error: BaseException | None = None


class Writer:
    """Runs units one after the other on its own connection, many to a commit."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        recent: RecentRecords | None = None,
        after_commit: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection = connection
        self._recent = recent or RecentRecords(None)
        self._after_commit = after_commit
        self._queue: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._closed = self._is_stuck = False
        self._coming: set[int] = set()
        self._took = 0.0
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def expect(self, unit: object) -> None:
        """A unit is being decided, so that it may be worth while to wait for it."""
        self._coming.add(id(unit))

    def forget(self, unit: object) -> None:
        """The unit was decided: it is submitted now, or never."""
        self._coming.discard(id(unit))

    def submit(self, work: Callable[[sqlite3.Connection], T], written: Sequence[Place] | None = None) -> T:
        """Run a unit and wait until it is durable; raises what the unit raised, or StoreFailed.

        ``written`` are the records that it writes; None: it may write any.
        """
        return self._wait(_Unit(work, written))  # type: ignore[no-any-return]

    def save(self, changes: Changes) -> None:
        """Write what a unit of work collected and wait until it is durable; raises what kept it from being saved."""
        self._wait(_Unit(lambda connection: save_group(connection, (changes,)), changes.written, changes))

    def _wait(self, unit: _Unit) -> Any:
        with self._gate:
            if self._closed or self._is_stuck:
                raise StoreFailed("the store is closed" if self._closed else STUCK)
            self._queue.put(unit)
        unit.done.acquire()
        if unit.error is not None:
            raise unit.error
        return unit.result

    def finish(self) -> None:
        """Write what waits, then stop; later units are refused."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def close(self) -> None:
        """Finish, and close the connection."""
        self.finish()
        self._connection.close()

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            batch, last = self._drain(first)
            self._save(batch)
            if last:
                return

    def _drain(self, first: _Unit) -> tuple[list[_Unit], bool]:
        """Take what waits and what comes in time; the flag says that the sentinel of ``close`` was met."""
        batch = [first]
        until = time.monotonic() + min(self._took, PATIENCE_SECONDS)
        while len(batch) < MOST_UNITS:
            try:
                unit = self._queue.get_nowait() if not self._coming else self._queue.get(timeout=_left(until))
            except queue.Empty:
                return batch, False
            if unit is None:
                return batch, True
            batch.append(unit)
        return batch, False

    def _save(self, batch: list[_Unit]) -> None:
        began = time.monotonic()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for unit in self._left_by_group(batch):
                self._attempt(unit)
            with self._recent.committing(_written(batch)):
                self._connection.execute("COMMIT")
        except Exception as failure:  # whatever broke the commit, no unit of it may be acknowledged
            self._give_up(batch, failure)
        else:
            self._took = time.monotonic() - began
            self._after_commit()
        for unit in batch:
            unit.done.release()

    def _left_by_group(self, batch: list[_Unit]) -> list[_Unit]:
        """Save together what can be; the units to run alone are the others, or all when one keeps the group from it."""
        group = [each.changes for each in batch if each.changes is not None]
        try:
            save_group(self._connection, group, self._recent.version)
        except Exception:  # whatever it is, the unit that it comes from is found by saving each alone
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._connection.execute("BEGIN IMMEDIATE")
            return batch
        return [each for each in batch if each.changes is None]

    def _attempt(self, unit: _Unit) -> None:
        self._connection.execute("SAVEPOINT unit")
        try:
            unit.result = unit.work(self._connection)
        except Exception as failure:
            if not self._connection.in_transaction:  # SQLite rolled everything back by itself: the group is lost
                raise
            self._connection.execute("ROLLBACK TO unit")
            unit.error = failure if isinstance(failure, StoreError) else _as_store_error(failure)
        self._connection.execute("RELEASE unit")

    def _give_up(self, batch: list[_Unit], failure: Exception) -> None:
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                self._is_stuck = True
        for unit in batch:
            if unit.error is None:
                unit.error = StoreFailed(f"the commit failed: {failure}")


def _written(batch: list[_Unit]) -> set[Place] | None:
    """The records that units write, those of refused ones too; None when one of them may write anything."""
    if any(each.written is None for each in batch):
        return None
    return {place for each in batch for place in each.written or ()}


def _left(until: float) -> float:
    return max(0.0, until - time.monotonic())


def _as_store_error(failure: Exception) -> Exception:
    return StoreFailed(f"the write failed: {failure}") if isinstance(failure, sqlite3.Error) else failure
