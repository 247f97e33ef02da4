"""A client for a verb: to the server that ``--server`` names, else to one started inside the command."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict

from engine.adapters.disk_cache import user_cache
from engine.bootstrap import Settings, in_process
from engine.client import Client
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

DATABASE = Path(".cpq/cpq.sqlite3")
SHIPPED_RULES = Path(__file__).resolve().parents[2] / "rules" / "workstation"
BAD_JSON = Code("CLI001")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that all verbs on deals share."""
    parser.add_argument(
        "--server", metavar="ADDRESS", help="address of a running server (default: one inside this command)"
    )
    parser.add_argument(
        "--database",
        metavar="FILE",
        type=Path,
        default=DATABASE,
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
        default=bool(os.environ.get("CPQ_TEST_CLOCK")),
        help="let `cpq clock` move the time of the server inside",
    )
    parser.add_argument("--json", action="store_true", help="one JSON value for machines, refusals too")


@contextmanager
def connected(options: argparse.Namespace) -> Iterator[Client]:
    """Connect as the options say; a server inside ends with the command, its database stays."""
    if options.server:
        with Client(options.server) as client:
            client.wait_until_ready()
            yield client
        return
    folders = (SHIPPED_RULES,) if options.rules is None else tuple(options.rules)
    settings = Settings(
        options.database,
        rules=folders,
        test_clock=options.test_clock,
        cache=user_cache(os.environ),
        tax_hook=os.environ.get("CPQ_TAX_HOOK", ""),
    )
    with in_process(settings) as running, Client(running.address) as client:
        yield client


def as_data(message: Any) -> dict[str, Any]:
    """A message as plain values for JSON, with the field names of the proto files."""
    found: dict[str, Any] = MessageToDict(message, preserving_proto_field_name=True)
    return found


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file; raises DiagnosticError with the place of a mistake."""
    text = path.read_text(encoding="utf-8")
    try:
        found = json.loads(text, parse_float=str)
    except json.JSONDecodeError as error:
        span = Span(str(path), error.lineno, error.colno)
        raise DiagnosticError(Diagnostic(BAD_JSON, f"this is not JSON: {error.msg.lower()}", span)) from error
    if not isinstance(found, dict):
        raise DiagnosticError(Diagnostic(BAD_JSON, "the file holds no JSON object", Span(str(path))))
    return found
