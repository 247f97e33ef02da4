"""Entries as a reader of statements wants them: clearing shown as contract liability or contract asset.

The clearing account needs no reclassification entries; this view names its balance instead. By default entries of one
day and contract are taken together, so that an invoice and the revenue of the same day show what is left of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from engine.ledger.accounts import CLEARING, AccountCode
from engine.ledger.entry import JournalEntry, JournalLine
from engine.money import Currency, Money

CONTRACT_LIABILITY = AccountCode("contract_liability")
CONTRACT_ASSET = AccountCode("contract_asset")


@dataclass(frozen=True, slots=True)
class PresentedLine:
    """One account's movement on one day; debits are positive."""

    account: AccountCode
    amount: Money


@dataclass(frozen=True, slots=True)
class PresentedEntry:
    """What moved for one contract on one day; it sums to zero."""

    on: date
    contract: str
    lines: tuple[PresentedLine, ...]


class Grouping(Enum):
    """What is shown together: everything of a contract on one day, or each entry by itself."""

    DAY = "day"
    ENTRY = "entry"


def present(entries: Iterable[JournalEntry], *, grouping: Grouping = Grouping.DAY) -> tuple[PresentedEntry, ...]:
    """The entries by day and contract in date order, clearing split by which side of zero its balance moves on."""
    groups: dict[tuple[date, str, str], list[JournalLine]] = defaultdict(list)
    for entry in sorted(entries, key=lambda each: each.posted_on):
        own = entry.key if grouping is Grouping.ENTRY else ""
        for line in entry.lines:
            groups[entry.posted_on, line.trace.contract, own].append(line)
    balances: dict[tuple[str, Currency], int] = defaultdict(int)
    shown = []
    for (on, contract, _), lines in groups.items():
        movements: dict[tuple[AccountCode, Currency], int] = defaultdict(int)
        for line in lines:
            movements[line.account, line.amount.currency] += line.amount.minor_units
        presented: list[PresentedLine] = []
        for (account, unit), moved in movements.items():
            if account != CLEARING:
                presented += _line(account, moved, unit)
                continue
            before = balances[contract, unit]
            balances[contract, unit] = after = before + moved
            presented += _line(CONTRACT_ASSET, max(after, 0) - max(before, 0), unit)
            presented += _line(CONTRACT_LIABILITY, min(after, 0) - min(before, 0), unit)
        if presented:
            shown.append(PresentedEntry(on, contract, tuple(presented)))
    return tuple(shown)


def _line(account: AccountCode, units: int, unit: Currency) -> list[PresentedLine]:
    return [PresentedLine(account, Money(units, unit))] if units else []
