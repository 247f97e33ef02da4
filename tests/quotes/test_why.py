"""Why an approval rule asks nobody, and what would make it ask."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from engine.approvals import ApprovalPolicy
from engine.approvals.policy import PolicyEffect
from engine.language import BOOLEAN, check_expression
from engine.pricing.obstacles import Explanation
from engine.quotes.evaluation import Parts, price_lines
from engine.quotes.lines import resolve
from engine.quotes.why import explain_policy
from tests.quotes.offers import parts, percent_off, priced, request


def why(using: Parts, policy: ApprovalPolicy, percent: str = "") -> Explanation:
    wanted = request(manual=(percent_off(percent),) if percent else ())
    lines = resolve(wanted, using.catalog)
    assert isinstance(lines, tuple)
    return explain_policy(priced(wanted, using), price_lines(lines, wanted, using), using, policy)


def test_a_rule_that_asks_nobody_names_its_condition_with_its_value() -> None:
    using = parts()
    (deep,) = using.policies
    found = why(using, deep, "12")
    assert (found.applied, found.kind, found.reason) == (
        False,
        "approval rule",
        "`quote.discount_pct > 15` does not hold",
    )
    assert found.failed[0].values == (("quote.discount_pct", Decimal("12.0000")),)
    assert (found.wishes, found.enough) == (("quote.discount_pct is more than 15",), False)


def test_a_rule_that_asks_says_so() -> None:
    using = parts()
    assert why(using, using.policies[0], "20").applied


def with_policy(using: Parts, *more: ApprovalPolicy) -> Parts:
    return replace(using, policies=(*using.policies, *more))


def test_a_rule_whose_chain_is_approved_without_asking_names_what_does() -> None:
    deep = parts().policies[0]
    always = check_expression("quote.net > 0", scope=deep.conditions[0].scope, expected=BOOLEAN)
    spare = ApprovalPolicy("spare", (always,), "sales", "", effect=PolicyEffect.AUTO_APPROVE)
    using = with_policy(parts(), spare)
    assert why(using, deep, "20").reason == "its chain is approved without asking by `spare`"
    assert why(using, spare, "20").applied
    assert why(using, spare).reason == (
        "nobody would have to be asked in the chain `sales`, so that there is nothing to approve"
    )


def test_a_wish_that_is_not_known_leaves_none() -> None:
    deep = parts().policies[0]
    odd = check_expression(
        "quote.discount_pct > 15 and not(quote.net > 0)", scope=deep.conditions[0].scope, expected=BOOLEAN
    )
    found = why(parts(), ApprovalPolicy("odd", (odd,), "sales", "manager"))
    assert [each.text for each in found.failed] == ["quote.discount_pct > 15", "not(quote.net > 0)"]
    assert found.wishes == ()
