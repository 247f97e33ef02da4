"""The people and companies of a deal (engine.parties.records)."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from decimal import Decimal

import pytest

from engine.parties import Address, BillingAccount, Customer, Group, SellingEntity, User


def test_what_is_left_out_is_empty_rather_than_guessed() -> None:
    customer = Customer("c1", "ACME")
    assert (customer.segment, customer.region, customer.tax_id) == ("", "", "")
    assert customer.address == Address() and customer.attributes == {}


def test_an_account_pays_in_thirty_days_and_keeps_the_anchor_of_its_contracts() -> None:
    account = BillingAccount("a1", "c1", "ACME", "EUR")
    assert (account.payment_terms_days, account.bill_day) == (30, 0)


def test_an_approver_without_limits_has_none() -> None:
    user = User("u1", "Ann", roles=("manager",))
    assert user.discount_limit_percent is None and user.approval_limit is None
    assert replace(user, discount_limit_percent=Decimal(15)).discount_limit_percent == 15


def test_records_are_values() -> None:
    assert Group("g", "Board", ("u1", "u2")) == Group("g", "Board", ("u1", "u2"))
    assert SellingEntity("s", "Us").invoice_prefix == "INV"
    with pytest.raises(FrozenInstanceError):
        SellingEntity("s", "Us").display_name = "Them"  # type: ignore[misc]
    with pytest.raises(TypeError):
        Customer("c", "C").attributes["tier"] = "gold"  # type: ignore[index]
