"""Words in conditions that no line can have: products, families and categories that the catalog does not hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from engine.diagnostics import Diagnostic, Span, did_you_mean
from engine.language import Checked
from engine.language.scope import MeaningKind
from engine.language.tree import (
    Comparison,
    ComparisonOp,
    Expression,
    In,
    ListLiteral,
    Name,
    OperatorTest,
    Path,
    Subject,
    TextLiteral,
    walk,
)
from engine.language.types import ContextType, ListType, Type
from engine.pricing.plan import BundlePrice, ContractedPrice, Guard, Match, Narrowness, PriceEntry
from engine.rulebook.book import RuleBook
from engine.rulebook.codes import warning

_EQUALITY = (ComparisonOp.EQUAL, ComparisonOp.UNEQUAL)
_MATCHED = {Narrowness.SKU: "sku", Narrowness.FAMILY: "family", Narrowness.CATEGORY: "category"}
Known = Mapping[str, Collection[str]]


def unknown_values(book: RuleBook) -> Iterator[Diagnostic]:
    """A warning for each text that is compared with a SKU, family or category of a line and is none of the book's."""
    products = book.catalog.products.values()
    known: Known = {
        "sku": book.catalog.products.keys(),
        "family": {"", *(each.family for each in products)},
        "category": {"", *(each.category for each in products), *book.catalog.attributes},
    }
    told: set[tuple[str, int, int]] = set()
    for checked in _conditions(book):
        if any(read.endswith(tuple(known)) for read in checked.reads):
            for name, text in _compared(checked):
                place = _place(checked, text)
                key = (place.path, place.line, place.column)
                if text.value not in known[name] and key not in told:
                    told.add(key)
                    yield _unknown(name, text.value, known[name], place)
    for match, place in _matches(book):
        name = _MATCHED.get(match.by, "")
        if name in ("family", "category") and match.value not in known[name]:
            yield _unknown(name, match.value, known[name], place)


def _unknown(name: str, value: str, known: Collection[str], place: Span) -> Diagnostic:
    what = {"sku": "product", "family": "family", "category": "category"}[name]
    hint = did_you_mean(value, known) or f"correct it, or give the {what} to the catalog"
    return warning("CAT009", f"the book has no {what} `{value}`", place, hint)


def _conditions(book: RuleBook) -> Iterator[Checked]:
    """The conditions of everything that acts on prices and approvals, in the author's order."""
    pricing = book.pricing
    priced = chain[PriceEntry | ContractedPrice | BundlePrice | Guard](
        pricing.entries, pricing.contracted, pricing.bundle_prices, pricing.guards
    )
    for each in priced:
        yield from each.when
    for use in pricing.models:
        yield from use.pool_where
    for share in pricing.percent_of:
        yield from share.of
    for rule in pricing.rules:
        yield from (*rule.when, *rule.target)
    for policy in book.approval_policies:
        yield from policy.conditions


def _matches(book: RuleBook) -> Iterator[tuple[Match, Span]]:
    """What prices are for, each once."""
    seen: set[Match] = set()
    for each in chain[PriceEntry | ContractedPrice](book.pricing.entries, book.pricing.contracted):
        if each.match not in seen:
            seen.add(each.match)
            yield each.match, each.span


def _compared(checked: Checked) -> Iterator[tuple[str, TextLiteral]]:
    """The texts that a condition compares with something known of a line, each with the name of that."""
    for node in walk(checked.tree):
        match node:
            case Comparison(op=op, left=left, right=right) if op in _EQUALITY:
                for subject, other in ((left, right), (right, left)):
                    yield from _named(checked, subject, (other,))
            case In(value=value, tests=tests):
                yield from _named(checked, value, tests)
            case _:
                pass


def _named(checked: Checked, subject: Expression, tests: tuple[Expression, ...]) -> Iterator[tuple[str, TextLiteral]]:
    name = _attribute(checked, subject)
    if name in ("sku", "family", "category"):
        yield from ((name, text) for text in _texts(tests))


def _attribute(checked: Checked, node: Expression) -> str:
    """The attribute of a line that an expression reads, or nothing."""
    match node:
        case Subject() if checked.subject is not None and not isinstance(checked.subject, Subject):
            return _attribute(checked, checked.subject)
        case Path(source=source, name=name) if _is_line(checked.type_of(source)):
            return name
        case Name(name=name):
            meaning = checked.meaning_of(node)
            return name if meaning is not None and meaning.kind is MeaningKind.FIELD else ""
        case _:
            return ""


def _is_line(kind: Type) -> bool:
    inner = kind.item if isinstance(kind, ListType) else kind
    return isinstance(inner, ContextType) and inner.name == "line"


def _texts(tests: tuple[Expression, ...]) -> Iterator[TextLiteral]:
    for test in tests:
        match test:
            case TextLiteral():
                yield test
            case ListLiteral(items=items):
                yield from _texts(items)
            case OperatorTest(op=op, operand=operand) if op in _EQUALITY:
                yield from _texts((operand,))


def _place(checked: Checked, text: TextLiteral) -> Span:
    """Where a text stands in its file."""
    return checked.origin.span(checked.text, text.start, text.end)
