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


def test_verbs_and_server_go_by_the_same_store_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "mine" / "a.sqlite3"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CPQ_DATABASE", str(database))
    assert main(["party", "list", "customer", "--json"]) == 0, capsys.readouterr()
    assert database.exists()
    assert not (tmp_path / ".cpq").exists()


def test_a_switch_of_the_environment_that_is_neither_on_nor_off_is_a_misuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CPQ_TEST_CLOCK", "perhaps")
    assert main(["clock", "show", "--database", str(tmp_path / "a.sqlite3")]) == 2
    assert "CPQ_TEST_CLOCK is `perhaps`" in capsys.readouterr().err
