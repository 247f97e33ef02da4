"""From a route to the people who decide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.approvals.case import Submission, case_of
from engine.approvals.eligibility import may_decide
from engine.approvals.policy import ChainDefinition, LevelDefinition, Quorum, Who, WhoKind
from engine.approvals.process import Directory
from engine.approvals.routing import route
from engine.diagnostics import Refusal
from engine.parties import User
from tests.approvals.policies import NOON, PEOPLE, TABLE, quote, routed, submitted


def test_people_are_resolved_without_the_owner() -> None:
    run = submitted(routed(quote("16")), owner="mia")
    assert run.requests[0].members == ("max",)
    run = submitted(routed(quote("16")))
    (request,) = run.requests
    assert may_decide(run, request, user="con", on=NOON.date(), directory=PEOPLE) == ("mia",)
    assert may_decide(run, request, user="mia", on=NOON.date(), directory=PEOPLE) == ("mia",)
    assert may_decide(run, request, user=run.case.owner, on=NOON.date(), directory=PEOPLE) == ()


def test_a_level_that_only_the_owner_could_decide_goes_one_up() -> None:
    run = submitted(routed(quote(margin="11")), owner="rep")
    assert run.requests[0].members == ("con",)
    up = replace(TABLE[0], level="manager")
    only = Directory({"boss": User("boss", "Boss", ("manager",)), "dot": User("dot", "Dot", ("director",))}, {}, ())
    made = case_of(routed(quote("16"), up), submission=Submission("a", "q", 1, "boss"), directory=only)
    assert not isinstance(made, Refusal)
    (level,) = made.chains[0].levels
    assert (level.members, level.escalation) == (("dot",), ())
    vic = User("vic", "Vic", ("vp",))
    more = Directory({**only.users, "vic": vic}, {}, ())
    made = case_of(routed(quote("16"), up), submission=Submission("a", "q", 1, "boss"), directory=more)
    assert not isinstance(made, Refusal)
    assert [(each.members, each.escalation) for each in made.chains[0].levels] == [(("dot",), (("vic",),))]


def test_a_level_escalates_to_those_above_it_that_have_anybody() -> None:
    # nobody here is a vice president
    levels = submitted(routed(quote("26"))).case.chains[0].levels
    assert [(each.level, each.escalation) for each in levels] == [("manager", (("dot",),)), ("director", ())]


def test_all_of_nobody_is_not_enough_and_every_such_level_is_named() -> None:
    everyone = [LevelDefinition(role, Who(WhoKind.ROLE, role, Quorum.ALL)) for role in ("director", "controller")]
    chains = tuple(ChainDefinition(each.id, (each,)) for each in everyone)
    policies = tuple(replace(TABLE[0], chain=each.id, level=each.id, id=each.id) for each in everyone)
    found = route(quote("16"), {}, (), policies=policies, chains=chains)  # type: ignore[arg-type]
    alone = Directory({"dot": User("dot", "Dot", ("director", "controller"))}, {}, ())
    made = case_of(found, submission=Submission("a", "q", 1, "dot"), directory=alone)
    assert isinstance(made, Refusal)
    assert [each.field for each in made.faults] == ["director.director", "controller.controller"]
    # in one chain as well
    one = (ChainDefinition("sales", tuple(everyone)),)
    found = route(quote("16"), {}, (), policies=tuple(replace(each, chain="sales") for each in policies), chains=one)  # type: ignore[arg-type]
    made = case_of(found, submission=Submission("a", "q", 1, "dot"), directory=alone)
    assert isinstance(made, Refusal)
    assert [each.field for each in made.faults] == ["sales.director", "sales.controller"]


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
