"""What was billed of what is priced as it is billed: revenue of its period, less what is held back, or shared."""

from __future__ import annotations

from dataclasses import replace

from engine.diagnostics import Refusal
from engine.money import Money
from engine.periods import Period
from engine.revenue.contract import ObligationAccount, RevenueContract, change_line, slices_of
from engine.revenue.rebates import with_billed
from engine.revenue.schedule import line_on, spread
from engine.revenue.usage_split import split_of, with_split


def record_billed(
    contract: RevenueContract, order_line: str, *, service: Period, amount: Money
) -> RevenueContract | Refusal:
    """A period of what is priced as it is billed was billed (or credited, below zero): it is revenue of that period.

    A service is spread over the period as its policy says; usage is revenue of the last day that it covers. Where that
    was stated, part of it is held back for a rebate, or it is shared by several obligations.
    """
    split = split_of(contract, order_line)
    if split is not None:
        return with_split(contract, split, on=service.last_day, amount=amount)

    def change(account: ObligationAccount) -> ObligationAccount:
        obligation = account.obligation
        slices = slices_of(obligation, service)
        fresh = spread(amount, slices, obligation.rounding) if slices else (line_on(service.last_day, amount),)
        # A billed period is never planned anew: a service that ends early is credited for the days not served.
        happened = tuple(replace(each, planned=False) for each in fresh)
        return replace(account, price=account.price + amount, lines=(*account.lines, *happened))

    changed = change_line(contract, order_line, change)
    if isinstance(changed, Refusal):
        return changed
    return with_billed(changed, order_line, on=service.last_day, amount=amount)
