"""From accepted lines to what is kept of them: contract lines, order items with their tasks, and the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.catalog import ChargeKind, LineId
from engine.contracts import BillOn, ContractTerms, SubscriptionLine
from engine.money import EXACT, Money
from engine.orders.decomposition import tasks_of
from engine.orders.events import ItemDelivered, OrderCreated, OrderEvent, TaskReady
from engine.orders.layout import layout_of
from engine.orders.order import Handover, ItemAction, Order, OrderItem
from engine.orders.plan import NO_PLANS, FulfilmentPlan
from engine.orders.progress import state_of
from engine.orders.states import OrderState, TaskState, order_state
from engine.quotes.accepted import AcceptedLine, AcceptedQuote

DELIVERING = frozenset({ItemAction.ADD, ItemAction.MODIFY})
"""The actions whose items are handed over; others take a line away, or only tell what stays."""


@dataclass(frozen=True, slots=True)
class Booking:
    """Ids and policies for booking: the fulfilment plans by name, the terms, and the instant."""

    order: str
    contract: str
    at: datetime
    plans: Mapping[str, FulfilmentPlan] = field(default_factory=lambda: NO_PLANS)
    terms: ContractTerms = ContractTerms()


def subscription_line(line: AcceptedLine, by_id: Mapping[LineId, AcceptedLine], *, book: str = "") -> SubscriptionLine:
    """The contract line of an accepted line; ``book`` names the rule book of its price model, when it is not that of
    the contract.
    """
    kind = line.charge.kind
    end = line.last_end
    usage = kind is ChargeKind.USAGE
    delivered = kind is ChargeKind.ONE_TIME and _is_fulfilled(line, by_id)
    return SubscriptionLine(
        id=str(line.id),
        quote_line=str(line.id),
        sku=str(line.sku),
        name=line.name,
        quantity=line.quantity,
        charge=line.charge,
        unit_price=line.unit_net,
        amount=Money.zero(line.net_total.currency) if usage else line.net_total,
        start=line.start,
        end=end,
        term_total=line.term_total if end is not None and not usage else None,
        tax_code=line.tax_code,
        bill_on=BillOn.DELIVERY if delivered else BillOn.START,
        usage_model=f"{line.sku}@{book}".rstrip("@") if usage else "",
        recognition=line.recognition,
        parent=str(line.parent or ""),
        list_price=EXACT.divide(line.list_total.decimal, line.quantity) if line.quantity else line.unit_net,
        tax=None if usage else line.tax,
        parts=() if usage else line.parts,
    )


def order_item(line: AcceptedLine, *, action: ItemAction = ItemAction.ADD, replaces: str = "") -> OrderItem:
    """The order item of an accepted line."""
    return OrderItem(
        id=str(line.id),
        line=str(line.id),
        quote_line=str(line.id),
        sku=str(line.sku),
        name=line.name,
        action=action,
        state=OrderState.ACKNOWLEDGED,
        quantity=line.quantity,
        net_total=line.net_total,
        term_total=line.term_total,
        parent=str(line.parent or ""),
        replaces=replaces,
    )


def place_order(
    accepted: AcceptedQuote, booking: Booking, items: Sequence[OrderItem]
) -> tuple[Order, tuple[OrderEvent, ...]]:
    """The order of an accepted offer with the tasks of its lines; what nobody has to fulfil is handed over at once."""
    tasks = tuple(
        task for each in accepted.lines if each.fulfilment for task in tasks_of(each.id, booking.plans[each.fulfilment])
    )
    order = Order(
        id=booking.order,
        quote=accepted.quote,
        quote_version=accepted.version,
        contract=booking.contract,
        customer=accepted.parties.customer,
        state=OrderState.ACKNOWLEDGED,
        placed_at=booking.at,
        items=tuple(items),
        tasks=tasks,
        purchase_order=accepted.purchase_order,
    )
    events: list[OrderEvent] = [
        OrderCreated(order.id, order.quote, order.quote_version, order.contract, order.customer, booking.at)
    ]
    layout = layout_of(order)
    at_once = {each.id for each in items if each.action in DELIVERING and layout.carrier[each.id] is None}
    handed = (Handover(each.quantity, booking.at) if each.id in at_once else None for each in items)
    items = tuple(replace(each, handovers=(done,)) if done else each for each, done in zip(items, handed, strict=True))
    events += [
        ItemDelivered(order.id, each.id, each.line, each.delivered, booking.at) for each in items if each.delivered
    ]
    settled = tuple(replace(each, state=state_of(each, layout)) for each in items)
    order = replace(order, items=settled, state=order_state([each.state for each in settled]))
    ready = [each for each in order.tasks if each.state is TaskState.READY]
    events += [TaskReady(order.id, each.item, each.id, each.step, each.department, booking.at) for each in ready]
    return order, tuple(events)


def _is_fulfilled(line: AcceptedLine, by_id: Mapping[LineId, AcceptedLine]) -> bool:
    found: AcceptedLine | None = line
    while found is not None and not found.fulfilment:
        found = by_id.get(found.parent) if found.parent else None
    return found is not None
