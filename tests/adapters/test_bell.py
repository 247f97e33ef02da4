"""A bell that is rung before anybody waits is heard once."""

from __future__ import annotations

import time

from engine.adapters.bell import ThreadBell


def test_ringing_twice_is_heard_once() -> None:
    bell = ThreadBell()
    bell.ring()
    bell.ring()
    bell.wait(60)
    before = time.monotonic()
    bell.wait(0.01)
    assert time.monotonic() - before >= 0.005, "nothing rings any more"
