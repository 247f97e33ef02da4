"""The smallest change that avoids the next level."""

from __future__ import annotations

from engine.approvals.advice import advise
from engine.approvals.policy import ApprovalPolicy
from tests.approvals.policies import CHAINS, TABLE, quote, when


def advised(facts: dict[str, object], *policies: ApprovalPolicy) -> list[str]:
    customer = {"region": "DE", "segment": "edu"}
    found = advise(facts, customer, (), policies=policies or TABLE, chains=CHAINS)  # type: ignore[arg-type]
    return [str(each) for each in found]


def test_advice_is_the_smallest_change_that_spares_the_highest_level() -> None:
    assert advised(quote("16.2")) == ["1.2 less quote.discount_pct avoids sales manager"]
    assert advised(quote("26.5", "10")) == [
        "1.5 less quote.discount_pct avoids sales director",
        "2 more quote.margin_pct avoids finance controller",
    ]
    inclusive = when("quote.discount_pct >= 15", "sales", "manager")
    assert advised(quote("16"), inclusive) == ["1.01 less quote.discount_pct avoids sales manager"]


def test_the_nearer_of_two_ways_out_is_advised_and_needs_of_two_rows_are_joined() -> None:
    either = when("quote.discount_pct > 15 and quote.term_months < 24", "sales", "manager")
    assert advised(quote("15.5", term=12), either) == ["0.5 less quote.discount_pct avoids sales manager"]
    assert advised(quote("60", term=23), either) == ["1 more quote.term_months avoids sales manager"]
    both = (when("quote.discount_pct > 15", "sales", "manager"), when("quote.net < 1000", "sales", "manager"))
    assert advised(quote("20", net="950"), *both) == [
        "5 less quote.discount_pct and 50 more quote.net avoids sales manager"
    ]


def test_no_advice_is_better_than_a_wrong_one() -> None:
    assert advised(quote(), when('customer.region = "DE"', "sales", "manager")) == []
    alternative = when('quote.discount_pct > 15 or customer.region = "DE"', "sales", "manager")
    assert advised(quote("20"), alternative) == []
