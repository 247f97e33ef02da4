"""Kind ``dunning``: days of retries after a failed payment, and how many reminders were sent by each run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from engine.billing.dunning import DunningPolicy, Overdue, Reminder, reminder_due, retry_day
from engine.money import Money, currency


def check(case: dict[str, Any]) -> None:
    if "retry_days" in case["given"]:
        _check_retries(case["given"], case["expect"])
    else:
        _check_reminders(case["given"], case["expect"])


def _check_retries(given: dict[str, Any], expect: dict[str, Any]) -> None:
    policy = DunningPolicy(retry_days=tuple(given["retry_days"]))
    day, attempts = date.fromisoformat(given["failed_on"]), []
    while (retry := retry_day(policy, len(attempts) + 1, failed_on=day)) is not None:
        attempts.append(str(retry))
        day = retry
    assert attempts == expect["attempts"]


def _check_reminders(given: dict[str, Any], expect: dict[str, Any]) -> None:
    thresholds = {code: Decimal(amount) for code, amount in given["thresholds"].items()}
    policy = DunningPolicy((), given["max_attempts"], given["days_between"], thresholds)
    overdue: dict[str, list[Overdue]] = {code: [] for code in thresholds}
    for n, each in enumerate(given["overdue"]):
        amount = Money.exactly(Decimal(each["amount"]), currency(each["currency"]))
        overdue.setdefault(each["currency"], []).append(Overdue(f"i{n}", date.fromisoformat(each["on"]), amount))
    sent: dict[str, list[Reminder]] = {code: [] for code in overdue}
    counts: dict[str, dict[str, int]] = {}
    for run in given["runs"]:
        on = date.fromisoformat(run[:10])
        for code, late in overdue.items():
            reminder = reminder_due(policy, "c", late, sent[code], on=on)
            sent[code] += [reminder] if reminder is not None else []
        counts[run] = {code: len(each) for code, each in sent.items()}
    for wanted in expect["attempts_after"]:
        found = counts[wanted["run"]]
        assert {code: found[code] for code in wanted if code != "run"} == {
            code: count for code, count in wanted.items() if code != "run"
        }, wanted["run"]
