"""The words of ``cpq model``."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.verbs import work_in


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register ``model`` with its verbs."""
    parser = subparsers.add_parser("model", help="check and convert configuration models")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    checking = verbs.add_parser("check", help="answer every operation on a model, with times")
    checking.add_argument("file", type=Path)
    checking.add_argument("--queries", type=Path, help="JSON with `queries`: only `assign` and `last` are read")
    checking.add_argument("--json", action="store_true", help="answers in the form of a truth file")
    _add_budget(checking, "operation")
    checking.add_argument(
        "--compile",
        choices=("auto", "always", "never"),
        default="auto",
        help="use a decision diagram: auto compiles models with tables and small ones",
    )
    checking.set_defaults(run=work_in("engine.cli.model:run_check"))
    analysing = verbs.add_parser(
        "analyse", help="dead and unavoidable values and why, rules that never bind, the count"
    )
    analysing.add_argument("file", type=Path)
    _add_budget(analysing, "question")
    analysing.add_argument("--reasons", type=int, default=100, help="how many reasons of a kind are looked for")
    analysing.add_argument("--json", action="store_true")
    analysing.set_defaults(run=work_in("engine.cli.model:run_analyse"))
    compiling = verbs.add_parser("compile", help="compile a model to a decision diagram and keep it in the cache")
    compiling.add_argument("file", type=Path)
    compiling.add_argument("--seconds", type=int, default=30)
    compiling.add_argument("--nodes", type=int, default=200_000)
    compiling.add_argument("--json", action="store_true")
    compiling.set_defaults(run=work_in("engine.cli.model:run_compile"))
    _add_verify(verbs)
    converting = verbs.add_parser("convert", help="write a model in another format (by the endings of the names)")
    converting.add_argument("source", type=Path)
    converting.add_argument("target", type=Path)
    converting.set_defaults(run=work_in("engine.cli.model:run_convert"))


def _add_budget(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--seconds", type=int, default=60, help=f"budget of one {what} (default 60)")
    parser.add_argument(
        "--conflicts",
        type=int,
        default=1_000_000_000,
        help=f"budget of one {what} in conflicts of the search: the same answer on any machine",
    )


def _add_verify(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser("verify", help="compare models with known answers: a table of files and checks")
    parser.add_argument("paths", type=Path, nargs="+", help="folders, or files `*.truth.json` beside their models")
    parser.add_argument("--seconds", type=int, default=200, help="budget of one operation (default 200)")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=work_in("engine.cli.model_verify:run_verify"))
