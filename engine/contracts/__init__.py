"""Owns the contract, its subscription lines and terms, the chain of signed changes, and what was delivered under it.

Does not own quotes or orders: an accepted quote becomes a contract, or a change of one, in ``orders``.
Entry points: ``Contract``, ``sign``, ``cancel``, ``change``, ``lines_in_force``, ``Amendment``, ``renewed_price``.
"""

from engine.contracts.amendment import (
    Amendment,
    AmendmentKind,
    Succession,
    amendable_faults,
    base_faults,
    ends_of,
    runs_on,
)
from engine.contracts.bill_days import change_bill_day
from engine.contracts.contract import (
    BillOn,
    Contract,
    ContractChange,
    Credit,
    LineEnd,
    SubscriptionLine,
    SuspendedTerm,
)
from engine.contracts.delivery import Delivery, UsageRecord, undelivered
from engine.contracts.events import ContractChanged, ContractEvent, ContractSigned
from engine.contracts.force import (
    LineInForce,
    Suspended,
    all_lines,
    lines_in_force,
    suspended_lines,
    usage_line_on,
)
from engine.contracts.notice import earliest_end, last_notice_day
from engine.contracts.renewal import RenewalKind, RenewalPrice, RenewalTerms, renewed_price
from engine.contracts.renewing import anchor_of, next_months, renewable, renewing, renews_on
from engine.contracts.signing import cancel, change, released_before, sign, take_back, with_parts, with_released
from engine.contracts.suspension import Signing, resume, resumed_lines, suspend
from engine.contracts.terms import ContractTerms, NoticeEnds, PaymentFrom, due_day
from engine.contracts.turning import bill_day_on, turnover_of

__all__ = [
    "Amendment",
    "AmendmentKind",
    "BillOn",
    "Contract",
    "ContractChange",
    "ContractChanged",
    "ContractEvent",
    "ContractSigned",
    "ContractTerms",
    "Credit",
    "Delivery",
    "LineEnd",
    "LineInForce",
    "NoticeEnds",
    "PaymentFrom",
    "RenewalKind",
    "RenewalPrice",
    "RenewalTerms",
    "Signing",
    "SubscriptionLine",
    "Suspended",
    "SuspendedTerm",
    "Succession",
    "UsageRecord",
    "all_lines",
    "amendable_faults",
    "anchor_of",
    "base_faults",
    "bill_day_on",
    "cancel",
    "change",
    "change_bill_day",
    "due_day",
    "earliest_end",
    "ends_of",
    "last_notice_day",
    "lines_in_force",
    "next_months",
    "released_before",
    "renewable",
    "renewed_price",
    "renewing",
    "renews_on",
    "resume",
    "resumed_lines",
    "runs_on",
    "sign",
    "suspend",
    "suspended_lines",
    "take_back",
    "turnover_of",
    "undelivered",
    "with_parts",
    "with_released",
    "usage_line_on",
]
