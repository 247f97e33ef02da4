"""Looking at thresholds once usage has arrived: what crossed one is drafted, in a unit of its own.

Usage is kept whether it can be billed or not, so that looking is not a part of keeping it: the contract is noted, and
looked at in the background, by what is due, and by a test clock as it moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial

from engine.application.billing import bill_usage
from engine.application.paging import PAGE
from engine.application.perform import Environment, Work, fail, perform_apart
from engine.application.ports import Asked, Reader
from engine.application.usage import UsageLook
from engine.contracts import Contract
from engine.diagnostics import Refusal


def look_at_usage(
    env: Environment, *, tenant: str, limit: int = PAGE, failed: Callable[[Exception], None] = fail
) -> int:
    """Look at up to ``limit`` contracts that wait for it, and return how many were looked at.

    What is refused waits on, and keeps none of those behind it waiting; nor does what we fail on, which ``failed`` is
    told of.
    """
    done = 0
    for key in _waiting(env, tenant):
        done += perform_apart(env, Asked("LookAtUsage", tenant=tenant), partial(_looked, key=key), failed)
        if done >= limit:
            break
    return done


def _waiting(env: Environment, tenant: str) -> Iterator[str]:
    """The contracts to be looked at by today, page by page in order of their keys."""
    after, today = "", env.clock.now(tenant).date()
    while page := env.store.look(tenant, partial(_page, after=after)):
        after = page[-1].id
        yield from (each.id for each in page if each.on is None or each.on <= today)


def _page(reader: Reader, after: str) -> list[UsageLook]:
    return reader.page(UsageLook, after=after, limit=PAGE)


def _looked(work: Work, key: str) -> UsageLook | Refusal | None:
    look, contract = work.tx.get(UsageLook, key), work.tx.get(Contract, key)
    if look is None or contract is None:  # another server has looked since the list was made
        return None
    billed = bill_usage(work, contract)
    if isinstance(billed, Refusal):
        return billed
    _look_again(work, look, billed.next_day)
    return look


def _look_again(work: Work, look: UsageLook, day: date | None) -> None:
    """Keep a look for the day on which usage that is known already will count; without such a day it is done."""
    if day is None:
        work.tx.remove(UsageLook, look.id)
    else:
        work.tx.replace(replace(look, on=day))
