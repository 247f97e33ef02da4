"""The tutorial is played word by word: every command of its blocks, in order, on one store."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from engine.bootstrap import Settings, in_process
from engine.cli.command import main
from engine.cli.connection import SHIPPED_RULES

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "first-deal.md"
HOW_TO = TUTORIAL.parents[1] / "how-to" / "call-the-service.md"


def blocks(page: Path, language: str = "") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M)


def test_every_command_of_the_tutorial_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = []
    with in_process(Settings(tmp_path / "cpq.sqlite3", rules=(SHIPPED_RULES,))) as server:
        for block in blocks(TUTORIAL):
            files = re.sub(r"^cpq .*\n", "", block, flags=re.M)
            subprocess.run(["bash", "-ec", files], check=True)
            for line in re.findall(r"^cpq (.*)$", block, re.M):
                capsys.readouterr()
                code = main([*shlex.split(line), "--server", server.address])
                out = capsys.readouterr()
                assert code == 0, (line, out.out + out.err)
                shown.append(out.out)
    assert any("accepted" in each for each in shown)
    assert any("every identity holds" in each for each in shown)


def test_the_python_example_of_the_how_to_prints_what_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example, *_ = blocks(HOW_TO, "python")
    with in_process(Settings(tmp_path / "cpq.sqlite3", rules=(SHIPPED_RULES,))) as server:
        exec(compile(example.replace("127.0.0.1:50051", server.address), "example", "exec"), {})  # noqa: S102
    said = re.findall(r"print\(priced.totals.net\)  # minor units: (\d+)", example)
    assert capsys.readouterr().out.split()[0] == said[0]
