"""An order: items with actions, and the tasks that fulfil them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from engine.money import Money
from engine.orders.states import OrderState, TaskState


class ItemAction(Enum):
    """TMF622: what an item does to what the customer has; noChange only gives context."""

    ADD = "add"
    MODIFY = "modify"
    DELETE = "delete"
    NO_CHANGE = "noChange"


@dataclass(frozen=True, slots=True)
class FulfilmentTask:
    """One step for one item. ``after`` holds ids of tasks; ``no_return`` and ``compensation`` as the plan says."""

    id: str
    item: str
    step: str
    department: str
    state: TaskState
    after: tuple[str, ...] = ()
    no_return: bool = False
    compensation: str = ""
    delivers: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """So many units of an item were handed over; a back-order is what an item has not handed over yet."""

    quantity: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One item: what, how many, at which frozen price (``net_total`` as the quote line has it; never recomputed).

    ``line`` is the contract line that it delivers, or takes away. ``replaces`` is the contract line in whose place a
    modified one comes.
    """

    id: str
    line: str
    quote_line: str
    sku: str
    name: str
    action: ItemAction
    state: OrderState
    quantity: Decimal
    net_total: Money
    term_total: Money
    parent: str = ""
    handovers: tuple[Handover, ...] = ()
    replaces: str = ""

    @property
    def delivered(self) -> Decimal:
        """How many units were handed over."""
        return sum((each.quantity for each in self.handovers), Decimal(0))

    @property
    def back_ordered(self) -> Decimal:
        """How many units are still to be handed over."""
        return self.quantity - self.delivered


@dataclass(frozen=True, slots=True)
class Order:
    """One order per accepted offer. ``etag`` counts every stored change."""

    id: str
    quote: str
    quote_version: int
    contract: str
    customer: str
    state: OrderState
    placed_at: datetime
    items: tuple[OrderItem, ...]
    tasks: tuple[FulfilmentTask, ...] = ()
    purchase_order: str = ""
    note: str = ""
    etag: int = 1

    def item(self, key: str) -> OrderItem | None:
        """The item of that id, or None."""
        return next((each for each in self.items if each.id == key), None)

    def task(self, key: str) -> FulfilmentTask | None:
        """The task of that id, or None."""
        return next((each for each in self.tasks if each.id == key), None)
