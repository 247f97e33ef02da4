"""The folder ``catalog/``: types, categories, products, then bundles whose groups select products by query."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from engine.catalog import AttributeDef, Bundle, Catalog, OptionGroup, Product, Sku, Value
from engine.diagnostics import Diagnostic, did_you_mean
from engine.language import Checked, Scope, compile_all
from engine.language.types import BOOLEAN, NUMBER, TEXT, EnumType, Type, optional, required
from engine.rulebook.codes import finding, warning
from engine.rulebook.compared import misnamed, place_of
from engine.rulebook.formats.catalog import CATALOG, CATEGORY, TYPE
from engine.rulebook.loading.attributes import declared_all
from engine.rulebook.loading.checked import check_condition
from engine.rulebook.loading.product_table import PLAIN, read_mapping, read_products
from engine.rulebook.loading.products import Category, Register, category_of, read_product
from engine.rulebook.loading.sources import TABLES, Sources
from engine.rulebook.nodes import Report
from engine.rulebook.reader import Read, view

FOLDER = "catalog"
NUMBERS_MAX = 1_000
"""So many numbers an attribute of a bundle may have: each is a value that is shown and searched."""


def read_catalog(sources: Sources, register: Register) -> Catalog:
    """Read the whole catalog; list prices found beside products stay in the register for the price loader."""
    files = list(sources.records(FOLDER, CATALOG))
    for _, read in files:
        _read_types(read, register)
    for _, read in files:
        _read_categories(read, register, sources.report)
    for path, read in files:
        for product in read.records("products"):
            read_product(product, register, sources.report)
        for table in read.records("tables"):
            _read_mapped(path, table, sources, register)
    _read_plain(sources, register)
    attributes = _settled(register)
    found = Catalog(MappingProxyType(register.products), MappingProxyType({}), attributes)
    bundles = _Bundles(found, register, sources.report).read([read for _, read in files])
    return Catalog(found.products, MappingProxyType(bundles), attributes)


def _read_types(read: Read, register: Register) -> None:
    for name, node in read.pairs("types"):
        words = view(node, TYPE)
        if words is not None and words.has("values"):
            register.words.closed[name.text] = EnumType(name.text, words.texts("values"))
        else:
            register.words.open[name.text] = {}


def _read_categories(read: Read, register: Register, report: Report) -> None:
    for name, node in read.pairs("categories"):
        defaults = view(node, CATEGORY)
        if name.text in register.categories:
            report.add(finding("FLD008", f"the category `{name.text}` is declared twice", name.span, "keep one"))
        elif defaults is not None:
            attributes = declared_all(defaults.pairs("attributes"), register.words, report)
            register.categories[name.text] = Category(
                name.text, defaults.text("title", name.text), MappingProxyType(attributes), defaults
            )


def _read_mapped(path: str, read: Read, sources: Sources, register: Register) -> None:
    """One ``tables`` entry: a file whose columns have names of their own."""
    name, category = read.scalar("file"), category_of(read.scalar("category"), register, sources.report)
    table = sources.named_table(name, path) if name is not None else None
    if table is not None and category is not None:
        read_products(table, category, register, sources.report, read_mapping(read))


def _read_plain(sources: Sources, register: Register) -> None:
    """Tables that no file names: their first line gives the category, their columns have our names."""
    for path in sources.in_folder(FOLDER, TABLES):
        if sources.is_used(path):
            continue
        table = sources.table(path)
        if table is None:
            continue
        name = table.options.get("category")
        if name is None:
            place = "as a row of a sheet named `table`" if table.is_sheet else "as the first line"
            said = "`category` and its id" if table.is_sheet else "`# products ; category=…`"
            hint = f"write {said} {place}, or name the file under `tables`"
            sources.report.add(finding("TBL008", "the table does not say its category", table.span, hint))
            continue
        category = category_of(name, register, sources.report)
        if category is not None:
            read_products(table, category, register, sources.report, PLAIN)


def _settled(register: Register) -> Mapping[str, Mapping[str, AttributeDef]]:
    """Attribute definitions by category, with the words of open types filled in."""
    found: dict[str, Mapping[str, AttributeDef]] = {}
    for each in register.categories.values():
        found[each.id] = MappingProxyType(
            {
                name: AttributeDef(name, register.words.settle(item.type), item.title, item.unit, item.span)
                for name, item in each.attributes.items()
            }
        )
    return MappingProxyType(found)


class _Bundles:
    """Reads bundles once all products are known."""

    def __init__(self, catalog: Catalog, register: Register, report: Report) -> None:
        self.catalog, self.register, self.report = catalog, register, report
        self.scope = Scope(_query_roots(catalog))
        self.known: set[str] = set()
        products = catalog.products.values()
        self.words: Mapping[str, Collection[str]] = {
            "sku": {str(each.sku) for each in products},
            "family": {"", *(each.family for each in products)},
            "category": {"", *catalog.attributes, *(each.category for each in products)},
        }

    def read(self, files: list[Read]) -> dict[Sku, Bundle]:
        """All bundles by SKU; circles among nested ones are reported."""
        records = [each for read in files for each in read.records("bundles")]
        self.known = {each.text("sku") for each in records}
        found: dict[Sku, Bundle] = {}
        for each in records:
            bundle = self._bundle(each)
            if bundle is not None:
                found[bundle.sku] = bundle
        self._report_circles(found)
        return found

    def _bundle(self, read: Read) -> Bundle | None:
        sku = read.scalar("sku")
        assert sku is not None, "the reader requires it"
        product = self.catalog.product(sku.text)
        if product is None:
            hint = did_you_mean(sku.text, self.catalog.products) or "add it under `products`"
            self.report.add(finding("CAT001", f"the product `{sku.text}` is not known", sku.span, hint))
            return None
        attributes = declared_all(read.pairs("attributes"), self.register.words, self.report)
        settle = self.register.words.settle
        settled = tuple(self._choosable(replace(each, type=settle(each.type))) for each in attributes.values())
        groups = tuple(each for record in read.records("groups") if (each := self._group(record)) is not None)
        names = [*attributes, *(each.id for each in groups)]
        for group in groups:
            if names.count(group.id) > 1 and group.span is not None:
                self.report.add(finding("FLD008", f"the name `{group.id}` is used twice", group.span, "rename one"))
        return Bundle(Sku(sku.text), read.text("title", product.name), groups, settled, sku.span)

    def _choosable(self, attribute: AttributeDef) -> AttributeDef:
        """A customer chooses one of some words, yes or no, or a whole number in a range; else one that stands in."""
        inner, low, high = required(attribute.type), attribute.minimum, attribute.maximum
        if inner is BOOLEAN or (isinstance(inner, EnumType) and inner.values):
            return attribute
        place = attribute.span
        assert place is not None, "attributes of files have a place"
        if inner is not NUMBER or low is None or high is None:
            hint = "write its `values`, `type: boolean`, or `type: number` with `minimum` and `maximum`"
            message = f"a customer cannot choose `{attribute.name}` of a bundle"
            self.report.add(finding("CAT010", message, place, hint))
        elif low > high:
            message = f"the bounds {low} to {high} of `{attribute.name}` hold nothing"
            self.report.add(finding("CAT008", message, place, "let the minimum be at most the maximum"))
        elif high - low >= NUMBERS_MAX:
            message = f"`{attribute.name}` takes {high - low + 1} numbers; {NUMBERS_MAX} are the most"
            hint = "let a group of one product have a quantity of so many"
            self.report.add(finding("CAT010", message, place, hint))
        else:
            return attribute
        return replace(attribute, type=NUMBER if inner is NUMBER else BOOLEAN, minimum=0, maximum=0)

    def _group(self, read: Read) -> OptionGroup | None:
        low, high = read.integer("min", 1), read.integer("max", 1)
        few, most = read.integer("quantity_min", 1), read.integer("quantity_max", 1)
        for name, small, large in (("max", low, high), ("quantity_max", few, most)):
            if small > large or small < 0:
                message = f"the bounds {small} to {large} hold nothing"
                self.report.add(finding("CAT008", message, read.place(name), "let the minimum be at most the maximum"))
                return None
        candidates = self._candidates(read)
        if candidates is None:
            return None
        title, nested = read.text("title", read.text("id")), read.text("bundle")
        return OptionGroup(read.text("id"), title, candidates, low, high, few, most, nested, span=read.place("id"))

    def _candidates(self, read: Read) -> tuple[Sku, ...] | None:
        nested = read.scalar("bundle")
        if nested is not None:
            if nested.text in self.known:
                return (Sku(nested.text),)
            hint = did_you_mean(nested.text, self.known) or "declare it under `bundles`"
            self.report.add(finding("CAT001", f"the bundle `{nested.text}` is not known", nested.span, hint))
            return None
        where = read.scalar("where")
        if where is None:
            self.report.add(finding("FLD002", "the group needs `where` or `bundle`", read.place("id"), ""))
            return None
        checked = check_condition(where, self.scope, self.report)
        if checked is None:
            return None
        (holds,) = compile_all((checked,))
        names = tuple(self.scope.roots)
        used = {each.partition(".")[0] for each in checked.reads}
        wanted = tuple(name if name in used else "" for name in names)
        chosen = tuple(
            product.sku for product in self.catalog.products.values() if holds(*_facts(product, wanted)) is True
        )
        unknown = list(self._unknown(checked))
        if not chosen:
            told = (f"{each.message}; {each.hint}" for each in unknown)
            hint = next(told, "correct the query or add products")
            self.report.add(finding("CAT005", f"the group `{read.text('id')}` selects no product", where.span, hint))
        else:
            self.report.add(*unknown)
        return chosen

    def _unknown(self, checked: Checked) -> Iterator[Diagnostic]:
        """A query that names a product, family or category that the catalog does not have selects less than it says."""
        for _, name, text in misnamed(checked, {"": self.words}):
            what = "product" if name == "sku" else name
            hint = did_you_mean(text.value, self.words[name]) or f"correct it, or give the {what} to the catalog"
            message = f"the book has no {what} `{text.value}`"
            yield warning("CAT009", message, place_of(checked, text), hint)

    def _report_circles(self, bundles: Mapping[Sku, Bundle]) -> None:
        for bundle in bundles.values():
            circle = _circle(bundle.sku, bundles)
            if circle and bundle.span is not None:
                shown = " → ".join(circle)
                self.report.add(finding("CAT006", f"the bundle holds itself: {shown}", bundle.span, "break it"))


def _circle(start: Sku, bundles: Mapping[Sku, Bundle]) -> tuple[Sku, ...]:
    """The shortest way from a bundle through nested ones back to it; empty when there is none."""
    ways: list[tuple[Sku, ...]] = [(start,)]
    seen: set[Sku] = set()
    for way in ways:
        for inner in _nested(bundles.get(way[-1])):
            if inner == start:
                return (*way, inner)
            if inner not in seen:
                seen.add(inner)
                ways.append((*way, inner))
    return ()


def _nested(bundle: Bundle | None) -> list[Sku]:
    return [Sku(each.bundle) for each in bundle.groups if each.bundle] if bundle else []


_OWN: Mapping[str, Type] = {
    "sku": TEXT,
    "name": TEXT,
    "category": TEXT,
    "family": TEXT,
    "unit": TEXT,
    "discontinued": BOOLEAN,
}


def _query_roots(catalog: Catalog) -> dict[str, Type]:
    """What a group's query may read: the product's own facts and every attribute that has one type everywhere."""
    found: dict[str, Type] = {}
    clash: set[str] = set()
    for attributes in catalog.attributes.values():
        for name, definition in attributes.items():
            if name in found and found[name] != optional(definition.type):
                clash.add(name)
            found[name] = optional(definition.type)
    return {**{name: item for name, item in found.items() if name not in clash}, **_OWN}


def _facts(product: Product, roots: tuple[str, ...]) -> list[Value]:
    """The values of the roots that a query reads; the others (``""``) are left blank."""
    found: list[Value] = []
    for name in roots:
        if not name:
            found.append(None)
        elif name in product.attributes:
            found.append(product.attributes[name])
        else:
            found.append(_own(product, name))
    return found


def _own(product: Product, name: str) -> Value:
    """A fact that every product has, or None for an attribute of other categories."""
    match name:
        case "sku":
            return product.sku
        case "name":
            return product.name
        case "category":
            return product.category
        case "family":
            return product.family
        case "unit":
            return product.unit
        case "discontinued":
            return product.discontinued
        case _:
            return None
