"""Balances of a revenue contract at a day: earned, still to be earned, and the net position against billing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.money import Money, total
from engine.periods import add_months
from engine.revenue.contract import ObligationAccount, RevenueContract

MONTHS_CURRENT = 12
"""What falls within a year of the reporting date is shown as current."""


@dataclass(frozen=True, slots=True)
class Position:
    """A contract at a day. ``rpo`` is the part of the price not earned yet; ``unbilled_backlog`` the part not billed.

    Contract liability less contract asset plus unbilled backlog is the remaining performance obligation. ``set_aside``
    is what of the billing is neither earned nor owed as service: refund liabilities and interest income above zero,
    interest on advances below.
    """

    recognised: Money
    billed: Money
    contract_liability: Money
    contract_asset: Money
    rpo: Money
    rpo_current: Money
    unbilled_backlog: Money
    set_aside: Money


def position(contract: RevenueContract, *, billed: Money, at: date, set_aside: Money | None = None) -> Position:
    """The position at the end of a day, given what was billed less credits by then (net of tax), and what was booked
    against that beside revenue; None: nothing was.
    """
    unit = contract.currency
    aside = Money.zero(unit) if set_aside is None else set_aside
    recognised = total((each.earned(at) for each in contract.accounts), unit)
    rpo = contract.price - recognised
    current = total((_current(each, at) for each in contract.accounts), unit)
    net = billed - recognised - aside
    nothing = Money.zero(unit)
    return Position(
        recognised=recognised,
        billed=billed,
        contract_liability=max(net, nothing),
        contract_asset=max(-net, nothing),
        rpo=rpo,
        rpo_current=current,
        unbilled_backlog=contract.price - billed + aside,
        set_aside=aside,
    )


def remaining_by_month(contract: RevenueContract, *, at: date) -> dict[date, Money]:
    """What is scheduled to be earned after a day, by the first day of its accounting month; usage is never in it."""
    months: dict[date, Money] = {}
    for account in contract.accounts:
        for line in account.lines:
            if line.on > at and not account.obligation.priced_as_billed:
                months[line.month] = months.get(line.month, Money.zero(contract.currency)) + line.amount
    return dict(sorted(months.items()))


def _current(account: ObligationAccount, at: date) -> Money:
    """What will be earned within a year; work without a schedule counts by the end of its service."""
    horizon = add_months(at, MONTHS_CURRENT)
    scheduled = total((each.amount for each in account.lines if at < each.on <= horizon), account.price.currency)
    unscheduled = account.price - account.scheduled
    return scheduled + unscheduled if account.obligation.service.last_day <= horizon else scheduled
