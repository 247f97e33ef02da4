"""Adapters for ``modification`` and for the decision ``modification_treatment``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.money import Money, Ratio, allocate, share_of
from engine.revenue import Change, Remaining, Treatment, classify
from engine.revenue.modification import blend, variable_change_after_modification
from engine.revenue.progress import cost_to_cost
from tests.conformance.adapters.revenue_case import Case, money, text, unit_of, value_of

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
    blended = value_of(blend(left, change=change, quantity=quantity))
    return {
        "treatment": treatment.value,
        "revenue_before": text(before),
        "revenue_reduction_at_modification": text(credit),
        "remaining_consideration": text(blended.remaining),
        "remaining_quantity": str(blended.quantity),
        "blended_unit_revenue": str(blended.per_unit.decimal(2)),
        "total_revenue": text(before - credit + blended.remaining),
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
    left = _money(case, left_periods * _number(given["new_price_for_remaining_original"]))
    blended = value_of(blend(left, change=money(case, given["added_price"]), quantity=left_periods + added))
    return {
        "treatment": treatment.value,
        "revenue_before": text(before),
        "remaining_consideration": text(blended.remaining),
        "remaining_periods": str(blended.quantity),
        "revenue_per_remaining_period": str(blended.per_unit.decimal(int(case["scale"]))),
        "total_revenue": text(before + blended.remaining),
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
    return {
        "treatment": treatment.value,
        "progress_before": str(before.progress.decimal(places)),
        "revenue_before": text(before.revenue),
        "cost_before": text(before.cost_of_sales),
        "gross_profit_before": text(before.profit),
        "transaction_price_after": text(price_after),
        "expected_cost_after": str(later),
        "progress_after": str(after.progress.decimal(places)),
        "revenue_to_date_after": text(after.revenue),
        "catch_up_revenue": text(after.revenue - before.revenue),
    }


def _variable(case: Case) -> Any:
    given = case["input"]
    change = given["modification"]
    price = money(case, given["fixed"]) + money(case, given["variable_estimate"])
    original = {each["id"]: _number(each["ssp"]) for each in given["products_original"]}
    inception = dict(zip(original, allocate(price, list(original.values())), strict=True))
    satisfied = [each["id"] for each in given["products_original"] if each["transferred"] == "before_modification"]
    treatment = classify(
        Change(True, bool(change["added"]), change["added_price_is_ssp"], DISTINCT[change["remaining_distinct"]])
    )
    left = money(case, change["added_fixed"])
    for each, amount in inception.items():
        left += Money.zero(left.currency) if each in satisfied else amount
    remaining = {each: ssp for each, ssp in original.items() if each not in satisfied}
    remaining |= {each["id"]: _number(each["ssp"]) for each in change["added"]}
    after = dict(zip(remaining, allocate(left, list(remaining.values())), strict=True))
    moved = money(case, given["new_variable_estimate"]) - money(case, given["variable_estimate"])
    assert given["variable_promised_before_modification"], "only amounts promised before are split by the first ratio"
    now, later = variable_change_after_modification(
        moved, inception=inception, satisfied=satisfied, remaining=remaining
    )
    final = {each: inception[each] + now[each] for each in satisfied}
    final |= {each: after[each] + later[each] for each in remaining}
    found = {
        "treatment": treatment.value,
        "allocation_at_inception": {each: text(amount) for each, amount in inception.items()},
        "allocation_after_modification": {each: text(amount) for each, amount in after.items()},
        "estimate_change": text(moved),
        "change_to_remaining": {each: text(amount) for each, amount in later.items()},
        "final_revenue": {each: text(amount) for each, amount in final.items()},
        "total": text(sum(final.values(), Money.zero(unit_of(case)))),
    }
    return found | {f"change_to_{each}_recognised_now": text(amount) for each, amount in now.items()}


def _money(case: Case, amount: Decimal) -> Money:
    return share_of(Money(unit_of(case).scale, unit_of(case)), Ratio.of(amount))


def _number(value: str) -> Decimal:
    return Decimal(value)
