"""The values that made a row match, and which change of them would be worse."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.approvals.facets import looks_of, value_at
from engine.approvals.reapproval import no_worse
from engine.approvals.routed import Sense
from engine.language import BOOLEAN, check_expression, check_unary_tests
from tests.approvals.policies import SCOPE, quote, routed, when


def test_a_long_list_is_kept_short_and_still_tells_a_change() -> None:
    deep = when("some each in lines satisfies each.discount_pct > 30", "sales", "manager")
    lines = tuple({"sku": f"S{n}", "discount_pct": Decimal(35), "net": Decimal(n)} for n in range(500))
    other = (*lines[:-1], {**lines[-1], "discount_pct": Decimal(34)})
    (one,) = routed(quote(), deep, lines=lines).chains[0].levels[0].reasons[0].facets
    (two,) = routed(quote(), deep, lines=other).chains[0].levels[0].reasons[0].facets
    assert len(str(one.value)) < 300
    assert not no_worse(one, two)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("quote.net >= 5", [("quote.net", Sense.MORE_IS_WORSE, 5, True)]),
        ("5 > quote.net", [("quote.net", Sense.LESS_IS_WORSE, 5, False)]),
        ("not(quote.net > 5)", [("quote.net", Sense.LESS_IS_WORSE, 5, True)]),
        ("quote.net = 5", [("quote.net", Sense.ANY_CHANGE, None, False)]),
        ("quote.net > -5", [("quote.net", Sense.MORE_IS_WORSE, -5, False)]),
        ("quote.net > 5 and quote.net < 9", [("quote.net", Sense.ANY_CHANGE, None, False)]),
        (
            'quote.net_gross > 5 and contains(string(quote.net), "7")',
            [("quote.net_gross", Sense.MORE_IS_WORSE, 5, False), ("quote.net", Sense.ANY_CHANGE, None, False)],
        ),
        ("quote.net between 5 and 9", [("quote.net", Sense.ANY_CHANGE, None, False)]),
        (
            "quote.net > quote.list",
            [("quote.net", Sense.MORE_IS_WORSE, None, False), ("quote.list", Sense.LESS_IS_WORSE, None, False)],
        ),
    ],
)
def test_which_change_would_be_worse_is_read_from_the_condition(
    text: str, expected: list[tuple[str, Sense, int | None, bool]]
) -> None:
    looks = looks_of(check_expression(text, scope=SCOPE, expected=BOOLEAN))
    assert [(each.expression, each.sense, each.threshold, each.inclusive) for each in looks] == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (">= 5", (Sense.MORE_IS_WORSE, 5, True)),
        ("<= 5", (Sense.LESS_IS_WORSE, 5, True)),
        ("[5..9)", (Sense.ANY_CHANGE, None, False)),
        ("5, 9", (Sense.ANY_CHANGE, None, False)),
    ],
)
def test_cells_are_read_alike(cell: str, expected: tuple[Sense, int | None, bool]) -> None:
    (look,) = looks_of(check_unary_tests(cell, subject="quote.net", scope=SCOPE))
    assert (look.expression, (look.sense, look.threshold, look.inclusive)) == ("quote.net", expected)


def test_paths_are_followed_through_lists() -> None:
    roots = {"lines": ({"a": {"b": 1}}, {"a": {}})}
    assert value_at("lines.a.b", roots) == (1, None)
    assert value_at("quote.x", roots) is None
