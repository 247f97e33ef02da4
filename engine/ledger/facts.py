"""Facts: what happened in money terms, stated by billing and revenue, before anyone speaks of accounts.

A fact is immutable and carries its own key, so that stating it twice books it once. Amounts are never negative: a
credit is another kind of fact, not a minus sign; only a line of an invoice may be negative. The service period of a
fact stays when its posting moves to a later, open period. Ids are the plain ids of the packages that mint them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from engine.ledger.traces import FactKey, TaxAmount, Trace, TracedAmount
from engine.money import Money
from engine.periods import Period


@dataclass(frozen=True, slots=True)
class InvoiceFinalized:
    """An invoice became final: the customer owes the lines and the tax."""

    key: FactKey
    on: date
    invoice: str
    customer: str
    lines: tuple[TracedAmount, ...]
    taxes: tuple[TaxAmount, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditNoteIssued:
    """A credit note became final: the customer owes less. Amounts are what is taken off, so they are positive.

    ``past_fault`` says that service already given was at fault: the credit reduces revenue now.
    """

    key: FactKey
    on: date
    credit_note: str
    customer: str
    lines: tuple[TracedAmount, ...]
    taxes: tuple[TaxAmount, ...] = ()
    past_fault: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceVoided:
    """A final invoice is void: the entry of the fact ``reverses`` is undone. Amounts are those of the invoice."""

    key: FactKey
    on: date
    invoice: str
    customer: str
    lines: tuple[TracedAmount, ...]
    taxes: tuple[TaxAmount, ...]
    reverses: FactKey


@dataclass(frozen=True, slots=True)
class CreditNoteVoided:
    """A credit note is void with its invoice: the entry of the fact ``reverses`` is undone. Amounts are those of it."""

    key: FactKey
    on: date
    credit_note: str
    customer: str
    lines: tuple[TracedAmount, ...]
    taxes: tuple[TaxAmount, ...]
    reverses: FactKey


@dataclass(frozen=True, slots=True)
class PaymentReceived:
    """Money came in. ``trace.invoice`` names what it pays; without one it waits as unapplied cash of the customer."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class PaymentApplied:
    """Cash that waited unapplied was matched with an invoice."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class PaymentRefunded:
    """Money went back to the customer and reopens what it had paid, or pays out a credit note."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class ReceivableWrittenOff:
    """What a customer owes will not come; revenue stays, the loss is an expense."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class RevenueRecognised:
    """Revenue of one obligation for one service period; ``on`` is the last day of that period."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace
    service: Period


@dataclass(frozen=True, slots=True)
class RevenueReversed:
    """Revenue recognised before is taken back: a past fault, or an estimate that fell."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace
    service: Period


@dataclass(frozen=True, slots=True)
class RefundLiabilityRaised:
    """Part of what was or will be invoiced is expected to go back: returns, rebates, penalties."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class RefundLiabilityReleased:
    """Part of a refund liability is no longer expected, and belongs to the contract again."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class RefundLiabilitySettled:
    """A refund liability was credited against what the customer owes."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class FinancingAccrued:
    """Interest of a significant financing component: expense on an advance, income on deferred payment."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace
    on_advance: bool


@dataclass(frozen=True, slots=True)
class ContractCostCapitalised:
    """A cost to obtain or fulfil a contract became an asset."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class ContractCostAmortised:
    """Part of a contract cost asset was used up."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace
    service: Period


@dataclass(frozen=True, slots=True)
class ContractCostExpensed:
    """A cost of a contract that it did not cause alone, or that will not come back, is an expense at once."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class ContractCostImpaired:
    """A contract cost asset is worth less than it stands at; the difference is written off."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class ContractCostWrittenUp:
    """A contract cost asset that was written off is worth more again."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class CustomerPaid:
    """Money went to a customer for nothing distinct; it waits to meet revenue."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class CustomerPaymentUsed:
    """Part of a payment to a customer met the revenue that it lowers."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class GoodsExpectedBack:
    """Goods are expected to come back: they are an asset, and no cost of sales."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class GoodsReturned:
    """Goods that were expected back came, and are stock again."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class GoodsKept:
    """Goods that were expected back stay with the customer; they are a cost of sales."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class GoodsSold:
    """Goods left the stock to a customer."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class PrepaidAdded:
    """A customer has a prepaid credit: bought for money, or granted for nothing, as the trace's category says."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class PrepaidUsed:
    """A prepaid credit paid an invoice."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class PrepaidReturned:
    """What a prepaid credit had paid of an invoice is not owed any more, and is left again."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class PrepaidExpired:
    """What was left of a prepaid credit is owed to the customer no more."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class PrepaidRefunded:
    """What was left of a prepaid credit that the customer paid for went back."""

    key: FactKey
    on: date
    amount: Money
    trace: Trace


Document: TypeAlias = InvoiceFinalized | CreditNoteIssued | InvoiceVoided | CreditNoteVoided
"""Facts of documents, whose amounts stand on lines and taxes."""
Fact: TypeAlias = (
    InvoiceFinalized
    | CreditNoteIssued
    | InvoiceVoided
    | CreditNoteVoided
    | PaymentReceived
    | PaymentApplied
    | PaymentRefunded
    | ReceivableWrittenOff
    | RevenueRecognised
    | RevenueReversed
    | RefundLiabilityRaised
    | RefundLiabilityReleased
    | RefundLiabilitySettled
    | FinancingAccrued
    | ContractCostCapitalised
    | ContractCostAmortised
    | ContractCostExpensed
    | ContractCostImpaired
    | ContractCostWrittenUp
    | CustomerPaid
    | CustomerPaymentUsed
    | GoodsExpectedBack
    | GoodsReturned
    | GoodsKept
    | GoodsSold
    | PrepaidAdded
    | PrepaidUsed
    | PrepaidReturned
    | PrepaidExpired
    | PrepaidRefunded
)
"""Everything the ledger knows how to book."""
