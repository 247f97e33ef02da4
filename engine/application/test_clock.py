"""A test clock of a tenant: it stands until it is sent on its way, and goes there day by day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.application.faults import already_exists, etag_mismatch, invalid, not_found
from engine.application.perform import Work
from engine.diagnostics import Refusal

TEST_CLOCK = "default"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TestClock:
    """The present instant of a tenant; ``id`` is always ``default``, since a tenant has one time.

    ``until`` is where a clock that is under way goes; None: it stands.
    """

    __test__ = False  # pytest collects classes by this name otherwise

    id: str
    now: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TestClockMoved:
    """The test clock was created or moved."""

    clock: str
    at: datetime


def create_test_clock(work: Work, now: datetime, *, etag: str) -> TestClock | Refusal:
    """Stop the tenant's clock at an instant."""
    if etag:
        return etag_mismatch("", etag)
    if work.tx.get(TestClock, TEST_CLOCK) is not None:
        return already_exists("test_clock", f"testClocks/{TEST_CLOCK}")
    clock = TestClock(TEST_CLOCK, now)
    work.tx.add(clock)
    work.tx.emit(TestClockMoved(TEST_CLOCK, now))
    return clock


def advance_test_clock(work: Work, key: str, until: datetime, *, etag: str) -> TestClock | Refusal:
    """Send the clock on its way and return it as it will stand there; time never goes back."""
    clock = work.tx.get(TestClock, key)
    if clock is None:
        return not_found("name", f"testClocks/{key}")
    stale = work.check_etag(TestClock, key, etag)
    if stale is not None:
        return stale
    if until < clock.now:
        return Refusal((invalid("until", f"{until.isoformat()} lies before {clock.now.isoformat()}"),))
    work.tx.replace(replace(clock, until=until))
    return replace(clock, now=until)


def step_test_clock(work: Work) -> TestClock | Refusal:
    """Move a clock that is under way by a day, or by what is left of its way; one that stands stays."""
    clock = work.tx.get(TestClock, TEST_CLOCK)
    if clock is None:
        return not_found("name", f"testClocks/{TEST_CLOCK}")
    if clock.until is None:
        return clock
    now = min(clock.now + ONE_DAY, clock.until)
    moved = replace(clock, now=now, until=None if now == clock.until else clock.until)
    work.tx.replace(moved)
    work.tx.emit(TestClockMoved(clock.id, now))
    return moved
