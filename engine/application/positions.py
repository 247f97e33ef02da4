"""The use case of a contract's position: what is due, what the books show, and both in the functional currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import get_args

from engine.application.faults import not_found
from engine.application.ledger import entries_of_contract
from engine.application.ports import Reader
from engine.contracts import Contract
from engine.diagnostics import Code, Fault, Refusal
from engine.ledger import (
    Document,
    JournalEntry,
    NetPosition,
    RevenueRecognised,
    RevenueReversed,
    net_position,
)
from engine.ledger.accounts import CLEARING
from engine.ledger.presentation import PresentedEntry, present
from engine.money import Currency, Money
from engine.quotes.quote import Quote
from engine.revenue import Position, RevenueContract, position
from engine.revenue.foreign import Movement, Translated, translated

BILLING = frozenset(each.__name__ for each in get_args(Document))
REVENUE = frozenset({RevenueRecognised.__name__, RevenueReversed.__name__})
NO_FROZEN_RATE = Code("REV061")
ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Functional:
    """The currency that the books are kept in, and its rates by the day each holds from; none: that of the quote."""

    currency: Currency
    rates: Mapping[date, Fraction]


@dataclass(frozen=True, slots=True)
class ContractPosition:
    """A contract at a day: by its schedule, as booked, day by day, and in the functional currency where asked."""

    contract: RevenueContract
    at: date
    due: Position
    booked: NetPosition
    movements: Sequence[PresentedEntry]
    functional: Translated | None


def position_of(reader: Reader, key: str, *, at: date, functional: Functional | None) -> ContractPosition | Refusal:
    """The position of a revenue contract at the end of a day.

    What is due goes by the day of what happened, as the schedule does, also where the books were closed and it was
    posted later: what was billed of a contract meets the price and the revenue that hold it. What is booked, what
    moved and the functional currency go by the day of posting.
    """
    contract = reader.get(RevenueContract, key)
    if contract is None:
        return not_found("name", f"revenueContracts/{key}")
    stored = entries_of_contract(reader, key, "", ALL)
    entries = [each.entry for each in stored if each.entry.posted_on <= at]
    happened = [each.entry for each in stored if each.entry.on <= at]
    moved = _movements(entries, contract)
    in_functional = None if functional is None else _translated(reader, contract, moved, at, functional)
    if isinstance(in_functional, Refusal):
        return in_functional
    billed = sum((each.billed for each in _movements(happened, contract)), Money.zero(contract.currency))
    return ContractPosition(
        contract,
        at,
        position(contract, billed=billed, at=at, set_aside=_set_aside(happened, contract)),
        net_position(entries, contract=key, currency=contract.currency),
        present(_of_contract(entries, key)),
        in_functional,
    )


def _translated(
    reader: Reader, contract: RevenueContract, moved: Sequence[Movement], at: date, functional: Functional
) -> Translated | Refusal:
    rates = functional.rates or _frozen(reader, contract, functional.currency)
    return rates if isinstance(rates, Refusal) else translated(moved, rates=rates, at=at, into=functional.currency)


def _movements(entries: Sequence[JournalEntry], contract: RevenueContract) -> list[Movement]:
    """What was billed and what met it, by the day of posting: the movements of the clearing account."""
    billed: dict[date, int] = defaultdict(int)
    earned: dict[date, int] = defaultdict(int)
    for entry in entries:
        side, sign = (billed, -1) if entry.kind in BILLING else (earned, 1)
        for line in entry.lines:
            if line.account == CLEARING and line.trace.contract == contract.id:
                side[entry.posted_on] += sign * line.amount.minor_units
    unit = contract.currency
    return [Movement(day, Money(billed[day], unit), Money(earned[day], unit)) for day in sorted({*billed, *earned})]


def _set_aside(entries: Sequence[JournalEntry], contract: RevenueContract) -> Money:
    """What met billing on the clearing account and is no revenue: refund liabilities, interest and the like."""
    units = sum(
        line.amount.minor_units
        for entry in entries
        if entry.kind not in BILLING | REVENUE
        for line in entry.lines
        if line.account == CLEARING and line.trace.contract == contract.id
    )
    return Money(units, contract.currency)


def _of_contract(entries: Sequence[JournalEntry], key: str) -> list[JournalEntry]:
    """The entries as far as they are about the contract: an invoice may bill several."""
    return [replace(each, lines=tuple(line for line in each.lines if line.trace.contract == key)) for each in entries]


def _frozen(reader: Reader, revenue: RevenueContract, into: Currency) -> Mapping[date, Fraction] | Refusal:
    """The rate that the contract's quote froze, for all its days."""
    contract = reader.get(Contract, revenue.id)
    quote = reader.get(Quote, contract.quote) if contract is not None else None
    for rate in quote.request.exchange if quote is not None else ():
        if rate.source == into.code:
            return {date.min: 1 / Fraction(rate.rate)}
    message = f"the quote of `{revenue.id}` froze no rate of {into.code}"
    return Refusal((Fault(NO_FROZEN_RATE, "rates", message, "give the rates of the days"),))
