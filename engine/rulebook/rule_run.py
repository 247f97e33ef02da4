"""Runs the tests of a rule book through the one pipeline and says what differs, at the expectation's place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from engine.configuration.products import SOFT
from engine.diagnostics import Diagnostic, Refusal, did_you_mean
from engine.pricing.request import TaxState
from engine.pricing.settings import TaxSource
from engine.quotes.evaluation import Parts, PricedQuote, evaluate
from engine.quotes.ramp import as_asked
from engine.quotes.request import QuoteRequest
from engine.rulebook.book import RuleBook
from engine.rulebook.codes import finding
from engine.rulebook.line_attributes import read_attributes
from engine.rulebook.outcome import Observed, observe, rule_names, why
from engine.rulebook.rule_test import Expected, RuleTest


@dataclass(frozen=True, slots=True)
class RuleTestResult:
    """A test with what did not hold; no findings: it holds.

    ``rules`` are those at work in it: discounts that gave something, constraints that were broken, approval rows that
    matched.
    """

    test: RuleTest
    findings: tuple[Diagnostic, ...]
    rules: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether everything expected came out."""
        return not self.findings


def run_tests(book: RuleBook, parts: Parts) -> tuple[RuleTestResult, ...]:
    """Run every test of the book; ``parts`` are those of ``parts_of(book)``."""
    names = _names(book, parts)
    return tuple(_run(each, parts, names) for each in book.tests)


def _names(book: RuleBook, parts: Parts) -> Mapping[str, Collection[str]]:
    """What expectations may name, by the last word of their path."""
    return {
        "applied": {str(each.id) for each in parts.plan.sources},
        "approvals": {f"{chain.id}/{level.id}" for chain in book.chains for level in chain.levels},
        "gifts": set(book.catalog.products),
        "violations": {each.id for rules in book.constraints.values() for each in rules},
    }


def findings_of(results: tuple[RuleTestResult, ...]) -> tuple[Diagnostic, ...]:
    """What does not hold, over all tests."""
    return tuple(found for each in results for found in each.findings)


def untested_rules(book: RuleBook, results: tuple[RuleTestResult, ...]) -> tuple[str, ...]:
    """Rules that no test sees at work, in the author's order: discounts, then constraints, then approval rows."""
    fired = {rule for each in results for rule in each.rules}
    hard = (rule for rules in book.constraints.values() for rule in rules if rule.kind not in SOFT)
    known = (*(str(each.id) for each in book.pricing.rules), *(each.id for each in hard))
    return tuple(
        each for each in dict.fromkeys((*known, *(row.id for row in book.approval_policies))) if each not in fired
    )


def _run(test: RuleTest, parts: Parts, names: Mapping[str, Collection[str]]) -> RuleTestResult:
    outcome = answer_to(test.request, parts)
    if isinstance(outcome, Refusal):
        outcome = Refusal(as_asked(outcome.faults, test.asked, test.request.lines))
    rules = _at_work(outcome, parts) if isinstance(outcome, PricedQuote) else ()
    return RuleTestResult(test, tuple(_findings(test, outcome, parts, names)), rules)


def answer_to(asked: QuoteRequest, parts: Parts) -> PricedQuote | Refusal:
    """What a caller who asks for this would be answered."""
    request = _before_tax(asked, parts)
    read = read_attributes(request.lines, parts.catalog)
    found = evaluate(replace(request, lines=read.lines), parts)
    if not read.faults:
        return found
    return Refusal((*read.faults, *(found.faults if isinstance(found, Refusal) else ())))


def _before_tax(request: QuoteRequest, parts: Parts) -> QuoteRequest:
    """A request of a book whose tax rates are answered elsewhere: what it tests are prices before tax."""
    tax = parts.plan.rules.tax
    hooked = tax is not None and tax.source is TaxSource.HOOK
    return replace(request, tax_state=TaxState.OPEN) if hooked else request


def _at_work(quote: PricedQuote, parts: Parts) -> tuple[str, ...]:
    broken = (each.rule for each in quote.findings if each.rule)
    asked = (reason for chain in quote.route.chains for level in chain.levels for reason in level.reasons)
    matched = (each.policy for each in (*asked, *quote.route.auto_approved))
    return (*rule_names(quote.priced.applied, parts.plan), *broken, *matched)


def _findings(
    test: RuleTest, outcome: PricedQuote | Refusal, parts: Parts, names: Mapping[str, Collection[str]]
) -> Iterator[Diagnostic]:
    if isinstance(outcome, Refusal) and all(each.path != "refused" for each in test.expected):
        faults = "; ".join(str(each) for each in outcome.faults)
        message = f"`{test.name}`: the request was refused: {faults}"
        yield finding("TST501", message, test.span, "correct the request, or expect it under `refused`")
        return
    for each in test.expected:
        try:
            found = observe(outcome, each.path, parts.plan)
        except LookupError as problem:
            yield finding("TST501", f"`{test.name}`: {problem.args[0]}", each.span, "")
            continue
        if not _equal(each, found):
            name = each.path.rpartition("/")[2]
            wanted = _said(each.values if each.many else each.values[0])
            reason = why(outcome, each) if isinstance(outcome, PricedQuote) else ""
            message = f"`{test.name}`: `{name}` is {_said(found)}, not {wanted}{f': {reason}' if reason else ''}"
            hint = (
                _meant(each, found, names.get(name, ())) or "correct the rules, or the expected value with its reason"
            )
            yield finding("TST501", message, each.span, hint)


def _meant(expected: Expected, found: Observed, names: Collection[str]) -> str:
    """The names that come near to those that are expected and that the book does not have."""
    seen = found if isinstance(found, tuple) else ()
    unknown = [each for each in expected.values if each not in names and each not in seen] if names else []
    return "; ".join(filter(None, (did_you_mean(each, names) for each in unknown)))


def _equal(expected: Expected, found: Observed) -> bool:
    if isinstance(found, tuple):
        return sorted(expected.values) == sorted(found)
    if found is None or expected.many:
        return False
    try:
        return Decimal(expected.values[0]) == Decimal(found)
    except InvalidOperation:
        return expected.values[0] == found


def _said(value: Observed) -> str:
    if value is None:
        return "unknown"
    return f"[{', '.join(value)}]" if isinstance(value, tuple) else value
