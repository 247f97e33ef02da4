"""What an id of a rule book names where it names no rule, and where to ask about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from engine.rulebook.book import RuleBook

NAMED_MOST = 4


class Kind(NamedTuple):
    """What an id is, with its article, and where to ask about it."""

    what: str
    hint: str


def kind_in_book(book: RuleBook, name: str) -> Kind | None:
    """What an id names; None when it stands nowhere in the book."""
    return next((kind for known, kind in _kinds(book) if known == name), None)


def _kinds(book: RuleBook) -> Iterator[tuple[str, Kind]]:
    yield from _groups(book)
    yield from _approvals(book)
    yield from _configured(book)
    yield from _terms(book)
    for product in book.catalog.products:
        yield str(product), Kind("a product", "name a line of it, and the id of a rule here")
    for price_book in dict.fromkeys((*(each.book for each in book.pricing.entries), *_named_books(book))):
        if price_book:
            entries = _some(str(each.id) for each in book.pricing.entries if each.book == price_book)
            yield price_book, Kind("a price book", f"ask about one of its prices{entries}")
    for table in book.tables:
        yield table, Kind("a decision table", "ask about a rule that calls it: its answer tells what that read")
    for rate in book.pricing.tax.rates if book.pricing.tax is not None else ():
        yield rate.code, Kind("a tax code", "the lines of a priced quote tell their tax")
    for test in book.tests:
        yield test.name, Kind("a test of the rules", "`cpq rules test` says whether it holds")


def _named_books(book: RuleBook) -> Iterator[str]:
    return (each.id for each in book.pricing.price_books)


def _groups(book: RuleBook) -> Iterator[tuple[str, Kind]]:
    for group in book.pricing.groups:
        members = _some(str(each.id) for each in book.pricing.rules if each.group == group.id)
        yield group.id, Kind("a group of discount rules", f"ask about one of them{members}")


def _approvals(book: RuleBook) -> Iterator[tuple[str, Kind]]:
    for chain in book.chains:
        rows = _some(each.id for each in book.approval_policies if each.chain == chain.id)
        yield chain.id, Kind("an approval chain", f"ask about one of its rules{rows}")
        for level in chain.levels:
            asking = [each for each in book.approval_policies if (each.chain, each.level) == (chain.id, level.id)]
            hint = f"ask about a rule that calls it{_some(each.id for each in asking)}"
            yield level.id, Kind(f"a level of the approval chain `{chain.id}`", hint)


def _terms(book: RuleBook) -> Iterator[tuple[str, Kind]]:
    for policy in book.terms.revenue.policies:
        yield policy, Kind("a revenue policy", "`cpq revenue show` tells the schedule of a contract by it")
    for plan in book.terms.fulfilment.values():
        hint = "`cpq order show` tells the tasks of an order"
        yield plan.id, Kind("a fulfilment plan", hint)
        for step in plan.steps:
            yield step.id, Kind(f"a task of the fulfilment plan `{plan.id}`", hint)


def _configured(book: RuleBook) -> Iterator[tuple[str, Kind]]:
    for sku, constraints in book.constraints.items():
        for constraint in constraints:
            hint = f"ExplainChoice, and `cpq explain {sku}`, say which choices it forbids"
            yield constraint.id, Kind(f"a constraint of the bundle `{sku}`", hint)
    for sku, bundle in book.catalog.bundles.items():
        for slot in bundle.groups:
            hint = f"ListOptions, and `cpq configure {sku}`, say what it takes"
            yield slot.id, Kind(f"an option group of the bundle `{sku}`", hint)
        for attribute in bundle.attributes:
            yield attribute.name, Kind(f"an attribute of the bundle `{sku}`", "ask about a rule that reads it")
    for category, attributes in book.catalog.attributes.items():
        for name in attributes:
            yield name, Kind(f"an attribute of the category `{category}`", "ask about a rule that reads it")


def _some(names: Iterable[str]) -> str:
    """A few of some ids, as the end of a sentence."""
    found = list(names)
    more = f" and {len(found) - NAMED_MOST} more" if len(found) > NAMED_MOST else ""
    return f": {', '.join(f'`{each}`' for each in found[:NAMED_MOST])}{more}" if found else ""
