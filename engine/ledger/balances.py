"""Balances: folds over journal lines, so that a balance can never disagree with its entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engine.ledger.accounts import CLEARING, AccountCode
from engine.ledger.entry import JournalEntry, JournalLine
from engine.money import Currency, Money


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """Debits and credits of one account in one currency; ``balance`` is debit-positive."""

    account: AccountCode
    debits: Money
    credits: Money

    @property
    def balance(self) -> Money:
        """Debits less credits."""
        return self.debits - self.credits


@dataclass(frozen=True, slots=True)
class NetPosition:
    """What a contract's clearing account shows: at most one of the two is not zero."""

    contract_liability: Money
    contract_asset: Money


def trial_balance(moved: Iterable[tuple[AccountCode, Currency, int]]) -> tuple[AccountBalance, ...]:
    """The balance of every account and currency from what moved on it, in minor units, debits above zero.

    It sums to zero over whole entries.
    """
    debits: dict[tuple[AccountCode, Currency], int] = defaultdict(int)
    credits: dict[tuple[AccountCode, Currency], int] = defaultdict(int)
    for account, unit, amount in moved:
        side = debits if amount > 0 else credits
        side[account, unit] += abs(amount)
    keys = sorted({*debits, *credits}, key=lambda each: (each[0], each[1].code))
    return tuple(
        AccountBalance(account, Money(debits[account, unit], unit), Money(credits[account, unit], unit))
        for account, unit in keys
    )


def net_position(
    entries: Iterable[JournalEntry], *, contract: str, currency: Currency, until: date | None = None
) -> NetPosition:
    """The contract liability or contract asset: the balance of the contract's clearing account in one currency."""
    balance = sum(
        line.amount.minor_units
        for line in lines_until(entries, until)
        if line.account == CLEARING and line.trace.contract == contract and line.amount.currency == currency
    )
    return NetPosition(Money(max(-balance, 0), currency), Money(max(balance, 0), currency))


def lines_until(entries: Iterable[JournalEntry], until: date | None) -> Iterable[JournalLine]:
    """The lines of entries posted up to and including a day; None means all."""
    return (line for entry in entries if until is None or entry.posted_on <= until for line in entry.lines)
