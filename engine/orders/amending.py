"""An accepted amendment becomes a signed change of its contract and an order: add, modify, delete, noChange."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.contracts import (
    Amendment,
    Contract,
    ContractChange,
    SubscriptionLine,
    all_lines,
    base_faults,
    change,
    ends_of,
    runs_on,
)
from engine.diagnostics import Decision, Refusal
from engine.money import Money
from engine.orders.acceptance import Booked, accepted_faults
from engine.orders.order import ItemAction, OrderItem
from engine.orders.placing import Booking, order_item, place_order, subscription_line
from engine.orders.states import OrderState
from engine.quotes.accepted import AcceptedQuote


def amend_contract(
    contract: Contract, accepted: AcceptedQuote, amendment: Amendment, booking: Booking, *, reason: str
) -> Decision[Booked] | Refusal:
    """Sign what an accepted offer changes in a contract, and make its order; every fault in one refusal.

    Prices are copied. The order tells each line of the contract that runs or runs out what happens to it: added, come
    in the place of another one (modify), taken away (delete), or left as it is (noChange).
    """
    faults = [*base_faults(contract, amendment), *accepted_faults(accepted, booking.plans)]
    if faults:
        return Refusal(tuple(faults))
    signed = change(contract, change_of(contract, accepted, amendment, booking, reason=reason))
    if isinstance(signed, Refusal):
        return signed
    order, events = place_order(accepted, booking, [*_items(contract, accepted, amendment)])
    return Decision(Booked(order, signed.value), (*signed.events, *events))


def change_of(
    contract: Contract, accepted: AcceptedQuote, amendment: Amendment, booking: Booking, *, reason: str
) -> ContractChange:
    """The change that an amendment signs: lines that end, and the lines of the offer."""
    book = "" if accepted.rule_book == contract.rule_book else accepted.rule_book
    by_id = {each.id: each for each in accepted.lines}
    return ContractChange(
        number=0,
        effective=amendment.effective,
        reason=reason,
        by=accepted.parties.owner,
        at=booking.at,
        ended=ends_of(contract, amendment),
        added=tuple(
            replace(subscription_line(each, by_id, book=book), follows=amendment.followed.get(str(each.id), ""))
            for each in accepted.lines
        ),
        quote=accepted.quote,
        quote_version=accepted.version,
        order=booking.order,
        rule_book=accepted.rule_book,
    )


def _items(contract: Contract, accepted: AcceptedQuote, amendment: Amendment) -> Iterator[OrderItem]:
    followed, known = amendment.followed, {each.id: each for each in all_lines(contract)}
    for line in accepted.lines:
        replaces = followed.get(str(line.id), "")
        yield order_item(line, action=ItemAction.MODIFY if replaces else ItemAction.ADD, replaces=replaces)
    gone = {each.line for each in amendment.successions if not each.by}
    for key in sorted(gone):
        yield _standing(known[key], ItemAction.DELETE, known)
    left = runs_on(contract, amendment.effective).keys() - {each.line for each in amendment.successions}
    for key in (each for each in known if each in left):
        yield _standing(known[key], ItemAction.NO_CHANGE, known)


def _standing(line: SubscriptionLine, action: ItemAction, known: Mapping[str, SubscriptionLine]) -> OrderItem:
    """An item for a line that the contract has already: nothing of it is handed over, so it is done."""
    return OrderItem(
        id=line.id,
        line=line.id,
        quote_line=line.quote_line,
        sku=line.sku,
        name=line.name,
        action=action,
        state=OrderState.COMPLETED,
        quantity=line.quantity,
        net_total=Money.zero(line.amount.currency),
        term_total=Money.zero(line.amount.currency),
        parent=line.parent if line.parent in known else "",
    )
