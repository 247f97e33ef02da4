"""Policies, quotes and people for tests of approvals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from engine.approvals.case import Submission, case_of
from engine.approvals.machine import PlainApprovalProcess
from engine.approvals.policy import ApprovalPolicy, ChainDefinition, LevelDefinition, Who, WhoKind
from engine.approvals.process import Directory
from engine.approvals.routed import Route
from engine.approvals.routing import route
from engine.approvals.run import ApprovalRun, Decide, Delegation, Verdict
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
