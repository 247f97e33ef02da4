"""Adapters for the kinds ``lifecycle`` and ``position``: a contract lived through month by month."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.money import Money, Ratio
from engine.periods import Period, add_months
from engine.revenue import (
    ObligationAccount,
    Promise,
    RecognitionPolicy,
    RevenueContract,
    ScheduleRounding,
    Timing,
    add_obligations,
    change_prospectively,
    end_early,
    obligations_of,
    open_contract,
    position,
    recognise,
    record_billed,
    report,
)
from engine.revenue.schedule import month_of
from tests.conformance.adapters.revenue_case import Case, day, money, month, text, through, unit_of, value_of


def lifecycle(case: Case) -> Any:
    contract, billed = lived(case)
    earned: dict[date, int] = defaultdict(int)
    for account in contract.accounts:
        for line in account.lines:
            earned[line.month] += line.amount.minor_units
    invoiced: dict[date, int] = defaultdict(int)
    for on, amount in billed:
        invoiced[on.replace(day=1)] += amount.minor_units
    unit = unit_of(case)
    rows = []
    balance = 0
    at, last = min([*earned, *invoiced]), max([*earned, *invoiced])
    while at <= last:
        balance += invoiced[at] - earned[at]
        rows.append(
            {
                "period": f"{at:%Y-%m}",
                "billed": text(Money(invoiced[at], unit)),
                "revenue": text(Money(earned[at], unit)),
                "contract_liability": text(Money(max(balance, 0), unit)),
                "contract_asset": text(Money(max(-balance, 0), unit)),
            }
        )
        at = add_months(at, 1)
    _same_when_recognised_month_by_month(contract, [month_of(each).last_day for each in sorted(earned)])
    fixed = [each for each in contract.accounts if not each.obligation.priced_as_billed]
    return {
        "allocated": {each.id: text(each.price) for each in fixed},
        "rows": rows,
        "total_revenue": text(Money(sum(earned.values()), unit)),
    }


def position_at(case: Case) -> Any:
    contract, billed = lived(case)
    end = month_of(month(case["input"]["at"])).last_day
    unit = unit_of(case)
    so_far = Money(sum(amount.minor_units for on, amount in billed if on <= end), unit)
    found = position(contract, billed=so_far, at=end)
    return {
        "recognised": text(found.recognised),
        "billed": text(found.billed),
        "contract_liability": text(found.contract_liability),
        "contract_asset": text(found.contract_asset),
        "rpo": text(found.rpo),
        "rpo_current_12m": text(found.rpo_current),
        "unbilled_backlog": text(found.unbilled_backlog),
    }


def lived(case: Case) -> tuple[RevenueContract, list[tuple[date, Money]]]:
    """The contract after all its events, and what was billed and refunded on which day."""
    given = case["input"]
    rounding = ScheduleRounding(given.get("rounding", "cumulative"))
    promises = [_promise(case, each, rounding, stated=given["allocation"] == "stated") for each in given["lines"]]
    inception = min(each.service.start for each in promises)
    contract = open_contract(
        "c",
        customer="acme",
        inception=inception,
        obligations=value_of(obligations_of(promises)),
        currency=unit_of(case),
    )
    for line in given["lines"]:
        contract = _happened(case, contract, line)
    billed = [(day(each["date"]), money(case, each["amount"])) for each in given.get("billing", ())]
    for event in given.get("events", ()):
        contract, refunds = _apply(case, contract, event, rounding)
        billed += refunds
    return contract, billed


def _promise(case: Case, line: Any, rounding: ScheduleRounding, *, stated: bool) -> Promise:
    how = line["recognition"]
    price = money(case, line["price"])
    policy = RecognitionPolicy(line["id"], Timing(how["method"]), rounding, weights=_weights(how))
    return Promise(
        order_line=line["id"],
        product=line["id"],
        stated=price,
        service=_service(how),
        policy=policy,
        ssp=Decimal(line["price"] if stated else line.get("ssp", line["price"])),
    )


def _service(how: Any) -> Period:
    if "start" in how:
        return through(how["start"], how["end"])
    if "weights" in how:
        months = [month_of(month(label)) for label, _ in how["weights"]]
        return Period(months[0].start, months[-1].end)
    days = [how[name] for name in ("date",) if name in how]
    days += [on for on, _ in how.get("progress", ())]
    starts = [day(each) for each in days] + [month(label) for label, _ in how.get("usage", ())]
    return Period(min(starts), max(starts) + timedelta(days=1))


def _weights(how: Any) -> tuple[Decimal, ...]:
    """The weight of every month from the first named one; a month without a name weighs nothing."""
    named = {month(label): Decimal(weight) for label, weight in how.get("weights", ())}
    found = []
    at = min(named, default=None)
    while at is not None and at <= max(named):
        found.append(named.get(at, Decimal(0)))
        at = add_months(at, 1)
    return tuple(found)


def _happened(case: Case, contract: RevenueContract, line: Any) -> RevenueContract:
    """Report the delivery, progress or usage that a line's recognition states."""
    how = line["recognition"]
    if how["method"] == "point_in_time":
        return value_of(report(contract, line["id"], on=day(how["date"]), done=Ratio(1, 1)))
    for on, share in how.get("progress", ()):
        contract = value_of(report(contract, line["id"], on=day(on), done=Ratio.of(Decimal(share))))
    for label, amount in how.get("usage", ()):
        on = month_of(month(label)).last_day
        contract = value_of(
            record_billed(contract, line["id"], service=Period.through(on, on), amount=money(case, amount))
        )
    return contract


def _apply(
    case: Case, contract: RevenueContract, event: Any, rounding: ScheduleRounding
) -> tuple[RevenueContract, list[tuple[date, Money]]]:
    on = day(event["date"])
    match event["type"]:
        case "add_line":
            promise = _promise(case, event["line"], rounding, stated=True)
            added = value_of(add_obligations(contract, value_of(obligations_of([promise]))))
            return _happened(case, added, event["line"]), []
        case "prospective_change":
            end = day(event["new_end"]) + timedelta(days=1)
            delta = money(case, event["price_delta"])
            changed = change_prospectively(contract, event["line"], on=on, price_delta=delta, service_end=end)
            return value_of(changed), []
        case "cancel":
            refund = money(case, event["refund"])
            return value_of(end_early(contract, {event["line"]: refund}, on=on)), [(on, -refund)]
        case other:
            raise AssertionError(f"unknown event {other}")


def _same_when_recognised_month_by_month(contract: RevenueContract, ends: list[date]) -> None:
    """Recognising each month in turn, or all at once, states the same amounts, and a second run states nothing."""
    stepwise = contract
    for end in ends:
        stepwise = recognise(stepwise, until=end).contract
    at_once = recognise(contract, until=ends[-1]).contract
    assert [_by_month(each) for each in stepwise.accounts] == [_by_month(each) for each in at_once.accounts]
    assert recognise(at_once, until=ends[-1]).facts == ()
    for account in at_once.accounts:
        assert account.recognised == account.scheduled


def _by_month(account: ObligationAccount) -> dict[date, Money]:
    return {each.month: each.amount for each in account.posted}
