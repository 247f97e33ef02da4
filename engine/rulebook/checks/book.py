"""All checks over a whole book."""

from __future__ import annotations

from collections.abc import Iterable, Set

from engine.rulebook.book import RuleBook
from engine.rulebook.checks.bundle_prices import bundle_price_findings
from engine.rulebook.checks.configuration import configuration_findings
from engine.rulebook.checks.coverage import coverage_findings
from engine.rulebook.checks.impossible import impossible_rules
from engine.rulebook.checks.known_values import unknown_values
from engine.rulebook.checks.overlap import overlapping_rows
from engine.rulebook.checks.pricing import pricing_findings
from engine.rulebook.checks.small_percents import small_percents
from engine.rulebook.nodes import Report
from engine.rulebook.table import Table


def check_book(book: RuleBook, tables: Iterable[Table], unreadable: Set[str], report: Report) -> None:
    """Report what no file alone shows: overlapping rows, missing prices, circles, contradictions, dead options."""
    for table in tables:
        report.add(*overlapping_rows(table))
    report.add(*pricing_findings(book, unreadable))
    report.add(*bundle_price_findings(book))
    report.add(*unknown_values(book))
    report.add(*impossible_rules(book))
    report.add(*small_percents(book))
    report.add(*coverage_findings(book))
    report.add(*configuration_findings(book.products, book.seasons))
