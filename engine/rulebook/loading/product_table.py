"""Products from a CSV or spreadsheet: one row a product, columns by our names or by a declared mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from engine.catalog import Product, Sku, Value
from engine.diagnostics import Span, did_you_mean
from engine.language.types import OptionalType, Type, optional
from engine.rulebook import values
from engine.rulebook.codes import finding
from engine.rulebook.formats.catalog import CATEGORY
from engine.rulebook.loading.attributes import value_of
from engine.rulebook.loading.products import Category, ListPrice, Register, product_of
from engine.rulebook.nodes import Report, Scalar
from engine.rulebook.reader import Read
from engine.rulebook.table import Row, Table
from engine.rulebook.values import CURRENCIES, Unreadable

NEEDED = ("sku", "name")
TEXT_COLUMNS = (
    "sku",
    "name",
    "family",
    "unit",
    "tax_code",
    "recognition",
    "fulfilment",
    "discountable",
    "discontinued",
)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How a table's columns are to be read: which stands for what, which words mean others, what a blank means."""

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    replaced: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    blank_is_unknown: bool = False
    separator: str = "|"
    renames: bool = False


PLAIN = ColumnMap()


def read_mapping(read: Read) -> ColumnMap:
    """Read a ``tables`` entry of a catalog file."""
    columns = {name.text: _texts(node) for name, node in read.pairs("columns")}
    replaced = {name.text: dict(_words(node)) for name, node in read.pairs("replace")}
    unknown = read.text("blank", "error") == "unknown"
    return ColumnMap(
        columns, read.texts("ignore"), replaced, unknown, read.text("separator", "|"), read.text("repeated") == "rename"
    )


def _texts(node: object) -> tuple[str, ...]:
    items = getattr(node, "items", (node,))
    return tuple(each.text for each in items if isinstance(each, Scalar))


def _words(node: object) -> Iterator[tuple[str, str]]:
    for each in getattr(node, "entries", ()):
        if isinstance(each.value, Scalar):
            yield each.key.text, each.value.text


def read_products(table: Table, category: Category, register: Register, report: Report, mapping: ColumnMap) -> None:
    """Keep the product of every row; columns that are neither known nor ignored are reported once, at the header."""
    columns = _columns(table, category, mapping, register, report)
    unnamed = any(not each.text for each in table.header)  # told already, and it may be the one that is missing
    for name in (each for each in NEEDED if each not in columns and not unnamed):
        report.add(finding("TBL008", f"the column `{name}` is missing", table.span, "every product needs it"))
    if any(each not in columns for each in NEEDED):
        return
    reader = _Rows(table, category, register, report, mapping, columns)
    if not unnamed:
        reader.report_missing_attributes()
    for row in table.rows:
        reader.read(row)


def _columns(
    table: Table, category: Category, mapping: ColumnMap, register: Register, report: Report
) -> dict[str, tuple[int, ...]]:
    """Our names with the columns they are read from, in order of preference."""
    heads = {each.text: index for index, each in enumerate(table.header)}
    columns: dict[str, tuple[int, ...]] = {}
    for name, wanted in mapping.columns.items():
        columns[name] = tuple(heads[each] for each in wanted if each in heads)
        for each in wanted:
            if each not in heads:
                hint = did_you_mean(each, heads)
                report.add(finding("TBL003", f"the table has no column `{each}` for `{name}`", table.span, hint))
    taken = {each for wanted in mapping.columns.values() for each in wanted}
    for head in table.header:
        if head.text in taken or head.text in mapping.ignored:
            continue
        if head.text in TEXT_COLUMNS or head.text in category.attributes or _is_amount(head, register, report):
            columns.setdefault(head.text, (heads[head.text],))
        elif head.text and not _names_currency(head.text):
            amounts = [f"{kind}.{currency}" for kind in ("list", "cost") for currency in register.currencies]
            known = [*TEXT_COLUMNS, *category.attributes, *amounts]
            hint = did_you_mean(head.text, known) or f"known columns are {', '.join(known)}"
            report.add(finding("TBL003", f"the column `{head.text}` is not known", head.span, hint))
    return columns


def _names_currency(name: str) -> bool:
    kind, _, currency = name.partition(".")
    return kind in ("list", "cost") and currency in CURRENCIES


def _is_amount(head: Scalar, register: Register, report: Report) -> bool:
    """Whether a column holds list prices or costs in a currency of the book; another currency is reported, once."""
    if not _names_currency(head.text):
        return False
    currency = head.text.partition(".")[2]
    if not register.currencies or currency in register.currencies:
        return True
    hint = "add it to `currencies` in book.yaml, or remove the column"
    report.add(finding("PRC209", f"the book has no currency `{currency}`", head.span, hint))
    return False


class _Rows:
    """Reads the rows of one table."""

    def __init__(
        self,
        table: Table,
        category: Category,
        register: Register,
        report: Report,
        mapping: ColumnMap,
        columns: Mapping[str, tuple[int, ...]],
    ) -> None:
        self.table, self.category, self.register, self.report = table, category, register, report
        self.mapping, self.columns = mapping, columns
        self.attributes = [
            (name, self._type(definition.type), columns.get(name, ()))
            for name, definition in category.attributes.items()
        ]
        self.texts = [(name, columns[name]) for name in TEXT_COLUMNS if name in columns]
        self.money = [(name.split("."), columns[name]) for name in columns if name.startswith(("list.", "cost."))]
        self.template = self._template()

    def report_missing_attributes(self) -> None:
        """An attribute that every product needs and that no column gives is told once, not at every row."""
        for name, item, at in self.attributes:
            if not at and not isinstance(item, OptionalType):
                message = f"the column `{name}` is missing: the products of `{self.category.id}` have the attribute"
                hint = "add the column, or declare the attribute `optional: true`"
                self.report.add(finding("TBL008", message, self.table.span, hint))

    def _type(self, item: Type) -> Type:
        return optional(item) if self.mapping.blank_is_unknown else item

    def _template(self) -> Product:
        """What the category's defaults make of a product without a row."""
        empty = Scalar("template", Span(self.table.path))
        record = self.category.defaults.record if self.category.defaults else CATEGORY
        return product_of(Read(record, empty.span, {}), self.category, {}, empty)

    def read(self, row: Row) -> None:
        """Keep the product of one row."""
        texts = {name: self._text(row, at) for name, at in self.texts}
        place = self._cell(row, self.columns["sku"])
        if not place.text:
            self.report.add(finding("CAT004", "the row has no SKU", place.span, "fill it in or remove the row"))
            return
        if self.mapping.renames and place.text in self.register.products:
            place = replace(place, text=f"{place.text}-{self.category.id}")
        costs: dict[str, Decimal] = {}
        prices: list[ListPrice] = []
        for (kind, currency), at in self.money:
            cell = self._cell(row, at)
            amount = self._amount(cell)
            if amount is None:
                self.register.unreadable.update([place.text] if cell.text else [])
            elif kind == "cost":
                costs[currency] = amount
            else:
                prices.append(ListPrice(place.text, currency, amount, cell.span))
        if self.register.add(self._product(texts, self._values(row), costs, place), self.report):
            self.register.list_prices += prices

    def _product(
        self, texts: Mapping[str, str], found: Mapping[str, Value], costs: Mapping[str, Decimal], sku: Scalar
    ) -> Product:
        base = self.template
        return Product(
            sku=Sku(sku.text),
            name=texts["name"],
            category=self.category.id,
            family=texts.get("family") or base.family,
            attributes=MappingProxyType(dict(found)),
            charge=base.charge,
            unit=texts.get("unit") or base.unit,
            units=base.units,
            quantity=base.quantity,
            costs=MappingProxyType(dict(costs)),
            discountable=self._flag(texts, "discountable", base.discountable),
            discontinued=self._flag(texts, "discontinued", base.discontinued),
            tax_code=texts.get("tax_code") or base.tax_code,
            recognition=texts.get("recognition") or base.recognition,
            fulfilment=texts.get("fulfilment") or base.fulfilment,
            span=sku.span,
        )

    def _cell(self, row: Row, at: tuple[int, ...]) -> Scalar:
        filled = next((index for index in at if row.texts[index]), at[0] if at else 0)
        return self.table.cell(row, filled)

    def _text(self, row: Row, at: tuple[int, ...]) -> str:
        return next((row.texts[index] for index in at if row.texts[index]), "")

    def _amount(self, cell: Scalar) -> Decimal | None:
        if not cell.text:
            return None
        try:
            return values.number(cell.text)
        except Unreadable as problem:
            self.report.add(finding(problem.code, problem.message, cell.span, problem.hint))
            return None

    def _flag(self, texts: Mapping[str, str], name: str, default: bool) -> bool:  # noqa: FBT001  # a value, not a mode
        return values.FLAGS.get(texts.get(name, ""), default)

    def _values(self, row: Row) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for name, item, at in self.attributes:
            text = self._text(row, at)
            text = self._replaced(name, text)
            if not at:
                found[name] = None
                continue
            node = Scalar(text, self._cell(row, at).span)
            try:
                found[name] = value_of(node, item, self.register.words, separator=self.mapping.separator)
            except Unreadable as problem:
                message = problem.message if text else f"the attribute `{name}` is missing"
                self.report.add(finding("CAT004", message, node.span, problem.hint))
                found[name] = None
        return found

    def _replaced(self, name: str, text: str) -> str:
        words = self.mapping.replaced.get(name)
        if not words:
            return text
        separator = self.mapping.separator
        return separator.join(words.get(each.strip(), each.strip()) for each in text.split(separator))
