"""``cpq rules check``, ``test`` and ``analyse``: what is wrong in a rule book, and what its rules do."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

from engine.adapters.clock import WallClock
from engine.adapters.compiled_books import kept_books
from engine.adapters.rule_folder import read_folder
from engine.application.rule_books import CheckedBook
from engine.cli.failure import CLEAN, FINDINGS, VerbFailed
from engine.cli.progress import progress
from engine.cli.rule_output import say, say_json, sources_of
from engine.cli.rule_recording import record
from engine.cli.studies import study_data, study_lines
from engine.configuration.answers import Budget
from engine.configuration.products.analysing import study_product
from engine.diagnostics import Diagnostic, Severity, as_json, counted, did_you_mean, render
from engine.rulebook.rule_run import RuleTestResult, findings_of, run_tests, untested_rules


def _loaded(args: argparse.Namespace) -> tuple[CheckedBook, Mapping[str, str]]:
    """The compiled book of the folder and its sources as text."""
    files = read_folder(args.folder)
    with progress(f"reading {args.folder}"):
        checked = kept_books(os.environ).checked(files)
    return checked, sources_of(files)


def run_check(args: argparse.Namespace) -> int:
    """Show everything that is wrong; exit code 1 for errors and warnings."""
    checked, sources = _loaded(args)
    book = checked.active.book if checked.active else None
    if args.json:
        say_json({"ok": book is not None, "hash": book.hash if book else "", "findings": as_json(checked.findings)})
        return _code(checked)
    if checked.findings:
        say(render(checked.findings, sources))
    say(_summary(checked))
    return _code(checked)


def _code(checked: CheckedBook) -> int:
    """Errors and warnings are findings; a note only tells."""
    return FINDINGS if any(each.severity is not Severity.NOTE for each in checked.findings) else CLEAN


def _summary(checked: CheckedBook) -> str:
    errors, others = _counted(checked.findings)
    if checked.active is None:
        return f"{counted(errors, 'error')}, {counted(others, 'warning')}"
    book = checked.active.book
    constraints = sum(len(each) for each in book.constraints.values())
    rules = len(book.pricing.rules)
    holds = (
        counted(len(book.catalog.products), "product"),
        counted(constraints, "constraint"),
        counted(rules, "discount rule"),
        counted(len(book.tests), "test"),
    )
    return f"{book.id}: {', '.join(holds)}; {counted(others, 'warning')}; {book.hash[:12]}"


def _errors(checked: CheckedBook) -> tuple[Diagnostic, ...]:
    return tuple(each for each in checked.findings if each.severity is Severity.ERROR)


def _counted(diagnostics: tuple[Diagnostic, ...]) -> tuple[int, int]:
    errors = sum(each.severity is Severity.ERROR for each in diagnostics)
    return errors, sum(each.severity is Severity.WARNING for each in diagnostics)


def run_test(args: argparse.Namespace) -> int:
    """Run the tests of a book; exit code 1 when one fails or there is none."""
    if args.record:
        written = record(args)
        if not args.json:
            say(f"`{args.record}` is recorded in {written}")
    checked, sources = _loaded(args)
    if checked.active is None:
        if args.json:
            say_json({"ok": False, "findings": as_json(checked.findings), "tests": []})
        else:
            say(render(_errors(checked), sources))
        return FINDINGS
    book = checked.active.book
    with progress(f"running {counted(len(book.tests), 'test')}"):
        results = run_tests(book, checked.active.parts)
    untested = untested_rules(book, results) if args.coverage else ()
    findings = findings_of(results)
    if args.json:
        say_json(
            {
                "ok": not findings,
                "findings": as_json(findings),
                "tests": [{"name": each.test.name, "holds": each.holds} for each in results],
                "untested": list(untested),
            }
        )
    else:
        _show_results(results, untested, sources)
        if args.coverage and not untested:
            say("every discount, constraint and approval row is seen at work by a test")
    return FINDINGS if findings or not results else CLEAN


def _show_results(results: tuple[RuleTestResult, ...], untested: tuple[str, ...], sources: Mapping[str, str]) -> None:
    findings = findings_of(results)
    if findings:
        say(render(findings, sources))
    for rule in untested:
        say(f"no test sees `{rule}` at work")
    held = sum(each.holds for each in results)
    verb = "holds" if len(results) == 1 else "hold"
    say(f"{held} of {counted(len(results), 'test')} {verb}" if results else "the book has no tests")


def run_analyse(args: argparse.Namespace) -> int:
    """Say which options nobody can choose or avoid; exit code 1 for a contradictory bundle."""
    checked, sources = _loaded(args)
    if checked.active is None:
        say_json({"findings": as_json(checked.findings)}) if args.json else say(render(_errors(checked), sources))
        return FINDINGS
    known = checked.active.parts.configurators
    if args.product and args.product not in known:
        raise VerbFailed(f"no bundle `{args.product}`; {did_you_mean(args.product, known) or ', '.join(known)}")
    budget, day = Budget(milliseconds=args.seconds * 1000), args.date or WallClock().now().date()
    wanted = [args.product] if args.product else sorted(known)
    studies = [study_product(known[each].on(day), budget=budget) for each in wanted]
    if args.json:
        say_json([study_data(each) for each in studies])
    else:
        say("\n".join(line for each in studies for line in study_lines(each)))
    return CLEAN if all(each.satisfiable for each in studies) else FINDINGS
