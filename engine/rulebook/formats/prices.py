"""The keys of the files in ``prices/``."""

from __future__ import annotations

from engine.rulebook.fields import (
    AMOUNTS,
    CONDITION,
    CURRENCY,
    DATE,
    FLAG,
    FORMULA,
    FROM_ZERO,
    ID,
    INTEGER,
    NUMBER,
    PAYABLE,
    PERCENT,
    POSITIVE,
    SHARE,
    TEXT,
    EitherField,
    Field,
    Limits,
    MapField,
    Record,
    ScalarField,
    ScalarKind,
    choice,
    dates,
    many,
)

_ID = Field("id", ID, "How traces and tests name it.", required=True)
_EVENTS = ScalarField(ScalarKind.INTEGER, limits=Limits.FROM_ZERO)
_AT_MOST_ALL = ScalarField(ScalarKind.PERCENT, limits=Limits.TO_HUNDRED)
_POOL = (
    "Whose quantities count together: with `group` those of lines in the option group, or group of the quote, of that "
    "name; a line in none counts alone."
)
PER_CURRENCY = EitherField((FORMULA, MapField(FORMULA, "currency")))

ENTRY = Record(
    "a price",
    "A list price, or a rule that computes one.",
    (
        _ID,
        Field("sku", ID, "The product that it is for."),
        Field("family", TEXT, "The family that it is for."),
        Field("category", TEXT, "The category that it is for."),
        Field("when", CONDITION, "Further conditions.", example='customer.region = "DE"'),
        Field("price", PER_CURRENCY, "The list price: an amount or a formula, by currency."),
        Field("unit", TEXT, "The unit that the price is for, when lines sold in it have a price of their own."),
        Field("book", ID, "The price book it belongs to."),
        Field("from_cost", FLAG, "Starts from the cost instead of the list price.", default="false"),
        Field("based_on", ID, "Starts from the price in another book."),
        Field("percent_off", _AT_MOST_ALL, "Taken off the start; below zero it is added."),
        Field("round_to", POSITIVE, "The multiple that the result is rounded to."),
        Field("surcharge", NUMBER, "Added to the result."),
        Field("margin_min", NUMBER, "The least amount over the start."),
        Field("margin_max", NUMBER, "The largest amount over the start."),
        Field("quantity_min", FROM_ZERO, "The smallest quantity, inclusive."),
        Field("quantity_max", POSITIVE, "The largest quantity, inclusive."),
        Field("priority", INTEGER, "The higher one wins.", default="0"),
        Field("weight", INTEGER, "Among equal matches of equal priority the higher one wins.", default="0"),
        *dates(),
    ),
)

CONTRACTED = Record(
    "a contracted price",
    "A price agreed with one customer, for a product or a family.",
    (
        _ID,
        Field("customer", ID, "The customer's id; or use `when`."),
        Field("sku", ID, "The product that it is for."),
        Field("family", TEXT, "The family that it is for."),
        Field("when", CONDITION, "Further conditions."),
        Field("price", PER_CURRENCY, "The agreed price by currency."),
        Field("percent_off", FORMULA, "The agreed percent off the list price."),
        Field("priority", INTEGER, "The higher one wins.", default="0"),
        *dates(),
    ),
)

TIER = Record(
    "a tier",
    "One tier of a price model.",
    (
        Field("from", NUMBER, "Where it starts; may be left out, it must follow the tier before."),
        Field("up_to", NUMBER, "Up to which quantity, inclusive; the last tier may leave it out."),
        Field("unit", PAYABLE, "The price of one unit by currency."),
        Field("percent_off", SHARE, "Percent off the list price."),
        Field("flat", PAYABLE, "A price for the tier as a whole by currency."),
        Field("size", NUMBER, "Units of one block (blocks)."),
        Field("blocks_max", NUMBER, "How many blocks the tier holds; the last one takes the rest (blocks)."),
    ),
)

MODEL = Record(
    "a price model",
    "How the price of one product depends on its quantity.",
    (
        _ID,
        Field("sku", ID, "The product.", required=True),
        Field(
            "model",
            choice(
                "flat",
                "per_unit",
                "volume",
                "graduated",
                "package",
                "stairstep",
                "cost_plus",
                "percentage",
                "blocks",
            ),
            "volume: all units at the tier reached; graduated: each unit at its own tier; stairstep: one price a step; "
            "percentage: a part of a metered amount of money; blocks: started blocks, each tier with its own size.",
            required=True,
        ),
        Field("unit", AMOUNTS, "The price of a unit, package or as a whole; what cost_plus adds to each unit."),
        Field("size", NUMBER, "Units of a package."),
        Field("tiers", many(TIER), "The tiers (volume, graduated, stairstep)."),
        Field("overage", PAYABLE, "The price of a unit beyond the last step (stairstep)."),
        Field("included", FROM_ZERO, "Units of a period that cost nothing (usage)."),
        Field("minimum", PAYABLE, "The least of a period (usage)."),
        Field("maximum", PAYABLE, "The most of a period (usage)."),
        Field("pool", choice("line", "sku", "group", "quote"), _POOL, default="line"),
        Field("pool_where", CONDITION, "Which lines count together."),
        Field(
            "past_months",
            INTEGER,
            "How many months of the customer's past orders of the product count, too (volume, graduated, stairstep).",
            default="0",
        ),
        Field("flat_on_zero", FLAG, "The first tier's flat is due for nothing used, too.", default="false"),
        Field("percent", PERCENT, "The percent (cost_plus, percentage)."),
        Field("of", choice("markup", "margin"), "What the percent is: on the cost, or in the price.", default="markup"),
        Field("fixed", PAYABLE, "A fee for each event (percentage)."),
        Field("free_events", _EVENTS, "Events of a period that cost nothing (percentage)."),
        Field("free_amount", PAYABLE, "The amount of a period that costs nothing (percentage)."),
        Field("event_min", PAYABLE, "The least of an event (percentage)."),
        Field("event_max", PAYABLE, "The most of an event (percentage)."),
        Field(
            "policy",
            choice("all_tiers", "top_tier"),
            "Each block at its own tier's price, or all at that of the top tier reached (blocks).",
            default="all_tiers",
        ),
        Field(
            "billed",
            choice("as_used", "at_period_end"),
            "With every document, or with the last one of a period (usage).",
            default="as_used",
        ),
        Field("cliff", choice("meant", "warn"), "Whether more units may cost less in total.", default="warn"),
        *dates(),
    ),
)

PERCENT_OF = Record(
    "a percent of total",
    "A product priced as a percent of other lines.",
    (
        _ID,
        Field("sku", ID, "The product.", required=True),
        Field("percent", FORMULA, "The percent, written 20.", required=True),
        Field("of", CONDITION, "Which lines count.", required=True, example='line.family = "platform"'),
        Field("basis", choice("net", "list"), "What of them counts.", default="net"),
        *dates(),
    ),
)

BUNDLE_PRICE = Record(
    "a bundle price",
    "One price for a bundle with all its parts, shared out over their lines by what each costs on its own.",
    (
        _ID,
        Field("bundle", ID, "The SKU of the bundle.", required=True),
        Field("price", PER_CURRENCY, "The price of one, with its parts, by currency.", required=True),
        Field("when", CONDITION, "Further conditions, about the line of the bundle."),
        *dates(),
    ),
)

GUARD = Record(
    "a guard",
    "The lowest or highest price of a line, or the lowest margin.",
    (
        _ID,
        Field("when", CONDITION, "Which lines it guards."),
        Field("floor", PER_CURRENCY, "The lowest unit price."),
        Field("ceiling", PER_CURRENCY, "The highest unit price."),
        Field("margin_percent_min", FORMULA, "The lowest margin in percent of the price."),
        *dates(),
    ),
)

RATE = Record(
    "an exchange rate",
    "One unit of a currency in another, from a day on.",
    (
        Field("source", CURRENCY, "The currency that is converted.", required=True),
        Field("target", CURRENCY, "The currency it becomes.", required=True),
        Field("rate", POSITIVE, "How much of the target one unit is.", required=True),
        Field("since", DATE, "The first day of the rate.", required=True),
        Field("origin", TEXT, "Who published it."),
    ),
)

BOOK = Record(
    "a price book",
    "A price book that falls back to another one for what it has no price for.",
    (
        Field("id", ID, "The name that prices give in `book` and quotes in `price_book`.", required=True),
        Field(
            "falls_back_to",
            ID,
            "The book whose prices count where this one has none for a line; `default`: those without a book.",
            required=True,
        ),
    ),
)

PRICES = Record(
    "a prices file",
    "Prices, price models, percent-of-total products, bundle prices, guards and exchange rates.",
    (
        Field("prices", many(ENTRY), "List prices that are not written in a table."),
        Field("contracted", many(CONTRACTED), "Prices agreed with customers."),
        Field("models", many(MODEL), "Price models."),
        Field("percent_of_total", many(PERCENT_OF), "Products priced as a percent of others."),
        Field("bundle_prices", many(BUNDLE_PRICE), "Prices of bundles as a whole."),
        Field("guards", many(GUARD), "Floors, ceilings and margins."),
        Field("exchange_rates", many(RATE), "Exchange rates."),
        Field("price_books", many(BOOK), "Price books that fall back to others."),
    ),
)
