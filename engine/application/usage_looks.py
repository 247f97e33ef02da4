"""Looking at thresholds once usage has arrived: what crossed one is drafted, in a unit of its own.

Usage is kept whether it can be billed or not, so that looking is not a part of keeping it: the contract is noted, and
looked at in the background, by what is due, and by a test clock as it moves.
"""

from __future__ import annotations

from functools import partial

from engine.application.billing import bill_usage
from engine.application.paging import PAGE
from engine.application.perform import Environment, Work, perform
from engine.application.ports import Asked
from engine.application.usage import UsageLook
from engine.contracts import Contract
from engine.diagnostics import Refusal


def look_at_usage(env: Environment, *, tenant: str, limit: int = PAGE) -> int:
    """Look at contracts that wait for it, and return how many were looked at; what is refused waits on."""
    keys = env.store.look(tenant, lambda reader: reader.keys(UsageLook, limit=limit))
    done = 0
    for key in keys:
        outcome = perform(env, Asked("LookAtUsage", tenant=tenant), partial(_looked, key=key), lambda _work, _done: b"")
        done += not isinstance(outcome, Refusal)
    return done


def _looked(work: Work, key: str) -> UsageLook | Refusal | None:
    look, contract = work.tx.get(UsageLook, key), work.tx.get(Contract, key)
    if look is None or contract is None:  # another server has looked since the list was made
        return None
    billed = bill_usage(work, contract)
    if isinstance(billed, Refusal):
        return billed
    work.tx.remove(UsageLook, key)
    return look
