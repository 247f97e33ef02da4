"""The kinds of record that the engine stores, each with the columns that people filter and report by."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from engine.application.test_clock import TestClock
from engine.money import Currency, Money, currency
from engine.parties import BillingAccount, Customer, Group, SellingEntity, User
from engine.storage.credits import CREDITS
from engine.storage.documents import DOCUMENTS
from engine.storage.shapes import Shape, whole
from engine.storage.tables import Table

PARTIES = (
    Table(
        Customer,
        "customers",
        listed_by=("segment",),
        columns={
            "display_name": lambda customer: customer.display_name,
            "segment": lambda customer: customer.segment,
            "region": lambda customer: customer.region,
        },
    ),
    Table(
        BillingAccount,
        "billing_accounts",
        listed_by=("customer",),
        columns={"customer": lambda account: account.customer},
    ),
    Table(SellingEntity, "selling_entities"),
    Table(User, "users"),
    Table(Group, "approver_groups"),
)
TIME = (Table(TestClock, "test_clocks"),)
TABLES: tuple[Table, ...] = (*PARTIES, *TIME, *DOCUMENTS, *CREDITS)


def _money(amount: Money) -> dict[str, Any]:
    """As the general way would write it, at a quarter of the cost: a quote has some twenty amounts beside its lines."""
    return {"currency": amount.currency.code, "minor_units": amount.minor_units}


SCALARS: dict[type, Shape] = {
    Currency: Shape(attrgetter("code"), currency),
    Money: Shape(_money, lambda found: Money(whole(found["minor_units"]), currency(found["currency"])), _money),
}
