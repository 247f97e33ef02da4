"""``cpq dmn``: run DMN models, and suites in the form of the DMN Technology Compatibility Kit."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from engine.cli.failure import CLEAN, FINDINGS, VerbFailed
from engine.cli.feel import current_moment, read_input
from engine.cli.progress import progress
from engine.diagnostics import counted
from engine.language.dmn import Failure, FolderResult, Program, decide, read_model, run_folder
from engine.language.dmn.model import Model
from engine.language.dmn.program import Home
from engine.language.values.fault import LimitError, UndefinedError
from engine.language.values.number import number_text
from engine.language.values.plain import read_as, to_bare

_MOST_SHOWN = 20


def run_test(options: argparse.Namespace) -> int:
    """Run a suite and print its report; exit code 0 when every case passes."""
    folders = case_folders(options.folder)
    if not folders:
        raise VerbFailed(f"there are no test cases below {options.folder}")
    with progress(f"running {counted(len(folders), 'folder')} of cases") as tell:
        results = {}
        for name, path in folders.items():
            tell(name)
            results[name] = run_case_folder(path)
    if options.json:
        print(json.dumps(report(results), ensure_ascii=False, indent=1))
    else:
        _print_report(results)
    return CLEAN if all(each.passed == each.total for each in results.values()) else FINDINGS


def case_folders(root: Path) -> dict[str, Path]:
    """Return the folders that hold test files, by name: the folder itself, or all below it, however deep.

    Two folders of one name are told apart by their path.
    """
    found = sorted({path.parent for path in root.rglob("*.xml") if _is_test(path)})
    names = [path.name for path in found]
    return {path.name if names.count(path.name) == 1 else path.relative_to(root).as_posix(): path for path in found}


def _is_test(path: Path) -> bool:
    return path.is_file() and b"testCases" in path.read_bytes()[:4096]


def run_case_folder(path: Path) -> FolderResult:
    """Run one folder of models and test files."""
    files = {each.name: each.read_bytes() for each in sorted(path.iterdir()) if each.suffix.lower() in {".dmn", ".xml"}}
    return run_folder(files, moment=current_moment())


def report(results: Mapping[str, FolderResult]) -> dict[str, object]:
    """Return the report as plain data: per folder, in total, and the mean of the folders' rates."""
    passed, total = sum(each.passed for each in results.values()), sum(each.total for each in results.values())
    folders = {
        name: {
            "passed": each.passed,
            "total": each.total,
            "failures": [
                {"case": f.case, "result": f.result, "expected": f.expected, "actual": f.actual, "reason": f.reason}
                for f in each.failures
            ],
        }
        for name, each in results.items()
    }
    return {
        "folders": folders,
        "passed": passed,
        "total": total,
        "rate": str(rate(passed, total)),
        "mean_folder_rate": str(mean_rate(results)),
    }


def rate(passed: int, total: int) -> Decimal:
    """Return the share that passed, rounded to four decimals; nothing to pass counts as all."""
    return (Decimal(passed) / Decimal(total)).quantize(Decimal("0.0001")) if total else Decimal(1)


def mean_rate(results: Mapping[str, FolderResult]) -> Decimal:
    """Return the mean of the folders' rates."""
    rates = [Decimal(each.passed) / Decimal(each.total) for each in results.values() if each.total]
    return (sum(rates, Decimal(0)) / len(rates)).quantize(Decimal("0.0001")) if rates else Decimal(1)


def _print_report(results: Mapping[str, FolderResult]) -> None:
    width = max(map(len, results))
    for name, each in results.items():
        print(f"{name:<{width}}  {each.passed:>4} of {each.total:>4}")
        for failure in each.failures[:_MOST_SHOWN]:
            print(f"    {_told(failure)}")
    passed, total = sum(each.passed for each in results.values()), sum(each.total for each in results.values())
    cases = "case" if total == 1 else "cases"
    print(f"{passed} of {total} {cases}, {rate(passed, total):.2%}; mean of the folders {mean_rate(results):.2%}")


def _told(failure: Failure) -> str:
    name = f"{failure.case} {failure.result}".strip()
    if not failure.expected and not failure.actual:
        return f"{name}: {failure.reason}"
    reason = f" ({failure.reason})" if failure.reason else ""
    return f"{name}: expected {failure.expected}, got {failure.actual}{reason}"


def run_eval(options: argparse.Namespace) -> int:
    """Evaluate a decision and print its value as JSON, with the reasons of a null on the error stream."""
    try:
        inputs = read_input(options.input)
        program = Program(models_of(options.file))
        named = {name: _input_value(program.main, name, value) for name, value in inputs.items()}
        value, problems = decide(program, options.decision, named, moment=current_moment())
    except (ValueError, UndefinedError) as error:
        raise VerbFailed(f"the input cannot be read: {error}") from error
    try:
        print(_json_text(to_bare(value)))
    except LimitError as error:
        raise VerbFailed(f"the result cannot be shown: {error}", exit_code=FINDINGS) from error
    for problem in problems:
        print(f"note: {problem.message}", file=sys.stderr)
    return FINDINGS if value is None and problems else CLEAN


def models_of(path: Path) -> list[tuple[str, Model]]:
    """Return the model in a file first, and when it imports others, those beside it."""
    models = [(path.name, read_model(path.read_bytes(), path.name))]
    if models[0][1].imports:
        beside = [each for each in sorted(path.parent.glob("*.dmn")) if each != path]
        models += [(each.name, read_model(each.read_bytes(), each.name)) for each in beside]
    return models


def _input_value(home: Home, name: str, value: object) -> object:
    """Read a text as a date, time or duration where the model declares the input as one."""
    element = home.by_name.get(name)
    kind = home.items.type_named(element.variable.type_name) if element is not None else None
    return read_as(value, kind)


def _json_text(value: object) -> str:
    """Write JSON with every digit of a number."""
    match value:
        case Decimal():
            return number_text(value)
        case dict():
            inside = ", ".join(
                f"{json.dumps(key, ensure_ascii=False)}: {_json_text(each)}" for key, each in value.items()
            )
            return "{" + inside + "}"
        case list():
            return "[" + ", ".join(_json_text(each) for each in value) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
