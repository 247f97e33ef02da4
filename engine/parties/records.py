"""The people and companies that quotes, invoices and approvals refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; ``country`` is ISO 3166-1 alpha-2."""

    lines: tuple[str, ...] = ()
    city: str = ""
    postal_code: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A company or person that buys; ``attributes`` are what rules read as ``customer.*`` beside the fields here."""

    id: str
    display_name: str
    segment: str = ""
    region: str = ""
    tax_id: str = ""
    address: Address = Address()
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class BillingAccount:
    """Who is invoiced, how often and in which currency; ``bill_day`` 0 means the anchor of each contract."""

    id: str
    customer: str
    display_name: str
    currency_code: str
    bill_day: int = 0
    payment_terms_days: int = 30
    address: Address = Address()


@dataclass(frozen=True, slots=True)
class SellingEntity:
    """The company that sells, with the prefix of its gap-free invoice numbers."""

    id: str
    display_name: str
    tax_id: str = ""
    invoice_prefix: str = "INV"
    address: Address = Address()


@dataclass(frozen=True, slots=True)
class User:
    """A person who quotes or approves; ``discount_limit_percent`` is the deepest quote discount they may approve.

    ``approval_limit`` is the largest net total they may approve: in ``approval_limit_currency`` and in no other, or
    where that is empty in the currency of each quote.
    """

    id: str
    display_name: str
    roles: tuple[str, ...] = ()
    discount_limit_percent: Decimal | None = None
    approval_limit: Decimal | None = None
    approval_limit_currency: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of users that an approval level may address."""

    id: str
    display_name: str
    members: tuple[str, ...] = ()
