"""Clocks: the wall, and a test clock of a tenant that stands until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.application.ports import Store
from engine.application.test_clock import TEST_CLOCK, TestClock


class WallClock:
    """The only reader of the wall clock."""

    def now(self, tenant: str = "default") -> datetime:
        """The present instant in UTC, to the microsecond."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock port


class TenantClock:
    """The wall clock, except for tenants with a test clock in the store."""

    def __init__(self, store: Store, wall: WallClock) -> None:
        self._store = store
        self._wall = wall

    def now(self, tenant: str = "default") -> datetime:
        """The test clock's instant where there is one, else the wall clock's."""
        clock = self._store.look(tenant, lambda reader: reader.get(TestClock, TEST_CLOCK))
        return clock.now if clock is not None else self._wall.now(tenant)
