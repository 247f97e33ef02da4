"""The keys of the files in ``discounts/``."""

from __future__ import annotations

from engine.rulebook.fields import (
    CAP,
    CONDITION,
    COUNT,
    FILE,
    FLAG,
    ID,
    IDS,
    INTEGER,
    LARGEST,
    MESSAGE,
    POSITIVE,
    TEXT,
    EitherField,
    Field,
    MapField,
    Record,
    ScalarField,
    ScalarKind,
    choice,
    dates,
    many,
)

EFFECT = ScalarField(ScalarKind.EFFECT)
GIVE = EitherField((EFFECT, MapField(EFFECT, "currency")))

GROUP = Record(
    "a discount group",
    "Rules that compete or add up; groups are worked through in the order listed.",
    (
        Field("id", ID, "How rules name the group.", required=True),
        Field("level", choice("line", "order"), "Whether its rules act line by line or on the order.", default="line"),
        Field(
            "step",
            choice("volume", "rules", "promotions", "partner"),
            "The step of the waterfall.",
            default="rules",
        ),
        Field(
            "pick",
            choice("all", "first", "best_for_customer", "worst", "bands"),
            "Which of the matching rules are taken.",
            default="all",
        ),
        Field("combine", choice("compound", "additive"), "How taken rules combine.", default="compound"),
        Field("at_most", COUNT, "How many rules at most, where `all` or `best_for_customer` are picked."),
        Field(
            "cap",
            EitherField((CAP, MapField(CAP, "currency"))),
            "The most that the group takes off: a percent, an amount, or both; amounts may be given by currency.",
            example="15 %",
        ),
        Field("cap_of", choice("line", "quote"), "What the cap holds for.", default="line"),
        Field("within", choice("best", "compound_vs_best"), "In a band of one priority.", default="best"),
        Field("across", choice("stop", "compound"), "After a band that gave something.", default="stop"),
    ),
)

_SHARED = (
    Field("id", ID, "How traces, tests and other rules name it.", required=True),
    Field("group", ID, "The group it competes in."),
    Field("when", CONDITION, "The rule applies only where this is true."),
    Field("give", GIVE, "What it gives; `docs/how-to/write-a-rule-book.md` lists every form.", example="10 % off unit"),
    Field("table", FILE, "A table with conditions and `out: give` or `out: percent_off`, instead of `give`."),
    Field("say", MESSAGE, "What people read in the waterfall."),
    Field("priority", INTEGER, "The higher one comes first.", default="0"),
    Field("code", TEXT, "The code that the customer has to name (a coupon)."),
    Field("uses", COUNT, "How often it may be used in all."),
    Field("uses_per_customer", COUNT, "How often one customer may use it."),
    Field("budget", LARGEST, "How much money it may give in all, by currency."),
    Field("limit", LARGEST, "The most that it gives at once, by currency."),
    Field("units_max", POSITIVE, "For how many units of a line at most."),
    Field(
        "units_of",
        choice("current", "original"),
        "What those units are worth: what earlier rules left, or the price before them less what they granted.",
        default="current",
    ),
    Field("exclusive", FLAG, "Stands alone in its level.", default="false"),
    Field("then", choice("continue", "stop"), "Whether later rules still apply.", default="continue"),
    Field("not_with", IDS, "Rules that it cannot stand beside."),
    Field("mode", choice("compound", "best_price"), "In bands: stacks, or stands alone.", default="compound"),
    *dates(),
)

DISCOUNT = Record("a discount", "A discount or surcharge on lines.", _SHARED)

ORDER_DISCOUNT = Record(
    "an order discount",
    "A discount on the order, spread over lines.",
    (
        *_SHARED,
        Field("for", CONDITION, "Which lines take part.", example="line.discountable"),
        Field("spread", choice("by_net", "by_gross", "by_qty", "even"), "How it is spread.", default="by_net"),
    ),
)

DISCOUNTS = Record(
    "a discounts file",
    "Groups, and the rules in them.",
    (
        Field("groups", many(GROUP), "Groups, in the order they are worked through."),
        Field("discounts", many(DISCOUNT), "Rules on lines."),
        Field("order_discounts", many(ORDER_DISCOUNT), "Rules on the order."),
    ),
)
