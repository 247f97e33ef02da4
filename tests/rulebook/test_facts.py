"""Facts by their declared types (engine.rulebook.facts)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.catalog import Value
from engine.language.types import BOOLEAN, DATE, NUMBER, TEXT, EnumType, ListType, Type, optional
from engine.rulebook.facts import read_facts

DECLARED: dict[str, Type] = {
    "segment": EnumType("segment", ("retail", "business", "edu")),
    "seats": NUMBER,
    "since": DATE,
    "partner": BOOLEAN,
    "note": TEXT,
    "tags": ListType(EnumType("tags", ("new", "key"))),
    "levels": optional(ListType(NUMBER)),
}


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("segment", "edu", "edu"),
        ("segment", "", None),
        ("segment", None, None),
        ("seats", Decimal(5), Decimal(5)),
        ("seats", "5.5", Decimal("5.5")),
        ("seats", "", None),
        ("since", "2026-03-31", date(2026, 3, 31)),
        ("since", date(2026, 3, 31), date(2026, 3, 31)),
        ("partner", "true", True),
        ("partner", False, False),
        ("note", "", ""),
        ("tags", ("new", "key"), ("new", "key")),
        ("tags", "new", ("new",)),
        ("tags", None, ()),
        ("levels", ("1", Decimal(2)), (Decimal(1), Decimal(2))),
        ("levels", None, None),
    ],
)
def test_a_value_becomes_what_the_declaration_says(name: str, given: Value, value: Value) -> None:
    found = read_facts({name: given}, DECLARED, "customer")
    assert (found.values[name], found.misfits) == (value, ())
    assert type(found.values[name]) is type(value)


@pytest.mark.parametrize(
    ("name", "given", "message", "hint"),
    [
        ("segment", "educ", "is never `educ`", "did you mean `edu`?"),
        ("segment", "Edu", "is never `Edu`", "did you mean `edu`?"),
        ("segment", "public", "is never `public`", "it is one of `retail`, `business`, `edu`"),
        ("segment", Decimal(5), "is never `5`", "it is one of `retail`, `business`, `edu`"),
        ("seats", "five", "takes a number, not `five`", "write digits with a point, no thousands separators"),
        ("seats", True, "takes a number, not `true`", "give a number"),
        ("seats", date(2026, 1, 1), "takes a number, not `2026-01-01`", "give a number"),
        ("since", "31.3.2026", "takes a date, not `31.3.2026`", "write it as 2026-03-31"),
        (
            "since",
            "2026-02-30",
            "takes a date, not `2026-02-30`",
            "write year, month and day in this order: 2026-03-31",
        ),
        ("partner", "yes", "takes true or false, not `yes`", "write true or false"),
        ("note", Decimal(5), "takes a text, not `5`", "give it as a text"),
        ("note", ("a",), "takes a text, not a list", "give it as a text"),
        ("tags", ("new", "keys"), "is never `keys`", "did you mean `key`?"),
    ],
)
def test_a_value_that_the_declaration_rules_out(name: str, given: Value, message: str, hint: str) -> None:
    found = read_facts({name: given}, DECLARED, "customer")
    (misfit,) = found.misfits
    assert (misfit.name, misfit.message, misfit.hint) == (name, f"`customer.{name}` {message}", hint)
    assert misfit.is_declared
    assert found.values[name] == (() if name == "tags" else None)


def test_every_fact_has_a_value_and_undeclared_ones_are_named_together() -> None:
    found = read_facts({"segmnt": "edu", "size": Decimal(1)}, DECLARED, "customer")
    assert found.values.keys() == DECLARED.keys()
    assert [(each.name, each.message, each.hint, each.is_declared) for each in found.misfits] == [
        ("segmnt", "the rule book declares no fact `customer.segmnt`", "did you mean `segment`?", False),
        (
            "size",
            "the rule book declares no fact `customer.size`",
            "it declares `segment`, `seats`, `since`, `partner`, `note`, `tags`, `levels`; "
            "add others under `facts` in book.yaml",
            False,
        ),
    ]


def test_a_book_that_declares_nothing_says_so() -> None:
    (misfit,) = read_facts({"x": "y"}, {}, "quote").misfits
    assert misfit.hint == "it declares none; add others under `facts` in book.yaml"


def test_long_lists_of_words_are_cut() -> None:
    kind = EnumType("code", tuple(f"w{n}" for n in range(20)))
    (misfit,) = read_facts({"code": "zzz"}, {"code": kind}, "customer").misfits
    assert misfit.hint.endswith("`w10`, `w11` and 8 more")
