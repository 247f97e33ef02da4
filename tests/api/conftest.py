"""Fixtures of the service tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api import deal
from tests.api.server import Served, served


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as running:
        yield running


@pytest.fixture
def shop(server: Served) -> Served:
    """A server on 1 March 2026 that knows a customer, a seller, a rep and two approvers."""
    deal.set_clock(server)
    deal.people(server)
    return server
