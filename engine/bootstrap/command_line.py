"""Settings from a command line; every option may also be given as ``CPQ_<NAME>`` in the environment."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from engine.adapters.disk_cache import user_cache
from engine.bootstrap.settings import Settings

DEFAULT_RULES = Path(__file__).resolve().parents[2] / "rules" / "workstation"


def add_options(parser: argparse.ArgumentParser, environ: Mapping[str, str]) -> None:
    """Add the server's options to a parser."""
    usual = Settings(Path(".cpq/cpq.sqlite3"))

    def given(name: str, default: object) -> object:
        return environ.get(f"CPQ_{name.upper()}", default)

    parser.add_argument(
        "--listen", default=given("listen", usual.listen), help="host:port or unix:PATH (default %(default)s)"
    )
    parser.add_argument(
        "--database",
        type=Path,
        default=given("database", usual.database),
        help="the SQLite file; made when it is missing (default %(default)s)",
    )
    parser.add_argument(
        "--rules",
        type=Path,
        action="append",
        help="a folder with a rule book to publish at start; may be repeated, the last one is in force "
        "(default: the shipped workstation book when the database has none)",
    )
    parser.add_argument(
        "--threads",
        type=int,
        default=given("threads", usual.handler_threads),
        help="calls handled at the same time (default %(default)s)",
    )
    parser.add_argument(
        "--max-calls",
        type=int,
        default=given("max_calls", usual.calls_max),
        help="calls taken at once, streams counted; more are turned away (default %(default)s)",
    )
    parser.add_argument(
        "--max-lines",
        type=int,
        default=given("max_lines", usual.lines_max),
        help="the most lines of a quote (default %(default)s)",
    )
    parser.add_argument(
        "--max-message-bytes",
        type=int,
        default=given("max_message_bytes", usual.message_bytes_max),
        help="the largest message taken or sent (default %(default)s)",
    )
    parser.add_argument(
        "--drain-seconds",
        type=float,
        default=given("drain_seconds", usual.drain_seconds),
        help="how long calls in flight may take when the server stops (default %(default)s)",
    )
    parser.add_argument(
        "--approvals",
        choices=("plain", "durable"),
        default=given("approvals", usual.approvals),
        help="what runs approvals (default %(default)s)",
    )
    parser.add_argument(
        "--cache",
        help="where compiled rule books are kept between starts, or `none` (default: the user's cache folder)",
    )
    parser.add_argument(
        "--tax-hook",
        default=given("tax_hook", usual.tax_hook),
        help="the URL of a service that answers tax rates to rule books with `rates_from: hook`",
    )
    parser.add_argument(
        "--tax-seconds",
        type=float,
        default=given("tax_seconds", usual.tax_seconds),
        help="how long it may take to answer (default %(default)s)",
    )
    parser.add_argument(
        "--search-seconds",
        type=float,
        default=given("search_seconds", usual.search_seconds),
        help="how long one question about a configuration is searched, then it is answered with what is known so far "
        "(default %(default)s)",
    )
    parser.add_argument(
        "--search-conflicts",
        type=int,
        default=given("search_conflicts", usual.search_conflicts),
        help="the same in conflicts of the search, which depend on no clock (default %(default)s)",
    )
    parser.add_argument(
        "--test-clock", action="store_true", default=bool(environ.get("CPQ_TEST_CLOCK")), help="let clients move time"
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
        test_clock=options.test_clock,
        tax_hook=options.tax_hook,
        tax_seconds=options.tax_seconds,
        search_seconds=float(options.search_seconds),
        search_conflicts=int(options.search_conflicts),
        cache=_cache(options.cache, environ),
    )


def _cache(given: str | None, environ: Mapping[str, str]) -> Path | None:
    if given == "none":
        return None
    return user_cache(environ if given is None else {"CPQ_CACHE": given})
