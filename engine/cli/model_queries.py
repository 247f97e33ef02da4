"""Queries about a model from a JSON file: a list, or an object with ``queries``; answers beside them are not read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.cli.options import any_json
from engine.configuration.checking import Query
from engine.configuration.model import Kind, Model, Value, Variable
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span, did_you_mean

BAD_QUERY = Code("CLI002")
SHOWN_VALUES = 10


def read_queries(path: Path, model: Model) -> list[Query]:
    """The queries of a file; raises DiagnosticError with every one that cannot be asked of this model."""
    stored = any_json(path)
    entries = stored.get("queries") if isinstance(stored, dict) else stored
    if not isinstance(entries, list):
        hint = 'write [{"assign": {"NAME": true}}]'
        raise DiagnosticError(Diagnostic(BAD_QUERY, "the file holds no list of queries", Span(str(path)), hint))
    problems = [
        problem for at, each in enumerate(entries) for problem in _problems(each, f"queries[{at}]", path, model)
    ]
    if problems:
        raise DiagnosticError(*problems)
    return [Query(tuple(each["assign"].items()), str(each.get("last", ""))) for each in entries]


def _problems(entry: Any, place: str, path: Path, model: Model) -> Iterator[Diagnostic]:
    assign = entry.get("assign") if isinstance(entry, dict) else None
    if not isinstance(assign, dict):
        hint = 'such as {"assign": {"NAME": true}}'
        yield Diagnostic(BAD_QUERY, f"`{place}` has no object `assign`", Span(str(path)), hint)
        return
    for name, value in assign.items():
        variable = model.variable(name)
        if variable is None:
            hint = did_you_mean(name, model.index)
            yield Diagnostic(BAD_QUERY, f"`{place}`: unknown variable `{name}`", Span(str(path)), hint)
        elif not _takes(variable, value):
            message = f"`{place}`: `{name}` does not take `{value}`"
            yield Diagnostic(BAD_QUERY, message, Span(str(path)), _range(variable))


def _takes(variable: Variable, value: Value) -> bool:
    if variable.kind is Kind.QUANTITY:
        return type(value) is int and variable.minimum <= value <= variable.maximum
    return any(type(each) is type(value) and each == value for each in variable.values)


def _range(variable: Variable) -> str:
    if variable.kind is Kind.QUANTITY:
        return f"{variable.minimum} to {variable.maximum}"
    more = ", ..." if len(variable.values) > SHOWN_VALUES else ""
    return f"one of {', '.join(str(each) for each in variable.values[:SHOWN_VALUES])}{more}"
