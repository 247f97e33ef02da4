"""The keys of the files in ``constraints/``."""

from __future__ import annotations

from engine.rulebook.fields import (
    CONDITION,
    FILE,
    ID,
    MESSAGE,
    Field,
    Limits,
    Record,
    ScalarField,
    ScalarKind,
    dates,
    many,
)

_WEIGHT = ScalarField(ScalarKind.INTEGER, limits=Limits.ABOVE_ZERO)

CONSTRAINT = Record(
    "a constraint",
    "What must hold in a configuration; exactly one of the kinds is given.",
    (
        Field("id", ID, "How messages and tests name the constraint.", required=True, example="psu-headroom"),
        Field("when", CONDITION, "The constraint holds only where this is true."),
        Field("require", CONDITION, "What must be true.", example="cpu.socket = board.socket"),
        Field("exclude", CONDITION, "What must not be true."),
        Field("allow_table", FILE, "A table of the combinations that are allowed."),
        Field("forbid_table", FILE, "A table of the combinations that are forbidden."),
        Field(
            "default",
            CONDITION,
            "What a completion with the aim `preferred` takes unless the customer chooses otherwise; with another aim"
            " it decides between equals.",
        ),
        Field("prefer", CONDITION, "What a completion prefers, as with `default`; `weight` says how much."),
        Field("weight", _WEIGHT, "How much a preference counts.", default="1"),
        Field(
            "say", MESSAGE, "What the customer reads; formulas stand in braces.", example="{psu.watts} W is too small"
        ),
        *dates(),
    ),
)

CONSTRAINTS = Record(
    "a constraints file",
    "Constraints of one bundle.",
    (
        Field("bundle", ID, "The SKU of the bundle; may be left out when the book has one bundle only."),
        Field("constraints", many(CONSTRAINT), "The constraints.", required=True),
    ),
)
