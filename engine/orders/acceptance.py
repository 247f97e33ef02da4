"""An accepted offer becomes a contract and an order: prices are copied, never worked out again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.contracts import Contract, sign
from engine.diagnostics import Code, Decision, Fault, Refusal, did_you_mean
from engine.orders.order import Order
from engine.orders.placing import Booking, order_item, place_order, subscription_line
from engine.orders.plan import FulfilmentPlan, plan_faults
from engine.periods import PeriodError, term_end
from engine.quotes.accepted import AcceptedQuote

UNKNOWN_PLAN = Code("ORD201")
NO_LINES = Code("ORD202")


@dataclass(frozen=True, slots=True)
class Booked:
    """What an accepted offer became."""

    order: Order
    contract: Contract


def create_order(accepted: AcceptedQuote, booking: Booking) -> Decision[Booked] | Refusal:
    """Make the contract and the order of an accepted offer; every fault of plans and lines in one refusal.

    A one-time line that has a fulfilment plan, or comes with one that has, is billed by delivery; all others from
    the start. An item that nobody has to fulfil is handed over at once.
    """
    faults = [*no_lines(accepted), *accepted_faults(accepted, booking.plans)]
    if faults:
        return Refusal(tuple(faults))
    signed = sign(_contract(accepted, booking))
    if isinstance(signed, Refusal):
        return signed
    order, events = place_order(accepted, booking, [order_item(each) for each in accepted.lines])
    return Decision(Booked(order, signed.value), (*signed.events, *events))


def accepted_faults(accepted: AcceptedQuote, plans: Mapping[str, FulfilmentPlan]) -> Iterator[Fault]:
    """Every fault of the plans and terms of an accepted offer."""
    yield from _plan_faults(accepted, plans)
    yield from _term_faults(accepted)


def no_lines(accepted: AcceptedQuote) -> Iterator[Fault]:
    """A fault when an offer has no line: there is no contract without one, a change of one may only end lines."""
    if not accepted.lines:
        yield Fault(NO_LINES, "lines", "the offer has no lines")


def _plan_faults(accepted: AcceptedQuote, plans: Mapping[str, FulfilmentPlan]) -> Iterator[Fault]:
    for at, line in enumerate(accepted.lines):
        if line.fulfilment and line.fulfilment not in plans:
            hint = did_you_mean(line.fulfilment, plans)
            yield Fault(UNKNOWN_PLAN, f"lines[{at}].fulfilment", f"there is no plan `{line.fulfilment}`", hint)
    for name in sorted({each.fulfilment for each in accepted.lines} & plans.keys()):
        yield from plan_faults(plans[name])


def _term_faults(accepted: AcceptedQuote) -> Iterator[Fault]:
    for at, line in enumerate(accepted.lines):
        try:
            term_end(line.start, line.term_months or 0, anchor=line.anchor)
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
        lines=tuple(subscription_line(each, by_id) for each in accepted.lines),
        terms=booking.terms,
        billing_account=accepted.parties.billing_account,
        selling_entity=accepted.parties.selling_entity,
        purchase_order=accepted.purchase_order,
    )
