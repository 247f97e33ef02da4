"""What people state of a lived deal: whatever is accepted is booked, what is refused changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from engine.diagnostics import Refusal
from engine.money import Money, Ratio, share_of
from engine.periods import Period, add_months
from engine.revenue import (
    Basis,
    ContractCost,
    CostAsset,
    ExpectedRefund,
    Rate,
    Stated,
    capitalise,
    expect_refund,
    finance,
    impair,
    pay_customer,
    release_refund,
)
from tests.audit.lived import EUR, Deal

BASIS = Basis("analyst", "so the test says")


def state_some(deal: Deal, number: int, on: date) -> None:
    """State the thing of that number, as far as it can be stated."""
    accounts = deal.revenue.accounts
    account = accounts[number % len(accounts)]
    line = account.obligation.order_lines[0]
    part = share_of(account.price, Ratio(number, 20))
    match number:
        case 1 | 2:
            outcome = expect_refund(
                deal.revenue, line, on=on, refund=part, returned_cost=share_of(part, Ratio(1, 2)), basis=BASIS
            )
        case 3:
            outcome = pay_customer(deal.revenue, on=on, paid=part, fair_value=Money(number, EUR), basis=BASIS)
        case 4:
            payments = [(on, share_of(account.price, Ratio(1, 3)))]
            payments.append((add_months(on, 14), account.price - payments[0][1]))
            rate = Rate(Decimal("0.06"), 3)
            outcome = finance(
                deal.revenue, line, rate=rate, payments=payments, transfer=on + timedelta(days=90), basis=BASIS
            )
        case 5:
            cost = ContractCost("commission", part, incremental=True)
            outcome = capitalise(deal.revenue, on=on, costs=[cost], service=Period(on, add_months(on, 20)), basis=BASIS)
        case 6:
            refunds = [
                each for each in deal.revenue.stated if isinstance(each, ExpectedRefund) and not each.refund.is_zero
            ]
            if not refunds:
                return
            half = share_of(refunds[0].refund, Ratio(1, 2))
            outcome = release_refund(deal.revenue, refunds[0].id, on=on, amount=half, goods_returned=Money(0, EUR))
        case _:
            assets = [each for each in deal.revenue.stated if isinstance(each, CostAsset)]
            if not assets:
                return
            worth = share_of(assets[0].asset, Ratio(1, 3))
            outcome = impair(deal.revenue, assets[0].id, on=on, consideration=worth, costs=Money(0, EUR))
    _take(deal, outcome)


def _take(deal: Deal, outcome: Stated | Refusal) -> None:
    if not isinstance(outcome, Refusal):
        deal.revenue = outcome.contract
        deal.book(*outcome.facts)
