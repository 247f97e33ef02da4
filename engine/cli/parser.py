"""The parser of the command line: what is wrong with the words is said in one line, with the nearest known word."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import NoReturn

from engine.cli.failure import Misused
from engine.diagnostics import nearest_name

_CHOICE = re.compile(
    r"(?:argument (?P<name>\S+): )?invalid choice: '?(?P<given>[^'(]*?)'? \(choose from (?P<known>.*)\)"
)
_UNKNOWN = re.compile(r"unrecognized arguments: (?P<given>\S+)")
_NO_NUMBER = re.compile(r"invalid int value: '(?P<given>.*)'")
_VERBS = ("VERB", "verb")


class Parser(argparse.ArgumentParser):
    """Says misuse in one line, and where to read more; the parsers of its verbs are of the same kind."""

    def error(self, message: str) -> NoReturn:
        """End the command."""
        raise Misused(self._said(message), teller=self.prog, hint=f"`{self.prog} --help` says more")

    def _said(self, message: str) -> str:
        choice, unknown = _CHOICE.search(message), _UNKNOWN.search(message)
        if choice:
            known = [each.strip(" '") for each in choice["known"].split(",")]
            name = choice["name"] or ""
            what = "unknown verb" if name.endswith(_VERBS) else f"{name} does not know"
            return f"{what} `{choice['given']}`; {_near(choice['given'], known) or 'known: ' + ', '.join(known)}"
        if unknown:
            near = _near(unknown["given"].partition("=")[0], list(_options(self)))
            return f"unknown argument `{unknown['given']}`" + (f"; {near}" if near else "")
        return _NO_NUMBER.sub(r"`\g<given>` is not a whole number", message)


def _near(given: str, known: list[str]) -> str:
    near = nearest_name(given, known)
    return f"did you mean `{near}`?" if near else ""


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Every option of a parser and of the verbs inside it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from _options(inner)
        else:
            yield from action.option_strings
