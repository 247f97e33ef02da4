"""Fulfilment plans: which steps deliver a product, in which order, by which department."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.diagnostics import Code, Fault, did_you_mean

DUPLICATE_STEP = Code("ORD101")
UNKNOWN_STEP = Code("ORD102")
CYCLE = Code("ORD103")
NO_STEPS = Code("ORD104")
NO_DEPARTMENT = Code("ORD105")


@dataclass(frozen=True, slots=True)
class FulfilmentStep:
    """One step of a plan. ``after`` names the steps that must be done first.

    Once a step with ``no_return`` has begun, the item can no longer be cancelled. ``compensation`` says what undoes a
    step that is done when the item is cancelled before that point; empty means that there is nothing to undo.
    ``delivers`` marks the step whose completion hands the goods over; without one, the item's completion does.
    """

    id: str
    department: str
    after: tuple[str, ...] = ()
    no_return: bool = False
    compensation: str = ""
    delivers: bool = False


@dataclass(frozen=True, slots=True)
class FulfilmentPlan:
    """The steps that fulfil an item."""

    id: str
    steps: tuple[FulfilmentStep, ...]


NO_PLANS: Mapping[str, FulfilmentPlan] = MappingProxyType({})


def plan_faults(plan: FulfilmentPlan) -> Iterator[Fault]:
    """What is wrong with a plan: no steps, a step named twice, an unknown predecessor, a circle."""
    if not plan.steps:
        yield Fault(NO_STEPS, "steps", f"the plan `{plan.id}` has no steps")
    counts = Counter(each.id for each in plan.steps)
    for at, step in enumerate(plan.steps):
        if counts[step.id] > 1 or not step.id:
            yield Fault(DUPLICATE_STEP, f"steps[{at}].id", f"the step id `{step.id}` is not its own")
        if not step.department:
            yield Fault(NO_DEPARTMENT, f"steps[{at}].department", f"nobody owns the step `{step.id}`")
        for other in step.after:
            if other not in counts:
                yield Fault(UNKNOWN_STEP, f"steps[{at}].after", f"no step `{other}`", did_you_mean(other, counts))
    stuck = _unreachable(plan)
    if stuck:
        names = ", ".join(f"`{each}`" for each in stuck)
        yield Fault(CYCLE, "steps", f"the steps {names} wait for each other")


def _unreachable(plan: FulfilmentPlan) -> tuple[str, ...]:
    """The steps that can never begin although every name in ``after`` is known."""
    waiting = {each.id: set(each.after) for each in plan.steps}
    if any(after - waiting.keys() for after in waiting.values()):
        return ()
    done: set[str] = set()
    while free := {key for key, after in waiting.items() if after <= done} - done:
        done |= free
    return tuple(key for key in waiting if key not in done)
