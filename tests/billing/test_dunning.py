"""When payment is tried again, and when customers are reminded; tests of engine.billing.dunning."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from engine.billing.dunning import DunningPolicy, Overdue, Reminder, reminder_due, retry_day
from engine.money import Money, currency
from tests.contracts.build import EUR, day, eur

POLICY = DunningPolicy((1, 8), reminders=2, days_between=7, thresholds={"EUR": Decimal(100)})


def test_each_wait_counts_from_the_attempt_before() -> None:
    assert retry_day(POLICY, 1, failed_on=day("2026-01-01")) == day("2026-01-02")
    assert retry_day(POLICY, 2, failed_on=day("2026-01-05")) == day("2026-01-13")
    assert retry_day(POLICY, 3, failed_on=day("2026-01-13")) is None
    assert retry_day(DunningPolicy(), 1, failed_on=day("2026-01-01")) is None


def late(invoice: str, since: str, amount: str) -> Overdue:
    return Overdue(invoice, day(since), eur(amount))


def test_a_customer_is_reminded_at_the_threshold_so_many_times_apart() -> None:
    owed = [late("a", "2026-01-02", "60.00"), late("b", "2026-01-05", "40.00")]
    assert reminder_due(POLICY, "c", owed, (), on=day("2026-01-04")) is None, "60.00 is below 100.00"
    first = reminder_due(POLICY, "c", owed, (), on=day("2026-01-05"))
    assert first == Reminder("", "c", day("2026-01-05"), 1, eur("100.00"), ("a", "b"))
    assert reminder_due(POLICY, "c", owed, [first], on=day("2026-01-11")) is None
    second = reminder_due(POLICY, "c", owed, [first], on=day("2026-01-12"))
    assert second is not None and second.number == 2
    assert reminder_due(POLICY, "c", owed, [first, second], on=day("2026-03-01")) is None, "two are all"
    # When all that they were about is paid, it begins anew; while one of it is open, it does not.
    assert reminder_due(POLICY, "c", [late("b", "2026-01-05", "100.00")], [first, second], on=day("2026-03-01")) is None
    anew = reminder_due(POLICY, "c", [late("d", "2026-02-01", "100.00")], [first, second], on=day("2026-03-01"))
    assert anew is not None and anew.number == 1


def test_a_currency_without_a_threshold_is_not_reminded_of() -> None:
    dollars = Overdue("a", day("2026-01-01"), Money.exactly(Decimal(500), currency("USD")))
    assert reminder_due(POLICY, "c", [dollars], (), on=day("2026-02-01")) is None
    assert reminder_due(POLICY, "c", [], (), on=day("2026-02-01")) is None


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20_000)), min_size=1, max_size=5),
    st.integers(0, 4),
    st.integers(0, 20),
    st.integers(0, 300),
    st.lists(st.integers(0, 90), max_size=30).map(sorted),
)
def test_runs_remind_as_a_slow_twin_that_looks_at_every_day_does(owed, most, between, least, runs) -> None:
    """The twin goes day by day and keeps nothing but the days on which it sent."""
    begin = date(2026, 1, 1)
    policy = DunningPolicy((), most, between, {"EUR": Decimal(least)})
    overdue = [Overdue(f"i{n}", begin + timedelta(days=on), Money(cents, EUR)) for n, (on, cents) in enumerate(owed)]
    sent: list[Reminder] = []
    for n in runs:
        found = reminder_due(policy, "c", overdue, sent, on=begin + timedelta(days=n))
        sent += [found] if found is not None else []
    days: list[int] = []
    for n in range(91):
        amount = sum(cents for on, cents in owed if on <= n)
        is_late = any(on <= n for on, _ in owed)
        waited = not days or n - days[-1] >= between
        for _ in range(runs.count(n)):
            if is_late and amount >= 100 * least and len(days) < most and waited and n not in days:
                days.append(n)
    assert [(each.on - begin).days for each in sent] == days
    assert [each.number for each in sent] == [*range(1, len(sent) + 1)]
