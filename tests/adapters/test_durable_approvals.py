"""The durable-rules adapter keeps the same contract, and chooses what the plain machine chooses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.adapters.durable_approvals import DurableApprovalProcess
from engine.adapters.durable_rules import LIVE_STATES_MAX, DurableRulesError, DurableRulesMissing, RuleEngine
from engine.approvals.machine import PlainApprovalProcess
from engine.approvals.process import ApprovalProcess
from engine.approvals.run import Action, CaseChain, CaseLevel, Decide, Recall, Tick, Verdict
from engine.diagnostics import Decision
from tests.adapters.durable import durable_rules_or_skip
from tests.approvals.process_contract import (
    DIRECTORY,
    FINANCE,
    NOON,
    SALES,
    ProcessContract,
    case,
    decide,
    started,
    taken,
)
from tests.approvals.process_stress import EVENTS, stress

durable_rules_or_skip()


class TestDurableProcess(ProcessContract):
    @pytest.fixture
    def process(self) -> ApprovalProcess:
        return DurableApprovalProcess()

    def test_it_survives_many_threads_where_the_stock_host_crashes(self) -> None:
        process = DurableApprovalProcess()
        assert stress(process) >= EVENTS
        assert process.live_states <= LIVE_STATES_MAX

    @pytest.mark.soak
    def test_one_host_survives_many_threads_again_and_again(self) -> None:
        process = DurableApprovalProcess()
        for _ in range(10):
            assert stress(process) >= EVENTS
            assert process.live_states <= LIVE_STATES_MAX

    def test_parked_runs_are_rebuilt_from_their_log(self) -> None:
        process = DurableApprovalProcess()
        first = taken(process, started(process, SALES, FINANCE), decide("sales/manager", "ann"))
        for n in range(LIVE_STATES_MAX):
            assert isinstance(process.begin(case(FINANCE, case_id=f"other-{n}"), at=NOON), Decision)
        assert process.live_states <= LIVE_STATES_MAX
        run = taken(process, first, decide("sales/director", "cat"), decide("finance/controller", "dan"))
        run = taken(process, run, decide("finance/controller", "eve"))
        assert run.status.value == "approved"

    def test_another_process_goes_on_from_the_log_alone(self) -> None:
        run = taken(DurableApprovalProcess(), started(DurableApprovalProcess(), SALES), decide("sales/manager", "ann"))
        assert taken(DurableApprovalProcess(), run, decide("sales/director", "cat")).status.value == "approved"


def test_an_exception_inside_a_rule_is_raised_and_not_swallowed() -> None:
    def fails(state: dict[str, object], event: object, emit: object) -> None:
        raise KeyError("gone")

    rules = RuleEngine("failing", {"fails": ({"kind": 1}, fails)})
    with rules, pytest.raises(DurableRulesError, match="gone"):
        rules.post("o", "o/1", {"kind": 1})


def test_a_number_that_the_library_would_compare_wrongly_is_refused() -> None:
    rules = RuleEngine("numbers", {"any": ({"kind": 1}, lambda state, event, emit: emit("seen"))})
    with rules:
        assert rules.post("o", "o/1", {"kind": 1, "amount": 2**63 - 1}) == ("seen",)
        with pytest.raises(DurableRulesError, match="64 bits"):
            rules.post("o", "o/1", {"kind": 1, "amount": 2**63})


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("engine.adapters.durable_rules.importlib.import_module", gone)
    with pytest.raises(DurableRulesMissing, match="cpq-engine"):
        RuleEngine("never", {})


PEOPLE = ("ann", "bob", "cat", "dan", "eve")
levels = st.builds(
    lambda n, members, needed, due, stands: CaseLevel(
        f"level-{n}",
        tuple(sorted(members)),
        min(needed, len(members)),
        due=None if due is None else timedelta(hours=due),
        escalation=(("cat",), ("eve",))[: n % 3],
        stands=stands,
    ),
    st.integers(0, 9),
    st.sets(st.sampled_from(PEOPLE), min_size=1),
    st.integers(1, 3),
    st.sampled_from([None, 1, 5]),
    st.booleans(),
)
chains = st.lists(
    st.lists(levels, min_size=1, max_size=3, unique_by=lambda each: each.level).map(tuple), max_size=3
).map(lambda found: tuple(CaseChain(f"chain-{n}", each) for n, each in enumerate(found)))
steps = st.lists(
    st.tuples(st.sampled_from(["approve", "approve", "approve", "reject", "recall", "tick"]), st.integers(0, 30)),
    max_size=12,
)


@settings(max_examples=120, deadline=None)
@given(chains, steps, st.booleans())
def test_it_does_what_the_plain_machine_does(
    route: tuple[CaseChain, ...], happened: list[tuple[str, int]], forgetful: bool
) -> None:
    plain, durable = PlainApprovalProcess(), DurableApprovalProcess()
    submitted = case(*route, discount=5)
    expected = plain.begin(submitted, at=NOON)
    found = durable.begin(submitted, at=NOON)
    assert expected == found
    assert isinstance(expected, Decision)
    run = expected.value
    for kind, number in happened:
        if forgetful:
            durable = DurableApprovalProcess()
        action = _action(run.pending(), kind, number)
        expected = plain.act(run, action, directory=DIRECTORY)
        assert expected == durable.act(run, action, directory=DIRECTORY)
        if isinstance(expected, Decision):
            run = expected.value


def _action(pending: tuple[object, ...], kind: str, number: int) -> Action:
    at = NOON + timedelta(hours=number)
    if kind == "tick":
        return Tick(at)
    if kind == "recall":
        return Recall("rep" if number % 5 else "ann", at)
    request = getattr(pending[number % len(pending)], "id", "") if pending else "none"
    verdict = Verdict.REJECT if kind == "reject" else Verdict.APPROVE
    return Decide(request, PEOPLE[number % len(PEOPLE)], verdict, at, 3)
