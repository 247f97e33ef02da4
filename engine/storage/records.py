"""The kinds of record that the engine stores, each with the columns that people filter and report by."""

from __future__ import annotations

from engine.application.test_clock import TestClock
from engine.money import Currency, currency
from engine.parties import BillingAccount, Customer, Group, SellingEntity, User
from engine.storage.documents import DOCUMENTS
from engine.storage.shapes import Shape
from engine.storage.tables import Table

PARTIES = (
    Table(
        Customer,
        "customers",
        columns={
            "display_name": lambda customer: customer.display_name,
            "segment": lambda customer: customer.segment,
            "region": lambda customer: customer.region,
        },
    ),
    Table(BillingAccount, "billing_accounts", columns={"customer": lambda account: account.customer}),
    Table(SellingEntity, "selling_entities"),
    Table(User, "users"),
    Table(Group, "approver_groups"),
)
TIME = (Table(TestClock, "test_clocks"),)
TABLES: tuple[Table, ...] = (*PARTIES, *TIME, *DOCUMENTS)
SCALARS: dict[type, Shape] = {Currency: Shape(lambda value: value.code, currency)}
