"""Kind ``amendment``: a change inside a paid period gives a credit for the rest of the old and a charge for the new."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.billing.proration import RATIO_PLACES, period_ratio
from engine.contracts import ContractTerms
from engine.money import HALF_UP, Money, Ratio, UnitPrice, currency, settle, share_of
from engine.periods import Cycle, DayCount, Period, Recurrence, share_of_instants
from tests.conformance.adapters.conventions import day_count
from tests.conformance.adapters.gap import Gap


def check(case: dict[str, Any]) -> None:
    given = case["given"]
    if given.keys() >= {"period_start", "period_end", "change_at", "old", "new"}:
        _check_instants(case)
    elif given.keys() >= {"price", "current_term", "new_end"}:
        _check_other_end(case)
    else:
        raise Gap("amendment-form")


def _check_instants(case: dict[str, Any]) -> None:
    given, expect = case["given"], case["expect"]
    start, end, at = (datetime.fromisoformat(given[each]) for each in ("period_start", "period_end", "change_at"))
    if case["convention"] == "recurly-seconds" and "plan_period" in given:
        start = _plan_period_before(end, given["plan_period"])
    rest = Ratio(*share_of_instants(at, end, whole_start=start, whole_end=end))
    if day_count(case["convention"]) in (DayCount.DAILY, DayCount.FIXED_30):
        rest = rest.rounded(RATIO_PLACES)
    credit, charge = -_price(given["old"], rest, case), _price(given["new"], rest, case)
    wanted = {each["type"]: _money(each["amount"], case) for each in expect.get("lines", ())}
    assert {"credit": credit, "charge": charge} == {"credit": credit, "charge": charge, **wanted}
    assert credit + charge == _money(expect["net"], case)


def _check_other_end(case: dict[str, Any]) -> None:
    """A shorter term credits days of the term; a longer one charges days of the plan period that follows."""
    given, expect = case["given"], case["expect"]
    term = Period(date.fromisoformat(given["current_term"]["start"]), date.fromisoformat(given["current_term"]["end"]))
    end = date.fromisoformat(given["new_end"])
    recurrence = Recurrence.parse(given.get("plan_period", "P1M"))
    count = day_count(case["convention"])
    price = _money(given["price"], case)
    if end < term.end:
        share = period_ratio(Period(end, term.end), term, recurrence=recurrence, terms=ContractTerms(day_count=count))
        assert share_of(price, share) == _money(expect["credit"], case)
    else:
        following = Cycle.anchored(term.end, recurrence).period(0)
        share = period_ratio(
            Period(term.end, end), following, recurrence=recurrence, terms=ContractTerms(day_count=count)
        )
        assert share_of(price, share) == _money(expect["charge"], case)


def _plan_period_before(end: datetime, plan_period: str) -> datetime:
    whole = Cycle.anchored(end.date(), Recurrence.parse(plan_period)).leading(end.date())
    return end - timedelta(days=whole.days)


def _price(what: dict[str, Any], share: Ratio, case: dict[str, Any]) -> Money:
    kept = Ratio(1, 1) if "discount_percent" not in what else Ratio.of(100 - Decimal(what["discount_percent"]))
    discounted = share * (kept * Ratio(1, 100) if "discount_percent" in what else kept)
    price = UnitPrice(Decimal(what["unit_price"]), currency(case["currency"]))
    return settle(price, quantity=Decimal(what["quantity"]), rounding=HALF_UP, share=discounted)


def _money(text: str, case: dict[str, Any]) -> Money:
    return Money.exactly(Decimal(text), currency(case["currency"]))
