"""The demo's command line: starts the server on a fresh store and plays the acts in order."""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from engine.bootstrap.build import build_server
from engine.bootstrap.settings import Settings
from engine.cli.deal import refused
from engine.cli.demo.books import keep_books
from engine.cli.demo.configuring import configure
from engine.cli.demo.delivering import deliver
from engine.cli.demo.selling import sell
from engine.cli.demo.stage import Stage, people
from engine.cli.failure import VerbFailed
from engine.cli.screen import Screen
from engine.cli.starting import starting
from engine.client import CallFailed, Client

NEXT = (
    "cpq configure WS                       configure one yourself: pick by number, see what becomes impossible",
    "cpq rules check rules/workstation      check the rules this deal ran on; then edit a price and run it again",
    "cpq rules test rules/saas              run the tests beside the rules of the subscription book",
    "cpq feel '1.1 + 2.2'                   try the rule language",
    "make serve                             run the server; docs/how-to shows how to call it",
)


def run(options: argparse.Namespace) -> int:
    """Play the deal; 1 when an identity does not hold at the end."""
    try:
        return _play(options, Screen(machine=options.json))
    except CallFailed as failed:  # the disk is full, or the rules are those of another deal
        raise refused(failed) from failed


def _play(options: argparse.Namespace, screen: Screen) -> int:
    started = time.monotonic()
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="cpq-demo-")))
        database = options.database or folder / "demo.sqlite3"
        if database.exists():
            raise VerbFailed(f"`{database}` exists already; the demo wants a fresh store")
        with screen.working("starting the server on a fresh store"):
            settings = Settings(database, listen="127.0.0.1:0", rules=(options.rules,), test_clock=True)
            with starting():
                running = closing.enter_context(build_server(settings))
        client = closing.enter_context(Client(running.address))
        screen.say(f"serving on {running.address}, rules from {options.rules.name}")
        stage = Stage(client, screen, people(client))
        configured = configure(stage)
        sold = sell(stage, configured)
        order = deliver(stage, sold)
        sound = keep_books(stage, sold, order)
    screen.title("What to try next")
    for line in NEXT:
        screen.say(f"  {line}")
    screen.say(f"\nthe whole deal took {time.monotonic() - started:.1f} s", style="dim")
    screen.data(stage.amounts)
    return 0 if sound else 1
