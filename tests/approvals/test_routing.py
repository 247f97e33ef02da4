"""Policies to route: levels with their reasons."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from engine.approvals.policy import PolicyEffect
from engine.approvals.routed import Facet, Route, Sense
from engine.approvals.routing import Router
from tests.approvals.policies import CHAINS, TABLE, TWO_DAYS, levels, quote, routed, when


def test_a_quote_that_no_row_matches_needs_nobody() -> None:
    assert routed(quote()) == Route()


def test_matching_rows_make_levels_in_the_order_of_the_chain() -> None:
    assert levels(routed(quote("16"))) == [("sales", ["manager"])]
    assert levels(routed(quote("26", "11"))) == [("sales", ["manager", "director"]), ("finance", ["controller"])]
    assert levels(routed(quote("26", "11"), region="US")) == [("sales", ["manager", "director"])]


def test_a_reason_names_row_place_condition_and_values() -> None:
    found = routed(quote("15.5"))
    (manager,) = found.chains[0].levels
    (reason,) = manager.reasons
    assert (reason.policy, str(reason.span), reason.condition) == (
        "r1",
        "approvals/discount.csv:2:1",
        "quote.discount_pct > 15",
    )
    assert reason.facets == (Facet("quote.discount_pct", Decimal("15.5"), Sense.MORE_IS_WORSE, Decimal(15)),)
    assert manager.due == TWO_DAYS
    assert [each.name for each in manager.escalation] == ["director", "vp"]


def test_the_cells_of_a_row_are_one_condition() -> None:
    (chain,) = routed(quote(margin="11")).chains
    assert chain.levels[0].reasons[0].condition == "quote.margin_pct < 12 and customer.region not(US)"
    assert {each.expression: (each.value, each.sense) for each in chain.levels[0].reasons[0].facets} == {
        "quote.margin_pct": (Decimal(11), Sense.LESS_IS_WORSE),
        "customer.region": ("DE", Sense.ANY_CHANGE),
    }


def test_an_unknown_margin_is_looked_at() -> None:
    assert levels(routed(quote(margin=None))) == [("finance", ["controller"])]
    assert routed(quote(margin=None)).chains[0].levels[0].reasons[0].facets[0].value is None


def test_an_unknown_margin_is_looked_at_in_the_quote_as_a_whole() -> None:
    whole = when("some each in [quote] satisfies each.margin_pct < 12", "finance", "controller", policy="whole")
    assert levels(routed(quote(margin=None), whole)) == [("finance", ["controller"])]
    assert levels(routed(quote(margin="11"), whole)) == [("finance", ["controller"])]
    assert routed(quote(margin="12"), whole) == Route()


def test_an_unknown_margin_approves_nothing() -> None:
    good = replace(when("quote.margin_pct > 20", "sales", "", policy="good"), effect=PolicyEffect.AUTO_APPROVE)
    assert not routed(quote("26", "30"), *TABLE, good).chains
    assert levels(routed(quote("26", None), *TABLE, good)) == [
        ("sales", ["manager", "director"]),
        ("finance", ["controller"]),
    ]
    broken = replace(
        when("quote.net / (quote.list - 1000) > 1", "sales", "", policy="b"), effect=PolicyEffect.AUTO_APPROVE
    )
    assert levels(routed(quote("26"), *TABLE, broken)) == [("sales", ["manager", "director"])]


def test_what_is_false_without_the_margin_is_false() -> None:
    large = when("quote.net > 1000 and quote.margin_pct < 12", "finance", "cfo", policy="large")
    assert routed(quote(margin=None, net="900"), large) == Route()
    assert levels(routed(quote(margin=None, net="1100"), large)) == [("finance", ["cfo"])]
    either = when("quote.net > 1000 or quote.margin_pct < 12", "finance", "cfo", policy="either")
    assert levels(routed(quote(margin=None, net="900"), either)) == [("finance", ["cfo"])]
    assert routed(quote(margin=None), *TABLE, large).chains == routed(quote(margin=None)).chains
    # the cells of a row: another one decides
    assert routed(quote(margin=None), region="US") == Route()


def test_a_reason_says_why_the_margin_is_unknown() -> None:
    router = Router(TABLE, CHAINS)
    assert router.reads_margin and not Router(TABLE[:2], CHAINS).reads_margin
    customer = {"region": "DE", "segment": "edu"}
    found = router.route(quote("16", None), customer, (), note="no cost for `m`")  # type: ignore[arg-type]
    notes = {each.policy: each.note for chain in found.chains for one in chain.levels for each in one.reasons}
    assert notes == {"r1": "", "r3": "no cost for `m`"}


def test_a_condition_that_cannot_be_worked_out_is_looked_at() -> None:
    policy = when("quote.net / (quote.list - 1000) > 1", "sales", "manager")
    assert levels(routed(quote(), policy)) == [("sales", ["manager"])]


def test_auto_approval_spares_its_chain_or_every_chain_and_says_why() -> None:
    spare = replace(when("quote.net < 1000", "sales", "", policy="small"), effect=PolicyEffect.AUTO_APPROVE)
    found = routed(quote("26", "11"), *TABLE, spare)
    assert levels(found) == [("finance", ["controller"])]
    assert [each.policy for each in found.auto_approved] == ["small"]
    every = routed(quote("26", "11"), *TABLE, replace(spare, chain=""))
    assert every.chains == ()
    assert [each.policy for each in every.auto_approved] == ["small"]
    assert routed(quote(), *TABLE, spare) == Route()


def test_lines_ratios_and_totals_can_be_conditions() -> None:
    deep = when("some each in lines satisfies each.discount_pct > 30", "sales", "manager", policy="line")
    ratio = when("quote.net / quote.list < 0.8", "sales", "director", policy="ratio")
    large = when("sum(lines.net) > 500", "finance", "cfo", policy="sum")
    lines: tuple[dict[str, object], ...] = (
        {"sku": "A", "discount_pct": Decimal(35), "net": Decimal(300)},
        {"sku": "B", "discount_pct": Decimal(0), "net": Decimal(400)},
    )
    found = routed(quote(net="700"), deep, ratio, large, lines=lines)
    assert levels(found) == [("sales", ["manager", "director"]), ("finance", ["cfo"])]
    by_policy = {reason.policy: reason for chain in found.chains for one in chain.levels for reason in one.reasons}
    (quotient,) = by_policy["ratio"].facets
    assert (quotient.expression, quotient.value, quotient.sense, quotient.threshold) == (
        "quote.net / quote.list",
        Decimal("0.7"),
        Sense.LESS_IS_WORSE,
        Decimal("0.8"),
    )
    (total,) = by_policy["sum"].facets
    assert (total.value, total.threshold) == (Decimal(700), Decimal(500))
    assert all(each.sense is Sense.ANY_CHANGE for each in by_policy["line"].facets)
    assert any("35" in str(each.value) for each in by_policy["line"].facets)
