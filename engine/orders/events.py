"""What an order tells the departments and the outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from engine.orders.states import OrderState, TaskState


@dataclass(frozen=True, slots=True)
class OrderCreated:
    """An accepted offer became an order."""

    order: str
    quote: str
    quote_version: int
    contract: str
    customer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TaskReady:
    """A department may begin with a task: everything before it is done."""

    order: str
    item: str
    task: str
    step: str
    department: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TaskStateChanged:
    """A task moved; ``note`` is what the department said."""

    order: str
    item: str
    task: str
    department: str
    before: TaskState
    after: TaskState
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ItemDelivered:
    """Units of an item were handed over, or its service is up; billing may rely on it."""

    order: str
    item: str
    line: str
    quantity: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class ItemStateChanged:
    """An item moved."""

    order: str
    item: str
    before: OrderState
    after: OrderState
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderStateChanged:
    """The order moved."""

    order: str
    before: OrderState
    after: OrderState
    at: datetime


OrderEvent: TypeAlias = (
    OrderCreated | TaskReady | TaskStateChanged | ItemDelivered | ItemStateChanged | OrderStateChanged
)
