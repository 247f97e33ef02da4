"""Adapters for measures beside the contract's life: estimates, rights, progress, costs, currencies, remaining price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.billing.proration import period_ratio
from engine.contracts import ContractTerms
from engine.money import HALF_UP, Currency, Money, UnitPrice, allocate, settle, share_of
from engine.periods import Period, Recurrence, Unit, add_months
from engine.revenue import (
    Basis,
    Promise,
    RecognitionPolicy,
    Timing,
    estimate_rebate_anew,
    expect_rebate,
    obligations_of,
    open_contract,
    position,
    record_billed,
)
from engine.revenue.costs import ContractCost, capitalise, obtaining
from engine.revenue.foreign import Movement, translated
from engine.revenue.options import material_right_ssp
from engine.revenue.position import remaining_by_month
from engine.revenue.progress import cost_to_cost
from engine.revenue.variable import EstimateMethod, Outcome, VariableComponent, estimate_price
from tests.conformance.adapters.revenue_case import Case, day, money, text, through, unit_of, value_of


def estimate(case: Case) -> Any:
    given = case["input"]
    stated = Decimal(given["stated_price"])
    components = [_component(each) for each in given.get("components", ())]
    if "implicit_concession" in given:
        off = Outcome(-Decimal(given["implicit_concession"]), Decimal(1))
        components.append(VariableComponent("concession", EstimateMethod.EXPECTED_VALUE, (off,)))
    limit = given.get("constraint")
    floor = Decimal(limit["highly_probable_floor"]) if isinstance(limit, dict) else None
    found = estimate_price(stated, components, highly_probable_floor=floor)
    at_risk = sum((Decimal(each["amount"]) for each in given.get("components", ()) if "amount" in each), Decimal(0))
    return {
        "unconstrained": str(found.unconstrained),
        "transaction_price": str(found.transaction_price),
        "price_type": "variable" if components else "fixed",
        "fixed": str(stated - at_risk),
        "variable": str(at_risk),
    }


def volume_rebate(case: Case) -> Any:
    """Lived: each quarter's units billed at the base price, and the rebate estimated anew at its end."""
    given = case["input"]
    base, lower = Decimal(given["base_price"]), Decimal(given["rebated_price"])
    policy, basis = RecognitionPolicy("units", Timing.USAGE), Basis("analyst", "the case")
    start, unit = date(2026, 1, 1), unit_of(case)
    promise = Promise("units", "units", Money.zero(unit), Period(start, add_months(start, 60)), policy)
    obligations = value_of(obligations_of([promise]))
    contract = open_contract("c", customer="", inception=start, obligations=obligations, currency=unit)
    contract = value_of(expect_rebate(contract, "units", on=start, prices=(base, base), basis=basis)).contract
    rows, earned = [], Money.zero(unit)
    for number, quarter in enumerate(given["quarters"], 1):
        service = Period(start, add_months(start, 3 * number))
        billed = money(case, str(Decimal(quarter["units"]) * base))
        contract = value_of(record_billed(contract, "units", service=service, amount=billed))
        prices = (base, lower if quarter["threshold_expected"] else base)
        stated = estimate_rebate_anew(contract, "s-1", on=service.last_day, prices=prices, basis=basis)
        contract = value_of(stated).contract
        so_far = contract.accounts[0].earned(service.last_day)
        rows.append({"period": quarter["period"], "revenue": text(so_far - earned)})
        earned = so_far
    return {"revenue": rows}


def material_right(case: Case) -> Any:
    given = case["input"]
    ssp = material_right_ssp(
        discount=Decimal(given["voucher_rate"]),
        general_discount=Decimal(given["general_discount"]),
        likelihood=Decimal(given["likelihood"]),
        purchase=Decimal(given["average_purchase"]),
    )
    product, option = allocate(money(case, given["price"]), [Decimal(given["product_ssp"]), ssp])
    return {"option_ssp": str(ssp), "allocated": {"product": text(product), "option": text(option)}}


def progress_cost_to_cost(case: Case) -> Any:
    given = case["input"]
    assert given.get("excluded_recognised_at_cost", True), "excluded costs earn exactly their cost"
    found = cost_to_cost(
        money(case, given["price"]),
        expected={name: Decimal(cost) for name, cost in given["expected_costs"].items()},
        incurred={name: Decimal(cost) for name, cost in given["costs_incurred"].items()},
        excluded=frozenset(given.get("excluded_from_progress", ())),
        excluded_transferred=given.get("excluded_transferred", False),
    )
    return {
        "progress": str(found.progress.decimal(4)),
        "revenue": text(found.revenue),
        "cost_of_sales": text(found.cost_of_sales),
        "profit": text(found.revenue - found.cost_of_sales),
    }


def contract_cost(case: Case) -> Any:
    given = case["input"]
    kept = given["expected_recoverable"]
    costs = [
        ContractCost(each["id"], money(case, each["amount"]), each["incremental"] and kept) for each in given["costs"]
    ]
    found = obtaining(costs, nothing=Money.zero(unit_of(case)))
    return {"asset": text(found.asset), "expense": text(found.expense)}


def contract_cost_plan(case: Case) -> Any:
    given = case["input"]
    nothing = Money.zero(unit_of(case))
    fulfilment = sum((money(case, each) for each in given["fulfilment"].values()), nothing)
    others = sum((money(case, each) for each in given["other_standards"].values()), nothing)
    years = int(given["amortisation_years"])
    return {
        "fulfilment_asset": text(fulfilment),
        "total_setup": text(fulfilment + others),
        "annual_amortisation_fulfilment": text(_used_yearly(fulfilment, years)),
        "annual_amortisation_commission": text(_used_yearly(money(case, given["commission"]), years)),
    }


def _used_yearly(asset: Money, years: int) -> Money:
    """What the first year of so many uses up of a cost that is carried as an asset."""
    if asset.is_zero:
        return asset
    start = date(2025, 1, 1)
    contract = open_contract("c", customer="", inception=start, obligations=(), currency=asset.currency)
    service = Period(start, add_months(start, 12 * years))
    cost = ContractCost("cost", asset, incremental=True)
    stated = value_of(capitalise(contract, on=start, costs=[cost], service=service, basis=Basis("analyst", "the case")))
    (item,) = stated.contract.stated
    return asset - item.carrying(date(2025, 12, 31))


def fx(case: Case) -> Any:
    """An advance that is earned evenly, period by period, whatever the rate does."""
    given = case["input"]
    assert given["advance"], "an advance is translated once"
    periods = int(given["periods"])
    foreign = Money.exactly(Decimal(given["amount"]), Currency("XXX", int(case["scale"])))
    nothing = Money.zero(foreign.currency)
    start = date(2026, 1, 1)
    moved = [Movement(start, foreign, nothing)]
    parts = allocate(foreign, [1] * periods)
    days = [add_months(start, n + 1) for n in range(periods)]
    moved += [Movement(on, nothing, part) for on, part in zip(days, parts, strict=True)]
    rates = {start: Fraction(given["rate_at_receipt"]), days[0]: Fraction(given["later_rate"])}
    at_first, *later = (
        value_of(translated(moved, rates=rates, at=on, into=unit_of(case))) for on in (start, *days[:1], days[-1])
    )
    return {
        "functional_contract_liability": text(at_first.contract_liability),
        "functional_revenue_per_period": text(later[0].earned),
        "fx_gain_loss": text(later[1].gain),
    }


def fx_contract_asset(case: Case) -> Any:
    given = case["input"]
    foreign = Money.exactly(Decimal(given["amount"]), Currency("XXX", int(case["scale"])))
    earned, closed = date(2026, 1, 1), date(2026, 1, 31)
    moved = [Movement(earned, Money.zero(foreign.currency), foreign)]
    rates = {earned: Fraction(given["rate_at_revenue"]), closed: Fraction(given["closing_rate"])}
    found = value_of(translated(moved, rates=rates, at=closed, into=unit_of(case)))
    return {
        "functional_revenue": text(found.earned),
        "functional_contract_asset": text(found.contract_asset),
        "fx_gain_loss": text(found.gain),
    }


def proration(case: Case) -> Any:
    """A change of price within one billing period, by days; the change day belongs to the new price."""
    given = case["input"]
    whole = through(given["period_start"], given["period_end"])
    rest = Period(day(given["change_date"]), whole.end)
    share = period_ratio(rest, whole, recurrence=Recurrence(whole.days, Unit.DAY), terms=ContractTerms())
    old = money(case, given["old_price"])
    credit, charge = -share_of(old, share), share_of(money(case, given["new_price"]), share)
    return {
        "credit": text(credit),
        "charge": text(charge),
        "net": text(credit + charge),
        "revenue_for_period": text(old + credit + charge),
    }


def rpo(case: Case) -> Any:
    """A monthly fee over its term, reported after some months: what remains, by the years that follow.

    The placeholder years of the published example begin the report at a year's end.
    """
    given = case["input"]
    reported = date(2017, 12, 31)
    start = add_months(date(2018, 1, 1), -int(given["months_elapsed"]))
    months = int(given["months"])
    fee = money(case, given["monthly"]) * months
    policy = RecognitionPolicy("fee", Timing.MONTHLY_EVEN, series=True)
    promise = Promise("fee", "fee", fee, Period(start, add_months(start, months)), policy)
    obligations = value_of(obligations_of([promise]))
    contract = open_contract("c", customer="", inception=start, obligations=obligations, currency=unit_of(case))
    left = list(remaining_by_month(contract, at=reported).values())
    rows = []
    for label, count in given["years"]:
        rows.append({"period": label, "amount": text(sum(left[:count], Money.zero(unit_of(case))))})
        left = left[count:]
    whole = position(contract, billed=Money.zero(unit_of(case)), at=reported).rpo
    return {"rpo": rows, "total": text(whole)}


def noncash(case: Case) -> Any:
    """Units of something else as payment: measured when each period completes, or once at inception."""
    given = case["input"]
    once = given["measurement"] != "at_each_period"
    rows = []
    for label, value in given["fair_values"]:
        price = UnitPrice(Decimal(given["inception_fair_value"] if once else value), unit_of(case))
        earned = settle(price, quantity=Decimal(given["units_per_period"]), rounding=HALF_UP)
        rows.append({"period": label, "revenue": text(earned)})
    return {"revenue": rows}


def _component(given: Any) -> VariableComponent:
    method = EstimateMethod(given.get("method", "expected_value"))
    outcomes = tuple(Outcome(Decimal(amount), Decimal(chance)) for amount, chance in given.get("outcomes", ()))
    return VariableComponent(given["id"], method, outcomes)
