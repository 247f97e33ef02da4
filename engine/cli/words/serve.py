"""The words of ``cpq serve``: those of ``server.py``."""

from __future__ import annotations

import argparse
import os

from engine.bootstrap.command_line import add_options
from engine.cli.verbs import work_in


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = commands.add_parser("serve", help="run the server until it is told to stop")
    add_options(parser, os.environ)
    parser.set_defaults(run=work_in("engine.cli.serve:run"))
