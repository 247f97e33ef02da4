"""Eight threads, twenty thousand events: nothing is lost, nothing crashes, and every run ends as it must."""

from __future__ import annotations

import threading
from datetime import timedelta

from engine.approvals.process import ApprovalProcess
from engine.approvals.run import ApprovalRun, CaseChain, CaseLevel, Decide, Recall, RunStatus, Tick, Verdict
from engine.diagnostics import Decision
from tests.approvals.process_contract import DIRECTORY, NOON, case

THREADS = 8
EVENTS = 20_000

CHAINS = (
    CaseChain(
        "sales",
        (
            CaseLevel("manager", ("ann", "bob"), 1, due=timedelta(days=1), escalation=(("cat",),)),
            CaseLevel("director", ("cat",), 1),
        ),
    ),
    CaseChain("finance", (CaseLevel("controller", ("dan", "eve"), 2),)),
)
STEPS = ("tick", "sales/manager bob", "finance/controller dan", "sales/director cat", "finance/controller eve")


def stress(process: ApprovalProcess) -> int:
    """Run many approvals through ``process`` from many threads; returns how many events were taken."""
    per_thread = EVENTS // THREADS
    taken = [0] * THREADS
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            n = 0
            while taken[number] < per_thread:
                # Several runs at a time, more than may be live at once over all threads, so that parking is met too.
                taken[number] += _batch(process, f"{number}-{n}", runs=40, ending=n % 3)
                n += 1
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if errors:
        raise errors[0]
    return sum(taken)


def _batch(process: ApprovalProcess, name: str, *, runs: int, ending: int) -> int:
    running: list[ApprovalRun] = []
    for n in range(runs):
        begun = process.begin(case(*CHAINS, case_id=f"{name}-{n}"), at=NOON)
        assert isinstance(begun, Decision)
        running.append(begun.value)
    events = runs
    for step in STEPS[: 5 if ending == 0 else 3]:
        running = [_step(process, each, step) for each in running]
        events += runs
    for run in running:
        if ending == 0:
            assert run.status is RunStatus.APPROVED
            assert len(run.decisions) == 4
            assert len(run.log) == 5
        else:
            run = _step(process, run, "recall" if ending == 1 else "finance/controller eve no")
            events += 1
            assert run.status is (RunStatus.RECALLED if ending == 1 else RunStatus.REJECTED)
    return events


def _step(process: ApprovalProcess, run: ApprovalRun, step: str) -> ApprovalRun:
    outcome = process.act(run, _action(run, step), directory=DIRECTORY)
    assert isinstance(outcome, Decision), str(outcome)
    return outcome.value


def _action(run: ApprovalRun, step: str) -> Tick | Recall | Decide:
    if step == "tick":
        return Tick(NOON + timedelta(days=1))
    if step == "recall":
        return Recall("rep", NOON)
    level, by, *no = step.split()
    verdict = Verdict.REJECT if no else Verdict.APPROVE
    return Decide(f"{run.case.id}/{level}", by, verdict, NOON, 3)
