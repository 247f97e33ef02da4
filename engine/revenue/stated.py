"""What people state of a contract beside its lines: expected refunds, payments to the customer, financing, costs.

The first three change the transaction price; ``priced`` says by how much, and the audit knows each as a reconciling
item. Each carries who stated it and why: a judgement is data with an author, never a guess of the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from engine.money import Money, total
from engine.revenue.schedule import ScheduleLine


@dataclass(frozen=True, slots=True)
class Basis:
    """Who stated something, and why."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExpectedRefund:
    """Part of the price of a line is expected to go back: returns, rebates, penalties.

    ``returned_cost`` is what goods that come back are worth, less what it costs to get them.
    """

    id: str
    on: date
    basis: Basis
    order_line: str
    refund: Money
    returned_cost: Money

    @property
    def priced(self) -> Money:
        """What it adds to the transaction price."""
        return -self.refund


@dataclass(frozen=True, slots=True)
class CustomerPayment:
    """Money paid to the customer that buys nothing distinct; ``used`` is what of it has met revenue already."""

    id: str
    on: date
    basis: Basis
    paid: Money
    used: Money
    facts: int = 0

    @property
    def priced(self) -> Money:
        """What it adds to the transaction price."""
        return -self.paid


@dataclass(frozen=True, slots=True)
class Financing:
    """A significant financing component of a line: interest by period, expense above zero, income below."""

    id: str
    on: date
    basis: Basis
    order_line: str
    lines: tuple[ScheduleLine, ...]
    interest: Money
    posted: int = 0

    @property
    def priced(self) -> Money:
        """What it adds to the transaction price."""
        return self.interest


@dataclass(frozen=True, slots=True)
class CostAsset:
    """A cost to obtain or fulfil the contract, carried as an asset and used up with the transfer.

    ``impaired`` is what was written off and not written up again.
    """

    id: str
    on: date
    basis: Basis
    asset: Money
    lines: tuple[ScheduleLine, ...]
    impaired: Money
    posted: int = 0
    facts: int = 0

    @property
    def priced(self) -> Money:
        """Costs change no price."""
        return Money.zero(self.asset.currency)

    def carrying(self, on: date) -> Money:
        """What the asset stands at at the end of a day."""
        used = total((each.amount for each in self.lines if each.on <= on), self.asset.currency)
        return self.asset - used - self.impaired


StatedItem: TypeAlias = ExpectedRefund | CustomerPayment | Financing | CostAsset
"""Everything that can be stated of a contract and stays with it."""
