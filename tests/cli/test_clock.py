"""The time of a rehearsal is stopped and moved; a store of work has the time of the wall."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.cli.command import main

Cpq = Callable[..., Any]


def test_a_store_of_its_own_is_stopped_moved_and_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def clock(*words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert main(["clock", *words, "--database", str(tmp_path / "cpq.sqlite3")]) == code
        shown = capsys.readouterr()
        return shown.out + shown.err

    assert "start the server with `--test-clock`" in clock("stop", "2026-03-02", code=1)
    assert "it is 2026-03-02 09:00 UTC" in clock("stop", "2026-03-02", "--test-clock")
    monkeypatch.setenv("CPQ_TEST_CLOCK", "1")
    assert "it is 2026-03-02 09:00 UTC" in clock("show")
    assert "0 things done that fell due by then\n" in clock("advance", "2026-03-03")
    # The answers to `stop` and to the first move are kept for three days.
    assert "2 things done that fell due by then: 2 old answers forgotten" in clock("advance", "2026-03-09")
    assert "lies before" in clock("advance", "2026-03-01", code=1)
    assert "is not a date" in clock("advance", "3.3.2026", code=2)


def test_a_server_that_does_not_allow_it_says_so(cpq: Cpq) -> None:
    assert "test clocks are off" in cpq("clock", "show", code=1)
