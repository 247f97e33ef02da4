"""Every verb has an example in the reference of the command, and every example is a verb."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cli.command import VERBS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "command.md"
EXAMPLES = [shlex.split(each)[1:] for each in re.findall(r"^\| `(cpq [^`]+)`", PAGE.read_text(), re.M)]


def verbs() -> Iterator[tuple[str, ...]]:
    for name, (module, _) in VERBS.items():
        parser = argparse.ArgumentParser()
        importlib.import_module(module).add_parser(parser.add_subparsers())
        inner = _below(_below(parser)[name])
        yield from ((name, each) for each in inner) if inner else [(name,)]


def _below(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


@pytest.mark.parametrize("verb", list(verbs()), ids=" ".join)
def test_a_verb_has_an_example(verb: tuple[str, ...]) -> None:
    assert any(tuple(each[: len(verb)]) == verb for each in EXAMPLES)


@pytest.mark.parametrize("words", EXAMPLES, ids=" ".join)
def test_an_example_can_be_parsed(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="cpq")
    importlib.import_module(VERBS[words[0]][0]).add_parser(parser.add_subparsers(dest="verb"))
    parser.parse_args(words)
