"""Words in conditions and formulas that nothing can have: products, families, slots, price books the book lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from engine.catalog import Bundle, Catalog, Sku
from engine.configuration.products import Constraint
from engine.diagnostics import Diagnostic, Span, did_you_mean
from engine.language import Checked
from engine.pricing.expressions import expressions_of
from engine.pricing.plan import ContractedPrice, Match, Narrowness, PriceEntry
from engine.rulebook.book import RuleBook
from engine.rulebook.codes import warning
from engine.rulebook.compared import Known, misnamed, place_of

_MATCHED = {Narrowness.SKU: "sku", Narrowness.FAMILY: "family", Narrowness.CATEGORY: "category"}
_WHAT = {"sku": "product", "product": "product", "unit_of_measure": "unit", "price_book": "price book"}


def unknown_values(book: RuleBook) -> Iterator[Diagnostic]:
    """A warning for each text that is compared with something that is never so: the test always comes out the same."""
    known = _of_lines(book)
    told: set[tuple[Span, str]] = set()
    for checked in chain(expressions_of(book.pricing), *(each.conditions for each in book.approval_policies)):
        yield from _told_once(checked, known, told)
    for sku, constraints in book.constraints.items():
        bundle = book.catalog.bundle(sku)
        slots = {} if bundle is None else _of_slots(bundle, book.catalog)
        for checked in chain.from_iterable(map(_of_constraint, constraints)):
            yield from _told_once(checked, slots, told)
    for match, place in _matches(book):
        name = _MATCHED.get(match.by, "")
        if name in ("family", "category") and match.value not in known["line"][name]:
            yield _unknown("line", name, match.value, known, place)


def _told_once(checked: Checked, known: Known, told: set[tuple[Span, str]]) -> Iterator[Diagnostic]:
    for record, name, text in misnamed(checked, known):
        place = place_of(checked, text)
        if (place, text.value) not in told:  # one cell of a spreadsheet may hold several
            told.add((place, text.value))
            yield _unknown(record, name, text.value, known, place)


def _unknown(record: str, name: str, value: str, known: Known, place: Span) -> Diagnostic:
    what, words = _WHAT.get(name, name), known[record][name]
    if record in ("line", "quote"):
        hint = did_you_mean(value, words) or f"correct it, or give the {what} to the book"
        return warning("CAT009", f"the book has no {what} `{value}`", place, hint)
    hint = did_you_mean(value, words) or "correct it, or let the slot take it"
    return warning("CAT009", f"the slot `{record}` takes no {what} `{value}`", place, hint)


def _of_lines(book: RuleBook) -> Known:
    """What conditions about lines and quotes can meet."""
    products = book.catalog.products.values()
    units = {unit for each in products for unit in (each.unit, *each.units)}
    return {
        "line": {
            "sku": book.catalog.products.keys(),
            "product": book.catalog.products.keys(),
            "family": {"", *(each.family for each in products)},
            "category": {"", *(each.category for each in products), *book.catalog.attributes},
            "bundle": {"", *book.catalog.bundles},
            "unit_of_measure": units,
        },
        "quote": {
            "price_book": {
                "",
                *(each.book for each in book.pricing.entries),
                *(each.id for each in book.pricing.price_books),
            },
            "currency": book.currencies,
        },
    }


def _of_slots(bundle: Bundle, catalog: Catalog) -> Known:
    """What the slots of a bundle, and of the bundles inside it, can hold; slots of one name hold what either does."""
    found: dict[str, dict[str, set[str]]] = {}
    waiting, seen = [bundle], set[Sku]()
    while waiting:
        each = waiting.pop()
        if each.sku in seen:
            continue
        seen.add(each.sku)
        for group in each.groups:
            products = [catalog.products[sku] for sku in group.candidates]
            words = found.setdefault(group.id, {"sku": set(), "family": set(), "category": set()})
            words["sku"].update(product.sku for product in products)
            words["family"].update(product.family for product in products)
            words["category"].update(product.category for product in products)
            nested = catalog.bundle(group.bundle) if group.bundle else None
            waiting += [nested] if nested is not None else []
    return found


def _of_constraint(constraint: Constraint) -> Iterable[Checked]:
    single = (each for each in (constraint.when, constraint.body) if each is not None)
    return chain(single, *constraint.rows)


def _matches(book: RuleBook) -> Iterator[tuple[Match, Span]]:
    """What prices are for, each once."""
    seen: set[Match] = set()
    for each in chain[PriceEntry | ContractedPrice](book.pricing.entries, book.pricing.contracted):
        if each.match not in seen:
            seen.add(each.match)
            yield each.match, each.span
