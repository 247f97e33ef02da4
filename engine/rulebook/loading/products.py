"""Products from YAML records and from product tables, into one register that knows where each was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from types import MappingProxyType

from engine.catalog import (
    ONE_TIME,
    STANDARD_TAX,
    AttributeDef,
    BillingTiming,
    Charge,
    ChargeKind,
    ChargePeriod,
    Product,
    QuantityRule,
    Sku,
    Value,
)
from engine.diagnostics import Span, did_you_mean
from engine.money import EXACT
from engine.rulebook import values
from engine.rulebook.codes import finding
from engine.rulebook.loading.attributes import Words, value_of
from engine.rulebook.nodes import Node, Report, Scalar
from engine.rulebook.reader import Read
from engine.rulebook.values import Unreadable

PERIODS = {each.name.lower(): each for each in ChargePeriod}


@dataclass(frozen=True, slots=True)
class Category:
    """A category: its attributes, and the record that holds its products' defaults."""

    id: str
    title: str
    attributes: Mapping[str, AttributeDef]
    defaults: Read | None = None


NO_CATEGORY = Category("", "", MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class ListPrice:
    """A list price that stands beside its product."""

    sku: str
    currency: str
    amount: Decimal
    span: Span


@dataclass(slots=True)
class Register:
    """What was read of the catalog so far; ``currencies`` are the book's, empty where nobody knows them."""

    currencies: tuple[str, ...] = ()
    words: Words = field(default_factory=Words)
    categories: dict[str, Category] = field(default_factory=dict)
    products: dict[Sku, Product] = field(default_factory=dict)
    list_prices: list[ListPrice] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    """SKUs whose list price was reported already."""

    def add(self, product: Product, report: Report) -> bool:
        """Keep a product and say so; a SKU used twice is reported at the second place and not kept."""
        first = self.products.get(product.sku)
        if first is not None:
            at = f"{first.span.path}:{first.span.line}" if first.span else "before"
            message = f"the SKU `{product.sku}` is used twice, first at {at}"
            report.add(finding("CAT002", message, product.span or Span(""), "give each product its own SKU"))
            return False
        self.products[product.sku] = product
        return True


def category_of(name: Scalar | None, register: Register, report: Report) -> Category | None:
    """The category of that name; None after reporting an unknown one; the empty category when none is named."""
    if name is None:
        return NO_CATEGORY
    found = register.categories.get(name.text)
    if found is None:
        hint = did_you_mean(name.text, register.categories) or "declare it under `categories`"
        report.add(finding("CAT007", f"the category `{name.text}` is not known", name.span, hint))
    return found


def read_product(read: Read, register: Register, report: Report) -> None:
    """Keep the product of a YAML record, with its list prices."""
    category = category_of(read.scalar("category"), register, report)
    if category is None:
        return
    sku = read.scalar("sku")
    assert sku is not None, "the reader requires it"
    given = {name.text: (name, node) for name, node in read.pairs("attributes")}
    attributes = _attributes(given, category, register.words, sku.span, report)
    product = product_of(read, category, attributes, sku)
    _check_quantities(product, report)
    if not register.add(product, report):
        return
    for currency, node in read.pairs("list"):
        if isinstance(node, Scalar):
            price = ListPrice(sku.text, currency.text, values.number(node.text), node.span)
            register.list_prices.append(price)


def product_of(read: Read, category: Category, attributes: Mapping[str, Value], sku: Scalar) -> Product:
    """Build a product from its record and the defaults of its category."""

    def from_either(name: str) -> Read:
        return read if read.has(name) or category.defaults is None else category.defaults

    return Product(
        sku=Sku(sku.text),
        name=read.text("name"),
        category=category.id,
        family=from_either("family").text("family"),
        attributes=MappingProxyType(dict(attributes)),
        charge=charge_of(from_either("charge").one("charge")),
        unit=from_either("unit").text("unit", "each"),
        units=MappingProxyType(amounts(from_either("units"), "units")),
        quantity=_quantity(from_either("quantity").one("quantity")),
        costs=MappingProxyType(amounts(read, "cost")),
        discountable=from_either("discountable").flag("discountable", default=True),
        discontinued=from_either("discontinued").flag("discontinued", default=False),
        tax_code=from_either("tax_code").text("tax_code", STANDARD_TAX),
        recognition=from_either("recognition").text("recognition"),
        fulfilment=from_either("fulfilment").text("fulfilment"),
        span=sku.span,
    )


def amounts(read: Read, name: str) -> dict[str, Decimal]:
    """A map of amounts by currency."""
    return {key.text: values.number(node.text) for key, node in read.pairs(name) if isinstance(node, Scalar)}


def charge_of(read: Read | None) -> Charge:
    """A charge from its record; a recurring one without period is monthly."""
    if read is None:
        return ONE_TIME
    kind = ChargeKind(read.text("kind", "one_time"))
    if kind is ChargeKind.ONE_TIME:
        return ONE_TIME
    timing = BillingTiming.ARREARS if kind is ChargeKind.USAGE else BillingTiming(read.text("timing", "advance"))
    return Charge(kind, PERIODS[read.text("period", "month")], timing, read.text("meter"))


def _check_quantities(product: Product, report: Report) -> None:
    """Quantities and factors must be above zero, and some multiple must lie between the bounds."""
    rule, place = product.quantity, product.span or Span("")
    numbers = {
        "minimum": rule.minimum,
        "multiple": rule.multiple,
        **{f"units.{n}": f for n, f in product.units.items()},
    }
    for name, value in numbers.items():
        if value <= 0:
            message = f"`{name}` of `{product.sku}` is {value}"
            report.add(finding("CAT008", message, place, "write a number above zero"))
    if product.unit in product.units:
        message = f"`{product.sku}` counts `{product.unit}`, and cannot hold several of them in one"
        report.add(finding("CAT008", message, place, "name another unit under `units`"))
    if rule.maximum is None or rule.minimum <= 0 or rule.multiple <= 0:
        return
    first = EXACT.multiply(EXACT.divide(rule.minimum, rule.multiple).to_integral_value(ROUND_CEILING), rule.multiple)
    if first > rule.maximum:
        message = f"no multiple of {rule.multiple} lies between {rule.minimum} and {rule.maximum}"
        report.add(finding("CAT008", message, place, "widen the bounds of the quantity"))


def _quantity(read: Read | None) -> QuantityRule:
    if read is None:
        return QuantityRule()
    return QuantityRule(
        read.number("minimum") or Decimal(1), read.number("multiple") or Decimal(1), read.number("maximum")
    )


def _attributes(
    given: Mapping[str, tuple[Scalar, Node]], category: Category, words: Words, place: Span, report: Report
) -> dict[str, Value]:
    """Read the attribute values of one product; every attribute of the category gets a value or None."""
    found: dict[str, Value] = {}
    for name, (key, _) in given.items():
        if name not in category.attributes:
            hint = did_you_mean(name, category.attributes) or f"declare it in the category `{category.id}`"
            message = f"`{name}` is not an attribute of the category `{category.id}`"
            report.add(finding("CAT003", message, key.span, hint))
    for name, definition in category.attributes.items():
        node = given[name][1] if name in given else Scalar("", place)
        try:
            found[name] = value_of(node, definition.type, words)
        except Unreadable as problem:
            message = problem.message if name in given else f"the attribute `{name}` is missing"
            report.add(finding("CAT004", message, node.span, problem.hint))
            found[name] = None
    return found
