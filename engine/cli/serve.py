"""``cpq serve``: the server, with the same options as ``server.py``."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from engine.bootstrap import SettingsError, add_options, serve, settings_of


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = commands.add_parser("serve", help="run the server until it is told to stop")
    add_options(parser, os.environ)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve; 2 when settings, rules or database cannot be used."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    try:
        serve(settings_of(options, os.environ))
    except SettingsError as problem:
        print(f"cpq: cannot start: {problem}", file=sys.stderr)
        return 2
    return 0
