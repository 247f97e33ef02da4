"""Settings from a command line; every option may also be given as ``CPQ_<NAME>`` in the environment."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.adapters.disk_cache import user_cache
from engine.bootstrap.settings import Settings, switched_on

DEFAULT_RULES = Path(__file__).resolve().parents[2] / "rules" / "workstation"


USUAL = Settings(Path(".cpq/cpq.sqlite3"))


@dataclass(frozen=True, slots=True)
class Option:
    """An option with one value; ``setting`` is the field of the settings where it has another name."""

    name: str
    help: str
    kind: Callable[[str], object] = str
    metavar: str = ""
    setting: str = ""
    choices: tuple[str, ...] | None = None


OPTIONS = (
    Option("listen", "host:port or unix:PATH", metavar="ADDRESS"),
    Option("database", "the SQLite file; made when it is missing", Path, "FILE"),
    Option("threads", "calls handled at the same time", int, "NUMBER", "handler_threads"),
    Option("max_calls", "calls taken at once, streams counted; more are turned away", int, "NUMBER", "calls_max"),
    Option("max_lines", "the most lines of a quote", int, "NUMBER", "lines_max"),
    Option("max_message_bytes", "the largest message taken or sent", int, "NUMBER", "message_bytes_max"),
    Option("drain_seconds", "how long calls in flight may take when the server stops", float, "SECONDS"),
    Option("approvals", "what runs approvals", choices=("plain", "durable")),
    Option(
        "tax_hook", "the URL of a service that answers tax rates to rule books with `rates_from: hook`", metavar="URL"
    ),
    Option("tax_seconds", "how long it may take to answer", float, "SECONDS"),
    Option(
        "search_seconds",
        "how long one question about a configuration is searched, then it is answered with what is known so far",
        float,
        "SECONDS",
    ),
    Option("search_conflicts", "the same in conflicts of the search, which depend on no clock", int, "NUMBER"),
)
"""Every option whose value is a setting."""


def add_options(parser: argparse.ArgumentParser, environ: Mapping[str, str]) -> None:
    """Add the server's options to a parser."""
    for each in OPTIONS:
        usual = environ.get(f"CPQ_{each.name.upper()}", getattr(USUAL, each.setting or each.name))
        flag = f"--{each.name.replace('_', '-')}"
        shown = f"{each.help} (default %(default)s)" if usual else each.help
        parser.add_argument(
            flag, type=each.kind, default=usual, choices=each.choices, metavar=each.metavar or None, help=shown
        )
    parser.add_argument(
        "--rules",
        type=Path,
        metavar="DIR",
        action="append",
        help="a folder with a rule book to publish at start unless it stands there already; may be repeated, "
        "the last one is in force (default: the shipped workstation book when the database has none)",
    )
    parser.add_argument(
        "--cache",
        metavar="DIR",
        help="where compiled rule books are kept between starts, or `none` (default: the user's cache folder)",
    )
    parser.add_argument("--test-clock", action="store_true", help="let clients move time")
    parser.add_argument("--quiet", action="store_true", help="log failures only")


def log_as_told(options: argparse.Namespace, environ: Mapping[str, str]) -> None:
    """Log each call to stderr, or failures only; raises SettingsError for a switch that is neither on nor off."""
    logging.basicConfig(
        level=logging.WARNING if options.quiet or switched_on(environ, "CPQ_QUIET") else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )


def settings_of(options: argparse.Namespace, environ: Mapping[str, str]) -> Settings:
    """The settings that parsed options stand for."""
    rules = tuple(options.rules or ())
    if not rules and environ.get("CPQ_RULES"):
        rules = tuple(Path(each) for each in environ["CPQ_RULES"].split(":"))
    if not rules and not Path(options.database).exists() and DEFAULT_RULES.is_dir():
        rules = (DEFAULT_RULES,)
    return Settings(
        database=Path(options.database),
        listen=options.listen,
        rules=rules,
        handler_threads=int(options.threads),
        calls_max=int(options.max_calls),
        lines_max=int(options.max_lines),
        message_bytes_max=int(options.max_message_bytes),
        drain_seconds=float(options.drain_seconds),
        approvals=options.approvals,
        test_clock=options.test_clock or switched_on(environ, "CPQ_TEST_CLOCK"),
        tax_hook=options.tax_hook,
        tax_seconds=options.tax_seconds,
        search_seconds=float(options.search_seconds),
        search_conflicts=int(options.search_conflicts),
        cache=cache_folder(options.cache, environ),
    )


def cache_folder(given: str | None, environ: Mapping[str, str]) -> Path | None:
    """Where compiled rule books are kept: as given, else as CPQ_CACHE says, else in the user's cache folder; `none`."""
    if (given or environ.get("CPQ_CACHE")) == "none":
        return None
    return user_cache(environ if given is None else {"CPQ_CACHE": given})
