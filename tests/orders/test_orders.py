"""Tests of engine.orders.acceptance, engine.orders.cancellation, engine.orders.decomposition, engine.orders.delivery,
engine.orders.events, engine.orders.fulfilment, engine.orders.layout, engine.orders.order, engine.orders.plan,
engine.orders.progress and engine.orders.states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.billing import missing_lines
from engine.contracts import BillOn, Delivery, take_back
from engine.diagnostics import Decision, Refusal
from engine.money import total
from engine.orders import (
    Booked,
    Booking,
    FulfilmentPlan,
    FulfilmentStep,
    ItemAction,
    ItemDelivered,
    Order,
    OrderCreated,
    OrderState,
    OrderStateChanged,
    TaskReady,
    TaskState,
    cancel_order,
    cancelled_lines,
    complete_task,
    create_order,
    deliver,
    deliveries,
    fail_task,
    plan_faults,
    retry_task,
    start_task,
    undo_task,
)
from engine.orders.order import FulfilmentTask
from engine.orders.states import TASK_MOVES, item_state, order_state
from tests.orders.build import (
    AT,
    CALLS,
    EUR,
    LATER,
    MONTHLY,
    PLANS,
    WORKSHOP,
    accepted,
    accepted_line,
    booked,
    done,
    eur,
    through,
)

PC = accepted_line("pc", "900.00", quantity="2", fulfilment="workshop")
DISK = accepted_line("disk", "200.00", quantity="4", parent="pc")
SEATS = accepted_line("seats", "100.00", charge=MONTHLY, months=12, fulfilment="provision")
API = accepted_line("api", "25.00", charge=CALLS, months=12)
SETUP = accepted_line("setup", "50.00")


def codes(outcome: object) -> list[str]:
    assert isinstance(outcome, Refusal), outcome
    return [str(each.code) for each in outcome.faults]


def states(order: Order) -> dict[str, str]:
    return {each.id: each.state.value for each in order.items}


def test_an_offer_becomes_a_contract_and_an_order_with_its_prices_copied() -> None:
    both = booked(PC, DISK, SEATS, API, SETUP)
    order, agreed = both.order, both.contract
    assert (order.quote, order.quote_version, order.contract, order.purchase_order) == ("q-1", 2, "c-1", "PO-9")
    assert [(each.id, each.net_total, each.action) for each in order.items] == [
        (key, eur(net), ItemAction.ADD)
        for key, net in [
            ("pc", "900.00"),
            ("disk", "200.00"),
            ("seats", "100.00"),
            ("api", "25.00"),
            ("setup", "50.00"),
        ]
    ]
    assert states(order) == {
        "pc": "acknowledged",
        "disk": "acknowledged",
        "seats": "acknowledged",
        "api": "completed",
        "setup": "completed",
    }
    assert order.state is OrderState.IN_PROGRESS
    lines = {each.id: each for each in agreed.lines}
    assert {key: each.bill_on for key, each in lines.items() if each.is_one_time} == {
        "pc": BillOn.DELIVERY,
        "disk": BillOn.DELIVERY,
        "setup": BillOn.START,
    }
    assert (lines["seats"].end, lines["seats"].term_total) == (date(2027, 3, 1), eur("1200.00"))
    assert (lines["api"].amount, lines["api"].usage_model) == (eur("0.00"), "SKU-api")
    assert (agreed.customer, agreed.rule_book, agreed.terms.payment_days) == ("acme", "hash", 14)


def test_departments_are_told_what_is_ready() -> None:
    outcome = create_order(accepted(PC, SEATS, SETUP), Booking("o-1", "c-1", AT, PLANS))
    assert isinstance(outcome, Decision)
    assert OrderCreated("o-1", "q-1", 2, "c-1", "acme", AT) in outcome.events
    ready = [(each.task, each.department) for each in outcome.events if isinstance(each, TaskReady)]
    assert ready == [("pc.reserve", "warehouse"), ("seats.tenant", "provisioning")]
    assert [each for each in outcome.events if isinstance(each, ItemDelivered)] == [
        ItemDelivered("o-1", "setup", "setup", Decimal(1), AT)
    ]
    assert [each.id for each in ready_tasks(outcome.value.order)] == ["pc.reserve", "seats.tenant"]


def ready_tasks(order: Order) -> list[FulfilmentTask]:
    return [each for each in order.tasks if each.state is TaskState.READY]


def test_an_unknown_plan_refuses_the_order_with_every_fault() -> None:
    lines = (accepted_line("a", "1.00", fulfilment="workshp"), accepted_line("b", "1.00", charge=CALLS, months=1))
    endless = replace(lines[1], start=date(9999, 12, 1))
    outcome = create_order(accepted(lines[0], endless), Booking("o", "c", AT, PLANS))
    assert codes(outcome) == ["ORD201", "PER004"]
    assert isinstance(outcome, Refusal)
    assert outcome.faults[0].hint == "did you mean `workshop`?"
    broken = replace(lines[1], charge=replace(CALLS, period=None))
    assert codes(create_order(accepted(broken), Booking("o", "c", AT, PLANS))) == ["CON010"]
    assert codes(create_order(accepted(), Booking("o", "c", AT, PLANS))) == ["ORD202"]


def test_a_plan_names_its_faults() -> None:
    plan = FulfilmentPlan(
        "p",
        (
            FulfilmentStep("a", "", after=("b",)),
            FulfilmentStep("b", "x", after=("a",)),
            FulfilmentStep("c", "x"),
        ),
    )
    assert [str(each.code) for each in plan_faults(plan)] == ["ORD105", "ORD103"]
    assert [str(each.code) for each in plan_faults(FulfilmentPlan("p", ()))] == ["ORD104"]
    twice = (FulfilmentStep("a", "x", after=("z",)), FulfilmentStep("a", "x"))
    assert [str(each.code) for each in plan_faults(FulfilmentPlan("p", twice))] == ["ORD101", "ORD102", "ORD101"]
    assert not [*plan_faults(WORKSHOP)]


def test_a_task_releases_its_followers_when_all_before_them_are_done() -> None:
    order = booked(PC, DISK).order
    outcome = complete_task(order, "pc.reserve", at=LATER)
    assert isinstance(outcome, Decision)
    assert [each.task for each in outcome.events if isinstance(each, TaskReady)] == ["pc.assemble", "pc.image"]
    assert states(outcome.value)["pc"] == "inProgress"
    order = through(outcome.value, "pc.assemble")
    task = order.task("pc.ship")
    assert task is not None
    assert task.state is TaskState.WAITING
    refusal = complete_task(order, "pc.ship", at=LATER)
    assert codes(refusal) == ["ORD002"]
    assert isinstance(refusal, Refusal)
    assert refusal.faults[0].hint == "it waits for `pc.image`"


def test_the_delivering_step_hands_over_the_item_and_what_comes_with_it() -> None:
    order = booked(PC, DISK).order
    before = through(order, "pc.reserve", "pc.assemble", "pc.image")
    assert deliveries(before) == ()
    outcome = complete_task(before, "pc.ship", at=LATER)
    order = done(outcome)
    assert deliveries(order) == (
        Delivery("o-1/pc/1", "pc", LATER.date(), Decimal(2)),
        Delivery("o-1/disk/1", "disk", LATER.date(), Decimal(4)),
    )
    assert states(order) == {"pc": "inProgress", "disk": "inProgress"}
    finished = complete_task(order, "pc.survey", at=LATER)
    assert states(done(finished)) == {"pc": "completed", "disk": "completed"}
    assert isinstance(finished, Decision)
    assert OrderStateChanged("o-1", OrderState.IN_PROGRESS, OrderState.COMPLETED, LATER) in finished.events
    assert deliveries(done(finished)) == deliveries(order)


def test_an_item_is_handed_over_when_the_last_of_its_delivering_steps_is_done() -> None:
    steps = (
        FulfilmentStep("first", "stores", delivers=True),
        FulfilmentStep("second", "stores", delivers=True),
        FulfilmentStep("check", "stores"),
    )
    order = built(FulfilmentPlan("plan", steps)).order
    first = through(order, "a.first")
    assert deliveries(first) == ()
    outcome = complete_task(first, "a.second", at=LATER)
    # seven of a, and the one b that comes with them
    assert [(each.line, each.quantity) for each in deliveries(done(outcome))] == [("a", 7), ("b", 1)]


def test_a_part_can_be_handed_over_and_the_rest_stays_on_back_order() -> None:
    order = done(deliver(booked(PC, DISK).order, "pc", quantity=Decimal(1), at=LATER))
    assert [(each.delivered, each.back_ordered) for each in order.items] == [(1, 1), (2, 2)]
    order = through(order, "pc.reserve", "pc.assemble", "pc.image", "pc.ship")
    assert [(each.line, each.quantity) for each in deliveries(order)] == [
        ("pc", 1),
        ("pc", 1),
        ("disk", 2),
        ("disk", 2),
    ]


@pytest.mark.parametrize("quantity", ["0", "-1", "3", "NaN"])
def test_not_more_than_the_back_order_is_handed_over(quantity: str) -> None:
    assert codes(deliver(booked(PC).order, "pc", quantity=Decimal(quantity), at=LATER)) == ["ORD004"]


def test_only_open_items_are_handed_over() -> None:
    assert codes(deliver(booked(SETUP).order, "setup", quantity=Decimal(1), at=LATER)) == ["ORD005"]
    assert codes(deliver(booked(SETUP).order, "setp", quantity=Decimal(1), at=LATER)) == ["ORD003"]


def test_fallout_stops_an_item_until_it_is_tried_again() -> None:
    order = done(start_task(booked(SEATS).order, "seats.tenant", at=AT))
    order = done(fail_task(order, "seats.tenant", at=LATER, note="no capacity"))
    assert states(order) == {"seats": "failed"}
    task = order.task("seats.tenant")
    assert task is not None
    assert (task.note, task.started_at) == ("no capacity", AT)
    order = done(retry_task(order, "seats.tenant", at=LATER))
    order = through(order, "seats.tenant")
    assert order.state is OrderState.COMPLETED


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda order: start_task(order, "seats.tenant", at=AT), "ORD002"),
        (lambda order: retry_task(order, "seats.tenant", at=AT), "ORD002"),
        (lambda order: fail_task(order, "seats.tenant", at=AT, note=""), "ORD002"),
        (lambda order: start_task(order, "seats.tenat", at=AT), "ORD001"),
    ],
)
def test_illegal_moves_are_refused(act, code: str) -> None:
    assert codes(act(through(booked(SEATS).order, "seats.tenant"))) == [code]


def test_cancelling_before_anything_began_cancels_everything() -> None:
    before = booked(PC, DISK, SETUP).order
    outcome = cancel_order(before, at=LATER, note="changed their mind")
    after = done(outcome)
    assert states(after) == {"pc": "cancelled", "disk": "cancelled", "setup": "completed"}
    assert after.state is OrderState.PARTIAL
    assert cancelled_lines(before, after) == ("pc", "disk")
    assert {each.state for each in after.tasks} == {TaskState.CANCELLED}


def test_what_was_done_is_undone_last_first() -> None:
    before = through(booked(PC).order, "pc.reserve", "pc.assemble", "pc.image")
    after = done(cancel_order(before, at=LATER, note=""))
    assert {each.step: each.state for each in after.tasks} == {
        "reserve": TaskState.COMPENSATING,
        "assemble": TaskState.COMPENSATING,
        "image": TaskState.COMPENSATED,
        "ship": TaskState.CANCELLED,
        "survey": TaskState.CANCELLED,
    }
    assert after.state is OrderState.PENDING_CANCELLATION
    assert cancelled_lines(before, after) == ("pc",)
    assert codes(cancel_order(after, at=LATER, note="again")) == ["ORD008"]
    assert codes(cancel_order(after, at=LATER, note="again", items=["pc"])) == ["ORD008"]
    assert codes(undo_task(after, "pc.reserve", at=LATER)) == ["ORD011"]
    after = done(undo_task(after, "pc.assemble", at=LATER))
    after = done(undo_task(after, "pc.reserve", at=LATER))
    assert after.state is OrderState.CANCELLED
    assert codes(undo_task(after, "pc.reserve", at=LATER)) == ["ORD010"]


def test_past_the_point_of_no_return_a_cancel_is_refused_and_nothing_moves() -> None:
    order = through(booked(PC, SEATS).order, "pc.reserve", "pc.assemble", "pc.image")
    order = done(start_task(order, "pc.ship", at=LATER))
    assert codes(cancel_order(order, at=LATER, note="")) == ["ORD006"]
    assert codes(cancel_order(order, at=LATER, note="", items=["pc", "seats", "pcs"])) == ["ORD006", "ORD003"]
    assert states(done(cancel_order(order, at=LATER, note="", items=["seats"]))) == {
        "pc": "inProgress",
        "seats": "cancelled",
    }


def test_delivered_closed_or_dependent_items_are_not_cancelled() -> None:
    order = done(deliver(booked(PC, DISK, SETUP).order, "pc", quantity=Decimal(1), at=LATER))
    refusal = cancel_order(order, at=LATER, note="", items=["pc", "disk", "setup"])
    assert codes(refusal) == ["ORD007", "ORD009", "ORD007", "ORD008"]
    closed = through(booked(SEATS).order, "seats.tenant")
    assert codes(cancel_order(closed, at=LATER, note="")) == ["ORD008"]


def test_the_moves_of_tasks_name_every_state() -> None:
    assert set(TASK_MOVES) == set(TaskState)


@pytest.mark.parametrize(
    ("items", "whole"),
    [
        ("completed", "completed"),
        ("cancelled", "cancelled"),
        ("acknowledged cancelled", "acknowledged"),
        ("acknowledged completed", "inProgress"),
        ("failed cancelled", "failed"),
        ("failed inProgress", "inProgress"),
        ("completed failed", "partial"),
        ("completed cancelled", "partial"),
        ("completed pendingCancellation", "pendingCancellation"),
    ],
)
def test_an_order_stands_where_its_items_stand(items: str, whole: str) -> None:
    assert order_state([OrderState(each) for each in items.split()]) is OrderState(whole)


def test_an_item_without_tasks_is_done() -> None:
    assert item_state([]) is OrderState.COMPLETED


def test_an_order_cancelled_after_its_start_was_billed_owes_nothing() -> None:
    both = booked(SEATS, SETUP)
    lines = missing_lines(both.contract, deliveries(both.order), (), (), date(2026, 3, 1))
    assert total((each.amount for each in lines), EUR) == eur("150.00")
    after = done(cancel_order(both.order, at=LATER, note=""))
    gone = cancelled_lines(both.order, after)
    assert gone == ("seats",)
    stopped = take_back(both.contract, gone, at=LATER, by="rep", reason="")
    assert isinstance(stopped, Decision)
    lines = (*lines, *missing_lines(stopped.value, (), (), lines, LATER.date()))
    assert total((each.amount for each in lines if each.subscription == "seats"), EUR).is_zero


@st.composite
def plans(draw: st.DrawFn) -> FulfilmentPlan:
    count = draw(st.integers(1, 6))
    steps = []
    for at in range(count):
        after = tuple(f"s{each}" for each in range(at) if draw(st.booleans()))
        steps.append(
            FulfilmentStep(
                f"s{at}",
                "any",
                after=after,
                no_return=draw(st.booleans()),
                compensation=draw(st.sampled_from(["", "undo"])),
                delivers=draw(st.booleans()),
            )
        )
    return FulfilmentPlan("p", tuple(steps))


def built(plan: FulfilmentPlan) -> Booked:
    lines = (accepted_line("a", "70.00", quantity="7", fulfilment="p"), accepted_line("b", "10.00", parent="a"))
    outcome = create_order(accepted(*lines), Booking("o-1", "c-1", AT, {"p": plan}))
    assert isinstance(outcome, Decision)
    return outcome.value


@given(plans(), st.data())
def test_whatever_the_order_of_work_all_is_delivered_once_and_billed_as_quoted(plan, data) -> None:
    both = built(plan)
    order = both.order
    while ready := ready_tasks(order):
        task = data.draw(st.sampled_from(ready))
        order = done(complete_task(order, task.id, at=LATER))
    assert order.state is OrderState.COMPLETED
    assert [each.delivered for each in order.items] == [7, 1]
    lines = missing_lines(both.contract, deliveries(order), (), (), date(2030, 1, 1))
    assert total((each.amount for each in lines), EUR) == eur("80.00")


@given(plans(), st.data(), st.integers(0, 6))
def test_a_cancel_is_refused_whole_or_ends_with_nothing_left_open(plan, data, steps) -> None:
    order = built(plan).order
    for _ in range(steps):
        if not (ready := ready_tasks(order)):
            break
        order = done(complete_task(order, data.draw(st.sampled_from(ready)).id, at=LATER))
    outcome = cancel_order(order, at=LATER, note="")
    if isinstance(outcome, Refusal):
        assert {str(each.code) for each in outcome.faults} <= {"ORD006", "ORD007", "ORD008"}
        return
    after = outcome.value
    while undoing := [each for each in after.tasks if each.state is TaskState.COMPENSATING]:
        free = [each for each in undoing if isinstance(undo_task(after, each.id, at=LATER), Decision)]
        assert free, "something can always be undone next"
        after = done(undo_task(after, free[0].id, at=LATER))
    assert after.state is OrderState.CANCELLED
    assert deliveries(after) == ()
