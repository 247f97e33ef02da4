"""The words of ``cpq dmn``."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.verbs import work_in


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the verb with its two sub-verbs."""
    parser = subparsers.add_parser("dmn", help="run DMN models and conformance suites")
    verbs = parser.add_subparsers(dest="dmn_verb", required=True, metavar="VERB")
    test = verbs.add_parser("test", help="run every test case below a folder in TCK form")
    test.add_argument("folder", type=Path)
    test.add_argument("--json", action="store_true", help="report as JSON")
    test.set_defaults(run=work_in("engine.cli.dmn:run_test"))
    evaluate = verbs.add_parser("eval", help="evaluate one decision of a model")
    evaluate.add_argument("file", type=Path, help="the model; models beside it are found when it imports them")
    evaluate.add_argument("--decision", required=True, help="name of a decision or decision service")
    evaluate.add_argument("--input", default="{}", help="inputs as a JSON object, or @FILE")
    evaluate.set_defaults(run=work_in("engine.cli.dmn:run_eval"))
