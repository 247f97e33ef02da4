"""Adapters for the kinds ``schedule`` and ``schedule_closed_period``."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from engine.ledger import Books, BooksCalendar, JournalEntry, RevenueRecognised, post
from engine.money import total
from engine.revenue import Obligation, ScheduleLine, ScheduleRounding, Slice, Timing, open_contract, recognise, spread
from engine.revenue.schedule import by_day, by_even_months, by_months_first_prorated, by_second, by_weights
from tests.conformance.adapters.revenue_case import Case, day, money, month, text, through, unit_of, value_of


def schedule(case: Case) -> Any:
    return {"rows": [{"period": f"{each.month:%Y-%m}", "revenue": text(each.amount)} for each in _by_month(case)]}


def schedule_closed_period(case: Case) -> Any:
    """Run recognition over a window with the books closed up to a day, and post what it states."""
    given = case["input"]
    obligation = Obligation(
        id="o",
        order_lines=("o",),
        products=("o",),
        stated=money(case, given["amount"]),
        allocated=money(case, given["amount"]),
        service=through(given["start"], given["end"]),
        timing=Timing(given["method"]),
        rounding=ScheduleRounding(given["rounding"]),
        series=True,
        category="",
        ssp=None,
        weights=tuple(Decimal(weight) for _, weight in given.get("weights", ())),
    )
    contract = open_contract(
        "c", customer="", inception=day(given["start"]), obligations=[obligation], currency=unit_of(case)
    )
    run = recognise(contract, until=day(given["run_to"]))
    books = Books(calendar=BooksCalendar(day(given["closed_until"]) if given.get("closed_until") else None))
    postings = []
    for fact in run.facts:
        assert isinstance(fact, RevenueRecognised)
        entry = value_of(post(fact, books=books)).entry
        assert isinstance(entry, JournalEntry) and entry.service is not None
        if entry.on < day(given["run_from"]):
            continue
        postings.append(
            {
                "service_period": f"{entry.service.start:%Y-%m}",
                "posting_date": entry.posted_on.isoformat(),
                "revenue": text(fact.amount),
            }
        )
    posted = sum((Decimal(each["revenue"]) for each in postings), Decimal(0))
    return {"postings": postings, "deferred_after": str(Decimal(given["amount"]) - posted)}


def slices(given: Any) -> tuple[Slice, ...]:
    """The slices of a recognition or schedule input."""
    months = int(given["periods"]) if "periods" in given else None
    match given["method"]:
        case "daily":
            return by_day(through(given["start"], given["end"]))
        case "monthly_even":
            return by_even_months(through(given["start"], given["end"]), months=months)
        case "monthly_prorate_first":
            return by_months_first_prorated(through(given["start"], given["end"]), months=months)
        case "weights":
            return by_weights([(month(label), Decimal(weight)) for label, weight in given["weights"]])
        case "by_second":
            return by_second(_instant(given["start"]), _instant(given["end"]))
        case other:
            raise AssertionError(f"unknown schedule method {other}")


def _by_month(case: Case) -> list[ScheduleLine]:
    given = case["input"]
    rounding = ScheduleRounding(given.get("rounding", "cumulative"))
    lines = spread(money(case, given["amount"]), slices(given), rounding)
    assert total((each.amount for each in lines), unit_of(case)) == money(case, given["amount"])
    return list(lines)


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC)
