"""Checks over all prices and discounts: missing prices, percents in a circle, ended promotions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from decimal import Decimal

from engine.catalog import ChargeKind, Product, Value
from engine.diagnostics import Diagnostic, Span, did_you_mean
from engine.language import Checked, EvaluationFault, compile_all
from engine.language.types import ContextType
from engine.pricing import codes
from engine.pricing.atoms import OneOf, split
from engine.pricing.effects import Gift
from engine.pricing.models import states_prices
from engine.pricing.plan import Level, Narrowness, PercentOfTotal, PriceEntry
from engine.pricing.verify import findings_in
from engine.rulebook.book import RuleBook
from engine.rulebook.codes import finding, warning

# Reported by the loaders, at the very cell.
_OURS = frozenset((codes.PRICE_CLIFF, codes.UNKNOWN_RULE))
MOST_LISTED = 20


def pricing_findings(book: RuleBook, unreadable: Set[str]) -> Iterator[Diagnostic]:
    """Everything that can be wrong with the prices as a whole; ``unreadable`` are SKUs with a faulty list price."""
    yield from (each for each in findings_in(book.pricing) if each.code not in _OURS)
    yield from _missing_prices(book, unreadable)
    yield from _percent_circles(book)
    yield from _on_percents_alone(book)
    yield from _bounds_of_nothing(book)
    yield from _agreed_beside_usage(book)
    yield from _ended(book)
    yield from _unknown_units(book)


def _missing_prices(book: RuleBook, unreadable: Set[str]) -> Iterator[Diagnostic]:
    """Every product that is sold needs a price in every currency of the book."""
    modelled = {(each.sku, each.currency) for each in book.pricing.models}
    percents = {each.sku for each in book.pricing.percent_of} | unreadable
    priced = _Priced(book.pricing.entries)
    sources = {each.target: each.source for each in book.pricing.exchange_rates}
    told = 0
    for product in book.catalog.products.values():
        if product.discontinued or product.sku in percents:
            continue
        for currency in book.currencies:
            wanted = (currency, sources.get(currency, currency))
            if any((product.sku, each) in modelled or priced.has(product, each) for each in wanted):
                continue
            told += 1
            if told > MOST_LISTED:
                return
            message = f"`{product.sku}` has no price in {currency}"
            hint = f"add a price in {currency}, or write `discontinued: true`"
            yield _by_weight(product, message, hint)


def _unknown_units(book: RuleBook) -> Iterator[Diagnostic]:
    """A price for a unit that the product (or any, where the price is for many) is not sold in never holds."""
    products = book.catalog.products.values()
    every = {unit for product in products for unit in (product.unit, *product.units)}
    for entry in book.pricing.entries:
        if not entry.unit:
            continue
        product = book.catalog.product(entry.match.value) if entry.match.by is Narrowness.SKU else None
        known = every if product is None else {product.unit, *product.units}
        if entry.unit not in known:
            what = f"`{product.sku}` is not sold" if product is not None else "no product is sold"
            hint = did_you_mean(entry.unit, known) or "declare it under `units` of the product"
            yield finding("PRC211", f"{what} in `{entry.unit}`", entry.span, hint)


def _by_weight(product: Product, message: str, hint: str) -> Diagnostic:
    """A product that is charged for cannot be without a price; usage may be priced by contract alone."""
    place = product.span or Span("")
    if product.charge.kind is ChargeKind.USAGE:
        return warning("PRC201", message, place, hint)
    return finding("PRC201", message, place, hint)


class _Priced:
    """Which products have a list price in which currency from some entry."""

    def __init__(self, entries: tuple[PriceEntry, ...]) -> None:
        self.by_match: dict[tuple[Narrowness, str], set[str]] = {}
        for each in entries:
            if each.unit:
                continue  # a price for the box is none for a piece
            self.by_match.setdefault((each.match.by, each.match.value), set()).add(each.currency)

    def has(self, product: Product, currency: str) -> bool:
        """Whether an entry for it, its family, its category or anything names the currency or any."""
        keys = (
            (Narrowness.SKU, product.sku),
            (Narrowness.PRODUCT, product.sku),
            (Narrowness.FAMILY, product.family),
            (Narrowness.CATEGORY, product.category),
            (Narrowness.ANYTHING, ""),
        )
        return any({currency, ""} & self.by_match.get(key, set()) for key in keys)


def _percent_circles(book: RuleBook) -> Iterator[Diagnostic]:
    """Percent-of-total products that count each other, found by asking each condition about the other product."""
    percents = book.pricing.percent_of
    counted = {each.sku: _counted(each, percents, book) for each in percents}
    for start in percents:
        path = _circle(start.sku, counted)
        if path and start.sku == min(path):
            shown = " → ".join(f"`{each}`" for each in (*path, path[0]))
            message = f"percent-of-total products count each other: {shown}"
            yield finding("PRC207", message, start.span, "leave one of them out of the `of` of the other")


def _counted(one: PercentOfTotal, percents: tuple[PercentOfTotal, ...], book: RuleBook) -> tuple[str, ...]:
    others = [each.sku for each in percents if each.sku != one.sku]
    products = {sku: book.catalog.product(sku) for sku in others}
    return tuple(sku for sku, product in products.items() if product is not None and _may_count(one.of, product))


def _may_count(conditions: tuple[Checked, ...], product: Product) -> bool:
    """Whether a line of the product could take part; what only a quote can tell counts as possible."""
    for checked, holds in zip(conditions, compile_all(conditions), strict=True):
        try:
            roots = [_sample(name, kind, product) for name, kind in checked.scope.roots.items()]
            if holds(*roots) is False:
                return False
        except (EvaluationFault, KeyError, TypeError):
            continue
    return True


def _sample(name: str, kind: object, product: Product) -> Value:
    if name != "line" or not isinstance(kind, ContextType):
        return () if name == "lines" else {}
    own: dict[str, Value] = {
        "sku": product.sku,
        "name": product.name,
        "product": product.sku,
        "category": product.category,
        "family": product.family,
        "unit_of_measure": product.unit,
        "item": product.attributes,
        "qty": Decimal(1),
        "discountable": product.discountable,
        "charge": product.charge.kind.value,
    }
    return own


def _on_percents_alone(book: RuleBook) -> Iterator[Diagnostic]:
    """Line rules for nothing but products that are a percent of others, on which no line rule acts."""
    percents = {each.sku for each in book.pricing.percent_of}
    if not percents:
        return
    lines = {each.id for each in book.pricing.groups if each.level is Level.LINE}
    for rule in book.pricing.rules:
        named = _named(rule.when, book) if rule.group in lines else frozenset()
        if named and named <= percents:
            shown = ", ".join(f"`{each}`" for each in sorted(named))
            message = f"`{rule.id}` is for {shown} alone, a percent of other lines, on which no line rule acts"
            hint = "write it into the `percent` of the product as a formula, or as an order discount `for:` its lines"
            yield warning("PRC216", message, rule.span, hint)


def _bounds_of_nothing(book: RuleBook) -> Iterator[Diagnostic]:
    """Bounds that would never be reached: of money on gifts, which take none off, of a line's units on the order."""
    on_order = {each.id for each in book.pricing.groups if each.level is Level.ORDER}
    for rule in book.pricing.rules:
        if any(isinstance(each, Gift) for each in rule.effects.values()):
            bounds = {"budget": rule.usage.budgets, "limit": rule.limit.amounts}
            for key in (key for key, bound in bounds.items() if bound):
                message = f"`{rule.id}` adds a line and takes no money off, so that its `{key}` would never be reached"
                yield finding("PRC219", message, rule.span, "bound how often it is given, with `uses`")
        if rule.group in on_order and rule.limit.units_max is not None:
            message = f"`{rule.id}` is about the order, and `units_max` bounds the units of a line"
            hint = "write the units into `give`, such as `10 % off units(cheapest 2)`"
            yield finding("PRC219", message, rule.span, hint)


def _agreed_beside_usage(book: RuleBook) -> Iterator[Diagnostic]:
    """Agreed prices of what is billed by the model of its usage: they do not act there, and agreed percents do."""
    stating = {each.sku for each in book.pricing.models if states_prices(each.model)}
    for contract in book.pricing.contracted:
        match = contract.match
        for product in book.catalog.products.values() if contract.price is not None else ():
            own = {Narrowness.SKU: product.sku, Narrowness.FAMILY: product.family}.get(match.by, match.value)
            if product.charge.kind is ChargeKind.USAGE and product.sku in stating and own == match.value:
                message = f"`{contract.id}` agrees on a price of `{product.sku}`, which its price model bills"
                hint = "agree on a `percent_off`, which the bills keep"
                yield warning("PRC220", message, contract.span, hint)


def _named(conditions: tuple[Checked, ...], book: RuleBook) -> Set[str]:
    """The products that conditions name by SKU, family or category; nothing when they name none."""
    found: Set[str] | None = None
    for atom in (atom for condition in conditions for atom in split(condition).atoms):
        if isinstance(atom, OneOf) and atom.key in _OF_PRODUCT:
            read = _OF_PRODUCT[atom.key]
            named = {sku for sku, product in book.catalog.products.items() if read(product) in atom.values}
            found = named if found is None else found & named
    return found or frozenset()


_OF_PRODUCT: Mapping[tuple[str, ...], Callable[[Product], str]] = {
    ("line", "sku"): lambda product: str(product.sku),
    ("line", "family"): lambda product: product.family,
    ("line", "category"): lambda product: product.category,
}


def _circle(start: str, counted: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A circle through ``start``, or nothing; depth first, in the author's order."""
    stack: list[tuple[str, ...]] = [(start,)]
    while stack:
        path = stack.pop()
        for each in counted.get(path[-1], ()):
            if each == start:
                return path
            if each not in path:
                stack.append((*path, each))
    return ()


def _ended(book: RuleBook) -> Iterator[Diagnostic]:
    """Rules whose days end before the book's begin, or begin after the book's end."""
    for rule in book.pricing.rules:
        over = (
            rule.window.end is not None and book.effective_from is not None and rule.window.end <= book.effective_from
        )
        early = (
            rule.window.start is not None
            and book.effective_until is not None
            and rule.window.start >= book.effective_until
        )
        empty = rule.window.start is not None and rule.window.end is not None and rule.window.end <= rule.window.start
        if (over or early) and not empty:
            what = f"ended on {rule.window.end}" if over else f"begins on {rule.window.start}"
            when = f"the book holds from {book.effective_from}" if over else f"the book ends on {book.effective_until}"
            message = f"`{rule.id}` {what}, and {when}"
            yield warning("DSC204", message, rule.span, "remove it or move its days")
