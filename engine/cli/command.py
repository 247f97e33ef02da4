"""Finds the verb and runs it; a verb is imported only when it is asked for, so that the command starts fast."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from io import TextIOWrapper

from engine.adapters.collector import calm_collector
from engine.adapters.unreadable import FolderError
from engine.cli.failure import CLEAN, MISUSE, NO_FILE, Faulty, Misused, VerbFailed, no_file, tell
from engine.cli.parser import Parser
from engine.diagnostics import DiagnosticError, nearest_name

VERBS: dict[str, tuple[str, str]] = {
    "demo": ("engine.cli.words.demo", "play one deal from configuration to recognised revenue"),
    "configure": ("engine.cli.configure", "configure a product: see what can still be chosen, and why not"),
    "complete": ("engine.cli.complete", "complete a configuration: cheapest, or nearest to a wish list"),
    "explain": ("engine.cli.questions", "why choices clash, or a wanted one does not fit; what a code means"),
    "repair": ("engine.cli.questions", "the smallest changes that make room, with their price"),
    "validate": ("engine.cli.questions", "what is wrong or missing in a configuration"),
    "price": ("engine.cli.price", "price a request from a file, with the whole story"),
    "quote": ("engine.cli.quote", "quotes from the first draft to the accepted offer"),
    "order": ("engine.cli.order", "what was ordered, and how far it is"),
    "contract": ("engine.cli.contract", "what was agreed, and ending it early"),
    "invoice": ("engine.cli.invoice", "invoices, payments and credit notes"),
    "billing": ("engine.cli.billing", "billing runs over many contracts, and usage by the file"),
    "coupon": ("engine.cli.coupon", "what customers get off invoices to come"),
    "prepaid": ("engine.cli.prepaid", "money of customers that pays invoices to come"),
    "refund": ("engine.cli.refund", "money of customers that goes back, or is kept for what is invoiced next"),
    "dunning": ("engine.cli.dunning", "payments that failed, when to try again, and reminders"),
    "revenue": ("engine.cli.revenue", "obligations, recognition, journal and balances"),
    "metrics": ("engine.cli.metrics", "quote-to-cash metrics with their definitions"),
    "audit": ("engine.cli.audit", "prove the identities from quote to journal"),
    "events": ("engine.cli.events", "what happened, in order"),
    "clock": ("engine.cli.clock", "the time of a rehearsal, where the operator allows it"),
    "party": ("engine.cli.party", "customers, accounts, users: who a deal concerns"),
    "serve": ("engine.cli.words.serve", "run the server"),
    "rules": ("engine.cli.words.rules", "check, test and format rule books"),
    "feel": ("engine.cli.words.feel", "evaluate an expression of the rule language"),
    "dmn": ("engine.cli.words.dmn", "run DMN models and conformance suites"),
    "model": ("engine.cli.words.model", "check and convert configuration models"),
}
"""Verb to module and one line of help, in the order in which the help shows them."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``cpq`` with the arguments given (default: the process's own) and return its exit code.

    0 is clean, 1 means findings or a refusal, 2 a misuse of the command.
    """
    if sys.stdout is None:  # whoever started the command closed it: nobody reads
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # stays open until the command ends
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what the terminal's encoding has no letter for is shown as an escape
            stream.reconfigure(errors="backslashreplace")
    calm_collector()
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        try:
            code = _run(arguments)
        except VerbFailed as failure:
            code = tell(failure, machine=_is_machine(arguments))
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of a pipe has seen enough
        _leave_output()
        return CLEAN
    except OSError as problem:  # what the answer was written to is full
        _leave_output()
        return tell(no_file(problem), machine=False)
    return code


def _is_machine(arguments: Sequence[str]) -> bool:
    """Whether JSON is asked for, seen before the words are understood; the parser takes the start of an option too."""
    return any(len(each) > len("--") and "--json".startswith(each) for each in arguments)


def _leave_output() -> None:
    """Write no more: what is left of the output cannot be delivered."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: Sequence[str]) -> int:
    """Find the verb and run it; whatever keeps it from its work ends as VerbFailed."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(_overview())
        return CLEAN if arguments else MISUSE
    if arguments == ["--version"]:
        print(f"cpq {version('cpq-engine')}")
        return CLEAN
    parser = _parser(arguments[0])
    try:
        options = parser.parse_args(arguments)
    except SystemExit as stop:  # argparse has printed its help
        return stop.code if isinstance(stop.code, int) else MISUSE
    try:
        return int(options.run(options))
    except BrokenPipeError:
        raise
    except DiagnosticError as error:
        raise Faulty(error.diagnostics) from error
    except FolderError as problem:
        raise VerbFailed(str(problem), code=NO_FILE) from problem
    except OSError as problem:
        raise no_file(problem) from problem


def _parser(verb: str) -> Parser:
    if verb not in VERBS:
        what = f"unknown verb `{verb}`" if not verb.startswith("-") else f"a verb is missing before `{verb}`"
        near = nearest_name(verb, VERBS)
        raise Misused(what, hint=f"did you mean `{near}`?" if near else "`cpq --help` lists them")
    # The transport's own notices are for its developers; what went wrong is said by the failed call.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    parser = Parser(prog="cpq")
    importlib.import_module(VERBS[verb][0]).add_parser(parser.add_subparsers(dest="verb", metavar="VERB"))
    return parser


def _overview() -> str:
    width = max(len(verb) for verb in VERBS)
    lines = [f"  {verb:<{width}}  {text}" for verb, (_, text) in VERBS.items()]
    return "\n".join(
        ["usage: cpq VERB ...", "", *lines, "", "`cpq VERB --help` says more, `cpq --version` which one this is."]
    )
