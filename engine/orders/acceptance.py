"""An accepted offer becomes a contract and an order: prices are copied, never worked out again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.catalog import ChargeKind, LineId
from engine.contracts import BillOn, Contract, ContractTerms, SubscriptionLine, sign
from engine.diagnostics import Code, Decision, Fault, Refusal, did_you_mean
from engine.money import EXACT, Money
from engine.orders.decomposition import tasks_of
from engine.orders.events import ItemDelivered, OrderCreated, OrderEvent, TaskReady
from engine.orders.layout import layout_of
from engine.orders.order import Handover, ItemAction, Order, OrderItem
from engine.orders.plan import NO_PLANS, FulfilmentPlan, plan_faults
from engine.orders.progress import state_of
from engine.orders.states import OrderState, TaskState, order_state
from engine.periods import PeriodError, add_months
from engine.quotes.accepted import AcceptedLine, AcceptedQuote

UNKNOWN_PLAN = Code("ORD201")
NO_LINES = Code("ORD202")


@dataclass(frozen=True, slots=True)
class Booked:
    """What an accepted offer became."""

    order: Order
    contract: Contract


@dataclass(frozen=True, slots=True)
class Booking:
    """Ids and policies for booking: the fulfilment plans by name, the terms, and the instant."""

    order: str
    contract: str
    at: datetime
    plans: Mapping[str, FulfilmentPlan] = field(default_factory=lambda: NO_PLANS)
    terms: ContractTerms = ContractTerms()


def create_order(accepted: AcceptedQuote, booking: Booking) -> Decision[Booked] | Refusal:
    """Make the contract and the order of an accepted offer; every fault of plans and lines in one refusal.

    A one-time line that has a fulfilment plan, or comes with one that has, is billed by delivery; all others from
    the start. An item that nobody has to fulfil is handed over at once.
    """
    faults = [*_plan_faults(accepted, booking.plans), *_term_faults(accepted)]
    if faults:
        return Refusal(tuple(faults))
    signed = sign(_contract(accepted, booking))
    if isinstance(signed, Refusal):
        return signed
    order, events = _order(accepted, booking)
    return Decision(Booked(order, signed.value), (*signed.events, *events))


def _plan_faults(accepted: AcceptedQuote, plans: Mapping[str, FulfilmentPlan]) -> Iterator[Fault]:
    if not accepted.lines:
        yield Fault(NO_LINES, "lines", "the offer has no lines")
    for at, line in enumerate(accepted.lines):
        if line.fulfilment and line.fulfilment not in plans:
            hint = did_you_mean(line.fulfilment, plans)
            yield Fault(UNKNOWN_PLAN, f"lines[{at}].fulfilment", f"there is no plan `{line.fulfilment}`", hint)
    for name in sorted({each.fulfilment for each in accepted.lines} & plans.keys()):
        yield from plan_faults(plans[name])


def _term_faults(accepted: AcceptedQuote) -> Iterator[Fault]:
    for at, line in enumerate(accepted.lines):
        try:
            add_months(line.start, line.term_months or 0)
        except PeriodError as problem:
            yield problem.fault(f"lines[{at}].term_months")


def _contract(accepted: AcceptedQuote, booking: Booking) -> Contract:
    by_id = {each.id: each for each in accepted.lines}
    return Contract(
        id=booking.contract,
        customer=accepted.parties.customer,
        currency=accepted.currency,
        quote=accepted.quote,
        quote_version=accepted.version,
        order=booking.order,
        rule_book=accepted.rule_book,
        signed_at=booking.at,
        start=accepted.start,
        lines=tuple(_subscription(each, by_id) for each in accepted.lines),
        terms=booking.terms,
        billing_account=accepted.parties.billing_account,
        selling_entity=accepted.parties.selling_entity,
        purchase_order=accepted.purchase_order,
    )


def _subscription(line: AcceptedLine, by_id: Mapping[LineId, AcceptedLine]) -> SubscriptionLine:
    kind = line.charge.kind
    months = line.term_months if kind is not ChargeKind.ONE_TIME else None
    end = add_months(line.start, months) if months else line.end
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
        usage_model=str(line.sku) if usage else "",
        recognition=line.recognition,
        parent=str(line.parent or ""),
        list_price=EXACT.divide(line.list_total.decimal, line.quantity) if line.quantity else line.unit_net,
        tax=None if usage else line.tax,
        parts=() if usage else line.parts,
    )


def _is_fulfilled(line: AcceptedLine, by_id: Mapping[LineId, AcceptedLine]) -> bool:
    found: AcceptedLine | None = line
    while found is not None and not found.fulfilment:
        found = by_id.get(found.parent) if found.parent else None
    return found is not None


def _order(accepted: AcceptedQuote, booking: Booking) -> tuple[Order, tuple[OrderEvent, ...]]:
    items = tuple(_item(each) for each in accepted.lines)
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
        items=items,
        tasks=tasks,
        purchase_order=accepted.purchase_order,
    )
    events: list[OrderEvent] = [
        OrderCreated(order.id, order.quote, order.quote_version, order.contract, order.customer, booking.at)
    ]
    layout = layout_of(order)
    at_once = {key for key, carrier in layout.carrier.items() if carrier is None}
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


def _item(line: AcceptedLine) -> OrderItem:
    return OrderItem(
        id=str(line.id),
        line=str(line.id),
        quote_line=str(line.id),
        sku=str(line.sku),
        name=line.name,
        action=ItemAction.ADD,
        state=OrderState.ACKNOWLEDGED,
        quantity=line.quantity,
        net_total=line.net_total,
        term_total=line.term_total,
        parent=str(line.parent or ""),
    )
