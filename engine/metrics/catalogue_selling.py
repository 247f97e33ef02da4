"""The metrics of quotes, approvals and deals, with the definitions that their numbers stand for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.metrics import selling
from engine.metrics.metric import CUSTOMER, Metric, Moment, Unit, only, percentile_of, ratio, ratio_of, share, sum_of
from engine.money import EXACT

QUOTES = frozenset({"quotes"})
DEALS = frozenset({"orders", "quotes", "contracts"})
SELLER = (*CUSTOMER, "owner")


def _depth(found: Mapping[str, Decimal]) -> Decimal | None:
    return ratio(EXACT.subtract(found["list"], found["net"]), found["list"])


def _win_rate(found: Mapping[str, Decimal]) -> Decimal | None:
    return ratio(found["won"], EXACT.add(found["won"], found["lost"]))


def _velocity(found: Mapping[str, Decimal]) -> Decimal | None:
    worth = EXACT.multiply(EXACT.multiply(found["opportunities"], found["win_rate"]), found["average_deal"])
    return ratio(worth, found["cycle_days"])


SELLING = (
    Metric(
        "quote_to_order_rate",
        "Quote to order conversion",
        "Of the quotes first offered in the period: how many are ordered so far. A quote counts once, however many "
        "versions it had; a checkout that sends no offer is offered when it is ordered. What a contract renewed by "
        "itself is nobody's decision and counts nowhere.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        QUOTES,
        selling.issued_rows,
        {"issued": sum_of("issued"), "ordered": sum_of("ordered")},
        share("ordered", "issued"),
        SELLER,
        version=2,
    ),
    Metric(
        "expiry_rate",
        "Expiry rate",
        "Of the quotes first offered in the period: how many expired so far. Renewals by themselves do not count.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        QUOTES,
        selling.issued_rows,
        {"issued": sum_of("issued"), "expired": sum_of("expired")},
        share("expired", "issued"),
        SELLER,
        version=2,
    ),
    Metric(
        "win_rate",
        "Win rate",
        "Of the quotes decided in the period, those ordered: ordered over ordered and lost. Lost is an offer that was "
        "declined, withdrawn or expired; open and superseded ones, and renewals by themselves, do not count.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        QUOTES,
        selling.decided_rows,
        {"won": sum_of("won"), "lost": sum_of("lost")},
        _win_rate,
        SELLER,
        version=2,
    ),
    Metric(
        "quote_turnaround_median",
        "Quote turnaround",
        "The median of the hours from the first draft to the first offer, of the quotes first offered in the period. "
        "Renewals by themselves do not count.",
        Unit.HOURS,
        Moment.OVER_PERIOD,
        QUOTES,
        selling.turnaround_rows,
        {"hours": percentile_of("hours", 50), "hours_p90": percentile_of("hours", 90)},
        only("hours"),
        SELLER,
        version=2,
    ),
    Metric(
        "approval_cycle_time",
        "Approval cycle time",
        "The median of the hours from a submission to its decision, of the decisions of the period; submissions that "
        "nobody had to look at, and those taken back, do not count.",
        Unit.HOURS,
        Moment.OVER_PERIOD,
        QUOTES,
        selling.approval_rows,
        {"hours": percentile_of("hours", 50), "hours_p90": percentile_of("hours", 90)},
        only("hours"),
        SELLER,
    ),
    Metric(
        "auto_approval_rate",
        "Automatic approval rate",
        "Of the submissions of the period: how many nobody had to look at. Renewals by themselves are submitted "
        "to nobody.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        QUOTES,
        selling.submission_rows,
        {"submitted": sum_of("submitted"), "untouched": sum_of("untouched")},
        share("untouched", "submitted"),
        SELLER,
        version=2,
    ),
    Metric(
        "rework_rate",
        "Quote rework rate",
        "Of the quotes first sent in the period: how many were sent in more than one version so far.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        QUOTES,
        selling.sent_rows,
        {"quotes": sum_of("quotes"), "reworked": sum_of("reworked")},
        share("reworked", "quotes"),
        SELLER,
    ),
    Metric(
        "sales_cycle_length",
        "Sales cycle length",
        "The median of the days from the first draft to the order, of the orders of the period. Renewals by themselves "
        "do not count.",
        Unit.DAYS,
        Moment.OVER_PERIOD,
        QUOTES,
        selling.cycle_rows,
        {"days": percentile_of("days", 50), "days_p90": percentile_of("days", 90)},
        only("days"),
        SELLER,
        version=2,
    ),
    Metric(
        "average_deal_size",
        "Average deal size",
        "The net value of the orders of the period that opened a contract, over their whole terms, by their number; "
        "changes of running contracts are no deals. Usage, and services without an agreed end, have no value yet.",
        Unit.MONEY,
        Moment.OVER_PERIOD,
        DEALS,
        selling.deal_rows,
        {"won": sum_of("won"), "won_value": sum_of("won_value")},
        share("won_value", "won"),
        SELLER,
        version=2,
    ),
    Metric(
        "pipeline_velocity",
        "Pipeline velocity",
        "Offers open at the end of the period, times the win rate and the average deal of the period, over the mean "
        "days from first draft to order: what the pipeline brings a day. Renewals by themselves do not count.",
        Unit.MONEY,
        Moment.OVER_PERIOD,
        DEALS,
        selling.velocity_rows,
        {
            "opportunities": sum_of("opportunities"),
            "win_rate": ratio_of("won", "won", "lost"),
            "average_deal": ratio_of("won_value", "won"),
            "cycle_days": ratio_of("days", "won"),
        },
        _velocity,
        version=3,
    ),
    Metric(
        "discount_depth",
        "Discount depth",
        "Of the lines of the quotes ordered in the period: list less net, over list, by value. A recurring line counts "
        "with one charge period.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        frozenset({"quotes", "sold"}),
        selling.discount_rows,
        {"list": sum_of("list"), "net": sum_of("net")},
        _depth,
        (*SELLER, "sku"),
    ),
    Metric(
        "price_realisation",
        "Price realisation",
        "Of the lines of the quotes ordered in the period: net over list, by value. A recurring line counts with one "
        "charge period.",
        Unit.RATIO,
        Moment.OVER_PERIOD,
        frozenset({"quotes", "sold"}),
        selling.discount_rows,
        {"list": sum_of("list"), "net": sum_of("net")},
        share("net", "list"),
        (*SELLER, "sku"),
    ),
)
