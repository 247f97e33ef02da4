"""What every adapter of the approval process port has to do; each adapter's tests inherit these."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from engine.approvals.events import (
    ApprovalCompleted,
    ApprovalDecided,
    ApprovalEscalated,
    ApprovalRecalled,
    ApprovalRejected,
    ApprovalRequested,
)
from engine.approvals.process import ApprovalProcess, Directory
from engine.approvals.run import (
    Action,
    ApprovalCase,
    ApprovalRun,
    CaseChain,
    CaseLevel,
    Decide,
    Delegation,
    Recall,
    RequestStatus,
    RunStatus,
    Tick,
    Verdict,
)
from engine.diagnostics import Decision, Refusal
from engine.parties import User

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TWO_DAYS = timedelta(days=2)

DIRECTORY = Directory(
    users={
        "ann": User("ann", "Ann", ("manager",), discount_limit_percent=Decimal(20)),
        "bob": User("bob", "Bob", ("manager",)),
        "cat": User("cat", "Cat", ("director",), discount_limit_percent=Decimal(40), approval_limit=Decimal(50_000)),
        "dan": User("dan", "Dan", ("controller",)),
        "eve": User("eve", "Eve", ("controller",)),
        "fay": User("fay", "Fay", ("assistant",)),
        "rep": User("rep", "Rep", ("rep", "manager")),
    },
    delegations=(
        Delegation("cat", "fay", date(2026, 3, 1), date(2026, 3, 10)),
        Delegation("dan", "fay", date(2026, 3, 1)),
        Delegation("eve", "fay", date(2026, 3, 1)),
        Delegation("bob", "rep", date(2026, 1, 1)),
    ),
)

SALES = CaseChain(
    "sales",
    (CaseLevel("manager", ("ann", "bob"), 1, due=TWO_DAYS, escalation=(("cat",),)), CaseLevel("director", ("cat",), 1)),
)
FINANCE = CaseChain("finance", (CaseLevel("controller", ("dan", "eve"), 2),))


def case(
    *chains: CaseChain, discount: int | None = 30, total: int | None = 9_000, case_id: str = "a-1"
) -> ApprovalCase:
    return ApprovalCase(
        case_id,
        "q-1",
        3,
        "rep",
        chains,
        None if discount is None else Decimal(discount),
        None if total is None else Decimal(total),
    )


def decide(
    request: str, by: str, verdict: Verdict = Verdict.APPROVE, *, at: datetime = NOON, version: int = 3, for_: str = ""
) -> Decide:
    return Decide(f"a-1/{request}", by, verdict, at, version, on_behalf_of=for_, comment="because")


def started(
    process: ApprovalProcess, *chains: CaseChain, discount: int | None = 30, total: int | None = 9_000
) -> ApprovalRun:
    outcome = process.begin(case(*chains, discount=discount, total=total), at=NOON)
    assert isinstance(outcome, Decision)
    return outcome.value


def taken(process: ApprovalProcess, run: ApprovalRun, *actions: Action) -> ApprovalRun:
    for action in actions:
        outcome = process.act(run, action, directory=DIRECTORY)
        assert isinstance(outcome, Decision), str(outcome)
        run = outcome.value
    return run


def refused(process: ApprovalProcess, run: ApprovalRun, action: Action) -> list[str]:
    outcome = process.act(run, action, directory=DIRECTORY)
    assert isinstance(outcome, Refusal), outcome
    return [each.code for each in outcome.faults]


class ProcessContract:
    """Inherit this in the tests of an adapter that has a ``process`` fixture."""

    @pytest.fixture
    def process(self) -> ApprovalProcess:
        raise NotImplementedError

    def test_chains_start_side_by_side_at_their_first_level(self, process: ApprovalProcess) -> None:
        outcome = process.begin(case(SALES, FINANCE), at=NOON)
        assert isinstance(outcome, Decision)
        run = outcome.value
        assert [(each.id, each.status) for each in run.requests] == [
            ("a-1/sales/manager", RequestStatus.PENDING),
            ("a-1/finance/controller", RequestStatus.PENDING),
        ]
        assert run.requests[0].due_at == NOON + TWO_DAYS == run.next_due()
        assert [type(each) for each in outcome.events] == [ApprovalRequested, ApprovalRequested]

    def test_a_case_without_levels_is_approved_at_once(self, process: ApprovalProcess) -> None:
        outcome = process.begin(case(), at=NOON)
        assert isinstance(outcome, Decision)
        assert outcome.value.status is RunStatus.APPROVED
        assert outcome.events == (ApprovalCompleted("a-1", "q-1", 3, NOON),)

    def test_levels_of_a_chain_are_asked_in_order(self, process: ApprovalProcess) -> None:
        run = taken(process, started(process, SALES), decide("sales/manager", "ann"))
        assert run.requests[0].approved_by == ("ann",)
        assert [(each.level, each.status) for each in run.requests] == [
            ("manager", RequestStatus.APPROVED),
            ("director", RequestStatus.PENDING),
        ]
        outcome = process.act(run, decide("sales/director", "cat"), directory=DIRECTORY)
        assert isinstance(outcome, Decision)
        assert outcome.value.status is RunStatus.APPROVED
        assert [type(each) for each in outcome.events] == [ApprovalDecided, ApprovalCompleted]

    def test_all_chains_have_to_agree(self, process: ApprovalProcess) -> None:
        run = taken(
            process, started(process, SALES, FINANCE), decide("sales/manager", "bob"), decide("sales/director", "cat")
        )
        assert run.status is RunStatus.RUNNING
        run = taken(process, run, decide("finance/controller", "dan"))
        assert run.status is RunStatus.RUNNING
        run = taken(process, run, decide("finance/controller", "eve"))
        assert run.status is RunStatus.APPROVED
        assert [(each.by, each.version, each.comment) for each in run.decisions] == [
            ("bob", 3, "because"),
            ("cat", 3, "because"),
            ("dan", 3, "because"),
            ("eve", 3, "because"),
        ]

    def test_one_no_ends_it_and_cancels_the_rest(self, process: ApprovalProcess) -> None:
        run = started(process, SALES, FINANCE)
        outcome = process.act(run, decide("finance/controller", "dan", Verdict.REJECT), directory=DIRECTORY)
        assert isinstance(outcome, Decision)
        run = outcome.value
        assert run.status is RunStatus.REJECTED
        assert [each.status for each in run.requests] == [RequestStatus.CANCELLED, RequestStatus.REJECTED]
        assert outcome.events[-1] == ApprovalRejected("a-1", "q-1", 3, "dan", NOON)
        assert "APR101" in refused(process, run, decide("sales/manager", "ann"))

    def test_the_owner_may_recall_and_nobody_else(self, process: ApprovalProcess) -> None:
        run = started(process, SALES)
        assert refused(process, run, Recall("ann", NOON)) == ["APR110"]
        outcome = process.act(run, Recall("rep", NOON), directory=DIRECTORY)
        assert isinstance(outcome, Decision)
        assert outcome.value.status is RunStatus.RECALLED
        assert outcome.value.pending() == ()
        assert outcome.events == (ApprovalRecalled("a-1", "q-1", 3, "rep", NOON),)
        assert refused(process, outcome.value, Recall("rep", NOON)) == ["APR101"]

    def test_nobody_approves_their_own_quote_not_even_for_another(self, process: ApprovalProcess) -> None:
        run = started(process, SALES)
        assert refused(process, run, decide("sales/manager", "rep")) == ["APR105", "APR104"]
        assert refused(process, run, decide("sales/manager", "rep", for_="bob")) == ["APR105"]

    def test_every_reason_against_a_decision_is_named(self, process: ApprovalProcess) -> None:
        run = started(process, SALES)
        assert refused(process, run, decide("sales/manager", "dan", version=2)) == ["APR107", "APR104"]
        assert refused(process, run, decide("sales/nobody", "ann")) == ["APR102"]
        done = taken(process, run, decide("sales/manager", "ann"))
        assert refused(process, done, decide("sales/manager", "bob")) == ["APR103"]

    def test_a_person_counts_once(self, process: ApprovalProcess) -> None:
        run = taken(process, started(process, FINANCE), decide("finance/controller", "fay", for_="dan"))
        assert refused(process, run, decide("finance/controller", "fay", for_="eve")) == ["APR106"]
        assert refused(process, run, decide("finance/controller", "dan")) == ["APR106"]
        assert taken(process, run, decide("finance/controller", "eve")).status is RunStatus.APPROVED

    def test_a_delegate_decides_on_the_days_of_the_delegation(self, process: ApprovalProcess) -> None:
        run = taken(process, started(process, SALES), decide("sales/manager", "ann"))
        early = decide("sales/director", "fay", for_="cat", at=datetime(2026, 2, 28, tzinfo=UTC))
        late = decide("sales/director", "fay", for_="cat", at=datetime(2026, 3, 10, tzinfo=UTC))
        assert refused(process, run, early) == refused(process, run, late) == ["APR109"]
        assert refused(process, run, decide("sales/director", "bob", for_="cat")) == ["APR109"]
        run = taken(process, run, decide("sales/director", "fay", for_="cat"))
        assert run.status is RunStatus.APPROVED
        assert (run.decisions[-1].by, run.decisions[-1].on_behalf_of) == ("fay", "cat")
        assert run.requests[-1].approved_by == ("cat",)

    def test_the_last_word_needs_the_authority_and_lower_levels_endorse(self, process: ApprovalProcess) -> None:
        alone = CaseChain("sales", (CaseLevel("manager", ("ann", "bob"), 1),))
        run = started(process, alone, discount=30)
        assert refused(process, run, decide("sales/manager", "ann")) == ["APR108"]
        assert taken(process, run, decide("sales/manager", "bob")).status is RunStatus.APPROVED
        assert taken(process, run, decide("sales/manager", "ann", Verdict.REJECT)).status is RunStatus.REJECTED
        deep = taken(process, started(process, SALES, discount=None, total=60_000), decide("sales/manager", "ann"))
        assert refused(process, deep, decide("sales/director", "cat")) == ["APR108", "APR108"]

    def test_a_deputy_has_the_authority_of_whom_they_stand_in_for(self, process: ApprovalProcess) -> None:
        alone = CaseChain("sales", (CaseLevel("director", ("cat",), 1),))
        # cat may approve up to 40 percent and 50 000; fay by herself has no limit stated
        for discount, total in ((41, 9_000), (30, 50_001)):
            run = started(process, alone, discount=discount, total=total)
            assert refused(process, run, decide("sales/director", "fay", for_="cat")) == ["APR108"]
        run = started(process, alone, discount=40, total=50_000)
        assert taken(process, run, decide("sales/director", "fay", for_="cat")).status is RunStatus.APPROVED

    def test_a_limit_in_a_currency_holds_in_no_other(self, process: ApprovalProcess) -> None:
        alone = CaseChain("sales", (CaseLevel("manager", ("bob",), 1),))
        for stated, currency, codes in (
            ("EUR", "EUR", []),
            ("EUR", "USD", ["APR108"]),
            ("", "USD", []),
            ("EUR", "", ["APR108"]),
        ):
            bob = replace(DIRECTORY.users["bob"], approval_limit=Decimal(9_000), approval_limit_currency=stated)
            directory = replace(DIRECTORY, users={**DIRECTORY.users, "bob": bob})
            begun = process.begin(replace(case(alone), currency=currency), at=NOON)
            assert isinstance(begun, Decision)
            outcome = process.act(begun.value, decide("sales/manager", "bob"), directory=directory)
            assert ([fault.code for fault in outcome.faults] if isinstance(outcome, Refusal) else []) == codes

    def test_time_escalates_what_is_overdue(self, process: ApprovalProcess) -> None:
        run = started(process, SALES)
        early = process.act(run, Tick(NOON + TWO_DAYS - timedelta(seconds=1)), directory=DIRECTORY)
        assert early == Decision(run)
        outcome = process.act(run, Tick(NOON + TWO_DAYS), directory=DIRECTORY)
        assert isinstance(outcome, Decision)
        (event,) = outcome.events
        assert isinstance(event, ApprovalEscalated)
        assert (event.members, event.due_at) == (("cat",), NOON + 2 * TWO_DAYS)
        run = taken(process, outcome.value, decide("sales/manager", "cat", at=NOON + TWO_DAYS))
        assert [each.level for each in run.pending()] == ["director"]

    def test_one_late_look_at_the_clock_ends_like_many_punctual_ones(self, process: ApprovalProcess) -> None:
        run = started(process, SALES)
        far = NOON + timedelta(days=400)
        punctual = taken(process, run, Tick(NOON + TWO_DAYS), Tick(NOON + 2 * TWO_DAYS), Tick(far))
        late = taken(process, run, Tick(far))
        assert punctual.requests == late.requests
        assert late.requests[0].due_at is None
        assert (late.requests[0].escalations, late.requests[0].escalated_to) == (2, ("cat",))
        assert process.act(late, Tick(far), directory=DIRECTORY) == Decision(late)

    def test_a_standing_level_is_not_asked_again(self, process: ApprovalProcess) -> None:
        manager, director = SALES.levels
        standing = CaseLevel(manager.level, manager.members, 1, stands=True)
        run = started(process, CaseChain("sales", (standing, director)))
        assert [each.level for each in run.pending()] == ["director"]
        every = started(process, CaseChain("sales", (standing,)))
        assert every.status is RunStatus.APPROVED

    def test_an_old_run_goes_its_own_way(self, process: ApprovalProcess) -> None:
        """A save that failed leaves an older run in the store: the process has to follow that one."""
        run = started(process, SALES, FINANCE)
        ahead = taken(process, run, decide("sales/manager", "ann"), decide("finance/controller", "dan"))
        behind = taken(process, run, decide("finance/controller", "eve"))
        assert [each.status.value for each in behind.requests] == ["pending", "pending"]
        assert taken(process, behind, decide("finance/controller", "dan")).requests[1].status is RequestStatus.APPROVED
        assert taken(process, ahead, decide("sales/director", "cat")).requests[-1].status is RequestStatus.APPROVED
