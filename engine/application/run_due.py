"""Everything that is due: the same function for the worker and for a test clock that moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import TypeAlias

from engine.application.approvals import directory, ended_with_quote
from engine.application.dunning import dun_today, is_dunning_due
from engine.application.faults import not_found
from engine.application.perform import DEFAULT_TENANT, Environment, Work, fail, perform_apart
from engine.application.ports import Asked, in_order
from engine.application.prepaid import expire_credit
from engine.application.renewing import keep_waiting, renew_contract
from engine.application.usage_looks import look_at_usage
from engine.approvals.run import ApprovalRun, RunStatus, Tick
from engine.billing.prepaid import PrepaidCredit
from engine.contracts import Contract
from engine.diagnostics import Refusal
from engine.quotes import lifecycle
from engine.quotes.quote import Quote
from engine.quotes.status import OPEN

ANSWERS_KEPT = timedelta(hours=72)


class Due(Enum):
    """What falls due with time."""

    DUNNING = "dunning"
    RENEWAL = "renewal"
    REFUSED_RENEWAL = "refused_renewal"
    CREDIT = "expired_credit"
    ESCALATION = "escalation"
    QUOTE = "expired_quote"
    USAGE = "usage"
    ANSWER = "forgotten_answer"


Move: TypeAlias = tuple[Due, Callable[[Work], object]]
"""A kind, and the unit of work that does one of it."""


def run_due(
    env: Environment,
    now: datetime,
    *,
    limit: int = 1_000,
    tenant: str = DEFAULT_TENANT,
    failed: Callable[[Exception], None] = fail,
) -> Counter[Due]:
    """Do up to ``limit`` things that are due by ``now`` and return how many of each kind were; none: nothing waits.

    Expired quotes are closed, approvals whose time passed escalate, contracts that renew by themselves are renewed,
    prepaid credits whose day came expire, customers are dunned once a day, usage that arrived is looked at for
    thresholds, old answers of requests are forgotten. Each is a unit of its own, so that a stop in between loses
    nothing and a second run repeats nothing; one that we fail on is told to ``failed``, and the others are done.
    """
    done: Counter[Due] = Counter()
    for kind, move in _moves(env, now, limit, tenant):
        done[kind] += perform_apart(env, Asked("RunDue", tenant=tenant), move, failed)
    done[Due.USAGE] += look_at_usage(env, tenant=tenant, limit=limit, failed=failed)
    left = max(limit - done.total(), 1)
    done[Due.ANSWER] += env.store.purge_answers(tenant, before=now - ANSWERS_KEPT, limit=left)
    return +done


def _moves(env: Environment, now: datetime, limit: int, tenant: str) -> Iterator[Move]:
    with env.store.read(tenant) as reader:
        dunning = is_dunning_due(env, reader, tenant)
        yesterday = (now.date() - timedelta(days=1)).isoformat()
        quotes = [
            each.id
            for status in sorted(OPEN, key=lambda each: each.value)
            for each in reader.due(Quote, "valid_until", until=yesterday, where={"status": status.value}, limit=limit)
        ]
        running = {"status": RunStatus.RUNNING.value}
        runs = [
            each.case.id for each in reader.due(ApprovalRun, "due_at", until=in_order(now), where=running, limit=limit)
        ]
        renewing = [
            each.id for each in reader.due(Contract, "renews_on", until=now.date().isoformat(), where={}, limit=limit)
        ]
        ending = [
            each.id
            for each in reader.due(PrepaidCredit, "ends_on", until=now.date().isoformat(), where={}, limit=limit)
        ]
    if dunning:
        yield Due.DUNNING, dun_today
    for key in renewing:
        yield from _renewal(key)
    for key in ending:
        yield Due.CREDIT, partial(expire_credit, key=key)
    for key in runs[:limit]:
        yield Due.ESCALATION, _escalation(key, now)
    for key in quotes[: max(limit - len(runs), 0)]:
        yield Due.QUOTE, _expiry(key, now)


def _renewal(key: str) -> Iterator[Move]:
    """Renew a contract; when that is refused, nothing of it is saved but why, in a unit of its own."""
    refused: list[Refusal] = []

    def move(work: Work) -> object:
        outcome = renew_contract(work, key)
        refused[:] = [outcome] if isinstance(outcome, Refusal) else []
        return outcome

    yield Due.RENEWAL, move
    if refused:
        yield Due.REFUSED_RENEWAL, lambda work: keep_waiting(work, key, refused[0])


def _expiry(key: str, now: datetime) -> Callable[[Work], object]:
    def move(work: Work) -> object:
        quote = work.tx.get(Quote, key)
        if quote is None:  # deleted since the list was made
            return not_found("name", key)
        run = work.tx.get(ApprovalRun, quote.approval) if quote.approval else None
        if run is not None and run.status is RunStatus.RUNNING:
            ended_with_quote(work, run)
        return work.saved(lifecycle.expire(quote, at=now))

    return move


def _escalation(key: str, now: datetime) -> Callable[[Work], object]:
    def move(work: Work) -> object:
        run = work.tx.get(ApprovalRun, key)
        assert run is not None, "approvals are never deleted"
        return work.saved(work.env.approvals.act(run, Tick(now), directory=directory(work.tx)))

    return move
