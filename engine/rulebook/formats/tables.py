"""The keys of the files in ``tables/``."""

from __future__ import annotations

from engine.rulebook.fields import FILE, FLAG, FORMULA, ID, TEXT, TEXTS, Field, MapField, Record, RecordField, many

INPUT = Record(
    "an input",
    "A value that the caller gives.",
    (
        Field(
            "type",
            TEXT,
            "text, number, percent, money, boolean, date, time, date and time, days, months, or the name of a type.",
            default="text",
        ),
        Field("values", TEXTS, "The words it may be, in order; makes it an enumeration of its own."),
        Field("allowed", TEXT, "The values it may have, written like a cell.", example="[0..150]"),
        Field("list", FLAG, "Whether it holds several values.", default="false"),
        Field("optional", FLAG, "Whether it may be unknown.", default="false"),
        Field("title", TEXT, "What people read."),
    ),
)

OUTPUT = Record(
    "an output",
    "A column of results.",
    (
        Field("type", TEXT, "As for inputs.", default="text"),
        Field("values", TEXTS, "What it may be, best first; PRIORITY and OUTPUT ORDER rank by this list."),
        Field("list", FLAG, "Whether it holds several values.", default="false"),
        Field("default", FORMULA, "What it is when no row matches."),
        Field("title", TEXT, "What people read."),
    ),
)

TABLE = Record(
    "a decision table",
    "A table that formulas call by its name, with its inputs in order: `risk_class(customer.age, quote.net)`.",
    (
        Field("id", ID, "How formulas name it: letters, digits and `_`.", required=True, example="risk_class"),
        Field("title", TEXT, "What people read."),
        Field("file", FILE, "The table: a column for each test, then `out:` columns.", required=True),
        Field("inputs", MapField(RecordField(INPUT)), "Its inputs, in the order of a call.", required=True),
        Field("outputs", MapField(RecordField(OUTPUT)), "Its outputs; several are read as `.name`.", required=True),
    ),
)

TABLES = Record(
    "a file of decision tables",
    "Decision tables that price rules, discounts and approvals call.",
    (Field("tables", many(TABLE), "The tables.", required=True),),
)
