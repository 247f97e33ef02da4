"""The words of ``cpq rules``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from engine.bootstrap.settings import Settings
from engine.cli.options import usual_database
from engine.cli.rule_publishing import add_publishing
from engine.cli.verbs import a_day, work_in

Words: TypeAlias = Callable[[argparse.ArgumentParser], object]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb ``rules`` to the command."""
    rules = subparsers.add_parser("rules", help="check, test, format and explain rule files")
    verbs = rules.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, (text, work, add) in VERBS.items():
        if name == "serve":
            add_publishing(verbs)
        parser = verbs.add_parser(name, help=text, description=text)
        parser.add_argument("--json", action="store_true", help="answer in JSON")
        parser.set_defaults(run=work_in(work))
        add(parser)


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="the folder of the rule book")


def _test(parser: argparse.ArgumentParser) -> None:
    _folder(parser)
    parser.add_argument(
        "--coverage",
        action="store_true",
        help="list discounts, constraints and approval rows that no test sees at work",
    )
    parser.add_argument("--record", metavar="QUOTE", default="", help="first add a stored quote to the tests")
    parser.add_argument("--server", metavar="ADDRESS", help="the server that has it (default: one inside this command)")
    parser.add_argument(
        "--database", metavar="FILE", type=Path, default=usual_database(), help="the store of the one inside"
    )
    parser.set_defaults(rules=[], test_clock=False)


def _analyse(parser: argparse.ArgumentParser) -> None:
    _folder(parser)
    parser.add_argument("--product", default="", help="one bundle by its SKU (default: all)")
    parser.add_argument(
        "--date", type=a_day, default=None, metavar="DAY", help="the day whose constraints count (default: today)"
    )
    parser.add_argument("--seconds", type=int, default=5, help="for each question (default 5)")


def _fmt(parser: argparse.ArgumentParser) -> None:
    _folder(parser)
    parser.add_argument("--check", action="store_true", help="change nothing, say which files would change")


def _schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", nargs="?", help="print one kind, such as discounts")
    parser.add_argument("--out", type=Path, help="the folder to write all schemas to")


def _reference(_: argparse.ArgumentParser) -> None:
    """It is called with nothing else."""


def _new(parser: argparse.ArgumentParser) -> None:
    _folder(parser)
    parser.add_argument("--title", default="", help="what people read")


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the DMN file; models beside it are found when it imports them")
    parser.add_argument("--into", type=Path, default=Path(), metavar="FOLDER", help="the rule book (default: here)")
    parser.add_argument("--replace", action="store_true", help="write over files that are there already")


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", type=Path, help="the CSV or XLSX file of a table, in the folder `tables` of a book")
    parser.add_argument("--dmn", action="store_true", required=True, help="as a DMN 1.5 file")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the file to write (default: print it)")


def _diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", type=Path, help="the folder of the rule book as it is")
    parser.add_argument("new", type=Path, help="the folder of the rule book as it will be")


def _serve(parser: argparse.ArgumentParser) -> None:
    _folder(parser)
    parser.add_argument("--listen", metavar="ADDRESS", default=Settings(Path()).listen, help="host:port or unix:PATH")
    parser.add_argument(
        "--database", metavar="FILE", type=Path, help="keep what is stored here (default: it is gone at the end)"
    )


def _explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="such as QUO002, PRC013 or ETAG_MISMATCH")


VERBS: dict[str, tuple[str, str, Words]] = {
    "check": ("find everything that is wrong in a rule book", "engine.cli.rules:run_check", _folder),
    "test": ("run the tests of a rule book", "engine.cli.rules:run_test", _test),
    "analyse": (
        "options nobody can choose or avoid, rules that never bind",
        "engine.cli.rules:run_analyse",
        _analyse,
    ),
    "fmt": ("put rule files into the one layout", "engine.cli.rule_files:run_fmt", _fmt),
    "schema": ("write the JSON Schemas that editors read", "engine.cli.rule_files:run_schema", _schema),
    "reference": ("print the reference page of rule files", "engine.cli.rule_files:run_reference", _reference),
    "new": ("start a rule book", "engine.cli.rule_files:run_new", _new),
    "import": (
        "bring decision tables of a DMN file into a rule book",
        "engine.cli.rule_tables:run_import",
        _import,
    ),
    "export": ("write a decision table as a DMN file", "engine.cli.rule_tables:run_export", _export),
    "diff": ("what differs between two rule books, and what it costs", "engine.cli.rule_diff:run_diff", _diff),
    "serve": ("serve a rule folder, and take each change of it", "engine.cli.rule_serving:run_serve", _serve),
    "explain": ("say what the code of an answer means, and what to do", "engine.cli.codes:run_explain", _explain),
}
"""Each verb: its help, the function that does it, and what else it is called with."""
