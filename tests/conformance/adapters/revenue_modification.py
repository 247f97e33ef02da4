"""Adapters for ``modification`` and for the decision ``modification_treatment``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.money import Money, Ratio, share_of
from engine.periods import Period
from engine.revenue import (
    Basis,
    Change,
    Obligation,
    Promise,
    RecognitionPolicy,
    Remaining,
    RevenueContract,
    Timing,
    Treatment,
    add_obligations,
    blend,
    change_prospectively,
    classify,
    credit_past_fault,
    estimate_anew,
    join,
    obligations_of,
    open_contract,
    report,
    vary,
)
from engine.revenue.progress import cost_to_cost
from tests.conformance.adapters.revenue_case import Case, money, text, unit_of, value_of

BASIS = Basis("analyst", "the case")
DAY, LATER = date(2026, 1, 1), date(2026, 6, 1)
DISTINCT = {True: Remaining.DISTINCT, False: Remaining.NOT_DISTINCT, "some": Remaining.SOME_DISTINCT}


def modification_treatment(case: Case) -> Any:
    facts = case["input"]["facts"]
    change = Change(
        approved=facts["approved"],
        adds_distinct_goods=facts.get("scope_added_distinct", False),
        at_stand_alone_price=facts.get("price_change_is_ssp_of_added", False),
        remaining=DISTINCT[facts.get("remaining_distinct_from_transferred", True)],
        enforceable_without_approval=facts.get("enforceable_without_approval", False),
    )
    return {"answer": classify(change).value}


def modification(case: Case) -> Any:
    forms = {"units": _units, "time": _time, "progress": _progress, "variable_after_modification": _variable}
    return forms[case["input"]["form"]](case)


def _units(case: Case) -> Any:
    given = case["input"]
    original, delivered, added = (
        _number(given[name]) for name in ("original_quantity", "delivered_before", "added_quantity")
    )
    price, added_price = _number(given["unit_price"]), _number(given["added_unit_price"])
    treatment = classify(
        Change(
            approved=True,
            adds_distinct_goods=given["added_distinct"] and added > 0,
            at_stand_alone_price=added_price == _number(given["ssp_of_added_unit"]),
            remaining=DISTINCT[given["remaining_distinct"]],
        )
    )
    before = _money(case, delivered * price)
    left = _money(case, (original - delivered) * price)
    if treatment is Treatment.SEPARATE_CONTRACT:
        new = _money(case, added * added_price)
        return {
            "treatment": treatment.value,
            "original_remaining_unit_revenue": str(price),
            "added_unit_revenue": str(added_price),
            "revenue_before": text(before),
            "revenue_original_after": text(left),
            "revenue_added": text(new),
            "total_revenue": text(before + left + new),
        }
    quantity = original - delivered + added
    change = _money(case, added * added_price + quantity * _number(given.get("unit_price_change_on_remaining", "0")))
    credit = _money(case, _number(given.get("credit_for_delivered_units", "0")))
    remaining = _forward(_money(case, original * price), (original, delivered, quantity), change, credit=credit)
    return {
        "treatment": treatment.value,
        "revenue_before": text(before),
        "revenue_reduction_at_modification": text(credit),
        "remaining_consideration": text(remaining),
        "remaining_quantity": str(quantity),
        "blended_unit_revenue": _each(remaining, quantity, places=2),
        "total_revenue": text(before - credit + remaining),
    }


def _time(case: Case) -> Any:
    given = case["input"]
    performed = _number(given["periods_performed"])
    left_periods = _number(given["original_periods"]) - performed
    added = _number(given["added_periods"])
    treatment = classify(
        Change(
            approved=True,
            adds_distinct_goods=given["added_distinct"] and added > 0,
            at_stand_alone_price=_number(given["added_price"]) == added * _number(given["ssp_per_added_period"]),
            remaining=DISTINCT[given["remaining_distinct"]],
        )
    )
    before = _money(case, performed * _number(given["price_per_period"]))
    whole = _number(given["price_per_period"]) * (performed + left_periods)
    dearer = _number(given["new_price_for_remaining_original"]) - _number(given["price_per_period"])
    change = _money(case, _number(given["added_price"]) + left_periods * dearer)
    quantity = left_periods + added
    remaining = _forward(_money(case, whole), (performed + left_periods, performed, quantity), change)
    return {
        "treatment": treatment.value,
        "revenue_before": text(before),
        "remaining_consideration": text(remaining),
        "remaining_periods": str(quantity),
        "revenue_per_remaining_period": _each(remaining, quantity, places=int(case["scale"])),
        "total_revenue": text(before + remaining),
    }


def _progress(case: Case) -> Any:
    given = case["input"]
    places = -Decimal(given.get("round_progress_to", "0.001")).normalize().as_tuple().exponent  # type: ignore[operator]
    bonus = money(case, given["bonus"])
    nothing = Money.zero(bonus.currency)
    price_before = money(case, given["price"]) + (bonus if given["bonus_included_before"] else nothing)
    price_after = money(case, given["price"]) + money(case, given["price_increase"])
    price_after += bonus if given["bonus_included_after"] else nothing
    incurred = {"work": _number(given["cost_incurred"])}
    expected = _number(given["expected_cost"])
    before = cost_to_cost(price_before, expected={"work": expected}, incurred=incurred)
    later = expected + _number(given["cost_increase"])
    after = cost_to_cost(price_after, expected={"work": later}, incurred=incurred, places=places)
    treatment = classify(Change(True, False, False, DISTINCT[given["remaining_distinct"]]))
    included = {True: bonus, False: nothing}
    contract = _opened({"work": (money(case, given["price"]), Timing.PROGRESS)})
    contract = value_of(
        vary(contract, order_line="work", on=DAY, amount=included[given["bonus_included_before"]], basis=BASIS)
    ).contract
    contract = _reported(contract, "work", DAY, before.progress)
    earned_before = contract.accounts[0].earned(DAY)
    increase = _obligation("work", money(case, given["price_increase"]), Timing.PROGRESS, line="more")
    contract = value_of(join(contract, increase, on=LATER))
    bonus_after = included[given["bonus_included_after"]]
    contract = value_of(estimate_anew(contract, "s-1", on=LATER, amount=bonus_after, basis=BASIS)).contract
    contract = _reported(contract, "more", LATER, after.progress)
    earned_after = contract.accounts[0].earned(LATER)
    return {
        "treatment": treatment.value,
        "progress_before": str(before.progress.decimal(places)),
        "revenue_before": text(earned_before),
        "cost_before": text(before.cost_of_sales),
        "gross_profit_before": text(earned_before - before.cost_of_sales),
        "transaction_price_after": text(contract.price),
        "expected_cost_after": str(later),
        "progress_after": str(after.progress.decimal(places)),
        "revenue_to_date_after": text(earned_after),
        "catch_up_revenue": text(earned_after - earned_before),
    }


def _variable(case: Case) -> Any:
    """Lived: goods at a price with a variable part, the first handed over, others added and blended, then estimated."""
    given = case["input"]
    change = given["modification"]
    assert given["variable_promised_before_modification"], "only amounts promised before are split by the first ratio"
    sold = given["products_original"]
    fixed = money(case, given["fixed"])
    contract = _contract(_sold(sold, fixed), fixed)
    expected, later = money(case, given["variable_estimate"]), money(case, given["new_variable_estimate"])
    contract = value_of(vary(contract, order_line="", on=DAY, amount=expected, basis=BASIS)).contract
    found: dict[str, Any] = {"allocation_at_inception": _prices(contract)}
    satisfied = [each["id"] for each in sold if each["transferred"] == "before_modification"]
    for each in satisfied:
        contract = _reported(contract, each, DAY, Ratio(1, 1))
    added = _sold(change["added"], money(case, change["added_fixed"]))
    contract = value_of(add_obligations(contract, added))
    contract = blend(contract, on=LATER, added={each.id for each in added})
    before = _prices(contract)
    found["allocation_after_modification"] = {each: before[each] for each in before if each not in satisfied}
    contract = value_of(estimate_anew(contract, "s-1", on=LATER, amount=later, basis=BASIS)).contract
    after = {each.id: each.price for each in contract.accounts}
    moved = {each: amount - money(case, before[each]) for each, amount in after.items()}
    for each in satisfied:
        (now,) = (line.amount for line in contract.account(each).lines if line.on == LATER)  # type: ignore[union-attr]
        found[f"change_to_{each}_recognised_now"] = text(now)
    treatment = classify(
        Change(True, bool(change["added"]), change["added_price_is_ssp"], DISTINCT[change["remaining_distinct"]])
    )
    return found | {
        "treatment": treatment.value,
        "estimate_change": text(later - expected),
        "change_to_remaining": {each: text(amount) for each, amount in moved.items() if each not in satisfied},
        "final_revenue": _prices(contract),
        "total": text(contract.price),
    }


def _sold(products: Any, price: Money) -> tuple[Obligation, ...]:
    """The obligations of goods sold together: the price stands on the first, and is allocated to all."""
    stated = [price if n == 0 else price - price for n in range(len(products))]
    promises = [
        _promise(each["id"], Timing.POINT_IN_TIME, ssp=each["ssp"], stated=amount)
        for each, amount in zip(products, stated, strict=True)
    ]
    return tuple(value_of(obligations_of(promises)))


def _prices(contract: RevenueContract) -> dict[str, str]:
    return {each.id: text(each.price) for each in contract.accounts}


def _promise(name: str, timing: Timing, *, ssp: str = "1", line: str = "", stated: Money) -> Promise:
    policy = RecognitionPolicy(name, timing, merge_key="" if timing is Timing.POINT_IN_TIME else name)
    service = Period(DAY, DAY + timedelta(days=1))
    return Promise(line or name, name, stated, service, policy, ssp=Decimal(ssp))


def _obligation(name: str, price: Money, timing: Timing, *, line: str = "") -> Obligation:
    (found,) = value_of(obligations_of([_promise(name, timing, line=line, stated=price)]))
    return found


def _opened(prices: dict[str, tuple[Money, Timing]]) -> RevenueContract:
    obligations = [_obligation(name, price, timing) for name, (price, timing) in prices.items()]
    return _contract(obligations, obligations[0].stated)


def _contract(obligations: Sequence[Obligation], like: Money) -> RevenueContract:
    return open_contract("c", customer="acme", inception=DAY, obligations=obligations, currency=like.currency)


def _reported(contract: RevenueContract, line: str, on: date, done: Ratio) -> RevenueContract:
    return value_of(report(contract, line, on=on, done=done))


def _forward(
    price: Money, counts: tuple[Decimal, Decimal, Decimal], change: Money, *, credit: Money | None = None
) -> Money:
    """What is left to earn after a forward change of a contract that gives one unit a day: of how many at first, how
    many given by then, and how many left.
    """
    original, given, left = (int(each) for each in counts)
    policy = RecognitionPolicy("units", Timing.DAILY)
    promise = Promise("units", "units", price, Period(DAY, DAY + timedelta(days=original)), policy)
    contract = _contract(value_of(obligations_of([promise])), price)
    on = DAY + timedelta(days=given)
    if credit is not None and not credit.is_zero:
        contract = value_of(credit_past_fault(contract, "units", on=on - timedelta(days=1), credit=credit))
    end = on + timedelta(days=left)
    changed = value_of(change_prospectively(contract, "units", on=on, price_delta=change, service_end=end))
    (account,) = changed.accounts
    return sum((each.amount for each in account.lines if each.on >= on), Money.zero(price.currency))


def _each(amount: Money, quantity: Decimal, *, places: int) -> str:
    whole = Ratio(amount.minor_units, amount.currency.scale)
    return str((whole * Ratio(1, int(quantity))).decimal(places))


def _money(case: Case, amount: Decimal) -> Money:
    return share_of(Money(unit_of(case).scale, unit_of(case)), Ratio.of(amount))


def _number(value: str) -> Decimal:
    return Decimal(value)
