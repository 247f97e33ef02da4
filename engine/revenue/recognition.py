"""The recognition run: what is due by a day and was not yet handed to the ledger, as facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from engine.ledger import Fact, FactKey, RevenueRecognised, RevenueReversed, Trace
from engine.money import Money
from engine.periods import Period
from engine.revenue.accruing import accrue
from engine.revenue.contract import ObligationAccount, PostedRevenue, RevenueContract, lines_by_month
from engine.revenue.schedule import month_of


@dataclass(frozen=True, slots=True)
class Recognition:
    """The contract with its new recognised amounts, and the facts for the ledger; both are saved together."""

    contract: RevenueContract
    facts: tuple[Fact, ...]


def recognise(contract: RevenueContract, *, until: date) -> Recognition:
    """Recognise everything due on or before ``until``.

    Running it again gives nothing; running three months at once gives what three single runs give. When a change
    altered a month that was recognised before, the difference is stated as a fact of that month.
    """
    if contract.recognised_until is not None:
        # A run for an earlier day must not take back what a later run has recognised.
        until = max(until, contract.recognised_until)
    facts: list[Fact] = []
    accounts = []
    for account in contract.accounts:
        stated, posted = _due(contract, account, until)
        facts += stated
        accounts.append(replace(account, posted=posted) if stated else account)
    changed = replace(contract, accounts=tuple(accounts), recognised_until=until)
    changed, accrued = accrue(changed, until=until)
    return Recognition(changed, tuple(sorted((*facts, *accrued), key=lambda each: each.on)))


def _due(
    contract: RevenueContract, account: ObligationAccount, until: date
) -> tuple[list[Fact], tuple[PostedRevenue, ...]]:
    posted = {each.month: each for each in account.posted}
    due = lines_by_month(account, until=until)
    nothing = Money.zero(contract.currency)
    facts: list[Fact] = []
    for month in sorted({*due, *posted}):
        before = posted.get(month, PostedRevenue(month, nothing, 0))
        difference = due.get(month, nothing) - before.amount
        if difference.is_zero:
            continue
        facts.append(_fact(contract, account, month, difference, before.facts + 1, until))
        posted[month] = PostedRevenue(month, before.amount + difference, before.facts + 1)
    return facts, tuple(posted[month] for month in sorted(posted))


def _fact(
    contract: RevenueContract, account: ObligationAccount, month: date, amount: Money, number: int, until: date
) -> Fact:
    lines = [each for each in account.lines if each.month == month and each.on <= until]
    obligation = account.obligation
    trace = Trace(
        contract=contract.id,
        customer=contract.customer,
        order_line=obligation.order_lines[0] if len(obligation.order_lines) == 1 else "",
        obligation=obligation.id,
        product=obligation.products[0] if len(obligation.products) == 1 else "",
        category=obligation.category,
    )
    key = FactKey(f"revenue/{contract.id}/{obligation.id}/{month:%Y-%m}/{number}")
    on = max((each.on for each in lines), default=month_of(month).last_day)
    if lines:
        service = Period(min(each.service.start for each in lines), max(each.service.end for each in lines))
    else:
        service = month_of(month)
    if amount.minor_units > 0:
        return RevenueRecognised(key=key, on=on, amount=amount, trace=trace, service=service)
    return RevenueReversed(key=key, on=on, amount=-amount, trace=trace, service=service)
