"""How what a fact stated is corrected at its source, by kind of entry: no entry of a fact is reversed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, get_args

from engine.diagnostics import Code, Fault
from engine.ledger.entry import JournalEntry
from engine.ledger.facts import (
    ContractCostAmortised,
    ContractCostCapitalised,
    ContractCostExpensed,
    ContractCostImpaired,
    ContractCostWrittenUp,
    CreditNoteIssued,
    CreditNoteVoided,
    CustomerPaid,
    CustomerPaymentUsed,
    Fact,
    FinancingAccrued,
    GoodsExpectedBack,
    GoodsKept,
    GoodsReturned,
    GoodsSold,
    InvoiceFinalized,
    InvoiceVoided,
    PaymentApplied,
    PaymentReceived,
    PaymentRefunded,
    PrepaidAdded,
    PrepaidExpired,
    PrepaidRefunded,
    PrepaidReturned,
    PrepaidUsed,
    ReceivableWrittenOff,
    RefundLiabilityRaised,
    RefundLiabilityReleased,
    RefundLiabilitySettled,
    RevenueRecognised,
    RevenueReversed,
)

CORRECTED_BY_SOURCE: Final = Code("LED034")
_RUN_AGAIN = (
    "credit, end or deliver what it is for, or state its `progress`, another price (`variable_amount`, "
    "`expected_refund`) or other days (`service_change`), and run recognition again"
)
_TESTED = "state an `impairment_test` of the asset: it is written off to what is still to come less its costs"
_RELEASED = "it follows a `refund_release`, which stays; what leaves the stock later is a `cost_of_goods`"
WAYS: Final[Mapping[type[Fact], str]] = MappingProxyType(
    {
        InvoiceFinalized: "issue a credit note on the invoice",
        CreditNoteIssued: "charge the customer again, by a quote of its own",
        InvoiceVoided: "bill again: what the invoice billed is due anew",
        CreditNoteVoided: "bill again: what its invoice billed is due anew, less what is taken back",
        PaymentReceived: "record what goes back as a refund",
        PaymentApplied: "a payment stays with the invoice that it was applied to",
        PaymentRefunded: "record the payment, if the customer pays again",
        ReceivableWrittenOff: "record the payment, if the customer pays after all",
        RevenueRecognised: _RUN_AGAIN,
        RevenueReversed: _RUN_AGAIN,
        RefundLiabilityRaised: "state a `refund_release` of what is not expected any more, "
        "or for a `volume_rebate` the price that is expected now",
        RefundLiabilityReleased: "state the `expected_refund` again, "
        "or for a `volume_rebate` the price that is expected now",
        RefundLiabilitySettled: "it follows its credit note; charge the customer again, by a quote of its own",
        FinancingAccrued: "it follows the `financing` that was stated of the line, which holds to its end",
        ContractCostCapitalised: _TESTED,
        ContractCostAmortised: _TESTED,
        ContractCostExpensed: "what was an expense stays one; what is spent besides is stated as `contract_costs`",
        ContractCostImpaired: "state another `impairment_test` once it is worth more; US GAAP writes nothing up",
        ContractCostWrittenUp: _TESTED,
        CustomerPaid: "a payment to the customer stays as it was made",
        CustomerPaymentUsed: "it follows the revenue of the contract; change that, and run recognition again",
        GoodsExpectedBack: "state a `refund_release` with the cost of the goods that came (`goods_returned`)",
        GoodsReturned: _RELEASED,
        GoodsKept: _RELEASED,
        GoodsSold: "goods that come back are an `expected_refund` of the line, with their `returned_cost`",
        PrepaidAdded: "revoke what is left of a credit that was granted; one that was bought is refunded",
        PrepaidRefunded: "book what comes in again as a credit that was bought",
        PrepaidUsed: "issue a credit note on the invoice, and what is no longer owed comes back",
        PrepaidReturned: "it follows its credit note; let the credit pay what else is open, or charge again",
        PrepaidExpired: "add a granted credit of the amount, if the customer is to have it all the same",
    }
)
"""The way of each kind."""
_BY_NAME = {kind.__name__: way for kind, way in WAYS.items()}


def reversal_faults(entry: JournalEntry) -> tuple[Fault, ...]:
    """Why an entry may not be reversed (``LED034``): it states a fact, and the books would deny what still holds."""
    if entry.kind not in {each.__name__ for each in get_args(Fact)}:
        return ()
    message = f"`{entry.key}` is corrected by its source, not by hand"
    return (Fault(CORRECTED_BY_SOURCE, "name", message, _BY_NAME[entry.kind]),)
