"""The two scopes of price and discount rules, and how their formulas become operands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.catalog import Catalog
from engine.diagnostics import Span, did_you_mean
from engine.language import Checked, Scope
from engine.language.types import NUMBER, TEXT, ContextType, MoneyType, Type, optional
from engine.pricing.effects import Operand
from engine.pricing.plan import Match, Narrowness
from engine.pricing.scope import line_roots, order_roots
from engine.quotes.facts import LINE_TYPES, QUOTE_TYPES
from engine.rulebook import values
from engine.rulebook.book import Declared
from engine.rulebook.codes import finding
from engine.rulebook.decision_table import NamedTable
from engine.rulebook.loading.checked import check_condition, check_formula
from engine.rulebook.nodes import Node, RecordNode, Report, Scalar
from engine.rulebook.reader import Read
from engine.rulebook.values import Unreadable

PRODUCT_FACTS: dict[str, Type] = {
    "name": TEXT,
    "product": TEXT,
    "category": TEXT,
    "family": TEXT,
    "unit_of_measure": TEXT,
}


def item_type(catalog: Catalog) -> ContextType:
    """What rules read as ``line.item.…``: every attribute of the catalog; it is unknown on products without it."""
    found: dict[str, Type] = {}
    for attributes in catalog.attributes.values():
        for name, definition in attributes.items():
            found.setdefault(name, optional(definition.type))
    for bundle in catalog.bundles.values():
        for definition in bundle.attributes:
            found.setdefault(definition.name, optional(definition.type))
    return ContextType(found, "item")


@dataclass(frozen=True, slots=True)
class PricingScope:
    """Scopes of line rules, order rules and approvals, with what formulas are checked against and where faults go."""

    line: Scope
    order: Scope
    approval: Scope
    catalog: Catalog
    currencies: tuple[str, ...]
    report: Report

    @property
    def default_currency(self) -> str:
        """The currency of amounts written without one."""
        return self.currencies[0]


def pricing_scope(
    catalog: Catalog,
    declared: Declared,
    currencies: tuple[str, ...],
    report: Report,
    tables: Mapping[str, NamedTable],
) -> PricingScope:
    """Make the scopes of a book; formulas in all of them may call its decision tables."""
    functions = {name: each.function for name, each in tables.items()}
    line: dict[str, Type] = {**PRODUCT_FACTS, "item": item_type(catalog)}
    roots = order_roots({**line, **LINE_TYPES}, {**declared.quote, **QUOTE_TYPES}, declared.customer)
    return PricingScope(
        Scope(line_roots(line, declared.quote, declared.customer), functions),
        Scope(order_roots(line, declared.quote, declared.customer), functions),
        Scope(roots, functions),
        catalog,
        currencies,
        report,
    )


def operand(text: Scalar, scope: Scope, report: Report, expected: Type = NUMBER) -> Operand | None:
    """A constant, or a checked formula; None after reporting its faults."""
    try:
        return values.number(text.text)
    except Unreadable:
        return check_formula(text, scope, report, expected)


def money_operand(text: Scalar, scope: Scope, report: Report) -> Operand | None:
    """A constant amount, or a checked formula that gives money."""
    return operand(text, scope, report, MoneyType())


def conditions(read: Read, name: str, scope: Scope, report: Report) -> tuple[Checked, ...] | None:
    """The condition under a key as a tuple: empty when there is none, None after reporting its faults."""
    text = read.scalar(name)
    if text is None:
        return ()
    checked = check_condition(text, scope, report)
    return (checked,) if checked is not None else None


def by_currency(node: Node | None, scope: PricingScope) -> list[tuple[str, Scalar]]:
    """What is written for each currency; a lone text is in the book's own."""
    if isinstance(node, Scalar):
        return [(scope.default_currency, node)]
    if not isinstance(node, RecordNode):
        return []
    found = []
    for each in node.entries:
        if each.key.text not in scope.currencies:
            message = f"the book has no currency `{each.key.text}`"
            hint = did_you_mean(each.key.text, scope.currencies) or "add it to `currencies` in book.yaml"
            scope.report.add(finding("PRC209", message, each.key.span, hint))
        elif isinstance(each.value, Scalar):
            found.append((each.key.text, each.value))
    return found


def amount_in(amounts: dict[str, Decimal], currency: str, what: str, place: Span, report: Report) -> Decimal | None:
    """The amount in one currency; a missing one is reported, since a tier without price would be free."""
    if currency in amounts:
        return amounts[currency]
    report.add(finding("PRC201", f"{what} has no price in {currency}", place, f"add `{currency}: …`"))
    return None


def match_of(read: Read, scope: PricingScope) -> Match | None:
    """What a price is for, from the keys ``sku``, ``family`` and ``category``; None after reporting an unknown SKU."""
    sku = read.scalar("sku")
    if sku is not None:
        return Match(Narrowness.SKU, sku.text) if known_sku(sku, scope) else None
    if read.has("family"):
        return Match(Narrowness.FAMILY, read.text("family"))
    if read.has("category"):
        return Match(Narrowness.CATEGORY, read.text("category"))
    return Match()


def known_sku(sku: Scalar, scope: PricingScope) -> bool:
    """Whether the catalog has the product; an unknown one is reported with the nearest name."""
    if scope.catalog.product(sku.text) is not None:
        return True
    hint = did_you_mean(sku.text, scope.catalog.products)
    scope.report.add(finding("CAT001", f"the product `{sku.text}` is not known", sku.span, hint))
    return False
