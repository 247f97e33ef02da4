"""Finds the verb and runs it; a verb is imported only when it is asked for, so that the command starts fast."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from io import TextIOWrapper

from engine.adapters.collector import calm_collector
from engine.cli.failure import CLEAN, FINDINGS, MISUSE, VerbFailed, tell
from engine.cli.parser import Parser
from engine.diagnostics import DiagnosticError, as_json, nearest_name, one_line

INTERRUPTED = 130

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

    0 is clean, 1 means findings or a refusal, 2 a misuse of the command, 130 that somebody interrupted it.
    """
    if sys.stdout is None:  # whoever started the command closed it: nobody reads
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # stays open until the command ends
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what the terminal's encoding has no letter for is shown as an escape
            stream.reconfigure(errors="backslashreplace")
    calm_collector()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(_overview())
        return CLEAN if arguments else MISUSE
    if arguments == ["--version"]:
        print(f"cpq {version('cpq-engine')}")
        return CLEAN
    verb = arguments[0]
    if verb not in VERBS:
        near = nearest_name(verb, VERBS)
        print(f"cpq: unknown verb `{verb}`" + (f"; did you mean `{near}`?" if near else ""), file=sys.stderr)
        return MISUSE
    # The transport's own notices are for its developers; what went wrong is said by the failed call.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    parser = Parser(prog="cpq")
    importlib.import_module(VERBS[verb][0]).add_parser(parser.add_subparsers(dest="verb", metavar="VERB"))
    return _run(parser, arguments)


def _run(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    try:
        options = parser.parse_args(arguments)
    except SystemExit as stop:  # argparse has already printed why
        return stop.code if isinstance(stop.code, int) else MISUSE
    machine = bool(getattr(options, "json", False))
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAN
    except KeyboardInterrupt:
        return INTERRUPTED
    except DiagnosticError as error:
        return _tell_findings(error, machine=machine)
    except VerbFailed as failure:
        return tell(failure, machine=machine)
    except OSError as error:
        what = error.strerror or str(error)
        return tell(VerbFailed(f"{error.filename}: {what}" if error.filename else what), machine=machine)
    return code


def _tell_findings(error: DiagnosticError, *, machine: bool) -> int:
    if machine:
        facts = {"findings": as_json(error.diagnostics)}
        return tell(VerbFailed(error.diagnostics[0].message, code=FINDINGS, facts=facts), machine=machine)
    for each in error.diagnostics:
        print(one_line(each), file=sys.stderr)
    return FINDINGS


def _overview() -> str:
    width = max(len(verb) for verb in VERBS)
    lines = [f"  {verb:<{width}}  {text}" for verb, (_, text) in VERBS.items()]
    return "\n".join(
        ["usage: cpq VERB ...", "", *lines, "", "`cpq VERB --help` says more, `cpq --version` which one this is."]
    )
