"""The keys of the files in ``catalog/``."""

from __future__ import annotations

from engine.catalog import ChargePeriod
from engine.rulebook.fields import (
    AMOUNTS,
    CONDITION,
    FILE,
    FLAG,
    ID,
    INTEGER,
    NUMBER,
    TEXT,
    TEXTS,
    EitherField,
    Field,
    MapField,
    Record,
    RecordField,
    choice,
    many,
)
from engine.rulebook.formats.book import ATTRIBUTE

CHARGE = Record(
    "a charge",
    "How a product is charged for.",
    (
        Field("kind", choice("one_time", "recurring", "usage"), "Once, every period, or by use.", default="one_time"),
        Field(
            "period", choice(*(each.name.lower() for each in ChargePeriod)), "The period that the unit price is for."
        ),
        Field("timing", choice("advance", "arrears"), "Billed when a period starts or ends.", default="advance"),
        Field("meter", ID, "What usage counts."),
    ),
)

QUANTITY = Record(
    "a quantity rule",
    "Which quantities may be sold.",
    (
        Field("minimum", NUMBER, "The smallest quantity.", default="1"),
        Field("multiple", NUMBER, "The step between quantities.", default="1"),
        Field("maximum", NUMBER, "The largest quantity."),
    ),
)

_SHARED = (
    Field("family", TEXT, "A wider name that prices and rules may match."),
    Field("charge", RecordField(CHARGE), CHARGE.doc),
    Field("unit", TEXT, "The unit that prices, tiers and stock count.", default="each"),
    Field("units", MapField(NUMBER), "Other units it is sold in: the name, and how many of `unit` one of them holds."),
    Field("quantity", RecordField(QUANTITY), QUANTITY.doc),
    Field("discountable", FLAG, "Whether discounts may touch it.", default="true"),
    Field("discontinued", FLAG, "Whether it is no longer sold.", default="false"),
    Field("tax_code", TEXT, "The tax code that the rate table reads.", default="standard"),
    Field("recognition", ID, "The recognition policy of its revenue."),
    Field("fulfilment", ID, "The fulfilment plan that delivers it."),
)

PRODUCT = Record(
    "a product",
    "One sellable thing.",
    (
        Field("sku", ID, "Its unique number.", required=True, example="DISK-1T"),
        Field("name", TEXT, "What people read.", required=True),
        Field("category", ID, "The category whose attributes it has."),
        *_SHARED,
        Field("cost", AMOUNTS, "The cost of one unit by currency."),
        Field("list", AMOUNTS, "The list price of one unit by currency."),
        Field("attributes", MapField(EitherField((TEXT, TEXTS))), "The values of its attributes."),
    ),
)

CATEGORY = Record(
    "a category",
    "Products with the same attributes, and what holds for them unless a product says otherwise.",
    (
        Field("title", TEXT, "What people read."),
        Field("attributes", MapField(RecordField(ATTRIBUTE)), "The attributes of its products."),
        *_SHARED,
    ),
)

TYPE = Record(
    "a type",
    "A list of words; without `values` it is made of the words that the products use.",
    (Field("values", TEXTS, "The words, in order."), Field("title", TEXT, "What people read.")),
)

GROUP = Record(
    "an option group",
    "One slot of a bundle.",
    (
        Field("id", ID, "How rules name the slot.", required=True, example="psu"),
        Field("title", TEXT, "What people read."),
        Field("where", CONDITION, "Which products may fill it.", example='category = "psu" and discontinued = false'),
        Field("bundle", ID, "The nested bundle that fills it, instead of `where`."),
        Field("min", INTEGER, "How many different entries at least.", default="1"),
        Field("max", INTEGER, "How many different entries at most.", default="1"),
        Field("quantity_min", INTEGER, "The smallest quantity of one entry.", default="1"),
        Field("quantity_max", INTEGER, "The largest quantity of one entry.", default="1"),
    ),
)

BUNDLE = Record(
    "a bundle",
    "A configurable product made of option groups.",
    (
        Field("sku", ID, "The product that it configures.", required=True),
        Field("title", TEXT, "What people read."),
        Field("attributes", MapField(RecordField(ATTRIBUTE)), "Choices on the bundle itself."),
        Field("groups", many(GROUP), "Its slots.", required=True),
    ),
)

TABLE = Record(
    "a product table",
    "A CSV or XLSX file of products whose columns have names of their own.",
    (
        Field("file", FILE, "The file, beside this one.", required=True),
        Field("category", ID, "The category of every product in it.", required=True),
        Field("columns", MapField(TEXTS), "Our name: the column, or several of which the first filled one counts."),
        Field("ignore", TEXTS, "Columns that are not read."),
        Field("replace", MapField(MapField(TEXT)), "Our name: words of the file and what they mean."),
        Field("blank", choice("unknown", "error"), "What an empty cell means.", default="error"),
        Field(
            "repeated", choice("error", "rename"), "A SKU that is taken: error, or add the category.", default="error"
        ),
        Field("separator", TEXT, "What stands between the values of a list.", default="|"),
    ),
)

CATALOG = Record(
    "a catalog file",
    "Types, categories, products, bundles and product tables.",
    (
        Field("types", MapField(RecordField(TYPE)), "Types by name."),
        Field("categories", MapField(RecordField(CATEGORY)), "Categories by id."),
        Field("products", many(PRODUCT), "Products."),
        Field("bundles", many(BUNDLE), "Bundles."),
        Field("tables", many(TABLE), "Product tables with columns of their own."),
    ),
)
