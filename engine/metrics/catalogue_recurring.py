"""The metrics of recurring revenue, with the definitions that their numbers stand for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.metrics import recurring
from engine.metrics.metric import (
    CUSTOMER,
    Formula,
    Metric,
    Moment,
    Unit,
    days_of_period,
    only,
    ratio,
    share,
    signed,
    sum_of,
)
from engine.money import EXACT

CONTRACTS = frozenset({"contracts"})
MONTHS_OF_YEAR = Decimal(12)
DAYS_OF_YEAR = Decimal(365)
MOVES = ("new_business", "expansion", "contraction", "churn", "reactivation")


def _lost(*terms: tuple[str, int]) -> Formula:
    """A signed sum of measures over the opening recurring revenue."""
    return lambda found: ratio(signed(found, terms), found["start_mrr"])


def _annual(measure: str) -> Formula:
    return lambda found: EXACT.multiply(found[measure], MONTHS_OF_YEAR)


def _lifetime(found: Mapping[str, Decimal]) -> Decimal | None:
    """By the month and customer, times the margin, over the share of customers lost a month."""
    margin = signed(found, [("revenue", 1), ("cost_of_sales", -1)])
    gained = EXACT.multiply(
        EXACT.multiply(found["mrr"], margin), EXACT.multiply(found["opening_customers"], found["days"])
    )
    per_year = EXACT.multiply(gained, MONTHS_OF_YEAR)
    lost = EXACT.multiply(EXACT.multiply(found["customers"], found["revenue"]), found["lost_customers"])
    return ratio(per_year, EXACT.multiply(lost, DAYS_OF_YEAR))


RECURRING = (
    Metric(
        "customer_lifetime_value",
        "Customer lifetime value",
        "What a paying customer brings until it leaves: the recurring revenue of the last day by its customers, times "
        "the margin of the period (revenue less cost of sales, over revenue, as booked), over the share of customers "
        "that the period lost a month, a month being a twelfth of 365 days. Costs of sales count as far as they are "
        "stated; not defined while no customer is lost.",
        Unit.MONEY,
        Moment.OVER_PERIOD,
        frozenset({"contracts", "journal"}),
        recurring.lifetime_rows,
        {
            **{each: sum_of(each) for each in ("mrr", "customers", "opening_customers", "lost_customers")},
            **{each: sum_of(each) for each in ("revenue", "cost_of_sales")},
            "days": days_of_period,
        },
        _lifetime,
        ("segment", "region"),
    ),
    Metric(
        "mrr",
        "Monthly recurring revenue",
        "The net amount of every recurring contract line served on the last day, over the months of its charge "
        "period, rounded once a line. One-time and usage charges and tax are left out; it follows the price "
        "agreed, not invoices.",
        Unit.MONEY,
        Moment.AT_DAY,
        CONTRACTS,
        recurring.line_rows,
        {"mrr": sum_of("mrr")},
        only("mrr"),
        (*CUSTOMER, "sku", "contract"),
    ),
    Metric(
        "arr",
        "Annual recurring revenue",
        "Twelve times the monthly recurring revenue of the last day.",
        Unit.MONEY,
        Moment.AT_DAY,
        CONTRACTS,
        recurring.line_rows,
        {"mrr": sum_of("mrr")},
        _annual("mrr"),
        (*CUSTOMER, "sku", "contract"),
    ),
    Metric(
        "committed_arr",
        "Committed annual recurring revenue",
        "Twelve times the monthly recurring revenue that each contract comes to once every line of it that was signed "
        "by the last day has begun: a change or the next term counts when it is signed, and what it takes the place of "
        "no more.",
        Unit.MONEY,
        Moment.AT_DAY,
        CONTRACTS,
        recurring.signed_rows,
        {"committed_mrr": sum_of("committed_mrr")},
        _annual("committed_mrr"),
        (*CUSTOMER, "sku", "contract"),
        version=2,
    ),
    Metric(
        "mrr_movements",
        "Movements of monthly recurring revenue",
        "What changed within the period, customer by customer and day by day: the first amount above nothing is new "
        "business, a rise expansion, a fall contraction, a fall to nothing churn, a return from it reactivation. Their "
        "sum is the recurring revenue of the last day less that of the day before the period.",
        Unit.MONEY,
        Moment.OVER_PERIOD,
        CONTRACTS,
        recurring.movement_rows,
        {each: sum_of(each) for each in MOVES},
        lambda found: signed(found, [(each, 1) for each in MOVES]),
        (*CUSTOMER, "movement"),
    ),
    Metric(
        "nrr",
        "Net revenue retention",
        "Of the customers that paid on the day before the period: their recurring revenue on its last day over what it "
        "was then. What they added counts, customers that came later do not.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        CONTRACTS,
        recurring.retention_rows,
        {each: sum_of(each) for each in ("start_mrr", "churn", "contraction", "expansion")},
        _lost(("start_mrr", 1), ("churn", -1), ("contraction", -1), ("expansion", 1)),
        CUSTOMER,
    ),
    Metric(
        "grr",
        "Gross revenue retention",
        "Of the customers that paid on the day before the period: their recurring revenue then, less what each of them "
        "pays less on its last day, over what it was. What they added does not count, so it is never above 1.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        CONTRACTS,
        recurring.retention_rows,
        {each: sum_of(each) for each in ("start_mrr", "churn", "contraction")},
        _lost(("start_mrr", 1), ("churn", -1), ("contraction", -1)),
        CUSTOMER,
    ),
    Metric(
        "logo_churn_rate",
        "Customer churn rate",
        "Of the customers that paid on the day before the period: how many pay nothing on its last day.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        CONTRACTS,
        recurring.retention_rows,
        {each: sum_of(each) for each in ("opening_customers", "lost_customers")},
        share("lost_customers", "opening_customers"),
        CUSTOMER,
    ),
    Metric(
        "gross_mrr_churn_rate",
        "Gross churn of recurring revenue",
        "Churn and contraction of the period over the recurring revenue of the day before it.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        CONTRACTS,
        recurring.churn_rows,
        {each: sum_of(each) for each in ("start_mrr", "churn", "contraction")},
        _lost(("churn", 1), ("contraction", 1)),
        CUSTOMER,
    ),
    Metric(
        "net_mrr_churn_rate",
        "Net churn of recurring revenue",
        "Churn and contraction of the period, less expansion and reactivation, over the recurring revenue of the day "
        "before it.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        CONTRACTS,
        recurring.churn_rows,
        {each: sum_of(each) for each in ("start_mrr", *MOVES[1:])},
        _lost(("churn", 1), ("contraction", 1), ("expansion", -1), ("reactivation", -1)),
        CUSTOMER,
    ),
)
