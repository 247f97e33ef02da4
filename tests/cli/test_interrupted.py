"""Whoever breaks a command off sees no stack trace, and finds the store as it was left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

import server as program
from engine.cli import main

CPQ = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from engine.cli import main; raise SystemExit(main())"
)
"""The command as a terminal starts it: what a shell starts in the background ignores Ctrl-C, with all its children."""


class Breaking:
    """Breaks off the import of one module, as somebody does who is quick."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name == self.name:
            raise KeyboardInterrupt
        return None


@pytest.mark.parametrize("module", ["engine.cli.command", "engine.cli.words.serve"])
def test_while_the_command_starts(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Breaking(module), *sys.meta_path])
    assert main(["serve", "--help"]) == 130
    assert capsys.readouterr() == ("", "")


def test_while_the_server_starts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delitem(sys.modules, "engine.bootstrap.serving", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Breaking("engine.bootstrap.serving"), *sys.meta_path])
    assert program.main([]) == 130
    assert capsys.readouterr() == ("", "")


def test_in_the_middle_of_a_deal(tmp_path: Path) -> None:
    database = tmp_path / "demo.sqlite3"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", CPQ, "demo", "--database", str(database)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        assert any(line.startswith("1. Configure") for line in running.stdout)
        os.killpg(running.pid, signal.SIGINT)
        running.stdout.read()
        assert (running.stderr.read(), running.wait(60)) == ("", 130)
    assert main(["quote", "list", "--database", str(database)]) == 0
    assert main(["audit", "--database", str(database)]) == 0


def test_a_server_that_serves_ends_well(tmp_path: Path) -> None:
    words = ["serve", "--listen", f"unix:{tmp_path / 's'}", "--database", str(tmp_path / "a.sqlite3")]
    with subprocess.Popen(
        [sys.executable, "-u", "-c", CPQ, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        assert any(line.startswith("serving on") for line in running.stdout)
        os.killpg(running.pid, signal.SIGINT)
        assert running.stdout.read().endswith("stopped\n")
        assert "Traceback" not in running.stderr.read() and running.wait(60) == 0
