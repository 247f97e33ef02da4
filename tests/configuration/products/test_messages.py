"""The author's message of a rule: values of what is chosen, ranges of what is still open."""

from __future__ import annotations

import pytest

from engine.configuration.products import Constraint, ConstraintKind, Pick, compile_product
from engine.configuration.products.answers import ProductChoice
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import Span
from engine.language.check import check_expression
from engine.language.scope import Scope
from engine.language.template import check_template
from tests.configuration.products.parts import bundle, catalog, constraint_scope

PARTS = catalog()
SCOPE = Scope(constraint_scope(bundle(), PARTS))
NEVER = "psu.watts >= 100000"
"""Broken by every power supply, so that the message is told."""


def told(say: str, *choices: ProductChoice) -> str:
    rule = Constraint(
        "r",
        ConstraintKind.REQUIRE,
        check_expression(NEVER, scope=SCOPE),
        say=check_template(say, scope=SCOPE),
        span=Span("r.yaml", 1, 1),
    )
    engine = ProductConfigurator(compile_product(bundle(), PARTS, {bundle().sku: [rule]}))
    conflict = engine.explain(choices)
    assert conflict is not None
    return conflict.rules[0].message


@pytest.mark.parametrize(
    ("say", "choices", "message"),
    [
        ("{psu.watts} W", (Pick("psu", "P1"),), "450 W"),
        # P1 has 450 W and P2 900 W
        ("{psu.watts} W", (), "450 to 900 W"),
        # the processors take 65 or 125 W, or nobody knows; with the card of 200 W 1.3 x 265 = 344.5, 1.3 x 325 = 422.5
        ("{1.3 * (cpu.power_w + gpu.power_w)} W", (Pick("gpu", "G1"),), "344.5 to 422.5 W"),
        # two cards at most: 1 x 200 to 2 x 350
        ("{gpu.power_w * gpu.qty} W", (), "200 to 700 W"),
        ("{gpu.power_w * gpu.qty} W", (Pick("gpu", "G2", 2),), "700 W"),
        # what is taken of a group of several is known: nothing yet
        ("{sum(drives.watts)} W", (), "0 W"),
        ("socket {board.socket}", (), "socket AM5 or LGA"),
        ("socket {board.socket}", (Pick("board", "MB2"),), "socket LGA"),
        # nobody knows what CPU3 takes
        ("{cpu.power_w} W", (Pick("cpu", "CPU3"),), "? W"),
        ("{cpu.sku + psu.sku + board.sku}", (), "one of 12 values"),  # 3 x 2 x 2
    ],
)
def test_a_message_says_between_which_values_it_is_open(
    say: str, choices: tuple[ProductChoice, ...], message: str
) -> None:
    assert told(say, *choices) == message


def test_too_many_combinations_stay_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.configuration.products.messages.MOST_COMBINED", 5)
    assert told("{cpu.power_w + gpu.power_w} W") == "? W"  # 3 processors, 2 cards once or twice: 12 combinations
