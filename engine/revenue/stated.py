"""What people state of a contract beside its lines: refunds, variable amounts, payments, financing, costs.

Most of it changes the transaction price; ``priced`` says by how much, and the audit knows each as a reconciling
item. Each carries who stated it and why: a judgement is data with an author, never a guess of the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from engine.money import EXACT, Money, Ratio, share_of, total
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
class Promised:
    """An obligation that shares something variable, and its weight in that."""

    obligation: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class VariableAmount:
    """A variable part of the price at what is expected of it: a bonus above zero, a penalty below.

    ``order_line`` is empty where it is about the contract as a whole; ``promised`` are the obligations that it was
    promised with, by what was allocated to them then. ``blended``: a modification was accounted for forward since.
    """

    id: str
    on: date
    basis: Basis
    order_line: str
    amount: Money
    promised: tuple[Promised, ...]
    blended: bool = False

    @property
    def priced(self) -> Money:
        """What it adds to the transaction price."""
        return self.amount


@dataclass(frozen=True, slots=True)
class VolumeRebate:
    """What is billed of a line by its use is expected to be rebated to a lower price, for all that was billed.

    ``gross`` is what was billed, ``lines`` what was held back of it and given so far, ``given`` what was released to be
    credited. Usage has no fixed price, so it changes none.
    """

    id: str
    on: date
    basis: Basis
    order_line: str
    price: Decimal
    rebated_price: Decimal
    gross: Money
    given: Money
    lines: tuple[ScheduleLine, ...] = ()
    posted: int = 0

    @property
    def priced(self) -> Money:
        """What it adds to the fixed transaction price: nothing."""
        return Money.zero(self.gross.currency)

    @property
    def held(self) -> Money:
        """The refund liability: what was held back and not given."""
        return total((each.amount for each in self.lines), self.gross.currency)

    @property
    def due(self) -> Money:
        """What has to be held back more, or less below zero, to stand at the lower price."""
        off = Ratio.of(EXACT.subtract(self.price, self.rebated_price))
        whole = Ratio.of(self.price)
        share = off * Ratio(whole.denominator, whole.numerator)
        return share_of(self.gross, share) - self.given - self.held


@dataclass(frozen=True, slots=True)
class UsageSplit:
    """What is billed of a line by its use belongs to several obligations, by the ratio of inception."""

    id: str
    on: date
    basis: Basis
    order_line: str
    promised: tuple[Promised, ...]
    split: Money

    @property
    def priced(self) -> Money:
        """What it added to the price of those obligations so far."""
        return self.split


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


StatedItem: TypeAlias = (
    ExpectedRefund | VariableAmount | VolumeRebate | UsageSplit | CustomerPayment | Financing | CostAsset
)
"""Everything that can be stated of a contract and stays with it."""
