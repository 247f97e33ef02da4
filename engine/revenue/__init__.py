"""Owns obligations, allocation, recognition schedule, modification classifier; returns facts.

Does not own invoices.
Entry points: ``promises_of``, ``obligations_of``, ``open_contract``, ``recognise``, ``classify``, ``position``;
what people state: ``expect_refund``, ``pay_customer``, ``finance``, ``capitalise``, ``impair``, ``report_progress``.
"""

from engine.revenue.allocation import (
    Allocation,
    AllocationMethod,
    Candidate,
    ObservableBundle,
    allocate_price,
)
from engine.revenue.amending import blend, is_part_of, join, named_apart, treatment_of
from engine.revenue.billed import record_billed
from engine.revenue.contract import (
    ObligationAccount,
    PostedRevenue,
    Reported,
    RevenueContract,
    add_obligations,
    open_contract,
    report,
)
from engine.revenue.costs import ContractCost, capitalise, impair
from engine.revenue.ending import end_early, take_back
from engine.revenue.interest import Rate, finance
from engine.revenue.modification import (
    Change,
    Remaining,
    Treatment,
    change_prospectively,
    classify,
    credit_past_fault,
    reestimate,
    reestimate_line,
)
from engine.revenue.obligation import Obligation, Promise, obligations_of
from engine.revenue.performing import report_progress
from engine.revenue.policy import (
    Gaap,
    RangePolicy,
    RecognitionPolicy,
    RevenuePolicies,
    ScheduleRounding,
    SspBook,
    SspBundle,
    SspChoice,
    SspEntry,
    Timing,
)
from engine.revenue.position import Position, position
from engine.revenue.progress import CostRecovery, CostReport, Output, ProgressMeasure
from engine.revenue.promises import bundles_of, promises_of
from engine.revenue.rebates import estimate_rebate_anew, expect_rebate
from engine.revenue.recognition import Recognition, recognise
from engine.revenue.refunds import expect_refund, pay_customer, release_refund, sell_goods
from engine.revenue.schedule import ScheduleLine, Slice, spread
from engine.revenue.stated import (
    Basis,
    CostAsset,
    CustomerPayment,
    ExpectedRefund,
    Financing,
    StatedItem,
    UsageSplit,
    VariableAmount,
    VolumeRebate,
)
from engine.revenue.stating import Stated
from engine.revenue.usage_split import relate_usage
from engine.revenue.varying import estimate_anew, vary

__all__ = [
    "Stated",
    "StatedItem",
    "UsageSplit",
    "VariableAmount",
    "VolumeRebate",
    "estimate_anew",
    "estimate_rebate_anew",
    "expect_rebate",
    "is_part_of",
    "join",
    "relate_usage",
    "vary",
    "Financing",
    "ExpectedRefund",
    "CustomerPayment",
    "CostAsset",
    "Basis",
    "sell_goods",
    "release_refund",
    "pay_customer",
    "expect_refund",
    "ProgressMeasure",
    "Output",
    "CostReport",
    "CostRecovery",
    "report_progress",
    "finance",
    "Rate",
    "impair",
    "capitalise",
    "ContractCost",
    "Allocation",
    "AllocationMethod",
    "Candidate",
    "Change",
    "Gaap",
    "Obligation",
    "ObligationAccount",
    "ObservableBundle",
    "Position",
    "PostedRevenue",
    "Promise",
    "RangePolicy",
    "Recognition",
    "RecognitionPolicy",
    "Remaining",
    "Reported",
    "RevenueContract",
    "RevenuePolicies",
    "ScheduleLine",
    "ScheduleRounding",
    "Slice",
    "SspBook",
    "SspBundle",
    "SspChoice",
    "SspEntry",
    "Timing",
    "Treatment",
    "add_obligations",
    "allocate_price",
    "blend",
    "bundles_of",
    "change_prospectively",
    "classify",
    "credit_past_fault",
    "end_early",
    "obligations_of",
    "named_apart",
    "open_contract",
    "position",
    "promises_of",
    "recognise",
    "record_billed",
    "reestimate",
    "reestimate_line",
    "report",
    "spread",
    "take_back",
    "treatment_of",
]
