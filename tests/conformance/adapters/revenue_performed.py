"""Adapters for what is earned as it is done, used, redeemed or sold: each lived through recognition."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from engine.money import HALF_UP, Money, Ratio, UnitPrice, allocate, settle, share_of
from engine.periods import add_months
from engine.revenue import CostReport, Output, Timing
from tests.conformance.adapters.revenue_case import Case, money, text, unit_of
from tests.conformance.adapters.revenue_lived import START, Lived


def royalty(case: Case) -> Any:
    """A royalty is usage of the licence, of the month of the sale or of the transfer where that is later."""
    given = case["input"]
    labels = [label for label, _ in given["sales"]]
    start = labels.index(given["licence_transferred"]) if given["licence_transferred"] in labels else 0
    lived, rows = Lived(Money.zero(unit_of(case)), Timing.USAGE), []
    rate = Ratio.of(Decimal(given["rate"]))
    for n, (_, sales) in enumerate(given["sales"]):
        lived.use(_month(max(n, start)), share_of(money(case, sales), rate))
    for n, label in enumerate(labels[start:], start):
        rows.append({"period": label, "revenue": text(lived.run(_month(n)))})
    return {"revenue": rows}


def right_to_invoice(case: Case) -> Any:
    """What a month's invoice is worth is revenue of that month: hours by their rate."""
    given = case["input"]
    rate, lived = UnitPrice(Decimal(given["rate"]), unit_of(case)), Lived(Money.zero(unit_of(case)), Timing.USAGE)
    rows = []
    for n, (label, quantity) in enumerate(given["quantity_by_period"]):
        lived.use(_month(n), settle(rate, quantity=Decimal(quantity), rounding=HALF_UP))
        rows.append({"period": label, "revenue": text(lived.run(_month(n)))})
    return {"revenue_by_period": rows}


def loyalty(case: Case) -> Any:
    """Points are an obligation that progresses as they are redeemed, against the latest expectation."""
    given = case["input"]
    worth = Decimal(given["points"]) * Decimal(given["point_ssp"])
    product, points = allocate(money(case, given["sales"]), [Decimal(given["sales_ssp"]), worth])
    steps = [(Decimal(each["redeemed_cumulative"]), Decimal(each["expected_total"])) for each in given["periods"]]
    rows = [
        {"period": each["period"], **row} for each, row in zip(given["periods"], _redeemed(points, steps), strict=True)
    ]
    return {"allocated": {"product": text(product), "points": text(points)}, "rows": rows}


def breakage(case: Case) -> Any:
    """Prepaid rights progress as they are redeemed, of what is expected to be: all where the rest is not ours."""
    given = case["input"]
    sold = money(case, given["sold"])
    expected = sold.decimal - (Decimal(given["expected_breakage"]) if given["entitled"] else Decimal(0))
    return {"rows": _redeemed(sold, [(Decimal(each), expected) for each in given["redeemed_cumulative"]])}


def renewal_option(case: Case) -> Any:
    """The practical alternative (IFRS 15.B43): expected renewals are in the price, earned by costs as they come."""
    given = case["input"]
    assert given["basis"] == "cost_to_cost" and given.get("rounding", "cumulative") == "cumulative"
    alive = [Decimal(given["contracts"])]
    for rate in given["renewal_rates"]:
        alive.append(alive[-1] * Decimal(rate))
    cash = [each * Decimal(given["price"]) for each in alive]
    costs = [each * Decimal(cost) for each, cost in zip(alive, given["cost_per_contract"], strict=True)]
    price = money(case, str(sum(cash)))
    lived, rows = Lived(price, Timing.PROGRESS), []
    billed, whole = Money.zero(unit_of(case)), {"service": sum(costs, Decimal(0))}
    for n, paid in enumerate(cash):
        billed += money(case, str(paid))
        lived.progress(_month(n), CostReport(whole, {"service": sum(costs[: n + 1], Decimal(0))}))
        revenue = lived.run(_month(n))
        owed = max(billed - lived.recognised, Money.zero(unit_of(case)))
        rows.append(
            {"period": f"Y{n + 1}", "cash": str(paid), "revenue": text(revenue), "contract_liability": text(owed)}
        )
    return {"expected_consideration": text(price), "expected_cost": str(sum(costs)), "rows": rows}


def _redeemed(amount: Money, steps: list[tuple[Decimal, Decimal]]) -> list[dict[str, str]]:
    """Revenue and what is still owed, step by step: redeemed so far of what is expected to be."""
    lived, rows = Lived(amount, Timing.PROGRESS), []
    for n, (redeemed, expected) in enumerate(steps):
        whole = max(expected, redeemed)
        lived.progress(_month(n), Output(redeemed, whole) if whole else Output(Decimal(1), Decimal(1)))
        revenue = lived.run(_month(n))
        rows.append({"revenue": text(revenue), "contract_liability": text(amount - lived.recognised)})
    return rows


def _month(number: int) -> date:
    return add_months(START, number)
