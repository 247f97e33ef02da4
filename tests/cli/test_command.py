"""The command as a whole: verbs, help, and what it sets for the process."""

from __future__ import annotations

import gc

import pytest

from engine.adapters.collector import THRESHOLDS
from engine.cli.command import VERBS, main


def test_without_a_verb_the_verbs_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    shown = capsys.readouterr().out
    assert all(verb in shown for verb in VERBS)
    assert main(["--help"]) == 0


def test_an_unknown_verb_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["modle", "check"]) == 2
    assert capsys.readouterr().err == "cpq: unknown verb `modle`; did you mean `model`?\n"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0
    assert f"usage: cpq {verb}" in capsys.readouterr().out


def test_a_missing_file_is_a_misuse_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "check", "no-such-file.dimacs"]) == 2
    assert "no-such-file.dimacs" in capsys.readouterr().err


def test_the_collector_is_calm_while_books_are_loaded() -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)
        assert main(["--help"]) == 0
        assert gc.get_threshold() == THRESHOLDS
    finally:
        gc.set_threshold(*before)
