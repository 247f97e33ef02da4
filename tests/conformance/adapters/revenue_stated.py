"""Adapters for what people state of a contract: returns, payments to customers, financing; lived through the books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.money import Currency, Money, Ratio, share_of, total
from engine.periods import add_months
from engine.revenue import (
    Basis,
    Rate,
    Timing,
    expect_refund,
    finance,
    pay_customer,
    release_refund,
    sell_goods,
)
from engine.revenue.financing import financed, implied_rate, rate_of_period
from tests.conformance.adapters.revenue_case import Case, money, text, unit_of
from tests.conformance.adapters.revenue_lived import LINE, START, Lived

BASIS = Basis("analyst", "the case")
FINE = 8
"""Decimals of an instalment that the example does not round."""


def returns(case: Case) -> Any:
    given = case["input"]
    sold, back = Decimal(given["quantity"]), Decimal(given["expected_returns"])
    unit_cost, recovery = Decimal(given["unit_cost"]), Decimal(given.get("recovery_cost", "0"))
    price = money(case, str(sold * Decimal(given["unit_price"])))
    lived = Lived(price)
    lived.invoice(START, price)
    if given.get("payment") == "cash":
        lived.pay(START, price)
    lived.deliver(START)
    lived.state(sell_goods, LINE, on=START, cost=money(case, str(sold * unit_cost)))
    if back:
        lived.state(
            expect_refund,
            LINE,
            on=START,
            refund=money(case, str(back * Decimal(given["unit_price"]))),
            returned_cost=money(case, str(back * unit_cost - recovery)),
            basis=BASIS,
        )
    lived.run(START)
    entries = [entry for goods in (False, True) for entry in lived.entries(lambda _: "transfer", goods=goods)]
    names = ("revenue", "refund_liability", "right_to_returned_goods", "cost_of_goods_sold")
    return {**{name: text(lived.balance(name)) for name in names}, "entries": entries}


def payable_to_customer(case: Case) -> Any:
    given = case["input"]
    committed, paid = money(case, given["committed_sales"]), money(case, given["payment"])
    invoiced = money(case, given["invoiced"])
    lived = Lived(committed, Timing.PROGRESS)
    worth = money(case, given["fair_value"]) if "fair_value" in given else Money.zero(unit_of(case))
    if not given["distinct_good_received"] or "fair_value" in given:
        lived.state(pay_customer, on=START, paid=paid, fair_value=worth, basis=BASIS)
    month = add_months(START, 1)
    lived.invoice(month, invoiced)
    lived.deliver(month, Ratio(invoiced.minor_units, committed.minor_units))
    lived.run(month)
    off = committed - lived.contract.price
    return {
        "reduction_rate": str(Ratio(off.minor_units, committed.minor_units).decimal(6)),
        "revenue": text(lived.balance("revenue")),
        "entries": lived.entries(lambda on: "inception" if on == START else "month-1"),
    }


def financing_advance(case: Case) -> Any:
    given = case["input"]
    exact = _advance(given, unit_of(case))
    whole = _advance(given, Currency(case["currency"], 0))
    years = int(given["years"])
    (item,) = exact.contract.stated
    rows = [{"period": f"Y{n}", "interest": text(line.amount)} for n, line in enumerate(_lines(item), 1)]
    return {
        "interest": rows,
        "total_interest": text(exact.balance("interest_expense")),
        "revenue": text(exact.balance("revenue")),
        "entries_rounded": _merged(whole.entries(lambda on: _moment(on, years))),
    }


def financing_annuity(case: Case) -> Any:
    """Equal service in every period, measured at its end."""
    given = case["input"]
    count, unit = int(given["periods"]), unit_of(case)
    shares = {n: Fraction(1, count) for n in range(1, count + 1)}
    found = financed({0: money(case, given["received"])}, shares, Fraction(Decimal(given["rate"])), unit)
    earned = share_of(found.price, Ratio(1, count))
    rows = [
        {"period": f"Y{n}", "interest": text(interest), "revenue": text(earned), "contract_liability": text(balance)}
        for n, (interest, balance) in enumerate(zip(found.interest, found.balances[1:], strict=True), 1)
    ]
    return {
        "revenue_per_period": text(earned),
        "rows": rows,
        "total_interest": text(total(found.interest, unit)),
        "total_revenue": text(found.price),
    }


def financing_pv(case: Case) -> Any:
    """Goods now, even instalments later: the contract's own rate gives the instalment, the customer's the price."""
    given = case["input"]
    months, count = 12 // int(given["periodicity"]), int(given["payments"])
    fine = Currency(case["currency"], FINE)
    own = rate_of_period(Decimal(given["annual_rate"]), months)
    others = [given[name] for name in sorted(given) if name.endswith("_rate") and name != "annual_rate"]
    fair = own if given["rate_reflects_credit"] or not others else rate_of_period(Decimal(others[0]), months)
    each = Money(fine.scale, fine)
    worth_of_one = financed(dict.fromkeys(range(1, count + 1), each), {0: Fraction(1)}, own, fine).price
    nominal = Fraction(Decimal(given["nominal_price"]))
    payment = Money(round(nominal * fine.scale**2 / worth_of_one.minor_units), fine)
    price = financed(dict.fromkeys(range(1, count + 1), payment), {0: Fraction(1)}, fair, fine).price
    return {"transaction_price": text(share_of(money(case, "1"), Ratio.of(price.decimal)))}


def financing_return(case: Case) -> Any:
    """Nothing is revenue while all of it may come back; then the price is the one in cash, and the rest interest."""
    given = case["input"]
    promised, cash = money(case, given["promised"]), money(case, given["cash_price"])
    due = add_months(START, int(given["months"]))
    lapse = START + timedelta(days=int(given["return_days"]))
    lived = Lived(promised)
    lived.state(
        finance, LINE, rate=Rate(months=12, cash_price=cash), payments=[(due, promised)], transfer=START, basis=BASIS
    )
    goods = money(case, given["cost"])
    lived.state(sell_goods, LINE, on=START, cost=goods)
    nothing = Money.zero(unit_of(case))
    assert not given["returns_estimable"], "no return can be told from a sale"
    lived.state(expect_refund, LINE, on=START, refund=nothing, returned_cost=goods, basis=BASIS)
    lived.run(START)
    at_transfer = lived.balance("revenue")
    lived.state(release_refund, "s-2", on=lapse, amount=nothing, goods_returned=nothing)
    lived.deliver(lapse)
    lived.run(lapse)
    when_lapsed = lived.balance("revenue")

    def moment(on: date) -> str:
        return "transfer" if on == START else "return-lapses"

    entries = [*lived.entries(moment, goods=False), *lived.entries(moment, goods=True)]
    lived.run(due)
    rate = implied_rate({int(given["months"]) // 12: promised}, {0: Fraction(1)}, cash)
    return {
        "implicit_annual_rate": str(rate),
        "revenue_at_transfer": text(at_transfer),
        "revenue_when_return_lapses": text(when_lapsed),
        "total_interest_income": text(lived.balance("interest_income")),
        "entries": sorted((_unconditional(each) for each in entries), key=lambda each: each["date"] != "transfer"),
    }


def _advance(given: Any, unit: Currency) -> Lived:
    received = Money.exactly(Decimal(given["received"]), unit)
    transfer = add_months(START, 12 * int(given["years"]))
    lived = Lived(received)
    lived.invoice(START, received)
    lived.pay(START, received)
    rate = Rate(Decimal(given["annual_rate"]))
    lived.state(finance, LINE, rate=rate, payments=[(START, received)], transfer=transfer, basis=BASIS)
    lived.deliver(transfer)
    lived.run(transfer)
    return lived


def _moment(on: date, years: int) -> str:
    if on == START:
        return "inception"
    return f"years-1-{years}" if on < add_months(START, 12 * years) else "transfer"


def _merged(entries: Sequence[Any]) -> list[Any]:
    """Entries of one label together, as the published example shows its years."""
    found: dict[str, dict[tuple[str, str], Decimal]] = {}
    for entry in entries:
        sums = found.setdefault(entry["date"], {})
        for line in entry["lines"]:
            side = "dr" if "dr" in line else "cr"
            sums[line["account"], side] = sums.get((line["account"], side), Decimal(0)) + Decimal(line[side])
    return [
        {"date": label, "lines": [{"account": account, side: str(amount)} for (account, side), amount in sums.items()]}
        for label, sums in found.items()
    ]


def _unconditional(entry: Any) -> Any:
    """Only time has to pass until this is paid: what the books carry as a contract asset is a receivable."""
    names = {"contract_asset": "receivable"}
    return {
        **entry,
        "lines": [{**line, "account": names.get(line["account"], line["account"])} for line in entry["lines"]],
    }


def _lines(item: Any) -> Any:
    return item.lines
