"""Small programs: which rules are plain enough for one, whoever wrote their settings down."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.pricing.effects import Percent
from engine.pricing.plan import Limit, Rule, RuleId, UsageLimit
from engine.pricing.programs import SHARE, ops_of

TEN_OFF = {"": Percent(Decimal(10))}


def rule(**said: object) -> Rule:
    return Rule(RuleId("r"), "group", TEN_OFF, **said)  # type: ignore[arg-type]


def test_a_rule_that_states_no_limit_is_plain() -> None:
    """A loaded rule has a limit of its own that holds nothing: an equal one, not the same one."""
    wanted = {"": (3, SHARE, Decimal("0.1"))}
    assert ops_of(3, rule(), is_live=False) == wanted
    assert ops_of(3, rule(limit=Limit(), usage=UsageLimit()), is_live=False) == wanted


@pytest.mark.parametrize(
    "said",
    [
        {"limit": Limit(units_max=Decimal(2))},
        {"limit": Limit({"EUR": Decimal(5)})},
        {"usage": UsageLimit(budgets={"EUR": Decimal(5)})},
        {"exclusive": True},
        {"stop": True},
        {"not_with": frozenset({RuleId("other")})},
    ],
)
def test_a_rule_that_is_tied_to_more_than_its_line_is_not(said: dict[str, object]) -> None:
    assert ops_of(3, rule(**said), is_live=False) == {}
