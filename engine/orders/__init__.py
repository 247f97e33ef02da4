"""Owns the order, its items with actions, fulfilment plans and tasks, their states, delivery, cancellation.

Does not own billing: it reads the deliveries that an order states.
Entry points: ``create_order``, ``start_task``, ``complete_task``, ``fail_task``, ``retry_task``, ``deliver``,
``cancel_order``, ``deliveries``.
"""

from engine.orders.acceptance import Booked, create_order
from engine.orders.amending import amend_contract
from engine.orders.cancellation import cancel_order, cancelled_lines, stop_fulfilment, undo_task
from engine.orders.decomposition import tasks_of
from engine.orders.delivery import deliveries
from engine.orders.events import (
    ItemDelivered,
    ItemStateChanged,
    OrderCreated,
    OrderEvent,
    OrderStateChanged,
    TaskReady,
    TaskStateChanged,
)
from engine.orders.fulfilment import complete_task, deliver, fail_task, retry_task, start_task
from engine.orders.order import FulfilmentTask, Handover, ItemAction, Order, OrderItem
from engine.orders.placing import Booking
from engine.orders.plan import NO_PLANS, FulfilmentPlan, FulfilmentStep, plan_faults
from engine.orders.states import OrderState, TaskState

__all__ = [
    "NO_PLANS",
    "Booked",
    "Booking",
    "FulfilmentPlan",
    "FulfilmentStep",
    "FulfilmentTask",
    "Handover",
    "ItemAction",
    "ItemDelivered",
    "ItemStateChanged",
    "Order",
    "OrderCreated",
    "OrderEvent",
    "OrderItem",
    "OrderState",
    "OrderStateChanged",
    "TaskReady",
    "TaskState",
    "TaskStateChanged",
    "amend_contract",
    "cancel_order",
    "cancelled_lines",
    "complete_task",
    "create_order",
    "deliver",
    "deliveries",
    "fail_task",
    "plan_faults",
    "retry_task",
    "start_task",
    "stop_fulfilment",
    "tasks_of",
    "undo_task",
]
