"""The chart of accounts and the posting rules: data that a company may replace, with a default that works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import NewType

from engine.diagnostics import Code

AccountCode = NewType("AccountCode", str)

UNKNOWN_ACCOUNT = Code("LED001")
NO_POSTING_RULE = Code("LED002")
ACCOUNT_CURRENCY = Code("LED003")


class AccountType(Enum):
    """Where an account stands in the statements; a clearing account nets out and is presented by its balance."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    REVENUE = "revenue"
    OTHER_INCOME = "other_income"
    EXPENSE = "expense"
    CLEARING = "clearing"


@dataclass(frozen=True, slots=True)
class Account:
    """An account; ``currency_code`` empty means that it takes every currency, each kept apart."""

    code: AccountCode
    title: str
    type: AccountType
    currency_code: str = ""


class Component(Enum):
    """The parts that facts are made of; each has one posting rule, or one per category."""

    INVOICE_LINE = "invoice_line"
    INVOICE_TAX = "invoice_tax"
    CREDIT_LINE = "credit_line"
    CREDIT_TAX = "credit_tax"
    PAYMENT = "payment"
    PAYMENT_UNAPPLIED = "payment_unapplied"
    PAYMENT_APPLIED = "payment_applied"
    PAYMENT_REFUNDED = "payment_refunded"
    WRITE_OFF = "write_off"
    REVENUE = "revenue"
    REVENUE_REVERSED = "revenue_reversed"
    REFUND_LIABILITY_RAISED = "refund_liability_raised"
    REFUND_LIABILITY_RELEASED = "refund_liability_released"
    REFUND_LIABILITY_SETTLED = "refund_liability_settled"
    INTEREST_ON_ADVANCE = "interest_on_advance"
    INTEREST_ON_DEFERRAL = "interest_on_deferral"
    CONTRACT_COST_CAPITALISED = "contract_cost_capitalised"
    CONTRACT_COST_AMORTISED = "contract_cost_amortised"
    CONTRACT_COST_EXPENSED = "contract_cost_expensed"
    CONTRACT_COST_IMPAIRED = "contract_cost_impaired"
    CONTRACT_COST_WRITTEN_UP = "contract_cost_written_up"
    CUSTOMER_PAID = "customer_paid"
    CUSTOMER_PAYMENT_USED = "customer_payment_used"
    GOODS_EXPECTED_BACK = "goods_expected_back"
    GOODS_RETURNED = "goods_returned"
    GOODS_KEPT = "goods_kept"
    GOODS_SOLD = "goods_sold"
    PREPAID_ADDED = "prepaid_added"
    PREPAID_USED = "prepaid_used"
    PREPAID_RETURNED = "prepaid_returned"
    PREPAID_EXPIRED = "prepaid_expired"
    PREPAID_REFUNDED = "prepaid_refunded"


@dataclass(frozen=True, slots=True)
class PostingRule:
    """Which account a component debits and which it credits; ``category`` narrows it to traces of that category."""

    component: Component
    debit: AccountCode
    credit: AccountCode
    category: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts and the rules that lead to them."""

    accounts: Mapping[AccountCode, Account]
    rules: Mapping[tuple[Component, str], PostingRule] = field(default_factory=lambda: MappingProxyType({}))

    def rule(self, component: Component, category: str) -> PostingRule | None:
        """The rule of the category, else the component's general rule, else None."""
        return self.rules.get((component, category)) or self.rules.get((component, ""))


def chart_of(accounts: Iterable[Account], rules: Iterable[PostingRule]) -> Chart:
    """Build a chart from rows; later rows of the same code or rule replace earlier ones."""
    return Chart(
        accounts=MappingProxyType({each.code: each for each in accounts}),
        rules=MappingProxyType({(each.component, each.category): each for each in rules}),
    )


RECEIVABLE = AccountCode("receivable")
CASH = AccountCode("cash")
CLEARING = AccountCode("contract_clearing")
REVENUE = AccountCode("revenue")
TAX_PAYABLE = AccountCode("tax_payable")
UNAPPLIED_CASH = AccountCode("unapplied_cash")
REFUND_LIABILITY = AccountCode("refund_liability")
BAD_DEBT = AccountCode("bad_debt_expense")
INTEREST_EXPENSE = AccountCode("interest_expense")
INTEREST_INCOME = AccountCode("interest_income")
CONTRACT_COST = AccountCode("contract_cost_asset")
CONTRACT_COST_PAYABLE = AccountCode("contract_cost_payable")
CONTRACT_COST_EXPENSE = AccountCode("contract_cost_expense")
CONTRACT_COST_IMPAIRMENT = AccountCode("contract_cost_impairment")
CUSTOMER_PAYMENT = AccountCode("asset_payment_to_customer")
RETURNED_GOODS = AccountCode("right_to_returned_goods")
INVENTORY = AccountCode("inventory")
COST_OF_SALES = AccountCode("cost_of_goods_sold")
CUSTOMER_CREDITS = AccountCode("customer_credits")
CREDITS_GRANTED = AccountCode("credits_granted_expense")
CREDITS_EXPIRED = AccountCode("expired_credits_income")
GRANTED = "granted"
"""The category of prepaid credits that nobody paid for."""
OVERPAID = "overpaid"
"""The category of those that were paid beyond what an invoice came to: they leave its receivable."""

DEFAULT_CHART = chart_of(
    accounts=(
        Account(CASH, "Cash", AccountType.ASSET),
        Account(RECEIVABLE, "Trade receivables", AccountType.ASSET),
        Account(CONTRACT_COST, "Costs to obtain and fulfil contracts", AccountType.ASSET),
        Account(CUSTOMER_PAYMENT, "Payments to customers", AccountType.ASSET),
        Account(RETURNED_GOODS, "Right to returned goods", AccountType.ASSET),
        Account(INVENTORY, "Inventory", AccountType.ASSET),
        Account(CLEARING, "Contract clearing", AccountType.CLEARING),
        Account(TAX_PAYABLE, "Sales tax payable", AccountType.LIABILITY),
        Account(UNAPPLIED_CASH, "Customers' unapplied cash", AccountType.LIABILITY),
        Account(REFUND_LIABILITY, "Refund liability", AccountType.LIABILITY),
        Account(CUSTOMER_CREDITS, "Customers' prepaid credits", AccountType.LIABILITY),
        Account(CONTRACT_COST_PAYABLE, "Commissions and contract costs payable", AccountType.LIABILITY),
        Account(REVENUE, "Revenue from contracts with customers", AccountType.REVENUE),
        Account(INTEREST_INCOME, "Interest income", AccountType.OTHER_INCOME),
        Account(CREDITS_EXPIRED, "Income from expired prepaid credits", AccountType.OTHER_INCOME),
        Account(CREDITS_GRANTED, "Credits granted to customers", AccountType.EXPENSE),
        Account(INTEREST_EXPENSE, "Interest expense", AccountType.EXPENSE),
        Account(BAD_DEBT, "Bad debt expense", AccountType.EXPENSE),
        Account(CONTRACT_COST_EXPENSE, "Amortisation of contract costs", AccountType.EXPENSE),
        Account(CONTRACT_COST_IMPAIRMENT, "Impairment of contract costs", AccountType.EXPENSE),
        Account(COST_OF_SALES, "Cost of goods sold", AccountType.EXPENSE),
    ),
    rules=(
        PostingRule(Component.INVOICE_LINE, RECEIVABLE, CLEARING),
        PostingRule(Component.INVOICE_TAX, RECEIVABLE, TAX_PAYABLE),
        PostingRule(Component.CREDIT_LINE, CLEARING, RECEIVABLE),
        PostingRule(Component.CREDIT_TAX, TAX_PAYABLE, RECEIVABLE),
        PostingRule(Component.PAYMENT, CASH, RECEIVABLE),
        PostingRule(Component.PAYMENT_UNAPPLIED, CASH, UNAPPLIED_CASH),
        PostingRule(Component.PAYMENT_APPLIED, UNAPPLIED_CASH, RECEIVABLE),
        PostingRule(Component.PAYMENT_REFUNDED, RECEIVABLE, CASH),
        PostingRule(Component.WRITE_OFF, BAD_DEBT, RECEIVABLE),
        PostingRule(Component.REVENUE, CLEARING, REVENUE),
        PostingRule(Component.REVENUE_REVERSED, REVENUE, CLEARING),
        PostingRule(Component.REFUND_LIABILITY_RAISED, CLEARING, REFUND_LIABILITY),
        PostingRule(Component.REFUND_LIABILITY_RELEASED, REFUND_LIABILITY, CLEARING),
        PostingRule(Component.REFUND_LIABILITY_SETTLED, REFUND_LIABILITY, RECEIVABLE),
        PostingRule(Component.INTEREST_ON_ADVANCE, INTEREST_EXPENSE, CLEARING),
        PostingRule(Component.INTEREST_ON_DEFERRAL, CLEARING, INTEREST_INCOME),
        PostingRule(Component.CONTRACT_COST_CAPITALISED, CONTRACT_COST, CONTRACT_COST_PAYABLE),
        PostingRule(Component.CONTRACT_COST_AMORTISED, CONTRACT_COST_EXPENSE, CONTRACT_COST),
        PostingRule(Component.CONTRACT_COST_EXPENSED, CONTRACT_COST_EXPENSE, CONTRACT_COST_PAYABLE),
        PostingRule(Component.CONTRACT_COST_IMPAIRED, CONTRACT_COST_IMPAIRMENT, CONTRACT_COST),
        PostingRule(Component.CONTRACT_COST_WRITTEN_UP, CONTRACT_COST, CONTRACT_COST_IMPAIRMENT),
        PostingRule(Component.CUSTOMER_PAID, CUSTOMER_PAYMENT, CASH),
        PostingRule(Component.CUSTOMER_PAYMENT_USED, CLEARING, CUSTOMER_PAYMENT),
        PostingRule(Component.GOODS_EXPECTED_BACK, RETURNED_GOODS, COST_OF_SALES),
        PostingRule(Component.GOODS_RETURNED, INVENTORY, RETURNED_GOODS),
        PostingRule(Component.GOODS_KEPT, COST_OF_SALES, RETURNED_GOODS),
        PostingRule(Component.GOODS_SOLD, COST_OF_SALES, INVENTORY),
        PostingRule(Component.PREPAID_ADDED, CASH, CUSTOMER_CREDITS),
        PostingRule(Component.PREPAID_ADDED, CREDITS_GRANTED, CUSTOMER_CREDITS, GRANTED),
        PostingRule(Component.PREPAID_ADDED, RECEIVABLE, CUSTOMER_CREDITS, OVERPAID),
        PostingRule(Component.PREPAID_USED, CUSTOMER_CREDITS, RECEIVABLE),
        PostingRule(Component.PREPAID_RETURNED, RECEIVABLE, CUSTOMER_CREDITS),
        PostingRule(Component.PREPAID_EXPIRED, CUSTOMER_CREDITS, CREDITS_EXPIRED),
        PostingRule(Component.PREPAID_EXPIRED, CUSTOMER_CREDITS, CREDITS_GRANTED, GRANTED),
        PostingRule(Component.PREPAID_REFUNDED, CUSTOMER_CREDITS, CASH),
    ),
)
"""A chart that books every fact with one clearing account per contract and currency."""
