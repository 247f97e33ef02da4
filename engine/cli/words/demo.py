"""The words of ``cpq demo``."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.options import SHIPPED_RULES
from engine.cli.verbs import work_in


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = commands.add_parser("demo", help="play one deal from configuration to recognised revenue")
    parser.add_argument("--rules", type=Path, default=SHIPPED_RULES, help="the rule folder (default %(default)s)")
    parser.add_argument("--database", type=Path, help="keep the store in this new file (default: a temporary one)")
    parser.add_argument("--json", action="store_true", help="the amounts of the deal as JSON, nothing else")
    parser.set_defaults(run=work_in("engine.cli.demo.verb:run"))
