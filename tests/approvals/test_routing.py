"""Policies to route: levels with reasons, the values that matched, re-approval and advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.approvals.advice import advise
from engine.approvals.case import Submission, case_of
from engine.approvals.eligibility import may_decide
from engine.approvals.facets import looks_of, value_at
from engine.approvals.machine import PlainApprovalProcess
from engine.approvals.policy import (
    ApprovalPolicy,
    ChainDefinition,
    LevelDefinition,
    PolicyEffect,
    Quorum,
    Who,
    WhoKind,
)
from engine.approvals.process import Directory
from engine.approvals.reapproval import approved_levels, carry_over, no_worse
from engine.approvals.routed import Facet, Route, Sense
from engine.approvals.routing import policy_findings, route
from engine.approvals.run import ApprovalRun, Decide, Delegation, Recall, Verdict
from engine.diagnostics import Decision, Refusal, Span
from engine.language import (
    BOOLEAN,
    NUMBER,
    TEXT,
    ContextType,
    ListType,
    Scope,
    check_expression,
    check_unary_tests,
    optional,
)
from engine.parties import Group, User

SCOPE = Scope(
    {
        "quote": ContextType(
            {
                "discount_pct": NUMBER,
                "margin_pct": optional(NUMBER),
                "net": NUMBER,
                "list": NUMBER,
                "net_gross": NUMBER,
                "term_months": NUMBER,
            }
        ),
        "customer": ContextType({"region": TEXT, "segment": TEXT}),
        "lines": ListType(ContextType({"sku": TEXT, "discount_pct": NUMBER, "net": NUMBER})),
    }
)
TWO_DAYS = timedelta(days=2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def level(name: str) -> LevelDefinition:
    return LevelDefinition(name, Who(WhoKind.ROLE, name))


CHAINS = (
    ChainDefinition("sales", (level("manager"), level("director"), level("vp"))),
    ChainDefinition("finance", (level("controller"), level("cfo"))),
)


def when(text: str, chain: str, to: str, *, policy: str = "", due: timedelta | None = None) -> ApprovalPolicy:
    checked = check_expression(text, scope=SCOPE, expected=BOOLEAN)
    return ApprovalPolicy(policy or text, (checked,), chain, to, due)


def row(cells: Mapping[str, str], chain: str, to: str, *, policy: str, due: timedelta | None = None) -> ApprovalPolicy:
    checked = tuple(check_unary_tests(cell, subject=column, scope=SCOPE) for column, cell in cells.items())
    return ApprovalPolicy(policy, checked, chain, to, due, span=Span("approvals/discount.csv", 2))


TABLE = (
    row({"quote.discount_pct": "> 15"}, "sales", "manager", policy="r1", due=TWO_DAYS),
    row({"quote.discount_pct": "> 25"}, "sales", "director", policy="r2", due=TWO_DAYS),
    row(
        {"quote.margin_pct": "< 12", "customer.region": "not(US)"},
        "finance",
        "controller",
        policy="r3",
        due=timedelta(days=1),
    ),
)


def quote(discount: str = "10", margin: str | None = "30", net: str = "900", term: int = 12) -> dict[str, object]:
    return {
        "discount_pct": Decimal(discount),
        "margin_pct": None if margin is None else Decimal(margin),
        "net": Decimal(net),
        "list": Decimal(1000),
        "term_months": Decimal(term),
    }


def routed(
    facts: dict[str, object], *policies: ApprovalPolicy, region: str = "DE", lines: tuple[dict[str, object], ...] = ()
) -> Route:
    customer = {"region": region, "segment": "edu"}
    return route(facts, customer, lines, policies=policies or TABLE, chains=CHAINS)  # type: ignore[arg-type]


def levels(found: Route) -> list[tuple[str, list[str]]]:
    return [(each.chain, [one.level for one in each.levels]) for each in found.chains]


def test_a_quote_that_no_row_matches_needs_nobody() -> None:
    assert routed(quote()) == Route()
    assert not routed(quote()).needs_approval


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


def test_a_condition_that_cannot_be_worked_out_is_looked_at() -> None:
    policy = when("quote.net / (quote.list - 1000) > 1", "sales", "manager")
    assert levels(routed(quote(), policy)) == [("sales", ["manager"])]


def test_auto_approval_spares_its_chain_or_every_chain_and_says_why() -> None:
    spare = replace(when("quote.net < 1000", "sales", "", policy="small"), effect=PolicyEffect.AUTO_APPROVE)
    found = routed(quote("26", "11"), *TABLE, spare)
    assert levels(found) == [("finance", ["controller"])]
    assert [each.policy for each in found.auto_approved] == ["small"]
    every = routed(quote("26", "11"), *TABLE, replace(spare, chain=""))
    assert not every.needs_approval
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


def test_a_row_that_names_no_chain_or_level_is_a_finding_with_a_hint() -> None:
    wrong = (
        when("quote.net > 1", "sale", "manager"),
        replace(when("quote.net > 1", "sales", "manger"), span=Span("a.csv", 3)),
        replace(when("quote.net > 1", "", ""), effect=PolicyEffect.AUTO_APPROVE),
    )
    found = policy_findings(wrong, CHAINS)
    assert [(each.code, each.hint) for each in found] == [
        ("APR010", "did you mean `sales`?"),
        ("APR011", "did you mean `manager`?"),
    ]
    assert policy_findings(TABLE, CHAINS) == ()


PEOPLE = Directory(
    users={
        each.id: each
        for each in (
            User("rep", "Rep", ("rep",)),
            User("mia", "Mia", ("manager",)),
            User("max", "Max", ("manager",)),
            User("dot", "Dot", ("director",)),
            User("con", "Con", ("controller",)),
        )
    },
    groups={"deal-desk": Group("deal-desk", "Deal desk", ("mia", "con", "dot"))},
    delegations=(Delegation("mia", "con", NOON.date()),),
)


def submitted(found: Route, *, owner: str = "rep", standing: frozenset[tuple[str, str]] = frozenset()) -> ApprovalRun:
    submission = Submission("a-1", "q-1", 1, owner, Decimal(20), Decimal(900))
    made = case_of(found, submission=submission, directory=PEOPLE, standing=standing)
    assert not isinstance(made, Refusal), str(made)
    begun = PlainApprovalProcess().begin(made, at=NOON)
    assert isinstance(begun, Decision)
    return begun.value


def agreed(run: ApprovalRun, level_name: str, by: str) -> ApprovalRun:
    action = Decide(f"a-1/{level_name}", by, Verdict.APPROVE, NOON, 1)
    outcome = PlainApprovalProcess().act(run, action, directory=PEOPLE)
    assert isinstance(outcome, Decision), str(outcome)
    return outcome.value


def test_people_are_resolved_without_the_owner() -> None:
    run = submitted(routed(quote("16")), owner="mia")
    assert run.requests[0].members == ("max",)
    assert may_decide(submitted(routed(quote("16"))).requests[0], user="con", on=NOON.date(), directory=PEOPLE) == (
        "mia",
    )


def test_a_level_that_only_the_owner_could_decide_goes_one_up() -> None:
    run = submitted(routed(quote(margin="11")), owner="rep")
    assert run.requests[0].members == ("con",)
    up = replace(TABLE[0], level="manager")
    only = Directory({"boss": User("boss", "Boss", ("manager",)), "dot": User("dot", "Dot", ("director",))}, {}, ())
    made = case_of(routed(quote("16"), up), submission=Submission("a", "q", 1, "boss"), directory=only)
    assert not isinstance(made, Refusal)
    assert made.chains[0].levels[0].members == ("dot",)


@pytest.mark.parametrize(
    ("who", "members", "needed"),
    [
        (Who(WhoKind.PERSON, "dot"), ("dot",), 1),
        (Who(WhoKind.ROLE, "manager", Quorum.ALL), ("max", "mia"), 2),
        (Who(WhoKind.GROUP, "deal-desk", Quorum.COUNT, 2), ("con", "dot", "mia"), 2),
    ],
)
def test_a_level_is_a_person_a_role_or_so_many_of_a_group(who: Who, members: tuple[str, ...], needed: int) -> None:
    chains = (ChainDefinition("sales", (LevelDefinition("manager", who),)),)
    found = route(quote("16"), {}, (), policies=TABLE[:1], chains=chains)  # type: ignore[arg-type]
    request = submitted(found).requests[0]
    assert (request.members, request.needed) == (members, needed)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (Who(WhoKind.PERSON, "dto"), "APR001"),
        (Who(WhoKind.GROUP, "deal-dsk"), "APR002"),
        (Who(WhoKind.ROLE, "nobody"), "APR003"),
        (Who(WhoKind.GROUP, "deal-desk", Quorum.COUNT, 4), "APR003"),
    ],
)
def test_a_level_that_nobody_can_decide_is_refused_at_submission(who: Who, code: str) -> None:
    chains = (ChainDefinition("sales", (LevelDefinition("manager", who),)),)
    found = route(quote("16"), {}, (), policies=TABLE[:1], chains=chains)  # type: ignore[arg-type]
    made = case_of(found, submission=Submission("a", "q", 1, "rep"), directory=PEOPLE)
    assert isinstance(made, Refusal)
    assert [(each.code, each.field) for each in made.faults] == [(code, "sales.manager")]


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


def test_paths_are_followed_through_lists() -> None:
    roots = {"lines": ({"a": {"b": 1}}, {"a": {}})}
    assert value_at("lines.a.b", roots) == (1, None)
    assert value_at("quote.x", roots) is None
