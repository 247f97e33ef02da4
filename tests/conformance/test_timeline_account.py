"""The adapter of timelines keeps an account: a story of its own, since the shared ones ask for more beside it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.adapters import timeline
from tests.conformance.adapters.gap import Gap


def story(*credits: str) -> dict[str, Any]:
    """A plan of 19.95 a month, which ends after half of its first month; 20.00 were granted on the first day.

    ``credits`` are the account credits of both days: 14 unused of 30 days of 19.95 are 9.31.
    """
    phase = {"type": "evergreen", "recurring": {"price": "19.95", "period": "P1M"}}
    plan = {"billing_mode": "in_advance", "phases": [phase]}
    charge = {"type": "recurring", "start": "2013-06-15", "end": "2013-07-15", "amount": "19.95"}
    credit = {"type": "repair_credit", "start": "2013-07-01", "end": "2013-07-15", "amount": "-9.31"}
    days: list[dict[str, Any]] = [
        {"date": "2013-06-15", "lines": [charge]},
        {"date": "2013-07-01", "lines": [credit]},
    ]
    for day, amount in zip(days, credits, strict=True):
        day["lines"].append({"type": "account_credit", "start": day["date"], "end": day["date"], "amount": amount})
    return {
        "kind": "timeline",
        "convention": "killbill-daily",
        "currency": "USD",
        "given": {
            "plans": {"p": plan},
            "account": {"bill_cycle_day": 15, "time_zone": "UTC"},
            "events": [
                {"at": "2013-06-15", "type": "grant_account_credit", "amount": "20.00"},
                {"at": "2013-06-15", "type": "create", "plan": "p"},
                {"at": "2013-07-01", "type": "cancel", "policy": "immediate"},
            ],
        },
        "expect": {"invoices": days},
    }


def test_what_was_granted_pays_and_comes_back() -> None:
    timeline.check(story("-19.95", "9.31"))


@pytest.mark.parametrize("credits", [("-19.94", "9.31"), ("-19.95", "9.30"), ("-20.00", "9.31")])
def test_another_amount_fails(credits: tuple[str, str]) -> None:
    with pytest.raises(AssertionError):
        timeline.check(story(*credits))


def test_more_than_was_prepaid_is_a_gap() -> None:
    with pytest.raises(Gap, match="account-credit-of-payments"):
        timeline.check(story("-19.95", "19.96"))


def test_invoices_that_become_void_are_billed_anew() -> None:
    # 16 of 30 days of 19.95 are 10.64
    told = story("-19.95", "9.31")
    events = told["given"]["events"]
    events += [{"at": "2013-07-01", "type": "void_invoices"}, {"at": "2013-07-01", "type": "regenerate"}]
    told["given"]["before_void"] = told["expect"]["invoices"]
    told["expect"] = {"invoices": [anew("10.64", "-10.64")]}
    timeline.check(told)
    for wrong in (anew("10.65", "-10.65"), anew("10.64", "-10.63")):
        with pytest.raises(AssertionError):
            timeline.check({**told, "expect": {"invoices": [wrong]}})


def anew(amount: str, credit: str) -> dict[str, Any]:
    day = "2013-07-01"
    charge = {"type": "recurring", "start": "2013-06-15", "end": day, "amount": amount}
    used = {"type": "account_credit", "start": day, "end": day, "amount": credit}
    return {"date": day, "lines": [charge, used]}
