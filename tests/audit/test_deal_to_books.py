"""Any deal, lived from the accepted offer to the journal, ties out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audit import audit
from engine.catalog import ONE_TIME, BillingTiming, Charge, ChargeKind, ChargePeriod, LineId, Sku
from engine.money import Money, Ratio, share_of
from engine.orders import OrderState
from engine.periods import add_months
from engine.quotes.accepted import AcceptedLine
from tests.audit.lived import (
    EUR,
    START,
    Deal,
    bill,
    credit_fault,
    earn,
    end_some,
    hand_over,
    noon,
    sign,
    take_back_some,
)
from tests.audit.rows import rows_of
from tests.audit.stated import state_some
from tests.ledger.journal import balances_of


@st.composite
def accepted_lines(draw: st.DrawFn, number: int) -> AcceptedLine:
    kind = draw(st.sampled_from(["shipped", "at once", "day", "week", "month", "quarter", "year"]))
    listed, net = draw(st.integers(0, 300_000)), draw(st.integers(0, 300_000))
    months: int | None = None
    charge, recognition, fulfilment = ONE_TIME, draw(st.sampled_from(["", "kit"])), ""
    quantity = draw(st.integers(1, 7))
    term = net
    if kind == "shipped":
        fulfilment = "ship"
    elif kind != "at once":
        period = ChargePeriod[kind.upper()]
        charge = Charge(ChargeKind.RECURRING, period, draw(st.sampled_from(BillingTiming)))
        months = draw(st.integers(1, 3 if period.days else 26))
        recognition = draw(st.sampled_from(["", "even", "daily", "prorated", "front"]))
        days = (add_months(START, months) - START).days
        periods = Ratio(days, period.days) if period.days else Ratio(months, period.length)
        exact = share_of(Money(net, EUR), periods).minor_units
        # What the quote promised for the term need not be the sum of its periods to the cent.
        term = max(exact + draw(st.integers(-3, 3)), 0) if net else 0
    return AcceptedLine(
        id=LineId(f"l{number}"),
        sku=Sku(f"S{number}"),
        name=f"product {number}",
        quantity=Decimal(quantity),
        parent=None,
        group="",
        charge=charge,
        unit_net=Decimal(1),
        list_total=Money(listed, EUR),
        full_total=Money(listed, EUR),
        net_total=Money(net, EUR),
        term_total=Money(term, EUR),
        tax=None,
        tax_code="standard",
        recognition=recognition,
        fulfilment=fulfilment,
        start=START,
        term_months=months,
    )


deals = st.integers(1, 4).flatmap(lambda n: st.tuples(*(accepted_lines(number) for number in range(n))))


def _deliver_some(deal: Deal, number: int, today: date) -> None:
    open_items = [each for each in deal.order.items if each.state is not OrderState.CANCELLED]
    waiting = [each for each in open_items if each.delivered < each.quantity]
    if waiting:
        item = waiting[number % len(waiting)]
        hand_over(deal, item.id, min(Decimal(number), item.quantity - item.delivered), noon(today))


STEPS: dict[str, Callable[[Deal, int, date], None]] = {
    "bill": lambda deal, _, today: bill(deal, today),
    "cancel": take_back_some,
    "deliver": _deliver_some,
    "earn": lambda deal, _, today: earn(deal, today),
    "end": end_some,
    "fault": lambda deal, number, today: credit_fault(deal, number * 40, today),
    "state": state_some,
}
"""What can happen to a deal on a day."""
steps = st.lists(
    st.tuples(
        st.sampled_from(["bill", "earn", "deliver", "fault", "cancel", "end", "state"]),
        st.integers(0, 400),
        st.integers(1, 7),
    ),
    max_size=10,
)


@settings(max_examples=120, deadline=None)
@given(deals, steps)
def test_any_deal_ties_out_from_quote_to_journal(
    lines: tuple[AcceptedLine, ...], happened: list[tuple[str, int, int]]
) -> None:
    deal = sign(list(lines))
    today = START
    for kind, days, number in sorted(happened, key=lambda each: each[1]):
        today = max(today, START + timedelta(days=days))
        STEPS[kind](deal, number, today)
        assert audit(rows_of(deal), at=today) == (), kind
    for item in deal.order.items:
        if item.delivered < item.quantity and item.state is not OrderState.CANCELLED:
            hand_over(deal, item.id, item.quantity - item.delivered, noon(today))
    end = add_months(START, 60)
    bill(deal, end)
    earn(deal, end)
    assert audit(rows_of(deal), at=end) == ()
    stated = sum(each.term_total.minor_units for each in lines)
    booked = -sum(
        line.amount.minor_units for each in deal.journal.entries for line in each.lines if line.account == "revenue"
    )
    assert booked == stated - sum(deal.faults.values()) + sum(each.priced.minor_units for each in deal.revenue.stated)
    for each in balances_of(deal.journal.entries):
        if each.account in {"contract_cost_asset", "asset_payment_to_customer"}:
            assert each.balance.is_zero, each.account
