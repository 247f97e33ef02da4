"""A real server for the verbs, shared by the tests of a module, and a way to call the command as a person would."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.bootstrap.serving import in_process
from engine.bootstrap.settings import Settings
from engine.cli.command import main
from engine.cli.options import SHIPPED_RULES


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = tmp_path_factory.mktemp("store") / "cpq.sqlite3"
    with in_process(Settings(database, rules=(SHIPPED_RULES,))) as running:
        yield running.address


@pytest.fixture
def cpq(server: str, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run a verb against the server: its output as text, or its answer when ``--json`` is among the words."""

    def run(*words: str, code: int = 0) -> Any:
        capsys.readouterr()
        found = main([*words, "--server", server])
        shown = capsys.readouterr()
        assert found == code, shown.out + shown.err
        return json.loads(shown.out) if "--json" in words else shown.out + shown.err

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, object], str]:
    def put(name: str, content: object) -> str:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return put
