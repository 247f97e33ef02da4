"""The way of a test clock: day after day, with all that falls due on each, as a server has it that runs daily."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from engine.application.perform import DEFAULT_TENANT, Environment, Work, fail, perform
from engine.application.ports import Asked
from engine.application.run_due import Due, run_due
from engine.application.test_clock import TestClock, step_test_clock
from engine.diagnostics import Refusal


def walk_test_clock(
    env: Environment,
    *,
    tenant: str = DEFAULT_TENANT,
    alive: Callable[[], bool] = lambda: True,
    failed: Callable[[Exception], None] = fail,
) -> Counter[Due]:
    """Let a clock go where it was sent, do all that is due on each day, and count it; a standing clock has one day.

    Once the caller is gone it stays where it is, and goes on from there when the way is asked for again.
    """
    total: Counter[Due] = Counter()
    under_way = True
    while under_way and alive():
        under_way = _step(env, tenant)
        while done := run_due(env, env.clock.now(tenant), tenant=tenant, failed=failed):
            total += done
    return total


def _step(env: Environment, tenant: str) -> bool:
    """Move the clock by a day, and return whether its way goes on."""
    going_on: list[bool] = []

    def step(work: Work) -> TestClock | Refusal:
        outcome = step_test_clock(work)
        going_on[:] = [not isinstance(outcome, Refusal) and outcome.until is not None]
        return outcome

    perform(env, Asked("StepTestClock", tenant=tenant), step, lambda _work, _clock: b"")
    return going_on[0]
