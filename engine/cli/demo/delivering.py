"""Act three: the order, its tasks, and the delivery of two items."""

from __future__ import annotations

from typing import Any

from engine.cli.demo.stage import Stage
from engine.diagnostics import counted

READY, COMPLETED = 2, 4
DELIVERED_ITEMS = 2


def deliver(stage: Stage, quote: Any) -> Any:
    """Play the act; returns the order."""
    screen, orders = stage.screen, stage.client.orders
    screen.title("5. Order and fulfilment")
    order = orders.create_order(quote=quote.name, request_id="demo-order")
    again = orders.create_order(quote=quote.name, request_id="demo-order")
    screen.say(
        f"  {order.name} and {order.contract}, {counted(len(order.items), 'item')}, {counted(len(order.tasks), 'task')}"
    )
    screen.say(f"  the same request again answers {again.name}: nothing was ordered twice")
    for item in sorted(order.items, key=lambda each: -each.term_net)[:DELIVERED_ITEMS]:
        order = _fulfil(stage, order, item)
    rows = [
        [item.sku, item.display_name, item.quantity, item.delivered_quantity or "0", _state(item.state)]
        for item in order.items
    ]
    screen.table(["item", "", "ordered", "delivered", "state"], rows, right=(2, 3))
    stage.amounts["order"] = order.name
    return order


def _fulfil(stage: Stage, order: Any, item: Any) -> Any:
    """Work through the tasks of an item as they become ready."""
    orders = stage.client.orders
    while True:
        ready = [each for each in order.tasks if each.item == item.id and each.state == READY]
        if not ready:
            return order
        task = ready[0]
        order = orders.report_item_progress(name=order.name, task=task.id, progress="started")
        order = orders.report_item_progress(name=order.name, task=task.id, progress="completed")
        stage.screen.say(f"  {task.department}: {task.step} of {item.sku} is done")


def _state(number: int) -> str:
    names = {1: "acknowledged", 5: "in progress", 6: "cancelled", 7: "completed", 8: "failed", 9: "partial"}
    return names.get(number, "")
