"""A server inside the command, for verbs on deals without ``--server``; its database stays."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from engine.bootstrap.command_line import cache_folder
from engine.bootstrap.serving import in_process
from engine.bootstrap.settings import Settings, switched_on
from engine.cli.options import SHIPPED_RULES
from engine.cli.starting import starting


@contextmanager
def served(options: argparse.Namespace) -> Iterator[str]:
    """The address of a server that ends with the command.

    Raises VerbFailed when it cannot start: settings, rules or database cannot be used. A verb of which nothing stays
    takes rules that fail their own tests, and says so.
    """
    with ExitStack() as closing:
        with starting():
            running = closing.enter_context(in_process(_settings(options)))
        yield running.address


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(
        options.database,
        rules=(SHIPPED_RULES,) if options.rules is None else tuple(options.rules),
        failing=None if options.keeps else _tell,
        test_clock=options.test_clock or switched_on(os.environ, "CPQ_TEST_CLOCK"),
        cache=cache_folder(None, os.environ),
        tax_hook=os.environ.get("CPQ_TAX_HOOK", ""),
    )


def _tell(text: str) -> None:
    print(f"cpq: note: {text}", file=sys.stderr)
