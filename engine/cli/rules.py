"""``cpq rules``: check, test, format and explain rule files, print their schema, start a new book."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from engine.adapters.clock import WallClock
from engine.adapters.compiled_books import kept_books
from engine.adapters.rule_folder import FolderError, read_folder
from engine.application.rule_books import CheckedBook
from engine.cli.connection import DATABASE
from engine.cli.failure import CLEAN, FINDINGS, VerbFailed
from engine.cli.progress import progress
from engine.cli.rule_diff import add_diff, run_diff
from engine.cli.rule_publishing import add_publishing
from engine.cli.rule_recording import record
from engine.cli.rule_serving import add_serve, run_serve
from engine.cli.rule_tables import add_export, add_import, run_export, run_import
from engine.cli.studies import study_data, study_lines
from engine.cli.verbs import a_day
from engine.configuration.answers import Budget
from engine.configuration.products.analysing import study_product
from engine.diagnostics import Diagnostic, Severity, as_json, counted, did_you_mean, render
from engine.language.problems import CODES
from engine.rulebook.codes import EXPLANATIONS
from engine.rulebook.formatter import format_file, unformatted
from engine.rulebook.reference import reference_page
from engine.rulebook.rule_run import RuleTestResult, findings_of, run_tests, untested_rules
from engine.rulebook.schema_files import schema_files
from engine.rulebook.starter import starter_files


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb ``rules`` to the command."""
    rules = subparsers.add_parser("rules", help="check, test, format and explain rule files")
    verbs = rules.add_subparsers(dest="verb", metavar="VERB", required=True)
    _verb(verbs, "check", "find everything that is wrong in a rule book", _check, folder=True)
    test = _verb(verbs, "test", "run the tests of a rule book", _test, folder=True)
    test.add_argument(
        "--coverage",
        action="store_true",
        help="list discounts, constraints and approval rows that no test sees at work",
    )
    test.add_argument("--record", metavar="QUOTE", default="", help="first add a stored quote to the tests")
    test.add_argument("--server", metavar="ADDRESS", help="the server that has it (default: one inside this command)")
    test.add_argument("--database", metavar="FILE", type=Path, default=DATABASE, help="the store of the one inside")
    test.set_defaults(rules=[], test_clock=False)
    analyse = _verb(
        verbs, "analyse", "options nobody can choose or avoid, rules that never bind", _analyse, folder=True
    )
    analyse.add_argument("--product", default="", help="one bundle by its SKU (default: all)")
    analyse.add_argument(
        "--date", type=a_day, default=None, metavar="DAY", help="the day whose constraints count (default: today)"
    )
    analyse.add_argument("--seconds", type=int, default=5, help="for each question (default 5)")
    form = _verb(verbs, "fmt", "put rule files into the one layout", _fmt, folder=True)
    form.add_argument("--check", action="store_true", help="change nothing, say which files would change")
    schema = _verb(verbs, "schema", "write the JSON Schemas that editors read", _schema, folder=False)
    schema.add_argument("kind", nargs="?", help="print one kind, such as discounts")
    schema.add_argument("--out", type=Path, help="the folder to write all schemas to")
    _verb(verbs, "reference", "print the reference page of rule files", _reference, folder=False)
    new = _verb(verbs, "new", "start a rule book", _new, folder=True)
    new.add_argument("--title", default="", help="what people read")
    add_import(_verb(verbs, "import", "bring decision tables of a DMN file into a rule book", run_import, folder=False))
    add_export(_verb(verbs, "export", "write a decision table as a DMN file", run_export, folder=False))
    add_diff(_verb(verbs, "diff", "what differs between two rule books, and what it costs", run_diff, folder=False))
    add_publishing(verbs)
    add_serve(_verb(verbs, "serve", "serve a rule folder, and take each change of it", run_serve, folder=True))
    explain = _verb(verbs, "explain", "say what a code means and what to do", _explain, folder=False)
    explain.add_argument("code")


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    says: str,
    run: Callable[[argparse.Namespace], int],
    *,
    folder: bool,
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=says, description=says)
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    if folder:
        parser.add_argument("folder", type=Path, help="the folder of the rule book")
    parser.set_defaults(run=run)
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say_json(value: object) -> None:
    _say(json.dumps(value, indent=2, ensure_ascii=False))


def _loaded(args: argparse.Namespace) -> tuple[CheckedBook, Mapping[str, str]]:
    """The compiled book of the folder and its sources as text."""
    try:
        files = read_folder(args.folder)
        with progress(f"reading {args.folder}"):
            checked = kept_books(os.environ).checked(files)
    except (FolderError, OSError) as problem:
        raise VerbFailed(str(problem)) from problem
    return checked, _sources(files)


def _sources(files: Mapping[str, bytes]) -> dict[str, str]:
    """The files whose lines can be shown."""
    return {path: _text(each) for path, each in files.items() if not path.lower().endswith(".xlsx")}


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace").removeprefix("\ufeff")


def _check(args: argparse.Namespace) -> int:
    checked, sources = _loaded(args)
    book = checked.active.book if checked.active else None
    if args.json:
        _say_json({"ok": book is not None, "hash": book.hash if book else "", "findings": as_json(checked.findings)})
        return _code(checked)
    if checked.findings:
        _say(render(checked.findings, sources))
    _say(_summary(checked))
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


def _test(args: argparse.Namespace) -> int:
    if args.record:
        written = record(args)
        if not args.json:
            _say(f"`{args.record}` is recorded in {written}")
    checked, sources = _loaded(args)
    if checked.active is None:
        if args.json:
            _say_json({"ok": False, "findings": as_json(checked.findings), "tests": []})
        else:
            _say(render(_errors(checked), sources))
        return FINDINGS
    book = checked.active.book
    with progress(f"running {counted(len(book.tests), 'test')}"):
        results = run_tests(book, checked.active.parts)
    untested = untested_rules(book, results) if args.coverage else ()
    findings = findings_of(results)
    if args.json:
        _say_json(
            {
                "ok": not findings,
                "findings": as_json(findings),
                "tests": [{"name": each.test.name, "holds": each.holds} for each in results],
                "untested": list(untested),
            }
        )
    else:
        _show_results(results, untested, sources)
    return FINDINGS if findings or not results else CLEAN


def _show_results(results: tuple[RuleTestResult, ...], untested: tuple[str, ...], sources: Mapping[str, str]) -> None:
    findings = findings_of(results)
    if findings:
        _say(render(findings, sources))
    for rule in untested:
        _say(f"no test sees `{rule}` at work")
    held = sum(each.holds for each in results)
    verb = "holds" if len(results) == 1 else "hold"
    _say(f"{held} of {counted(len(results), 'test')} {verb}" if results else "the book has no tests")


def _analyse(args: argparse.Namespace) -> int:
    checked, sources = _loaded(args)
    if checked.active is None:
        _say_json({"findings": as_json(checked.findings)}) if args.json else _say(render(_errors(checked), sources))
        return FINDINGS
    known = checked.active.parts.configurators
    if args.product and args.product not in known:
        raise VerbFailed(f"no bundle `{args.product}`; {did_you_mean(args.product, known) or ', '.join(known)}")
    budget, day = Budget(milliseconds=args.seconds * 1000), args.date or WallClock().now().date()
    wanted = [args.product] if args.product else sorted(known)
    studies = [study_product(known[each].on(day), budget=budget) for each in wanted]
    if args.json:
        _say_json([study_data(each) for each in studies])
    else:
        _say("\n".join(line for each in studies for line in study_lines(each)))
    return CLEAN if all(each.satisfiable for each in studies) else FINDINGS


def _fmt(args: argparse.Namespace) -> int:
    try:
        files = read_folder(args.folder)
    except (FolderError, OSError) as problem:
        raise VerbFailed(str(problem)) from problem
    changed: list[str] = []
    faults: list[Diagnostic] = []
    for path, content in files.items():
        faults += unformatted(path, content)
        formatted = format_file(path, content)
        if formatted != content:
            changed.append(path)
            if not args.check:
                (args.folder / path).write_bytes(formatted)
    if args.json:
        _say_json({"changed": changed, "findings": as_json(faults)})
    else:
        if faults:
            _say(render(faults, _sources(files)))
        word = "would change" if args.check else "changed"
        _say("\n".join(f"{word}: {each}" for each in changed) or "nothing to change")
    return FINDINGS if faults or (args.check and changed) else CLEAN


def _schema(args: argparse.Namespace) -> int:
    schemas = schema_files()
    if args.out is not None:
        args.out.mkdir(parents=True, exist_ok=True)
        for name, schema in schemas.items():
            (args.out / name).write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
        _say("\n".join(str(args.out / name) for name in schemas))
        return CLEAN
    if args.kind is None:
        _say_json(dict(schemas))
        return CLEAN
    name = f"{args.kind}.schema.json"
    if name not in schemas:
        kinds = [each.removesuffix(".schema.json") for each in schemas]
        raise VerbFailed(f"no kind `{args.kind}`; {did_you_mean(args.kind, kinds) or 'known: ' + ', '.join(kinds)}")
    _say_json(schemas[name])
    return CLEAN


def _reference(args: argparse.Namespace) -> int:
    page = reference_page()
    if args.json:
        _say_json({"page": page})
    else:
        sys.stdout.write(page)
    return CLEAN


def _new(args: argparse.Namespace) -> int:
    folder: Path = args.folder
    if folder.exists() and any(folder.iterdir()):
        raise VerbFailed(f"`{folder}` is not empty")
    name = folder.resolve().name
    written = {
        **starter_files(name, args.title or name),
        **{f"schema/{file}": json.dumps(schema, indent=2) + "\n" for file, schema in schema_files().items()},
    }
    for path, text in written.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    if args.json:
        _say_json({"files": sorted(written)})
    else:
        _say(f"wrote {counted(len(written), 'file')} to {folder}; try: cpq rules test {folder}")
    return CLEAN


OTHER_CODES = "this knows the codes of rule files and formulas; other refusals say all in their own text"


def _explain(args: argparse.Namespace) -> int:
    code = args.code.upper()
    language = {str(each): text for each, text in CODES.items()}
    if code in EXPLANATIONS:
        found = EXPLANATIONS[code]
        told = {"code": code, "means": found.title, "why": found.why, "do": found.fix}
    elif code in language:
        told = {"code": code, "means": language[code], "why": "a formula cannot be checked or run", "do": ""}
    else:
        known = [*EXPLANATIONS, *language]
        raise VerbFailed(f"no code `{code}`; {did_you_mean(code, known) or OTHER_CODES}")
    if args.json:
        _say_json(told)
    else:
        _say("\n".join(f"{name}: {text}" for name, text in told.items() if text))
    return CLEAN
