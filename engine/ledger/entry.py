"""Journal entries: balanced, append-only, named by the key of their fact."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import NewType

from engine.diagnostics import Code, Fault
from engine.ledger.accounts import ACCOUNT_CURRENCY, UNKNOWN_ACCOUNT, AccountCode, Chart
from engine.ledger.traces import Trace
from engine.money import Money
from engine.periods import Period

EntryKey = NewType("EntryKey", str)

UNBALANCED = Code("LED010")
NO_LINES = Code("LED011")


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One side of an entry: debits are positive, credits negative, in minor units of one currency."""

    account: AccountCode
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class DraftEntry:
    """An entry before it has a posting date: the body hash is taken over it, so that a later close changes nothing."""

    key: EntryKey
    kind: str
    on: date
    lines: tuple[JournalLine, ...]
    service: Period | None = None
    reverses: EntryKey | None = None
    at_period_end: bool = False


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A posted entry. ``posted_on`` lies in an open period; ``on`` is the day of the fact and may be earlier."""

    key: EntryKey
    kind: str
    on: date
    posted_on: date
    lines: tuple[JournalLine, ...]
    body_hash: str
    service: Period | None = None
    reverses: EntryKey | None = None


def balance_faults(lines: tuple[JournalLine, ...]) -> tuple[Fault, ...]:
    """One fault for each currency whose debits and credits differ, and one when there are no lines."""
    if not lines:
        return (Fault(NO_LINES, "lines", "an entry needs lines"),)
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.amount.currency.code] += line.amount.minor_units
    return tuple(
        Fault(UNBALANCED, "lines", f"debits and credits differ by {difference} minor units of {code}")
        for code, difference in sorted(sums.items())
        if difference
    )


def account_faults(lines: tuple[JournalLine, ...], chart: Chart) -> tuple[Fault, ...]:
    """One fault for each line whose account the chart does not have, or has in another currency."""
    faults = []
    for n, line in enumerate(lines):
        account = chart.accounts.get(line.account)
        code = line.amount.currency.code
        if account is None:
            faults.append(Fault(UNKNOWN_ACCOUNT, f"lines[{n}].account", f"unknown account `{line.account}`"))
        elif account.currency_code not in ("", code):
            message = f"account `{line.account}` takes {account.currency_code}, not {code}"
            faults.append(Fault(ACCOUNT_CURRENCY, f"lines[{n}].amount", message))
    return tuple(faults)


def body_hash(draft: DraftEntry) -> str:
    """SHA-256 over what the entry says; two drafts of one key with unlike hashes are a conflict."""
    body = {
        "key": draft.key,
        "kind": draft.kind,
        "on": draft.on.isoformat(),
        "reverses": draft.reverses,
        "service": None if draft.service is None else [draft.service.start.isoformat(), draft.service.end.isoformat()],
        "lines": [
            [line.account, line.amount.minor_units, line.amount.currency.code, _trace_row(line.trace)]
            for line in draft.lines
        ],
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


_TRACE_FIELDS = tuple(each.name for each in fields(Trace))
_trace_values = attrgetter(*_TRACE_FIELDS)


def _trace_row(trace: Trace) -> dict[str, str]:
    """What a trace states, by name: a field that traces get later changes no hash of before."""
    return {name: value for name, value in zip(_TRACE_FIELDS, _trace_values(trace), strict=True) if value}
