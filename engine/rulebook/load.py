"""From files in memory to one frozen rule book, or to every finding in them."""

from __future__ import annotations

from collections.abc import Mapping

from engine.diagnostics import Diagnostic, Severity, Span, sorted_findings
from engine.pricing.plan import PricingRules
from engine.rulebook.book import Loaded, RuleBook
from engine.rulebook.checks import check_book
from engine.rulebook.checks.configuration import compile_bundles
from engine.rulebook.codes import finding
from engine.rulebook.decision_table import NamedTable
from engine.rulebook.follow_ons import without_follow_ons
from engine.rulebook.loading.approvals import read_approvals
from engine.rulebook.loading.book_head import BookHead, read_head
from engine.rulebook.loading.catalog import read_catalog
from engine.rulebook.loading.constraints import read_constraints
from engine.rulebook.loading.decision_tables import read_tables
from engine.rulebook.loading.discounts import Discounts, read_discounts
from engine.rulebook.loading.prices import Prices, read_prices
from engine.rulebook.loading.pricing_scope import pricing_scope
from engine.rulebook.loading.products import Register
from engine.rulebook.loading.rule_tests import read_tests
from engine.rulebook.loading.sources import MOST_FILES, Files, Sources, content_hash
from engine.rulebook.loading.terms import TermsRead, read_terms
from engine.rulebook.nodes import Report


def load(files: Files) -> Loaded:
    """Read, check and freeze a rule book.

    ``files`` maps paths inside the folder to their bytes (spreadsheets come unpacked as ``Workbook``). All findings of
    all files come in one answer, sorted by place; the book is None when one of them is an error.
    """
    report = Report()
    if len(files) > MOST_FILES:
        message = f"the book has {len(files)} files; a book has at most {MOST_FILES}"
        report.add(finding("FIL006", message, Span("book.yaml"), "split the book"))
        return Loaded(None, report.found)
    sources = Sources(files, report)
    head = read_head(sources)
    book = _read(sources, head or _unnamed(), content_hash(files))
    found = sorted_findings(without_follow_ons(report.found, sources))
    usable = head is not None and not any(each.severity is Severity.ERROR for each in report.found)
    return Loaded(book if usable else None, found)


def load_tables(files: Files) -> tuple[Mapping[str, NamedTable], tuple[Diagnostic, ...]]:
    """Read the decision tables of a rule book alone, whatever is wrong with the rest; the findings are theirs."""
    report = Report()
    sources = Sources(files, Report())
    register = Register()
    read_catalog(sources, register)
    sources.report = report
    tables = read_tables(sources, register.words)
    return tables, sorted_findings(report.found)


def _unnamed() -> BookHead:
    """Stands in for a missing or broken ``book.yaml``, so that the other files are checked all the same."""
    empty = Sources({"book.yaml": b"id: unnamed\ntitle: unnamed\ncurrency: EUR\n"}, Report())
    head = read_head(empty)
    assert head is not None, "the stand-in is complete"
    return head


def _read(sources: Sources, head: BookHead, digest: str) -> RuleBook:
    register = Register(head.currencies)
    catalog = read_catalog(sources, register)
    constraints = read_constraints(sources, catalog)
    tables = read_tables(sources, register.words)
    scope = pricing_scope(catalog, head.declared, head.currencies, sources.report, tables)
    prices = read_prices(sources, scope, register)
    discounts = read_discounts(sources, scope)
    chains, policies = read_approvals(sources, scope)
    terms = read_terms(sources, scope)
    tests = read_tests(sources, scope, head.declared)
    sources.report_strays()
    products, seasons = compile_bundles(catalog, constraints, sources.report)
    book = RuleBook(
        id=head.id,
        title=head.title,
        hash=digest,
        default_currency=head.currency,
        currencies=head.currencies,
        time_zone=head.time_zone,
        effective_from=head.effective_from,
        effective_until=head.effective_until,
        catalog=catalog,
        declared=head.declared,
        constraints=constraints,
        products=products,
        seasons=seasons,
        pricing=_pricing(head, prices, discounts, terms),
        chains=chains,
        approval_policies=policies,
        terms=terms.terms,
        tests=tests,
        tables=tables,
        files=tuple(sources.files),
    )
    check_book(book, (*prices.tables, *discounts.tables), register.unreadable, sources.report)
    return book


def _pricing(head: BookHead, prices: Prices, discounts: Discounts, terms: TermsRead) -> PricingRules:
    return PricingRules(
        currency=head.currency,
        entries=tuple(prices.entries),
        contracted=tuple(prices.contracted),
        models=tuple(prices.models),
        percent_of=tuple(prices.percent_of),
        groups=tuple(discounts.groups),
        rules=tuple(discounts.rules),
        bundle_prices=tuple(prices.bundle_prices),
        guards=tuple(prices.guards),
        exchange_rates=tuple(prices.exchange_rates),
        price_books=tuple(prices.price_books),
        rounding=head.rounding,
        tax=terms.tax,
        habits=head.habits,
        part_months=terms.terms.contract.part_months,
        day_count=terms.terms.contract.day_count,
    )
