"""One monthly run over many contracts: what a missing line costs, and how that grows with the age of a contract.

Each contract has a monthly, an annual and a metered line. The floor settles a price and makes the line, nothing else.
Results first: the amounts billed are those that a plain count of months says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

from benchmarks.measure import compare, exponent, report
from engine.billing import BillingPolicy, BillLine, LineKind, missing_lines
from engine.catalog import BillingTiming, Charge, ChargeKind, ChargePeriod
from engine.contracts import Contract, ContractTerms, SubscriptionLine, UsageRecord
from engine.money import HALF_UP, Money, UnitPrice, currency, settle, total
from engine.periods import Period, add_months
from engine.pricing.models import Graduated, Tier

CONTRACTS = 200
AGES = (1, 12, 36, 120)
START = date(2016, 1, 31)
EUR = currency("EUR")
POLICY = BillingPolicy({"CALLS": Graduated((Tier(Decimal(100), Decimal("0.10")), Tier(None, Decimal("0.05"))))})


def line(key: str, charge: Charge, amount: str, unit_price: str = "") -> SubscriptionLine:
    """One line without an end; the metered one was quoted at the first tier's price."""
    return SubscriptionLine(
        id=key,
        quote_line=key,
        sku=key.upper(),
        name=key,
        quantity=Decimal(1),
        charge=charge,
        unit_price=Decimal(unit_price or amount),
        amount=Money.exactly(Decimal(amount), EUR),
        start=START,
        usage_model="CALLS" if charge.kind is ChargeKind.USAGE else "",
    )


LINES = (
    line("seats", Charge(ChargeKind.RECURRING, ChargePeriod.MONTH), "49.90"),
    line("support", Charge(ChargeKind.RECURRING, ChargePeriod.YEAR), "1200.00"),
    line("calls", Charge(ChargeKind.USAGE, ChargePeriod.MONTH, BillingTiming.ARREARS, "calls"), "0.00", "0.10"),
)


def contract(number: int) -> Contract:
    """A contract of three lines that goes on until it is cancelled."""
    signed = datetime(2016, 1, 31, tzinfo=UTC)
    return Contract(f"c{number}", "a", EUR, "q", 1, "o", "book", signed, START, LINES, ContractTerms())


def usage(months: int) -> tuple[UsageRecord, ...]:
    """One record of 150 calls a month, on its first day."""
    return tuple(UsageRecord(f"u{at}", "calls", add_months(START, at), Decimal(150)) for at in range(months))


def check(lines: tuple[BillLine, ...], months: int) -> None:
    """The sum by plain counting: one month more of seats than of calls, since seats are billed in advance."""
    years = months // 12 + 1
    expected = Money(4990 * (months + 1) + 120_000 * years + 1250 * months, EUR)
    assert total((each.amount for each in lines), EUR) == expected, (months, expected)


def bill(
    contracts: Sequence[Contract],
    records: tuple[UsageRecord, ...],
    today: date,
    known: Mapping[str, Sequence[BillLine]],
) -> None:
    """One billing run: what is missing of every contract."""
    for each in contracts:
        missing_lines(each, (), records, known[each.id], today, POLICY)


def main() -> None:
    """Measure and report."""
    contracts = [contract(number) for number in range(CONTRACTS)]
    rows: list[dict[str, object]] = []
    points = []
    for months in AGES:
        records, today, before = usage(months), add_months(START, months), add_months(START, months - 1)
        first = contracts[0]
        check(missing_lines(first, (), records, (), today, POLICY), months)
        known = {each.id: missing_lines(each, (), records, (), before, POLICY) for each in contracts}
        due = missing_lines(first, (), records, known[first.id], today, POLICY)
        check((*known[first.id], *due), months)

        found = compare({"run": partial(bill, contracts, records, today, known), "floor": floor}, rounds=5)
        a_contract, a_floor = found["run"] / CONTRACTS, found["floor"] / CONTRACTS
        points.append((months, a_contract))
        rows.append(
            {
                "age in months": months,
                "lines missing": len(due),
                "us a contract": a_contract,
                "floor us": a_floor,
                "x floor": a_contract / a_floor,
                "contracts a second": 1e6 / a_contract,
            }
        )
    growth = exponent(points[1:])
    report(
        "billing_run", rows, budgets={"growth with age": f"cost ~ age^{growth:.2f}; wanted 0 (closed periods skipped)"}
    )


def floor() -> None:
    """Settle two prices and make two lines for each contract."""
    price = UnitPrice(Decimal("49.90"), EUR)
    period = Period(START, date(2016, 2, 29))
    for number in range(CONTRACTS):
        for key in ("seats", "calls"):
            amount = settle(price, quantity=Decimal(1), rounding=HALF_UP)
            BillLine(f"c{number}/{key}", "c", key, key, key, key, LineKind.RECURRING, Decimal(1), amount, START, period)


if __name__ == "__main__":
    main()
