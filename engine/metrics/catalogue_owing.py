"""The metrics of invoices, receivables and revenue still to come, with the definitions that their numbers stand for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.metrics import owing
from engine.metrics.metric import (
    CUSTOMER,
    Metric,
    Moment,
    Unit,
    days_of_period,
    only,
    percentile_of,
    ratio,
    share,
    signed,
    sum_of,
)
from engine.money import EXACT

REMAINING = frozenset({"revenue", "contracts", "journal"})


def _days_of_sales(found: Mapping[str, Decimal]) -> Decimal | None:
    part = ratio(found["receivables"], found["credit_sales"])
    return None if part is None else EXACT.multiply(part, found["days"])


def _closing(found: Mapping[str, Decimal]) -> Decimal | None:
    terms = (("opening", 1), ("billed", 1), ("recognised", -1), ("refunds", -1), ("other", 1))
    return signed(found, [each for each in terms if each[0] in found])


OWING = (
    Metric(
        "order_to_invoice_time",
        "Order to invoice time",
        "The median of the days from an order that opened a contract to the first final invoice of it, where that is "
        "of the period.",
        Unit.DAYS,
        Moment.OVER_PERIOD,
        frozenset({"orders", "invoices", "contracts"}),
        owing.first_invoice_rows,
        {"days": percentile_of("days", 50), "days_p90": percentile_of("days", 90)},
        only("days"),
        CUSTOMER,
    ),
    Metric(
        "dso",
        "Days sales outstanding",
        "Receivables at the end of the period over what it sold on credit, less credit notes, times its days; all with "
        "tax, as booked.",
        Unit.DAYS,
        Moment.OVER_PERIOD,
        frozenset({"journal", "invoices"}),
        owing.receivable_rows,
        {"receivables": sum_of("receivables"), "credit_sales": sum_of("credit_sales"), "days": days_of_period},
        _days_of_sales,
        CUSTOMER,
    ),
    Metric(
        "invoice_error_rate",
        "Invoice error rate",
        "Of the invoices of the period: how many were credited by hand or voided since. Credits for services that "
        "end do not count.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        frozenset({"invoices"}),
        owing.corrected_rows,
        {"invoices": sum_of("invoices"), "corrected": sum_of("corrected")},
        share("corrected", "invoices"),
        CUSTOMER,
    ),
    Metric(
        "rpo",
        "Remaining performance obligations",
        "The transaction price of the contracts signed by the last day that is not earned by then: what is billed "
        "beyond what is earned, and what is not billed yet, by the contracts as they stand now. Usage, and services "
        "without an agreed end, are left out. `rpo_current` is due within twelve months.",
        Unit.MONEY,
        Moment.AT_DAY,
        REMAINING,
        owing.remaining_rows,
        {each: sum_of(each) for each in ("deferred_revenue", "unbilled_backlog", "rpo_current")},
        lambda found: signed(found, [("deferred_revenue", 1), ("unbilled_backlog", 1)]),
        (*CUSTOMER, "contract"),
        version=2,
    ),
    Metric(
        "rpo_maturity",
        "When remaining performance obligations are due",
        "The remaining performance obligations of the last day by the month in which they will be earned (`due`), as "
        "planned then; `unscheduled` waits for a delivery or a report. Disclosures ask for them by time bands.",
        Unit.MONEY,
        Moment.AT_DAY,
        frozenset({"revenue", "contracts"}),
        owing.maturity_rows,
        {"rpo": sum_of("rpo")},
        only("rpo"),
        (*CUSTOMER, "contract", "due"),
    ),
    Metric(
        "unbilled_backlog",
        "Unbilled backlog",
        "The transaction price of the contracts signed by the last day that is not billed by then (by the days of the "
        "invoices and credit notes, also where closed books took them later), by the contracts as they stand now. "
        "Usage, and services without an agreed end, are left out.",
        Unit.MONEY,
        Moment.AT_DAY,
        REMAINING,
        owing.remaining_rows,
        {"unbilled_backlog": sum_of("unbilled_backlog")},
        only("unbilled_backlog"),
        (*CUSTOMER, "contract"),
        version=2,
    ),
    Metric(
        "revenue_leakage",
        "Revenue leakage",
        "What is due by the last day (delivered, served or used, net of tax) and on no final invoice so far: missing "
        "until a billing run, or drafted and not sent. Worked out as a run up to that day would; what is too late for "
        "a run (usage behind its window) is not in it.",
        Unit.MONEY,
        Moment.AT_DAY,
        frozenset({"unbilled"}),
        owing.unbilled_rows,
        {"missing": sum_of("missing"), "drafted": sum_of("drafted")},
        lambda found: signed(found, [("missing", 1), ("drafted", 1)]),
        (*CUSTOMER, "sku", "contract"),
    ),
    Metric(
        "backlog",
        "Backlog",
        "The net value over the term of what was ordered by the last day and not handed over by then; a service is "
        "handed over when it is up. Cancelled items do not count. Usage, and services without an agreed end, are left "
        "out.",
        Unit.MONEY,
        Moment.AT_DAY,
        frozenset({"orders", "contracts"}),
        owing.backlog_rows,
        {"backlog": sum_of("backlog")},
        only("backlog"),
        (*CUSTOMER, "sku", "contract"),
        version=2,
    ),
    Metric(
        "deferred_revenue",
        "Deferred revenue",
        "The contract liabilities of the last day, as booked: by contract, what was billed beyond what was earned.",
        Unit.MONEY,
        Moment.AT_DAY,
        frozenset({"journal", "contracts"}),
        owing.liability_rows,
        {"contract_liability": sum_of("contract_liability"), "contract_asset": sum_of("contract_asset")},
        only("contract_liability"),
        (*CUSTOMER, "contract"),
    ),
    Metric(
        "contract_assets",
        "Contract assets",
        "The contract assets of the last day, as booked: by contract, what was earned beyond what was billed.",
        Unit.MONEY,
        Moment.AT_DAY,
        frozenset({"journal", "contracts"}),
        owing.liability_rows,
        {"contract_liability": sum_of("contract_liability"), "contract_asset": sum_of("contract_asset")},
        only("contract_asset"),
        (*CUSTOMER, "contract"),
    ),
    Metric(
        "deferred_rollforward",
        "Deferred revenue roll-forward",
        "The net contract position before the period, and what billed it up, earned it and credited it: opening plus "
        "billed less recognised less refunds, and what else was booked on contracts, is the position at the end; "
        "liabilities above zero, assets below.",
        Unit.MONEY,
        Moment.OVER_PERIOD,
        frozenset({"journal", "contracts"}),
        owing.flow_rows,
        {each: sum_of(each) for each in ("opening", "billed", "recognised", "refunds", "other")},
        _closing,
        (*CUSTOMER, "contract"),
    ),
)
