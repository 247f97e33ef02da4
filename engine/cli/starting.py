"""What keeps a server from starting, as a verb tells it: settings, rules, address or database cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.application.ports import StoreFailed
from engine.bootstrap.settings import SettingsError
from engine.cli.failure import CANNOT_START, VerbFailed


@contextmanager
def starting(what: str = "") -> Iterator[None]:
    """Around the start of a server; ``what`` stands before the reason. Raises VerbFailed."""
    try:
        yield
    except (SettingsError, StoreFailed) as problem:
        raise VerbFailed(f"{what}{problem}", code=CANNOT_START) from problem
