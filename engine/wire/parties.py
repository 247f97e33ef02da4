"""Customers, billing accounts, selling entities, users and groups: proto and domain."""

from __future__ import annotations

from types import MappingProxyType

from cpq.v1 import party_pb2

from engine.money import MoneyError, currency
from engine.parties import BillingAccount, Customer, Group, SellingEntity, User
from engine.wire.basics import Faults, decimal_text, fill_address, read_address, read_decimal, read_key

CUSTOMERS = "customers"
BILLING_ACCOUNTS = "billingAccounts"
SELLING_ENTITIES = "sellingEntities"
USERS = "users"
GROUPS = "groups"
LONGEST_TERMS_DAYS = 3650


def read_customer(message: party_pb2.Customer, key: str, faults: Faults) -> Customer:
    """A customer under a key."""
    _need_title(message.display_name, faults)
    return Customer(
        id=key,
        display_name=message.display_name,
        segment=message.segment,
        region=message.region,
        tax_id=message.tax_id,
        address=read_address(message.address),
        attributes=MappingProxyType(dict(sorted(message.attributes.items()))),
    )


def customer_message(customer: Customer, etag: str) -> party_pb2.Customer:
    """A customer as it is sent."""
    message = party_pb2.Customer(name=f"{CUSTOMERS}/{customer.id}", display_name=customer.display_name, etag=etag)
    message.segment, message.region, message.tax_id = customer.segment, customer.region, customer.tax_id
    fill_address(message.address, customer.address)
    message.attributes.update(customer.attributes)
    return message


def read_billing_account(message: party_pb2.BillingAccount, key: str, faults: Faults) -> BillingAccount:
    """A billing account under a key."""
    _need_title(message.display_name, faults)
    check_currency(message.currency_code, "currency_code", faults)
    if not 0 <= message.bill_day <= 31:
        faults.invalid("bill_day", f"{message.bill_day} is not a day of a month", "1 to 31, or 0 for none")
    if not 0 <= message.payment_terms_days <= LONGEST_TERMS_DAYS:
        faults.invalid("payment_terms_days", f"{message.payment_terms_days} is not between 0 and {LONGEST_TERMS_DAYS}")
    return BillingAccount(
        id=key,
        customer=read_key(message.customer, CUSTOMERS, "customer", faults),
        display_name=message.display_name,
        currency_code=message.currency_code,
        bill_day=message.bill_day,
        payment_terms_days=message.payment_terms_days,
        address=read_address(message.address),
    )


def billing_account_message(account: BillingAccount, etag: str) -> party_pb2.BillingAccount:
    """A billing account as it is sent."""
    message = party_pb2.BillingAccount(name=f"{BILLING_ACCOUNTS}/{account.id}", etag=etag)
    message.customer, message.display_name = f"{CUSTOMERS}/{account.customer}", account.display_name
    message.currency_code, message.bill_day = account.currency_code, account.bill_day
    message.payment_terms_days = account.payment_terms_days
    fill_address(message.address, account.address)
    return message


def read_selling_entity(message: party_pb2.SellingEntity, key: str, faults: Faults) -> SellingEntity:
    """A selling entity under a key."""
    _need_title(message.display_name, faults)
    prefix = message.invoice_prefix or SellingEntity("", "").invoice_prefix
    if not prefix.isalnum() or len(prefix) > 12:
        faults.invalid("invoice_prefix", f"`{prefix[:40]}` is not 1 to 12 letters and digits")
    return SellingEntity(key, message.display_name, message.tax_id, prefix, read_address(message.address))


def selling_entity_message(entity: SellingEntity, etag: str) -> party_pb2.SellingEntity:
    """A selling entity as it is sent."""
    message = party_pb2.SellingEntity(name=f"{SELLING_ENTITIES}/{entity.id}", etag=etag)
    message.display_name, message.tax_id = entity.display_name, entity.tax_id
    message.invoice_prefix = entity.invoice_prefix
    fill_address(message.address, entity.address)
    return message


def read_user(message: party_pb2.User, key: str, faults: Faults) -> User:
    """A user under a key."""
    _need_title(message.display_name, faults)
    discount = read_decimal(message.discount_limit_percent, "discount_limit_percent", faults)
    if discount is not None and not 0 <= discount <= 100:
        faults.invalid("discount_limit_percent", f"{discount} is not between 0 and 100")
    limit = read_decimal(message.approval_limit, "approval_limit", faults)
    if limit is not None and limit < 0:
        faults.invalid("approval_limit", f"{limit} is below zero")
    code = message.approval_limit_currency
    if code:
        check_currency(code, "approval_limit_currency", faults)
    return User(key, message.display_name, tuple(dict.fromkeys(message.roles)), discount, limit, code)


def user_message(user: User, etag: str) -> party_pb2.User:
    """A user as it is sent."""
    message = party_pb2.User(name=f"{USERS}/{user.id}", display_name=user.display_name, etag=etag)
    message.roles.extend(user.roles)
    message.discount_limit_percent = decimal_text(user.discount_limit_percent)
    message.approval_limit = decimal_text(user.approval_limit)
    message.approval_limit_currency = user.approval_limit_currency
    return message


def read_group(message: party_pb2.Group, key: str, faults: Faults) -> Group:
    """A group under a key."""
    _need_title(message.display_name, faults)
    members = [read_key(each, USERS, f"members[{n}]", faults) for n, each in enumerate(message.members)]
    return Group(key, message.display_name, tuple(dict.fromkeys(members)))


def group_message(group: Group, etag: str) -> party_pb2.Group:
    """A group as it is sent."""
    message = party_pb2.Group(name=f"{GROUPS}/{group.id}", display_name=group.display_name, etag=etag)
    message.members.extend(f"{USERS}/{each}" for each in group.members)
    return message


def check_currency(code: str, field: str, faults: Faults) -> None:
    """An ISO 4217 code that has to be given."""
    if not code:
        faults.required(field)
        return
    try:
        currency(code)
    except MoneyError as problem:
        faults.invalid(field, problem.message, problem.hint)


def _need_title(text: str, faults: Faults) -> None:
    if not text.strip():
        faults.required("display_name")
    elif len(text) > 500:
        faults.invalid("display_name", "longer than 500 characters")
