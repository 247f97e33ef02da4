"""The adapter for ``minimum-commitment``: what is still to pay to reach a least spend, and the credit beside it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.money import HALF_UP, Money, Ratio, UnitPrice, currency, settle, share_of
from engine.pricing.models import Meter, PerUnit, Usage

Case = Mapping[str, Any]
ZERO, ONE = Decimal(0), Decimal(1)


def check(case: Case) -> None:
    """Compare every figure that the case states."""
    found = _plan(case) if "minimum_commitment" in case["given"] else _charge(case)
    assert _flat(case["expect"]) == {key: found[key] for key in _flat(case["expect"])}


def _plan(case: Case) -> dict[str, Decimal]:
    """A commitment of a whole plan: its share less the share of the fee and what was used."""
    given = case["given"]
    share = Ratio(int(given["billed_days"]), int(given["period_days"]))
    committed = _committed(given["minimum_commitment"], share)
    fee = share_of(_money(given.get("plan_fee", "0"), case), share)
    spent = fee + _money(given.get("usage", "0"), case)
    return {
        "commitment": _missing(committed, ZERO, case).decimal,
        "plan_fee_billed": fee.decimal,
        "true_up": _missing(committed, spent.decimal, case).decimal,
    }


def _charge(case: Case) -> dict[str, Decimal]:
    """A least spend of one charge in a period that ended early, taxed, with the unused fee credited."""
    given = case["given"]
    share = Ratio(int(given["billed_days"]), int(given["period_days"]))
    tax = Ratio.of(Decimal(given.get("tax_percent", "0"))) * Ratio(1, 100)
    usage = _money(given["usage"], case)
    true_up = _missing(_committed(given["charge_minimum"], share), usage.decimal, case)
    fees = usage + true_up
    taxes = share_of(usage, tax) + share_of(true_up, tax)
    found = {
        "usage_fee": usage,
        "usage_tax": share_of(usage, tax),
        "true_up": true_up,
        "true_up_tax": share_of(true_up, tax),
        "fees": fees,
        "tax": taxes,
        "gross": fees + taxes,
        "total_due": fees + taxes,
    }
    unused = given.get("unused_fee")
    if unused is not None:
        rest = Ratio(int(unused["unused_days"]), int(given["period_days"]))
        credit = share_of(_money(unused["plan_fee"], case), rest)
        found["credit_note.sub_total"] = credit
        found["credit_note.tax"] = share_of(credit, tax)
        found["credit_note.total"] = credit + share_of(credit, tax)
        found["total_due"] = fees + taxes - found["credit_note.total"]
    return {name: amount.decimal for name, amount in found.items()}


def _committed(minimum: str, share: Ratio) -> Usage:
    """Anything metered that commits to a share of a least spend, as billing rates the part of a period."""
    return Usage(PerUnit(ONE), minimum=Decimal(minimum)).for_part(share)


def _missing(model: Usage, billed: Decimal, case: Case) -> Money:
    """What the last line of a period adds to what was billed before it, rounded once."""
    amount = model.rate_in(ZERO, Meter(billed=billed)).amount
    return settle(UnitPrice(amount, currency(case["currency"])), quantity=ONE, rounding=HALF_UP)


def _money(amount: str, case: Case) -> Money:
    return Money.exactly(Decimal(amount), currency(case["currency"]))


def _flat(expected: Case, prefix: str = "") -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for key, value in expected.items():
        if isinstance(value, Mapping):
            found.update(_flat(value, f"{prefix}{key}."))
        else:
            found[f"{prefix}{key}"] = Decimal(value)
    return found
