"""What the acts of the demo share: the client, the screen, the people and the amounts seen on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from engine.cli.screen import Screen
from engine.client import Client

FIRST_DAY = date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class People:
    """Names of the records that the deal concerns."""

    customer: str
    billing_account: str
    selling_entity: str
    rep: str
    approvers: dict[str, str]
    """Display name of each approver by resource name."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The client that plays and the screen that tells; ``amounts`` collects what replies said, for machines."""

    client: Client
    screen: Screen
    people: People
    amounts: dict[str, Any] = field(default_factory=dict)

    def at(self, day: date) -> None:
        """Move the test clock to the morning of a day; whatever became due happens."""
        self.client.test_clock.advance_test_clock(name="testClocks/default", until=morning(day))


def morning(day: date) -> datetime:
    """Nine o'clock UTC."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def people(client: Client) -> People:
    """Create the parties of the deal and set the test clock."""
    client.test_clock.create_test_clock(now=morning(FIRST_DAY))
    parties = client.parties
    customer = parties.create_customer(
        customer={"display_name": "Nordlicht University", "segment": "edu", "region": "DE"}
    )
    account = parties.create_billing_account(
        billing_account={
            "customer": customer.name,
            "display_name": "Purchasing",
            "currency_code": "EUR",
            "payment_terms_days": 30,
        }
    )
    seller = parties.create_selling_entity(
        selling_entity={"display_name": "Fjord Computers GmbH", "invoice_prefix": "FJ"}
    )
    rep = parties.create_user(user={"display_name": "Ann", "roles": ["agent"]})
    roles = {"Mia": "manager", "Dario": "director", "Vera": "vp", "Carla": "controller", "Chen": "cfo"}
    approvers = {
        parties.create_user(user={"display_name": name, "roles": [role]}).name: f"{name} ({role})"
        for name, role in roles.items()
    }
    return People(customer.name, account.name, seller.name, rep.name, approvers)
