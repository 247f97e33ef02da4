"""Clocks: the wall, a test clock of a tenant that stands until it is moved, and either in the zone of a rule book."""

from __future__ import annotations

from datetime import UTC, datetime, timezone
from zoneinfo import ZoneInfo

from engine.application.ports import Clock, Store
from engine.application.rule_books import PublishedBook
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


class LocalClock:
    """A clock in the time zone of the rule book that was published last."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._zones: dict[str, tuple[object, ZoneInfo | None]] = {}

    def now(self, tenant: str = "default") -> datetime:
        """The present instant with the offset of the zone, so that its date is the day that it is there."""
        now, zone = self._clock.now(tenant), self._zone(tenant)
        if zone is None:
            return now
        offset = now.astimezone(zone).utcoffset()
        assert offset is not None, "a zone has an offset at every instant"
        # The zone itself would not do: instants of one zone are subtracted as if its clocks never changed.
        return now.astimezone(timezone(offset))

    def _zone(self, tenant: str) -> ZoneInfo | None:
        mark = self._store.mark(PublishedBook)
        known = self._zones.get(tenant)
        if known is None or known[0] != mark:
            with self._store.latest(tenant) as reader:
                newest = reader.newest(PublishedBook, limit=1)
            name = newest[0].time_zone if newest else "UTC"
            known = self._zones[tenant] = mark, None if name == "UTC" else ZoneInfo(name)
        return known[1]
