"""Which approvals stand after an edit: those whose every reason is no worse."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.approvals.machine import PlainApprovalProcess
from engine.approvals.reapproval import approved_levels, carry_over, no_worse
from engine.approvals.routed import Facet, Sense
from engine.approvals.run import Recall
from engine.diagnostics import Decision
from tests.approvals.policies import NOON, PEOPLE, TABLE, agreed, quote, routed, submitted, when


def test_an_approval_stands_while_nothing_its_reason_looked_at_is_worse() -> None:
    run = agreed(submitted(routed(quote("20", "11"))), "sales/manager", "mia")
    assert approved_levels(run).keys() == {("sales", "manager")}
    assert carry_over(run, routed(quote("19", "11"))) == {("sales", "manager")}
    assert carry_over(run, routed(quote("20", "5"))) == {("sales", "manager")}
    assert carry_over(run, routed(quote("21", "11"))) == frozenset()
    assert carry_over(run, routed(quote("20", "11"), replace(TABLE[0], id="other"))) == frozenset()
    again = submitted(routed(quote("19", "11")), standing=carry_over(run, routed(quote("19", "11"))))
    assert [each.level for each in again.pending()] == ["controller"]
    assert carry_over(again, routed(quote("18"))) == {("sales", "manager")}
    recalled = PlainApprovalProcess().act(again, Recall("rep", NOON), directory=PEOPLE)
    assert isinstance(recalled, Decision)
    assert carry_over(recalled.value, routed(quote("18"))) == {("sales", "manager")}


def test_every_reason_needs_an_earlier_one_that_looked_at_as_much() -> None:
    more = when("quote.discount_pct > 10", "sales", "manager", policy="more")
    run = agreed(submitted(routed(quote("20"), *TABLE, more)), "sales/manager", "mia")
    # two reasons, each known from before
    assert carry_over(run, routed(quote("19"), *TABLE, more)) == {("sales", "manager")}
    # one of them is new to who agreed
    only = agreed(submitted(routed(quote("20"))), "sales/manager", "mia")
    assert carry_over(only, routed(quote("19"), *TABLE, more)) == frozenset()
    # the policy was written anew under its name
    other = when("quote.discount_pct > 11", "sales", "manager", policy="more")
    assert carry_over(run, routed(quote("19"), *TABLE, other)) == frozenset()


def test_yes_is_not_one() -> None:
    for sense in Sense:
        assert no_worse(Facet("x", True, sense), Facet("x", True, sense))
        assert not no_worse(Facet("x", True, sense), Facet("x", Decimal(1), sense))
        assert not no_worse(Facet("x", Decimal(1), sense), Facet("x", True, sense))
        assert no_worse(Facet("x", "DE", sense), Facet("x", "DE", sense))
        assert not no_worse(Facet("x", "DE", sense), Facet("x", "US", sense))
    one, two = Decimal(1), Decimal(2)
    for sense, up, down in (
        (Sense.MORE_IS_WORSE, False, True),
        (Sense.LESS_IS_WORSE, True, False),
        (Sense.ANY_CHANGE, False, False),
    ):
        assert no_worse(Facet("x", two, sense), Facet("x", one, sense)) is up
        assert no_worse(Facet("x", one, sense), Facet("x", two, sense)) is down


def test_unknown_values_are_only_as_good_as_unknown_ones() -> None:
    known = Facet("m", Decimal(3), Sense.LESS_IS_WORSE)
    unknown = Facet("m", None, Sense.LESS_IS_WORSE)
    assert no_worse(unknown, unknown)
    assert not no_worse(unknown, known)
    assert not no_worse(known, unknown)


depths = st.decimals(0, 100, places=2)


@settings(max_examples=100, deadline=None)
@given(depths, depths, depths, depths, depths, depths)
def test_re_approval_is_monotone(d0: Decimal, d1: Decimal, d2: Decimal, m0: Decimal, m1: Decimal, m2: Decimal) -> None:
    """What stands for a quote stands for every quote that is no worse, as far as it is still asked for."""
    run = submitted(routed(quote(str(d0), str(m0))))
    for request, by in (("sales/manager", "mia"), ("sales/director", "dot"), ("finance/controller", "con")):
        if any(each.id == f"a-1/{request}" for each in run.pending()):
            run = agreed(run, request, by)
    worse, better = (max(d1, d2), min(m1, m2)), (min(d1, d2), max(m1, m2))
    asked = routed(quote(str(better[0]), str(better[1])))
    wanted = {(chain.chain, each.level) for chain in asked.chains for each in chain.levels}
    kept = carry_over(run, routed(quote(str(worse[0]), str(worse[1]))))
    assert kept & wanted <= carry_over(run, asked)
    if d1 <= d0 and m1 >= m0:
        easier = routed(quote(str(d1), str(m1)))
        assert carry_over(run, easier) == {
            (chain.chain, each.level) for chain in easier.chains for each in chain.levels
        }
