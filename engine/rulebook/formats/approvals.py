"""The keys of the files in ``approvals/``."""

from __future__ import annotations

from engine.rulebook.fields import (
    CONDITION,
    DURATION,
    ID,
    INTEGER,
    TEXT,
    EitherField,
    Field,
    ListField,
    Record,
    RecordField,
    choice,
    many,
)

LEVEL = Record(
    "an approval level",
    "Who acts on one level of a chain; a bare name means the role of that name.",
    (
        Field("id", ID, "How tables name the level.", required=True),
        Field("title", TEXT, "What people read."),
        Field("person", ID, "One user."),
        Field("role", ID, "Everybody with the role."),
        Field("members", ID, "The members of a group."),
        Field("agree", choice("any", "all", "count"), "How many have to agree.", default="any"),
        Field("count", INTEGER, "How many, when `agree` is `count`.", default="1"),
    ),
)

CHAIN = Record(
    "an approval chain",
    "Levels from the lowest to the highest; chains run side by side.",
    (
        Field("id", ID, "How tables name the chain.", required=True),
        Field("title", TEXT, "What people read."),
        Field(
            "levels",
            ListField(EitherField((ID, RecordField(LEVEL)))),
            "The levels, lowest first.",
            required=True,
        ),
    ),
)

POLICY = Record(
    "an approval policy",
    "When somebody has to look, and who.",
    (
        Field("id", ID, "How reasons name it.", required=True),
        Field("when", CONDITION, "When it holds.", required=True, example="quote.discount_pct > 15"),
        Field("chain", ID, "The chain.", required=True),
        Field("level", ID, "The level that has to agree."),
        Field("due", DURATION, "After which it escalates.", example="P2D"),
        Field("effect", choice("require", "auto_approve"), "Asks, or approves without asking.", default="require"),
        Field("say", TEXT, "What people read."),
    ),
)

APPROVALS = Record(
    "an approvals file",
    "Chains, and policies that are not in a table.",
    (
        Field("chains", many(CHAIN), "Chains."),
        Field("policies", many(POLICY), "Policies."),
    ),
)
