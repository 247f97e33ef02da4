"""A clock that stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class StandingClock:
    """Shows one instant until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        self.instant = now

    def now(self, tenant: str = "default") -> datetime:
        return self.instant

    def advance(self, by: timedelta) -> None:
        self.instant += by
