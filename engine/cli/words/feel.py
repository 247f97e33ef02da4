"""The words of ``cpq feel``."""

from __future__ import annotations

import argparse

from engine.cli.verbs import work_in


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the verb."""
    parser = subparsers.add_parser("feel", help="evaluate an expression of the rule language")
    parser.add_argument("expression", nargs="?", help="the FEEL text")
    parser.add_argument("--input", default="{}", help="variables as a JSON object, or @FILE")
    parser.add_argument("--jsonl", action="store_true", help='read {"expr", "inputs"} lines, answer {"value"} lines')
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    parser.set_defaults(run=work_in("engine.cli.feel:run"))
