"""The keys of the files in ``terms/``."""

from __future__ import annotations

from engine.billing.dunning import DunningRuns
from engine.billing.policy import ArrearsBilled, PartMinimum, ZeroInvoices
from engine.contracts.renewal import RenewalKind, RenewalPrice
from engine.contracts.terms import NoticeEnds, PaymentFrom
from engine.periods import DayCount, PartMonths
from engine.pricing.settings import TaxSource
from engine.revenue.policy import Timing
from engine.rulebook.fields import (
    CONDITION,
    CURRENCY,
    FLAG,
    ID,
    IDS,
    TEXT,
    Field,
    Limits,
    ListField,
    MapField,
    Record,
    RecordField,
    ScalarField,
    ScalarKind,
    choice,
    dates,
    many,
)

_DAYS = ScalarField(ScalarKind.INTEGER, limits=Limits.DAYS)
_MONTH_DAY = ScalarField(ScalarKind.INTEGER, limits=Limits.MONTH_DAY)
_PERIODS = ScalarField(ScalarKind.INTEGER, limits=Limits.PERIODS)
_WEIGHT = ScalarField(ScalarKind.NUMBER, limits=Limits.FROM_ZERO)
_PRICE = ScalarField(ScalarKind.MONEY, limits=Limits.FROM_ZERO)
_PERCENT = ScalarField(ScalarKind.NUMBER, limits=Limits.FROM_ZERO)
_SHARE = ScalarField(ScalarKind.NUMBER, limits=Limits.SHARE)
_RATE = ScalarField(ScalarKind.NUMBER, limits=Limits.FROM_ZERO)

RENEWAL = Record(
    "the renewal terms",
    "How a contract goes on after its term.",
    (
        Field(
            "kind",
            choice(*(each.value for each in RenewalKind)),
            "Whether a contract renews by itself, or only when it is quoted.",
            default="on_request",
        ),
        Field("months", _PERIODS, "The next term in months; 0 takes as many as the term that ends.", default="0"),
        Field(
            "price",
            choice(*(each.value for each in RenewalPrice)),
            "What the next term costs: the same, that with an uplift, or what the book says then.",
            default="same",
        ),
        Field("uplift_percent", _PERCENT, "The agreed uplift in percent.", default="0"),
        Field("uplift_percent_min", _PERCENT, "The least uplift by an index."),
        Field("uplift_percent_max", _PERCENT, "The most that an uplift may be."),
        Field("list_discount_percent", _SHARE, "What a renewal at list prices takes off, in percent.", default="0"),
        Field("lead_days", _DAYS, "How many days before the end a contract renews by itself.", default="0"),
    ),
)

CONTRACT = Record(
    "the contract terms",
    "What a contract says beside its lines.",
    (
        Field("payment_days", _DAYS, "The time to pay, in days.", default="30"),
        Field(
            "payment_from",
            choice(*(each.value for each in PaymentFrom)),
            "From when the time to pay counts: the day of the invoice, or the last day of its month.",
            default="invoice",
        ),
        Field(
            "bill_day", _MONTH_DAY, "The day of the month that is billed; 0 keeps each line's start day.", default="0"
        ),
        Field("day_count", choice(*(each.value for each in DayCount)), "How part periods count.", default="daily"),
        Field("notice_days", _DAYS, "Whole days between a notice and the end; its own day is none.", default="0"),
        Field(
            "notice_ends",
            choice(*(each.value for each in NoticeEnds)),
            "Where a notice lets a service end: on the day it runs out, or with the billing period.",
            default="day",
        ),
        Field("renewal", RecordField(RENEWAL), RENEWAL.doc),
        Field(
            "part_months",
            choice(*(each.value for each in PartMonths)),
            "What part of a month counts in quotes and on invoices: its share, or a whole month.",
            default="prorated",
        ),
    ),
)

THRESHOLDS = Record(
    "usage thresholds",
    "At which amounts the usage of a running period is billed, without waiting for its end.",
    (
        Field("currency", CURRENCY, "The currency of the amounts; contracts in it are looked at.", required=True),
        Field("at", ListField(_PRICE), "Amounts before tax, each above the one before."),
        Field("every", _PRICE, "Then, or without amounts from nothing on, every so much more."),
    ),
)

BILLING = Record(
    "the billing policy",
    "What billing is told beside the contract.",
    (
        Field("late_usage_periods", _PERIODS, "For how many ended periods late usage is billed.", default="2"),
        Field(
            "part_minimum",
            choice(*(each.value for each in PartMinimum)),
            "The least to pay for usage in a part of a charge period: its share, or all of it.",
            default="prorated",
        ),
        Field(
            "zero_invoices",
            choice(*(each.value for each in ZeroInvoices)),
            "Whether an invoice is issued when all that is due on a day costs nothing; `priced`: when one of its lines"
            " has a list price.",
            default="priced",
        ),
        Field(
            "arrears",
            choice(*(each.value for each in ArrearsBilled)),
            "When a recurring period in arrears is billed: once it has ended, or by the first run after it began.",
            default="at_end",
        ),
        Field("usage_thresholds", many(THRESHOLDS), "When usage is billed before its period ends, one a currency."),
    ),
)

DUNNING = Record(
    "the dunning policy",
    "When payment is tried again after it failed, and when customers are reminded of what is overdue.",
    (
        Field("retry_days", ListField(_DAYS), "How many days after each failed attempt the next one is asked for."),
        Field("reminders", _PERIODS, "How often a customer is reminded at most.", default="0"),
        Field("days_between", _DAYS, "How many days lie between two reminders.", default="7"),
        Field(
            "thresholds",
            MapField(_PRICE, "currency"),
            "From how much on a customer is reminded, by currency; of others it is not.",
        ),
        Field(
            "runs",
            choice(*(each.value for each in DunningRuns)),
            "Whether the server does once a day what is due, or somebody calls for it.",
            default="daily",
        ),
    ),
)

RECOGNITION = Record(
    "a recognition policy",
    "How promises of a product become revenue.",
    (
        Field("id", ID, "How products name it.", required=True),
        Field(
            "timing",
            choice(*(each.value for each in Timing)),
            "At one moment, with time, by weights, or with what is used or done.",
            required=True,
        ),
        Field("rounding", choice("cumulative", "each_then_plug_last"), "How parts round.", default="cumulative"),
        Field("merge_key", ID, "Promises of one contract with the same key are one obligation."),
        Field("series", FLAG, "Distinct increments of one service.", default="false"),
        Field("category", TEXT, "The revenue stream that chooses the account."),
        Field("weights", ListField(_WEIGHT), "The share of each month (timing weights)."),
    ),
)

SSP = Record(
    "a standalone selling price",
    "What a product sells for on its own, as one price or a range.",
    (
        Field("sku", ID, "The product.", required=True),
        Field("price", MapField(_PRICE, "currency"), "One price by currency."),
        Field("low", MapField(_PRICE, "currency"), "The lowest believable price by currency."),
        Field("high", MapField(_PRICE, "currency"), "The highest believable price by currency."),
        Field("region", TEXT, "Only for this region."),
        Field("segment", TEXT, "Only for this segment."),
        Field("channel", TEXT, "Only for this channel."),
        Field("residual", FLAG, "The price is highly variable: it gets what the others leave.", default="false"),
        *dates(),
    ),
)

STEP = Record(
    "a fulfilment step",
    "One task of a department.",
    (
        Field("id", ID, "How other steps name it.", required=True),
        Field("department", TEXT, "Who does it.", required=True),
        Field("after", IDS, "Steps that must be done first."),
        Field("no_return", FLAG, "Once begun, the item can no longer be cancelled.", default="false"),
        Field("compensation", TEXT, "What undoes it when the item is cancelled."),
        Field("delivers", FLAG, "Its completion hands the goods over.", default="false"),
    ),
)

PLAN = Record(
    "a fulfilment plan",
    "The steps that deliver a product.",
    (Field("id", ID, "How products name it.", required=True), Field("steps", many(STEP), "Its steps.", required=True)),
)

RATE = Record(
    "a tax rate",
    "The rate of a tax code.",
    (
        Field("code", TEXT, "The tax code.", required=True),
        Field("percent", _RATE, "The rate in percent.", required=True),
        Field("fixed", _RATE, "A fixed amount per unit."),
        Field("when", CONDITION, "For which lines and customers."),
        *dates(),
    ),
)

TAX = Record(
    "the tax settings",
    "Whether prices include tax, where tax is rounded, and the rates; a table with `out: percent` adds rates.",
    (
        Field("included", FLAG, "Whether prices include tax.", default="false"),
        Field(
            "rates_from",
            choice(*(each.value for each in TaxSource)),
            "Who answers rates: the rates and tables here, or the tax service that the operator named.",
            default="table",
        ),
        Field("round_at", choice("unit", "line", "rate", "total"), "Where tax is rounded.", default="line"),
        Field("round", choice("tax", "net"), "Which part of an inclusive price is rounded.", default="tax"),
        Field("unknown", choice("refuse", "free"), "What a code without a rate does.", default="refuse"),
        Field(
            "mode",
            choice("half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"),
            "How tax is rounded, when not as prices are.",
        ),
        Field("rates", many(RATE), "Rates."),
    ),
)

TERMS = Record(
    "a terms file",
    "What holds after the sale, and tax.",
    (
        Field("contract", RecordField(CONTRACT), CONTRACT.doc),
        Field("billing", RecordField(BILLING), BILLING.doc),
        Field("dunning", RecordField(DUNNING), DUNNING.doc),
        Field("gaap", choice("ifrs", "us"), "The framework, where the two differ.", default="ifrs"),
        Field("recognition", many(RECOGNITION), "Recognition policies."),
        Field("ssp_version", TEXT, "The version of the standalone selling prices."),
        Field("ssp", many(SSP), "Standalone selling prices."),
        Field("fulfilment", many(PLAN), "Fulfilment plans."),
        Field("tax", RecordField(TAX), TAX.doc),
    ),
)
