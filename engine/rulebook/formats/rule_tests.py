"""The keys of the files in ``tests/``."""

from __future__ import annotations

from engine.rulebook.fields import (
    COUNT,
    CURRENCY,
    DATE,
    FLAG,
    ID,
    INTEGER,
    NUMBER,
    TEXT,
    TEXTS,
    Field,
    ListField,
    MapField,
    Record,
    RecordField,
    choice,
    many,
)

SEGMENT = Record(
    "a segment of a ramp",
    "What differs in one segment.",
    (
        Field("number", COUNT, "Which segment, from 1.", required=True),
        Field("qty", NUMBER, "Its own quantity; that of the line by default."),
        Field("uplift_percent", NUMBER, "Its uplift over the list price, instead of the compounded one."),
        Field(
            "unit_price",
            NUMBER,
            "What a unit costs in it, in place of list price, contract and model; instead of an uplift.",
        ),
    ),
)

RAMP = Record(
    "a ramp",
    "How the term of a recurring line is cut into segments: line `1` becomes `1/1`, `1/2`, … in the expectation.",
    (
        Field("segment_months", COUNT, "The length of a segment in months.", default="12"),
        Field("short_segment_first", FLAG, "Whether what does not fill a segment comes first.", default="false"),
        Field("uplift_percent", NUMBER, "The price of each segment over the one before, compounding.", default="0"),
        Field("segments", many(SEGMENT), "Segments with a quantity, a price or an uplift of their own."),
    ),
)

SERVICE = (
    Field("term_months", INTEGER, "The term of this line."),
    Field("start", DATE, "Its first day; that of the request by default."),
    Field("end", DATE, "The first day that is not served any more, in the place of a term."),
    Field(
        "segment", INTEGER, "Which segment of a ramp it is, where they are stated one by one, as recorded quotes are."
    ),
    Field("uplift_percent", NUMBER, "What such a segment costs more than the list price."),
    Field("segment_price", NUMBER, "What a unit of such a segment costs, in place of list price, contract and model."),
)

_FILLING = (
    Field("group", ID, "The option group it fills.", required=True),
    Field("id", TEXT, "The id of the line."),
    Field("unit", ID, "What the quantity counts; the product's own unit by default."),
    Field("ramp", RecordField(RAMP), "How its term is cut, when nothing above it is ramped."),
    *SERVICE,
    Field("past", NUMBER, "What past orders count towards the tiers."),
)
"""What every part of a bundle may state beside its product and quantity."""

NESTED = Record(
    "a nested part",
    "A part of a part: what fills a group of a nested bundle.",
    (
        Field("sku", ID, "The product.", required=True),
        Field("qty", NUMBER, "How many, per one unit of the part above.", default="1"),
        *_FILLING,
    ),
)

PART = Record(
    "a part",
    "What fills an option group of a bundle.",
    (
        Field("sku", ID, "The product.", required=True),
        Field("qty", NUMBER, "How many, per one unit of the bundle.", default="1"),
        *_FILLING,
        Field("attributes", MapField(TEXT), "Choices on the part."),
        Field("parts", many(NESTED), "What fills it, when it is a bundle itself."),
    ),
)

LINE = Record(
    "a line",
    "One line of the request.",
    (
        Field("sku", ID, "The product.", required=True),
        Field("qty", NUMBER, "How many.", default="1"),
        Field("id", TEXT, "The id of the line; line 1, 2, … by default."),
        Field("group", ID, "The group of the quote that it is in: `pool: group` counts its lines together."),
        Field("unit", ID, "What the quantity counts, such as `box`; the product's own unit by default."),
        Field("ramp", RecordField(RAMP), "How its term is cut into segments."),
        *SERVICE,
        Field("past", NUMBER, "What past orders count towards the tiers."),
        Field("attributes", MapField(TEXT), "Choices on the bundle."),
        Field("parts", many(PART), "What fills its option groups."),
    ),
)

MANUAL = Record(
    "a manual discount",
    "What an agent gives.",
    (
        Field("on", choice("line", "group", "total"), "What it is for.", default="total"),
        Field("kind", choice("percent", "amount", "target"), "How it is stated.", default="percent"),
        Field("value", NUMBER, "Percent, amount or wanted price.", required=True),
        Field("reason", TEXT, "Why.", default="test"),
        Field("target", TEXT, "The line or group."),
        Field(
            "replaces",
            choice("nothing", "order", "all", "final"),
            "Which automatic discounts it replaces.",
            default="nothing",
        ),
    ),
)

GIVEN = Record(
    "the request",
    "What is priced.",
    (
        Field("date", DATE, "The day of the quote.", required=True),
        Field("currency", CURRENCY, "The currency; the book's own by default."),
        Field("customer", MapField(TEXT), "Facts read as `customer.…`."),
        Field("quote", MapField(TEXT), "Facts read as `quote.…`, such as channel."),
        Field("term_months", INTEGER, "The term of recurring charges."),
        Field("start", DATE, "When they begin; on the day of the quote by default."),
        Field("codes", TEXTS, "Coupon codes."),
        Field("manual", many(MANUAL), "Manual discounts."),
        Field("lines", many(LINE), "The lines.", required=True),
    ),
)

EXPECTED_LINE = Record(
    "an expected line",
    "What a line must come to; amounts in the major unit.",
    (
        Field(
            "id",
            TEXT,
            "Which line; by position when left out. Segments of a ramp are lines of their own.",
            example="1/2",
        ),
        Field("list_unit", NUMBER, "The list price of one unit."),
        Field("unit_net", NUMBER, "The unit price after the line steps."),
        Field("list_amount", NUMBER, "The list price of the line."),
        Field("net", NUMBER, "The line after order discounts, before tax."),
        Field("order_discount", NUMBER, "Its share of order discounts."),
        Field("tax", NUMBER, "Its tax."),
        Field("gross", NUMBER, "The line with tax."),
        Field("term_total", NUMBER, "Net over the whole term."),
        Field("cost", NUMBER, "Its cost."),
        Field("applied", ListField(ID), "The ids of the rules that gave something on it, in any order."),
    ),
)

EXPECT = Record(
    "the expectation",
    "What must come out; what is left out is not looked at.",
    (
        Field("lines", many(EXPECTED_LINE), "Lines."),
        Field("total_list", NUMBER, "Everything at list price, of recurring lines one charge period."),
        Field(
            "total_net",
            NUMBER,
            "After all discounts, before tax. Of a recurring line, and of each segment of a ramp, it counts one charge"
            " period; `tcv` counts the whole term.",
        ),
        Field("total_tax", NUMBER, "Tax."),
        Field("total_gross", NUMBER, "With tax."),
        Field("payable", NUMBER, "What is to be paid: with tax, after cash rounding."),
        Field("one_time", NUMBER, "One-time charges."),
        Field("monthly", NUMBER, "Charges each month (MRR)."),
        Field("yearly", NUMBER, "Charges each year (ARR)."),
        Field("usage_estimate", NUMBER, "The estimate of usage charges."),
        Field(
            "tcv",
            NUMBER,
            "Total contract value: what is paid once, and recurring charges over the whole term; before tax and without"
            " usage.",
        ),
        Field("acv", NUMBER, "Annual contract value."),
        Field("order_discount", NUMBER, "What order rules gave in all."),
        Field("discount_pct", NUMBER, "The depth of all discounts in percent of list."),
        Field("margin_pct", NUMBER, "The margin in percent of net."),
        Field("applied", ListField(ID), "The ids of all rules that gave something, in any order."),
        Field("gifts", ListField(ID), "SKUs of lines that rules added."),
        Field("approvals", TEXTS, "Levels that have to agree as chain/level, in any order; [] for none."),
        Field("valid", FLAG, "Whether all configurations are complete and keep all rules."),
        Field("violations", ListField(ID), "Ids of the constraints that are broken, in any order."),
        Field("refused", TEXTS, "Codes of the faults when the request is refused."),
    ),
)

CASE = Record(
    "a rule test",
    "A request and what must come out.",
    (
        Field("name", TEXT, "What the test shows.", required=True),
        Field("given", RecordField(GIVEN), "The request.", required=True),
        Field("expect", RecordField(EXPECT), "What must come out.", required=True),
    ),
)

TESTS = Record(
    "a tests file",
    "Rule tests: requests whose prices, approvals and violations are known.",
    (Field("tests", many(CASE), "The tests.", required=True),),
)
