"""A revenue contract: its obligations, their schedules, and what has been recognised of them.

A schedule is a consequence of the contract and of what happened; nothing that was recognised is ever edited. When a
change makes a past period wrong, recognition posts the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from engine.diagnostics import Code, Fault, Refusal, did_you_mean
from engine.money import Currency, Money, Ratio, share_of, total
from engine.periods import Period, add_months
from engine.revenue.obligation import Obligation
from engine.revenue.policy import Gaap, Timing
from engine.revenue.schedule import (
    ScheduleLine,
    Slice,
    by_day,
    by_even_months,
    by_months_first_prorated,
    by_weights,
    line_on,
    spread,
)
from engine.revenue.stated import StatedItem

UNKNOWN_OBLIGATION = Code("REV020")
DUPLICATE_OBLIGATION = Code("REV021")


@dataclass(frozen=True, slots=True)
class PostedRevenue:
    """What was handed to the ledger for one month of an obligation, and in how many facts."""

    month: date
    amount: Money
    facts: int


@dataclass(frozen=True, slots=True)
class Reported:
    """How much of one order line has been done, cumulative, as two whole numbers."""

    order_line: str
    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class ObligationAccount:
    """An obligation on its way: its price as it stands, its schedule lines so far, and what was recognised.

    ``price`` starts as the allocated amount and moves with modifications, usage and credits. ``ended_on`` is set when
    it was cancelled: nothing is left to do from that day. ``released`` is what of the stated price will not be billed,
    because lines ended early.
    """

    obligation: Obligation
    price: Money
    lines: tuple[ScheduleLine, ...] = ()
    reported: tuple[Reported, ...] = ()
    posted: tuple[PostedRevenue, ...] = ()
    ended_on: date | None = None
    released: Money | None = None

    @property
    def id(self) -> str:
        """The id of the obligation."""
        return self.obligation.id

    @property
    def runs_with_time(self) -> bool:
        """Whether it is given by and by, at an agreed price, and has not ended."""
        by_reports = self.obligation.timing in (Timing.POINT_IN_TIME, Timing.USAGE, Timing.PROGRESS)
        return not by_reports and not self.obligation.priced_as_billed and self.ended_on is None

    @property
    def scheduled(self) -> Money:
        """The sum of all schedule lines."""
        return total((each.amount for each in self.lines), self.price.currency)

    def earned(self, until: date) -> Money:
        """Revenue due on or before a day."""
        return total((each.amount for each in self.lines if each.on <= until), self.price.currency)

    @property
    def recognised(self) -> Money:
        """What was handed to the ledger so far."""
        return total((each.amount for each in self.posted), self.price.currency)


@dataclass(frozen=True, slots=True)
class RevenueContract:
    """The obligations of one contract. ``version`` grows with every change; ``recognised_until`` is the latest run."""

    id: str
    customer: str
    currency: Currency
    inception: date
    accounts: tuple[ObligationAccount, ...] = ()
    gaap: Gaap = Gaap.IFRS
    version: int = 1
    recognised_until: date | None = None
    stated: tuple[StatedItem, ...] = ()

    def account(self, obligation: str) -> ObligationAccount | None:
        """The account of an obligation, or None."""
        return next((each for each in self.accounts if each.id == obligation), None)

    def account_of_line(self, order_line: str) -> ObligationAccount | None:
        """The account of the obligation that an order line belongs to, or None."""
        return next((each for each in self.accounts if order_line in each.obligation.order_lines), None)

    @property
    def settled_until(self) -> date | None:
        """The day up to which all that is due was recognised; None while a change waits for the next run."""
        until = self.recognised_until
        if until is None or any(each.earned(until) != each.recognised for each in self.accounts):
            return None
        return until

    @property
    def price(self) -> Money:
        """The transaction price as it stands."""
        return total((each.price for each in self.accounts), self.currency)


def open_contract(
    contract_id: str,
    *,
    customer: str,
    inception: date,
    obligations: Iterable[Obligation],
    currency: Currency,
    gaap: Gaap = Gaap.IFRS,
) -> RevenueContract:
    """A revenue contract at inception: what is recognised with time has its schedule, the rest waits for reports."""
    accounts = tuple(opened(each) for each in obligations)
    return RevenueContract(contract_id, customer, currency, inception, accounts, gaap)


def opened(obligation: Obligation) -> ObligationAccount:
    """The account of an obligation at inception; what is priced as it is billed has no schedule yet."""
    slices = () if obligation.priced_as_billed else slices_of(obligation, obligation.service)
    lines = spread(obligation.allocated, slices, obligation.rounding) if slices else ()
    return ObligationAccount(obligation, price=obligation.allocated, lines=lines)


def slices_of(obligation: Obligation, service: Period) -> tuple[Slice, ...]:
    """The slices of an obligation over a service period; none when it is recognised by what is done or used."""
    match obligation.timing:
        case Timing.DAILY | Timing.BY_SECOND:
            return by_day(service)
        case Timing.MONTHLY_EVEN:
            return by_even_months(service)
        case Timing.MONTHLY_PRORATE_FIRST:
            return by_months_first_prorated(service)
        case Timing.WEIGHTS:
            return _weighted(obligation, service)
        case Timing.POINT_IN_TIME | Timing.USAGE | Timing.PROGRESS:
            return ()
        case _:
            assert_never(obligation.timing)


def _weighted(obligation: Obligation, service: Period) -> tuple[Slice, ...]:
    """The weights that are left from the month of ``service`` on; none when they add up to nothing."""
    first = obligation.service.start.replace(day=1)
    months = [(add_months(first, n), weight) for n, weight in enumerate(obligation.weights)]
    left = [(month, weight) for month, weight in months if add_months(month, 1) > service.start]
    return by_weights(left) if any(weight for _, weight in left) else ()


def add_obligations(contract: RevenueContract, obligations: Iterable[Obligation]) -> RevenueContract | Refusal:
    """Add obligations that stand for themselves: distinct goods sold at their stand-alone price."""
    added = tuple(opened(each) for each in obligations)
    known = {each.id for each in contract.accounts}
    faults = tuple(
        Fault(DUPLICATE_OBLIGATION, each.id, f"the contract has an obligation `{each.id}` already")
        for each in added
        if each.id in known
    )
    if faults:
        return Refusal(faults)
    return replace(contract, accounts=(*contract.accounts, *added), version=contract.version + 1)


def report(contract: RevenueContract, order_line: str, *, on: date, done: Ratio) -> RevenueContract | Refusal:
    """Report how much of an order line is done by a day, cumulative from 0 to 1: a delivery, milestone or cost report.

    An obligation of several order lines that passes at a point in time passes when the last of them is delivered;
    progress over time is reported for the obligation as a whole, by any of its lines.
    """

    def change(account: ObligationAccount) -> ObligationAccount:
        kept = tuple(each for each in account.reported if each.order_line != order_line)
        reported = (*kept, Reported(order_line, done.numerator, done.denominator))
        share = _progress(account.obligation, reported)
        target = share_of(account.price, share)
        line = line_on(on, target - account.scheduled)
        lines = (*account.lines, line) if not line.amount.is_zero else account.lines
        return replace(account, reported=reported, lines=lines)

    return change_line(contract, order_line, change)


def without_lines(account: ObligationAccount, lines: Collection[str]) -> ObligationAccount:
    """An obligation of several order lines without those that are no longer wanted; others stay as they are."""
    left = tuple(each for each in account.obligation.order_lines if each not in lines)
    if not left or left == account.obligation.order_lines:
        return account
    reported = tuple(each for each in account.reported if each.order_line in left)
    return replace(account, obligation=replace(account.obligation, order_lines=left), reported=reported)


def complete_now(contract: RevenueContract, *, on: date) -> RevenueContract:
    """Pass what waited for a line that is no longer wanted: all that is left of it was delivered before."""

    def completed(account: ObligationAccount) -> ObligationAccount:
        waiting = account.price - account.scheduled
        whole = account.reported and _progress(account.obligation, account.reported) == Ratio(1, 1)
        if waiting.is_zero or not whole:
            return account
        return replace(account, lines=(*account.lines, line_on(on, waiting)))

    return replace(contract, accounts=tuple(completed(each) for each in contract.accounts))


def change_line(
    contract: RevenueContract, order_line: str, change: Callable[[ObligationAccount], ObligationAccount]
) -> RevenueContract | Refusal:
    """Change the account that an order line belongs to, and count the version up."""
    account = contract.account_of_line(order_line)
    if account is None:
        return unknown(contract, order_line)
    changed = change(account)
    accounts = tuple(changed if each.id == account.id else each for each in contract.accounts)
    return replace(contract, accounts=accounts, version=contract.version + 1)


def unknown(contract: RevenueContract, order_line: str) -> Refusal:
    """The refusal for an order line that no obligation holds."""
    known = [each for account in contract.accounts for each in account.obligation.order_lines]
    message = f"contract `{contract.id}` has no obligation for order line `{order_line}`"
    return Refusal((Fault(UNKNOWN_OBLIGATION, "order_line", message, did_you_mean(order_line, known)),))


def _progress(obligation: Obligation, reported: tuple[Reported, ...]) -> Ratio:
    if obligation.timing is Timing.POINT_IN_TIME and len(obligation.order_lines) > 1:
        done = {each.order_line: Ratio(each.part, each.whole) for each in reported}
        complete = all(done.get(line) == Ratio(1, 1) for line in obligation.order_lines)
        return Ratio(int(complete), 1)
    latest = reported[-1]
    return Ratio(latest.part, latest.whole)


def lines_before(account: ObligationAccount, on: date) -> tuple[ScheduleLine, ...]:
    """The lines that a change on a day leaves alone: what happened by then, and what was planned for days before.

    A planned line that is earned day by day and runs across the day keeps its part before.
    """
    kept = []
    for line in account.lines:
        if line.service.end <= on or (not line.planned and line.on <= on):
            kept.append(line)
        elif line.planned and line.service.start < on:
            kept.append(_cut(account, line, on))
    return tuple(kept)


def earned_before(account: ObligationAccount, on: date) -> Money:
    """What was earned before a day, to the day where it is earned day by day, with all that happened on it."""
    return total((each.amount for each in lines_before(account, on)), account.price.currency)


def _cut(account: ObligationAccount, line: ScheduleLine, on: date) -> ScheduleLine:
    if account.obligation.timing not in (Timing.DAILY, Timing.BY_SECOND):
        # A month is the smallest unit of the monthly methods: one that has begun stays whole.
        return line
    part = Period(line.service.start, on)
    amount = share_of(line.amount, Ratio(part.days, line.service.days))
    return ScheduleLine(line.month, part, part.last_day, amount)


def lines_by_month(account: ObligationAccount, *, until: date | None = None) -> dict[date, Money]:
    """The revenue of each accounting month, from lines due on or before ``until``; None means all."""
    months: dict[date, Money] = {}
    for line in account.lines:
        if until is None or line.on <= until:
            months[line.month] = months.get(line.month, Money.zero(account.price.currency)) + line.amount
    return dict(sorted(months.items()))
