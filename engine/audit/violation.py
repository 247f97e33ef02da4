"""What an audit finds: an identity that does not hold, where, and by how much."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagnostics import Code
from engine.money import Money, MoneyError, currency

ORDER_DIFFERS = Code("AUD001")
NOT_ORDERED = Code("AUD002")
NOT_QUOTED = Code("AUD003")
NOT_ALL_BILLED = Code("AUD004")
BILLED_TOO_MUCH = Code("AUD005")
CREDITED_TOO_MUCH = Code("AUD006")
INVOICE_TOTAL = Code("AUD007")
NUMBER_GAP = Code("AUD008")
COUPON_USED = Code("AUD009")
ALLOCATION = Code("AUD010")
SCHEDULE = Code("AUD011")
RECOGNISED = Code("AUD012")
CONTRACT_VALUE = Code("AUD013")
NET_POSITION = Code("AUD014")
ENTRY_UNBALANCED = Code("AUD020")
RECEIVABLE = Code("AUD021")
TAX = Code("AUD022")
CLEARING = Code("AUD023")
PREPAID_USED = Code("AUD024")
PREPAID_LIABILITY = Code("AUD025")
OPEN = Code("AUD026")
REFUNDED = Code("AUD027")
EVENT_WITHOUT_CHANGE = Code("AUD030")
CHANGE_WITHOUT_EVENT = Code("AUD031")
VERSION_GAP = Code("AUD032")

TITLES = {
    ORDER_DIFFERS: "an order item has another net than its quote line",
    NOT_ORDERED: "a line of an ordered quote has no order item",
    NOT_QUOTED: "an order item has no quote line",
    NOT_ALL_BILLED: "at the end of its term an order item is not billed to the cent",
    BILLED_TOO_MUCH: "an order item is billed beyond its net, or without an order",
    CREDITED_TOO_MUCH: "an invoice line is credited beyond its net, or does not exist",
    INVOICE_TOTAL: "an invoice is not the sum of its lines",
    NUMBER_GAP: "the numbers of a series have a gap or a repetition",
    COUPON_USED: "a coupon is used otherwise than invoices say",
    ALLOCATION: "the obligations of a contract are not allocated what it bills",
    SCHEDULE: "a schedule does not add up to its obligation",
    RECOGNISED: "revenue in the journal is not what the schedule says by its latest run",
    CONTRACT_VALUE: "contract value is not recognised plus remaining revenue",
    NET_POSITION: "net position plus unbilled backlog is not the remaining performance obligation",
    ENTRY_UNBALANCED: "a journal entry does not sum to zero",
    RECEIVABLE: "the receivable of an invoice is not its gross",
    TAX: "the tax of an invoice is not what the journal owes",
    CLEARING: "a contract's clearing balance is not billed less recognised",
    PREPAID_USED: "a prepaid credit is used otherwise than it paid invoices",
    PREPAID_LIABILITY: "what is owed for prepaid credits is not what is left of them",
    OPEN: "the receivable of an invoice is not its gross less credits and payments, or not nothing when it is void",
    REFUNDED: "what was paid back of a prepaid credit, or kept as one, is not what refunds say",
    EVENT_WITHOUT_CHANGE: "an event has not exactly one state change",
    CHANGE_WITHOUT_EVENT: "a state change has no event of its entity",
    VERSION_GAP: "the versions of an entity have a gap",
}
"""What each code says."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One identity that does not hold for one thing; amounts are minor units of ``currency``, empty for counts."""

    code: Code
    where: str
    expected: int
    found: int
    currency: str = ""

    @property
    def difference(self) -> int:
        """By how much it is off."""
        return self.found - self.expected

    def __str__(self) -> str:
        expected, found = self._said(self.expected), self._said(self.found)
        return f"{self.code}: {self.where}: {TITLES[self.code]}: expected {expected}, found {found}"

    def _said(self, value: int) -> str:
        """An amount as people write it; a currency that nobody knows is a corrupted row, no reason to fail."""
        if not self.currency:
            return str(value)
        try:
            return str(Money(value, currency(self.currency)))
        except MoneyError:
            return f"{value} minor units of {self.currency}"
