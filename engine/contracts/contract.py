"""A contract: what was agreed at the start, and the signed changes since. Neither is ever edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from engine.catalog import Charge, ChargeKind
from engine.contracts.terms import ContractTerms
from engine.money import Currency, Money
from engine.periods import Period
from engine.pricing.models import PricePart


class BillOn(Enum):
    """What lets a one-time line be billed: the start of the contract, or each delivery for its part."""

    START = "start"
    DELIVERY = "delivery"


class Credit(Enum):
    """What becomes of the part of a period that was billed and will not be served."""

    UNUSED = "unused"
    NOTHING = "nothing"


class SuspendedTerm(Enum):
    """What becomes of the term of a line that pauses: it ends as agreed, or as many days later as the line paused."""

    KEPT = "kept"
    EXTENDED = "extended"


@dataclass(frozen=True, slots=True)
class SubscriptionLine:
    """One line of a contract; amounts are before tax and for the whole quantity.

    ``amount`` is for one charge period of a recurring line, whole for a one-time line, zero for a usage line. A usage
    line names its price model (``usage_model``) in the rule book of the contract, or in the one named after an ``@``;
    its ``quantity`` is the quoted estimate, and ``unit_price`` what a unit of that came to, from ``list_price``, after
    discounts on the line.
    The service is ``[start, end)``; ``end`` is None for a one-time line and for a service without an agreed end.
    ``term_total`` is what the quote promised for the whole service; None when that has no end. ``tax`` is the tax on
    ``amount`` as the quote worked it out, which counts where prices include tax or tax has a fixed part. ``parts`` say
    what each tier of the price model adds to ``amount``.
    ``follows`` names the line in whose place this one came.
    """

    id: str
    quote_line: str
    sku: str
    name: str
    quantity: Decimal
    charge: Charge
    unit_price: Decimal
    amount: Money
    start: date
    end: date | None = None
    term_total: Money | None = None
    tax_code: str = "standard"
    bill_on: BillOn = BillOn.START
    usage_model: str = ""
    recognition: str = ""
    parent: str = ""
    list_price: Decimal = Decimal(0)
    tax: Money | None = None
    parts: tuple[PricePart, ...] = ()
    follows: str = ""

    @property
    def is_one_time(self) -> bool:
        """Whether it is charged once."""
        return self.charge.kind is ChargeKind.ONE_TIME

    @property
    def promised(self) -> Money | None:
        """What was agreed for all of it; None for usage and for a service without an agreed end."""
        return self.amount if self.is_one_time else self.term_total

    @property
    def service(self) -> Period | None:
        """The agreed service period, or None when it has no end."""
        return None if self.end is None else Period(self.start, self.end)


@dataclass(frozen=True, slots=True)
class LineEnd:
    """A line ends on a day, which is no longer served: ``on`` equal to its start takes the line back altogether.

    With ``on`` equal to its agreed end nothing is cut: the line is told not to renew by itself.

    ``released`` is what the line promised for its term and will not bill because of this end, beyond what earlier ends
    released; None before that is settled, and for a line that promised nothing for a term.
    """

    line: str
    on: date
    credit: Credit = Credit.UNUSED
    released: Money | None = None


@dataclass(frozen=True, slots=True)
class ContractChange:
    """One signed change: lines that end and lines that begin. A new quantity or price is an end and a beginning.

    ``quote``, ``quote_version`` and ``order`` name the accepted offer and its order, for a change that was quoted, and
    ``rule_book`` the book that priced its lines. ``bill_day`` is the day of the month on which periods turn over from
    then on; None: it stays. ``suspends`` says that its lines do not end but pause, and what becomes of their term.
    """

    number: int
    effective: date
    reason: str
    by: str
    at: datetime
    ended: tuple[LineEnd, ...] = ()
    added: tuple[SubscriptionLine, ...] = ()
    quote: str = ""
    quote_version: int = 0
    order: str = ""
    rule_book: str = ""
    bill_day: int | None = None
    suspends: SuspendedTerm | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract with one customer in one currency.

    ``rule_book`` is the hash of the book that its prices and policies come from. ``etag`` counts every stored change.
    ``renewal_problem`` says why it did not renew by itself; it waits for somebody then.
    """

    id: str
    customer: str
    currency: Currency
    quote: str
    quote_version: int
    order: str
    rule_book: str
    signed_at: datetime
    start: date
    lines: tuple[SubscriptionLine, ...]
    terms: ContractTerms = ContractTerms()
    billing_account: str = ""
    selling_entity: str = ""
    purchase_order: str = ""
    changes: tuple[ContractChange, ...] = ()
    etag: int = 1
    renewal_problem: str = ""
