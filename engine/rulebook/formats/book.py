"""The keys of ``book.yaml``."""

from __future__ import annotations

from engine.rulebook.fields import (
    COUNT,
    CURRENCY,
    FLAG,
    ID,
    INTEGER,
    POSITIVE,
    TEXT,
    TEXTS,
    EitherField,
    Field,
    ListField,
    MapField,
    Record,
    RecordField,
    choice,
    dates,
)

ATTRIBUTE = Record(
    "an attribute",
    "One fact that rules may read, with its type.",
    (
        Field("type", TEXT, "text, number, percent, boolean, date, or the name of a type.", default="text"),
        Field("values", TEXTS, "The words it may be, in order; makes it an enumeration of its own."),
        Field("list", FLAG, "Whether it holds several values.", default="false"),
        Field("optional", FLAG, "Whether it may be unknown; a blank is then no error.", default="false"),
        Field("title", TEXT, "What people read."),
        Field("unit", TEXT, "The unit of a number, such as W or mm."),
        Field("minimum", INTEGER, "The smallest whole number a customer may choose (numbers of a bundle)."),
        Field("maximum", INTEGER, "The largest whole number a customer may choose; at most 1 000 numbers are taken."),
    ),
)

ROUNDING = Record(
    "the rounding policy",
    "Where and how prices are rounded; between the points named they stay exact.",
    (
        Field("mode", choice("half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"), "Rounding mode."),
        Field("at", ListField(choice("rule", "unit", "line", "total"), lone=True), "The points that round."),
        Field("of", choice("price", "discount", "discount_unit"), "What is rounded.", default="price"),
        Field("unit_decimals", INTEGER, "Decimals of a unit price, when more than the currency has."),
        Field(
            "cash",
            EitherField((POSITIVE, MapField(POSITIVE, "currency"))),
            "The step that the payable total is rounded to, such as 0.05: of the book's own currency, or by currency.",
        ),
    ),
)

FACTS = Record(
    "the declared facts",
    "What rules may read beside the engine's own names; requests that state other facts or words are refused.",
    (
        Field("customer", MapField(RecordField(ATTRIBUTE)), "Names read as `customer.…`."),
        Field("quote", MapField(RecordField(ATTRIBUTE)), "Names read as `quote.…`."),
    ),
)

HABITS = Record(
    "the habits",
    "Choices for those who must match another system; the defaults are the documented behaviour.",
    (
        Field("ties", choice("specificity", "listed"), "How rules of one priority are ordered.", default="specificity"),
        Field("unusable_codes", choice("refuse", "report"), "What an ended or unknown code does.", default="refuse"),
        Field("split_over_units", FLAG, "Whether order discounts are split over single units, too.", default="false"),
        Field("lines_max", COUNT, "How many lines a quote may have.", default="100000"),
        Field("budget_overrun", choice("refuse", "cap"), "What a grant over the budget does.", default="refuse"),
    ),
)

BOOK = Record(
    "the rule book",
    "A rule book: its name, currencies, the days it holds, and its rounding policy.",
    (
        Field("id", ID, "The name that programs use; stays the same over versions.", required=True, example="laptops"),
        Field("title", TEXT, "What people read.", required=True),
        Field("currency", CURRENCY, "The currency of amounts written without one.", required=True, example="EUR"),
        Field("currencies", ListField(CURRENCY, lone=True), "All currencies that quotes may be in."),
        Field(
            "time_zone",
            TEXT,
            "The zone that decides which day it is; where several books are published, that of the last one.",
            default="UTC",
            example="Europe/Berlin",
        ),
        *dates(),
        Field("rounding", RecordField(ROUNDING), ROUNDING.doc),
        Field("facts", RecordField(FACTS), FACTS.doc),
        Field("habits", RecordField(HABITS), HABITS.doc),
    ),
)
