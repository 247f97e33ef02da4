"""What all verbs on deals are told, and files that they are given; light, because every verb reads it for its help."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any, NoReturn

from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

DATABASE = Path(".cpq/cpq.sqlite3")
SHIPPED_RULES = Path(__file__).resolve().parents[2] / "rules" / "workstation"
BAD_JSON = Code("CLI001")


def usual_database() -> Path:
    """The store of a server inside where none is named: that of a server started here, which CPQ_DATABASE names too."""
    return Path(os.environ.get("CPQ_DATABASE") or DATABASE)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that all verbs on deals share."""
    parser.add_argument(
        "--server", metavar="ADDRESS", help="address of a running server (default: one inside this command)"
    )
    parser.add_argument(
        "--database",
        metavar="FILE",
        type=Path,
        default=usual_database(),
        help="store of the server inside (default %(default)s)",
    )
    parser.add_argument(
        "--rules",
        metavar="DIR",
        type=Path,
        action="append",
        help="rule folder for the server inside (default: the workstation book)",
    )
    parser.add_argument(
        "--test-clock",
        action="store_true",
        help="let `cpq clock` move the time of the server inside",
    )
    parser.add_argument("--json", action="store_true", help="one JSON value for machines, refusals too")
    parser.set_defaults(keeps=True)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file; raises DiagnosticError with the place of a mistake."""
    found = any_json(path)
    if not isinstance(found, dict):
        raise DiagnosticError(Diagnostic(BAD_JSON, "the file holds no JSON object", Span(str(path))))
    return found


def any_json(path: Path) -> Any:
    """What a JSON file holds; raises DiagnosticError with the place of a mistake."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return json.loads(text, parse_float=str, parse_constant=_refuse, object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        span = Span(str(path), error.lineno, error.colno)
        raise DiagnosticError(Diagnostic(BAD_JSON, f"this is not JSON: {error.msg.lower()}", span)) from error
    except UnicodeDecodeError as error:
        raise DiagnosticError(Diagnostic(BAD_JSON, "this is not text in UTF-8", Span(str(path)))) from error
    except RecursionError as error:
        raise DiagnosticError(Diagnostic(BAD_JSON, "this is nested too deep", Span(str(path)))) from error
    except _Unfit as unfit:
        raise DiagnosticError(Diagnostic(BAD_JSON, str(unfit), Span(str(path)))) from unfit
    except ValueError as error:  # Python reads no whole number of thousands of digits
        raise DiagnosticError(Diagnostic(BAD_JSON, "a number has too many digits", Span(str(path)))) from error


class _Unfit(ValueError):
    """What Python would read, and a request cannot mean."""


def _refuse(word: str) -> NoReturn:
    raise _Unfit(f"this is not JSON: it knows no `{word}`")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise _Unfit(f"`{twice}` is stated twice in one object")
    return found
