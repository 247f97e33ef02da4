"""A test clock that goes several days does what it would going a day at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cpq.v1 import billing_pb2, dunning_pb2, event_pb2, test_clock_pb2
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.api import deal
from tests.api.server import Served, served
from tests.fakes.rules import SMALL

START = datetime.fromisoformat(deal.NOW)
DUNNING = b"dunning: {retry_days: [1, 8], reminders: 3, days_between: 7, thresholds: {EUR: 20}, runs: daily}\n"


@contextmanager
def company(folder: Path) -> Iterator[Served]:
    """A shop with an invoice of 1 March over 35.70, due on the 15th, whose payment failed, and an open offer."""
    with served(folder, {**SMALL, "terms/dunning.yaml": DUNNING}) as server:
        deal.set_clock(server)
        deal.people(server)
        contract = deal.ordered(server, deal.line("PLAN"), term_months=1).contract
        (invoice,) = deal.invoiced(server, contract, "2026-03-01")
        asked = dunning_pb2.RecordFailedPaymentRequest(
            invoice=invoice.name, fail_date=deal.day("2026-03-01"), reason="x"
        )
        server.dunning.RecordFailedPayment(asked)
        deal.sent(server)
        yield server


def went(server: Served, steps: Sequence[int]) -> dict[str, Any]:
    """What the books of a company show when its clock went so many days at a time."""
    now = START
    for each in steps:
        now += timedelta(days=each)
        deal.move_clock(server, now.isoformat())
    reminders = server.dunning.ListReminders(dunning_pb2.ListRemindersRequest()).reminders
    failures = server.dunning.ListFailedPayments(dunning_pb2.ListFailedPaymentsRequest()).failed_payments
    events = server.events.WatchEvents(event_pb2.WatchEventsRequest(), timeout=30)
    return {
        "reminders": [(each.number, each.amount, each.remind_date.month, each.remind_date.day) for each in reminders],
        "asked": [(each.attempt, each.asked_date.day) for each in failures],
        "events": [
            (each.event_type, each.event_time.ToDatetime()) for each in events if each.event_type != "RuleBookPublished"
        ],
    }


def in_both_ways(whole: Sequence[int]) -> tuple[dict[str, Any], dict[str, Any]]:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        with company(Path(one)) as server:
            at_once = went(server, whole)
        with company(Path(other)) as server:
            return at_once, went(server, [1] * sum(whole))


@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=3))
@example([60])
def test_a_move_of_days_is_as_many_moves_of_a_day(whole: list[int]) -> None:
    at_once, day_by_day = in_both_ways(whole)
    assert at_once == day_by_day


def test_every_reminder_has_its_day(tmp_path: Path) -> None:
    with company(tmp_path) as server:
        found = went(server, [60])
        # late the day after 15 March, and again after 7 days each; the attempt is asked for the day after it failed
        assert found["reminders"] == [(1, 3570, 3, 16), (2, 3570, 3, 23), (3, 3570, 3, 30)]
        assert found["asked"] == [(1, 2)]


def test_what_is_left_of_a_day_is_a_step_too_and_a_standing_clock_does_what_is_due(tmp_path: Path) -> None:
    with company(tmp_path) as server:
        moved = deal.move_clock(server, "2026-03-03T18:30:00Z")
        assert moved.test_clock == server.clock.GetTestClock(
            test_clock_pb2.GetTestClockRequest(name="testClocks/default")
        )
        assert moved.test_clock.now.ToJsonString() == "2026-03-03T18:30:00Z"
        again = deal.move_clock(server, "2026-03-03T18:30:00Z")
        assert again.done_count == 0
        moves = [
            each.event_time.ToJsonString()
            for each in server.events.WatchEvents(
                event_pb2.WatchEventsRequest(event_types=["TestClockMoved"]), timeout=30
            )
        ]
        assert len(moves) == 5  # where it began, 2 March, 3 March at noon, the evening, and the move to where it stands
        assert server.billing.ListInvoices(billing_pb2.ListInvoicesRequest()).invoices
