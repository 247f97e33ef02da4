"""Owns fact types, accounts, posting from data, sum-zero entries, period close.

Does not own where facts come from.
Entry points: ``post``, ``Journal``, ``post_all``, ``reverse``, ``trial_balance``, ``close_period``.
"""

from engine.ledger.accounts import (
    DEFAULT_CHART,
    Account,
    AccountCode,
    AccountType,
    Chart,
    Component,
    PostingRule,
    chart_of,
)
from engine.ledger.balances import AccountBalance, NetPosition, net_position, trial_balance
from engine.ledger.calendar import BooksCalendar, PeriodClosed, close_period
from engine.ledger.entry import DraftEntry, EntryKey, JournalEntry, JournalLine
from engine.ledger.facts import (
    ContractCostAmortised,
    ContractCostCapitalised,
    CreditNoteIssued,
    Fact,
    FactKey,
    FinancingAccrued,
    InvoiceFinalized,
    PaymentApplied,
    PaymentReceived,
    PaymentRefunded,
    ReceivableWrittenOff,
    RefundLiabilityRaised,
    RefundLiabilityReleased,
    RefundLiabilitySettled,
    RevenueRecognised,
    RevenueReversed,
    TaxAmount,
    Trace,
    TracedAmount,
)
from engine.ledger.journal import EntryPosted, Journal, post_all, reverse
from engine.ledger.posting import Books, Outcome, Posted, post, post_draft, reversal_of
from engine.ledger.presentation import Grouping, PresentedEntry, PresentedLine, present

__all__ = [
    "DEFAULT_CHART",
    "Account",
    "AccountBalance",
    "AccountCode",
    "AccountType",
    "Books",
    "BooksCalendar",
    "Chart",
    "Component",
    "ContractCostAmortised",
    "ContractCostCapitalised",
    "CreditNoteIssued",
    "DraftEntry",
    "EntryKey",
    "EntryPosted",
    "Fact",
    "FactKey",
    "FinancingAccrued",
    "Grouping",
    "InvoiceFinalized",
    "Journal",
    "JournalEntry",
    "JournalLine",
    "NetPosition",
    "Outcome",
    "PaymentApplied",
    "PaymentReceived",
    "PaymentRefunded",
    "PeriodClosed",
    "Posted",
    "PostingRule",
    "PresentedEntry",
    "PresentedLine",
    "ReceivableWrittenOff",
    "RefundLiabilityRaised",
    "RefundLiabilityReleased",
    "RefundLiabilitySettled",
    "RevenueRecognised",
    "RevenueReversed",
    "TaxAmount",
    "Trace",
    "TracedAmount",
    "chart_of",
    "close_period",
    "net_position",
    "post",
    "post_all",
    "post_draft",
    "present",
    "reversal_of",
    "reverse",
    "trial_balance",
]
