"""``cpq order``: what was ordered, and how far its fulfilment is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from engine.cli.books import say_thrown_away, show_credit_note
from engine.cli.verbs import BY, OF_CUSTOMER, Argument, Verb, add_family, named, option, positional

if TYPE_CHECKING:
    from engine.cli.screen import Screen
    from engine.client import Client

STATES = (
    "",
    "acknowledged",
    "rejected",
    "pending",
    "held",
    "in progress",
    "cancelled",
    "completed",
    "failed",
    "partial",
    "assessing cancellation",
    "pending cancellation",
)
TASKS = ("", "waiting", "ready", "in progress", "completed", "failed", "cancelled", "compensating", "compensated")
ACTIONS = ("", "new", "change", "end", "as it is")
NAME = positional("name", "the order, such as o-000001", named("orders"))


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    progress = (
        NAME,
        option("--task", "the task that moved on", default=""),
        option("--item", "the item that was delivered", default=""),
        option("--quantity", "how much of it", default=""),
        option("--progress", "started, completed, failed, retry, undone or delivered", required=True),
        option("--note", "what happened", default=""),
    )
    cancel = (
        NAME,
        Argument(("--items",), "the items (default: all)", default=(), many=True),
        BY,
        option("--note", "why", default=""),
    )
    state = option("--state", "only in this state, such as in_progress")
    verbs = (
        Verb(
            "create",
            "make contract and order from an accepted quote",
            create,
            (positional("quote", "the quote", named("quotes")),),
        ),
        Verb("list", "list orders", list_orders, (OF_CUSTOMER, state)),
        Verb("show", "show an order with items and tasks", show, (NAME,)),
        Verb("progress", "report what a department did", report, progress),
        Verb("cancel", "cancel items that are not past their point of no return", cancel_order, cancel),
    )
    add_family(commands, "order", "what was ordered, and how far it is", verbs)


def create(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Create the order of a quote."""
    return _shown(screen, client.orders.create_order(quote=options.quote))


def list_orders(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List orders."""
    orders = list(client.orders.list_orders(customer=options.customer, state=options.state))
    rows = [[each.name.partition("/")[2], each.quote, each.contract, STATES[each.state]] for each in orders]
    screen.table(["order", "quote", "contract", "state"], rows)
    return orders


def show(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show an order."""
    return _shown(screen, client.orders.get_order(name=options.name))


def report(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Report progress."""
    order = client.orders.report_item_progress(
        name=options.name,
        task=options.task,
        item=options.item,
        quantity=options.quantity,
        progress=options.progress,
        note=options.note,
    )
    return _shown(screen, order)


def cancel_order(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Cancel, and show what this did to invoices."""
    contract = client.orders.get_order(name=options.name).contract
    drafts, notes = _drafts(client, contract), _notes(client, contract)
    order = client.orders.cancel_order(name=options.name, items=list(options.items), by=options.by, note=options.note)
    _shown(screen, order)
    left, issued = _drafts(client, contract), _notes(client, contract)
    for name in sorted(drafts.keys() - left.keys()):
        say_thrown_away(screen, drafts[name])
    for name in sorted(issued.keys() - notes.keys()):
        show_credit_note(screen, issued[name])
    return order


def _drafts(client: Client, contract: str) -> dict[str, Any]:
    return {each.name: each for each in client.billing.list_invoices(contract=contract) if not each.number}


def _notes(client: Client, contract: str) -> dict[str, Any]:
    return {each.name: each for each in client.billing.list_credit_notes(contract=contract)}


def _shown(screen: Screen, order: Any) -> Any:
    screen.say(f"{order.name}  {order.contract}  {STATES[order.state]}", style="bold")
    items = [
        [
            ("  " if each.parent else "") + each.id,
            each.sku,
            _action(each),
            each.quantity,
            each.delivered_quantity or "0",
            STATES[each.state],
        ]
        for each in order.items
    ]
    screen.table(["item", "product", "action", "ordered", "delivered", "state"], items, right=(3, 4))
    tasks = [[each.id, each.department, each.step, TASKS[each.state], ", ".join(each.after)] for each in order.tasks]
    screen.table(["task", "department", "step", "state", "after"], tasks)
    return order


def _action(item: Any) -> str:
    """What an item does to the contract: of an amendment, which line it ends or takes the place of."""
    return f"{ACTIONS[item.action]} of {item.replaces}" if item.replaces else ACTIONS[item.action]
