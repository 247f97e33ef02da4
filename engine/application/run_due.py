"""Everything that is due: the same function for the worker and for a test clock that moves."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.application.perform import DEFAULT_TENANT, Environment

ANSWERS_KEPT = timedelta(hours=72)


def run_due(env: Environment, now: datetime, *, limit: int = 1_000, tenant: str = DEFAULT_TENANT) -> int:
    """Do up to ``limit`` things that are due by ``now`` and return how many were done; 0 means that nothing waits.

    Each is a unit of its own, so that a stop in between loses nothing and a second run repeats nothing.
    """
    return env.store.purge_answers(tenant, before=now - ANSWERS_KEPT, limit=limit)
