"""The one question that billing answers: which lines are missing?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from engine.billing.line import BillLine
from engine.billing.one_time import missing_one_time
from engine.billing.policy import DEFAULT_POLICY, BillingPolicy
from engine.billing.recurring import missing_recurring
from engine.billing.service import Service
from engine.billing.usage import missing_usage
from engine.catalog import ChargeKind
from engine.contracts import Contract, Delivery, UsageRecord, lines_in_force, usage_line_on

T = TypeVar("T")


def missing_lines(
    contract: Contract,
    deliveries: Sequence[Delivery],
    usage: Sequence[UsageRecord],
    existing: Sequence[BillLine],
    until: date,
    policy: BillingPolicy = DEFAULT_POLICY,
) -> tuple[BillLine, ...]:
    """Return the lines that are due on or before ``until`` and do not exist yet, in order of due day and contract.

    A pure function of contract, deliveries, usage and the lines billed so far: with its own answer among the existing
    lines it returns nothing. Credits come as lines of their own.
    """
    delivered = _grouped(deliveries, lambda each: each.line)
    line_on = usage_line_on(contract)
    used = _grouped(usage, lambda each: line_on(each.line, each.on))
    billed = _grouped((each for each in existing if each.contract == contract.id), lambda each: each.subscription)
    found: list[BillLine] = []
    for state in lines_in_force(contract):
        service = Service(contract, state, until, policy.rounding)
        key = state.line.id
        match state.line.charge.kind:
            case ChargeKind.ONE_TIME:
                found += missing_one_time(service, delivered.get(key, ()), billed.get(key, ()))
            case ChargeKind.RECURRING:
                found += missing_recurring(service, billed.get(key, ()), policy.arrears)
            case ChargeKind.USAGE:
                found += missing_usage(service, used.get(key, ()), billed.get(key, ()), policy)
    known = {each.id for each in existing}
    assert len({each.id for each in found} - known) == len(found), "no line is billed twice"
    return tuple(sorted(found, key=lambda each: each.due_on))


def _grouped(values: Iterable[T], key: Callable[[T], str]) -> Mapping[str, Sequence[T]]:
    groups: dict[str, list[T]] = {}
    for each in values:
        groups.setdefault(key(each), []).append(each)
    return groups
