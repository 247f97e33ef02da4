"""``cpq feel``: evaluate an expression of full FEEL, or many as JSON lines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from engine.cli.failure import CLEAN, FINDINGS, VerbFailed
from engine.diagnostics import DiagnosticError, Span, render
from engine.language.evaluate import Problem, prepare
from engine.language.parse import parse_expression
from engine.language.problems import Origin
from engine.language.values.fault import LimitError, UndefinedError
from engine.language.values.plain import from_plain, to_typed
from engine.language.values.show import literal
from engine.language.values.temporal import DateTime, from_datetime

_ORIGIN = Origin("expression")


def run(options: argparse.Namespace) -> int:
    """Evaluate and print; exit code 0 for a value, 1 for a null that comes from an error."""
    if options.jsonl:
        for answer in answers(sys.stdin):
            print(json.dumps(answer, ensure_ascii=False), flush=True)
        return CLEAN
    if options.expression is None:
        raise VerbFailed("an expression is missing")
    try:
        inputs = read_input(options.input)
    except ValueError as error:
        raise VerbFailed(f"the input is not a JSON object: {error}") from error
    if options.json:
        answer = answer_for(options.expression, inputs)
        print(json.dumps(answer, ensure_ascii=False))
        return FINDINGS if answer.get("error") else CLEAN
    return _print_value(options.expression, inputs)


def _print_value(text: str, inputs: Mapping[str, object]) -> int:
    try:
        node = parse_expression(text, names=names_in(inputs), origin=_ORIGIN)
    except DiagnosticError as error:
        print(render(error.diagnostics, {_ORIGIN.path: text}), file=sys.stderr)
        return FINDINGS
    outcome = prepare(node).outcome(inputs, moment=current_moment())
    try:
        print(literal(outcome.value))
    except LimitError as error:
        raise VerbFailed(f"the result cannot be shown: {error}", exit_code=FINDINGS) from error
    for problem in outcome.problems:
        span = Span(_ORIGIN.path).within(problem.start, problem.end)
        print(f"{span}: note: {problem.message}{_caret(text, problem)}", file=sys.stderr)
    return FINDINGS if outcome.value is None and outcome.problems else CLEAN


def _caret(text: str, problem: Problem) -> str:
    """The text with carets under the part that has no value; nothing for a text of several lines or the whole of it."""
    if "\n" in text or problem.end - problem.start in (0, len(text)):
        return ""
    return f"\n  1 | {text}\n    | {' ' * problem.start}{'^' * (problem.end - problem.start)}"


def read_input(text: str) -> Mapping[str, object]:
    """Read a JSON object of variables, or the file named after ``@``; raises ``ValueError`` for anything else."""
    try:
        source = Path(text[1:]).read_text(encoding="utf-8-sig") if text.startswith("@") else text
        found = from_plain(load_json(source))
    except UnicodeDecodeError:
        raise ValueError("it is not text in UTF-8") from None
    except UndefinedError as error:
        raise ValueError(str(error)) from None
    if not isinstance(found, Mapping):
        raise ValueError("it is no object")
    return found


def load_json(text: str) -> Any:
    """Read JSON with exact decimals; raises ``ValueError`` also for NaN, infinities and too deep nesting."""
    try:
        return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except InvalidOperation:
        raise ValueError("a number has more digits than can be computed with") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg.lower()} at line {error.lineno}, column {error.colno}") from None


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not a number")


def answers(lines: Iterable[str]) -> Iterator[dict[str, object]]:
    """Yield the answer to each line; a blank line is passed over, an unreadable one is answered with its error."""
    for line in lines:
        if not line.strip():
            continue
        try:
            text, inputs = _request(line)
        except (ValueError, UndefinedError) as error:
            yield {"error": True, "message": f"the line is not a request: {error}"}
            continue
        yield answer_for(text, inputs)


def _request(line: str) -> tuple[str, Mapping[str, object]]:
    request = load_json(line)
    text = request.get("expr") if isinstance(request, dict) else None
    inputs = from_plain(request.get("inputs", {})) if isinstance(request, dict) else None
    if not isinstance(text, str) or not isinstance(inputs, Mapping):
        raise ValueError("`expr` is a text and `inputs` an object")
    return text, inputs


def answer_for(text: str, inputs: Mapping[str, object]) -> dict[str, object]:
    """Return ``{"value": ...}``, or ``{"error": true, "message": ...}`` where the value is null because of an error."""
    try:
        node = parse_expression(text, names=names_in(inputs), origin=_ORIGIN)
    except DiagnosticError as error:
        return {"error": True, "message": str(error)}
    outcome = prepare(node).outcome(inputs, moment=current_moment())
    if outcome.value is None and outcome.problems:
        return {"error": True, "message": outcome.problems[0].message}
    try:
        return {"value": to_typed(outcome.value)}
    except LimitError as error:
        return {"error": True, "message": f"the result cannot be shown: {error}"}


def names_in(value: object) -> set[str]:
    """Return every name of the variables and of the entries below them."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            found.update(str(key) for key in each)
            waiting.extend(each.values())
        elif isinstance(each, tuple):
            waiting.extend(each)
    return found


def current_moment() -> DateTime:
    """Return what ``now()`` says: the moment with the local offset."""
    return from_datetime(datetime.now().astimezone())  # noqa: TID251 # the command is the shell: it reads the clock
