"""An accepted amendment as a change of its contract and an order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.catalog import BillingTiming, Charge, ChargeKind, ChargePeriod
from engine.contracts import Amendment, Contract, Succession
from engine.diagnostics import Decision, Refusal
from engine.orders import Booked, Booking, amend_contract
from engine.orders.order import ItemAction
from engine.orders.states import OrderState
from engine.quotes.accepted import AcceptedLine
from tests.orders.build import AT, PLANS, accepted, accepted_line, booked

MONTHLY = Charge(ChargeKind.RECURRING, ChargePeriod.MONTH, BillingTiming.ADVANCE)
METERED = Charge(ChargeKind.USAGE, ChargePeriod.MONTH, BillingTiming.ARREARS)
ON = date(2026, 6, 1)


def signed() -> Contract:
    lines = (
        accepted_line("seats", "100.00", quantity="10", charge=MONTHLY, months=12),
        accepted_line("calls", "5.00", charge=METERED, months=12),
        accepted_line("care", "20.00", charge=MONTHLY, months=12),
        accepted_line("setup", "50.00"),
    )
    return booked(*lines).contract


def amended(contract: Contract, amendment: Amendment, *lines: AcceptedLine, book: str = "hash") -> Booked | Refusal:
    offer = replace(accepted(*lines), quote="q-2", version=1, rule_book=book)
    outcome = amend_contract(contract, offer, amendment, Booking("o-2", contract.id, AT, PLANS), reason="more seats")
    return outcome.value if isinstance(outcome, Decision) else outcome


def line(key: str, **more: object) -> AcceptedLine:
    return replace(accepted_line(key, "150.00", charge=MONTHLY, months=9), start=ON, **more)  # type: ignore[arg-type]


def test_every_running_line_is_told_what_becomes_of_it() -> None:
    contract = signed()
    wish = Amendment(contract.id, 0, ON, successions=(Succession("seats", ON, "seats.2"), Succession("calls", ON)))
    outcome = amended(contract, wish, line("seats.2"), line("new", fulfilment="provision"))
    assert isinstance(outcome, Booked), outcome
    found = {each.id: (each.action, each.state) for each in outcome.order.items}
    assert found == {
        "seats.2": (ItemAction.MODIFY, OrderState.COMPLETED),
        "new": (ItemAction.ADD, OrderState.ACKNOWLEDGED),
        "calls": (ItemAction.DELETE, OrderState.COMPLETED),
        "care": (ItemAction.NO_CHANGE, OrderState.COMPLETED),
    }
    assert [each.item for each in outcome.order.tasks] == ["new"]
    (change,) = outcome.contract.changes
    assert (change.quote, change.quote_version, change.order, change.by) == ("q-2", 1, "o-2", "rep")
    assert [each.line for each in change.ended] == ["seats", "calls"]
    assert [(each.id, each.follows) for each in change.added] == [("seats.2", "seats"), ("new", "")]
    assert {each.id for each in outcome.order.items if each.handovers} == {"seats.2"}


def test_usage_priced_by_a_later_book_names_it() -> None:
    contract = signed()
    wish = Amendment(contract.id, 0, ON)
    same = amended(contract, wish, line("more", charge=METERED))
    later = amended(contract, wish, line("more", charge=METERED), book="later")
    assert isinstance(same, Booked) and isinstance(later, Booked)
    assert same.contract.changes[0].added[0].usage_model == "SKU-more"
    assert later.contract.changes[0].added[0].usage_model == "SKU-more@later"


def test_a_contract_that_changed_since_is_not_amended() -> None:
    contract = signed()
    wish = Amendment(contract.id, 1, ON, successions=(Succession("seats", ON, "seats.2"),))
    outcome = amended(contract, wish, line("seats.2", fulfilment="unknown"))
    assert isinstance(outcome, Refusal)
    assert [each.code for each in outcome.faults] == ["CON021", "ORD201"]
