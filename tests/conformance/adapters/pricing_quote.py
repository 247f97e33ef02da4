"""The adapter for every pricing case that prices lines: rules and request in, the answer in the words of the cases."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.diagnostics import Refusal
from engine.money import Currency, Money, Rounding
from engine.pricing import Lane, PricePlan, compile_plan, price
from engine.pricing.codes import MISSING_PRICE
from engine.pricing.conversion import ConversionPoint, convert
from engine.pricing.request import PriceRequest
from engine.pricing.result import OrderDiscount, Priced
from tests.conformance.adapters.pricing_rules import CaseRules

Case = Mapping[str, Any]


def priced_lines(case: Case) -> dict[str, Any]:
    """Price the lines of a case."""
    built = CaseRules(case)
    plan, request = compile_plan(built.rules()), built.request()
    answer = price(plan, request)
    assert price(plan, request, lane=Lane.FULL) == answer, "the express lane and the full treatment differ"
    if isinstance(answer, Refusal):
        return _refused(answer, request)
    found = _answer(plan, request, answer)
    fx = case["given"].get("fx")
    if fx is not None:
        found["converted"] = _converted(answer, request, fx, Rounding(case["rounding"]["mode"]))
    return found


def _refused(refusal: Refusal, request: PriceRequest) -> dict[str, Any]:
    for fault in refusal.faults:
        if fault.code == MISSING_PRICE:
            index = int(fault.field.partition("[")[2].partition("]")[0])
            return {"error": "missing-price", "sku": request.lines[index].sku}
    return {"error": str(refusal)}


def _answer(plan: PricePlan, request: PriceRequest, priced: Priced) -> dict[str, Any]:
    totals = priced.totals
    found: dict[str, Any] = {
        "lines": [
            {
                "id": line.id,
                "entry": plan.source(line.source).id,
                "list_unit": line.list_unit,
                "unit": line.unit,
                "order_discount": priced.money(line.order_discount).decimal,
                "amount": priced.money(line.amount).decimal,
                "applied": [plan.source(number).id for number in line.applied],
                "net": priced.money(line.net).decimal,
                "tax": priced.money(line.tax).decimal,
                "gross": priced.money(line.gross).decimal,
            }
            for line in priced.lines
        ],
        "totals": {
            "list": totals.list.decimal,
            "amount": totals.amount.decimal,
            "order_discount": totals.order_discount.decimal,
            "net": totals.net.decimal,
            "tax": totals.tax.decimal,
            "gross": totals.gross.decimal,
        },
        "applied": [plan.source(number).id for number in priced.applied],
        "order_discounts": [_order_discount(plan, request, priced, each) for each in priced.order_discounts],
        "refused": [{"rule": each.rule_id, "reason": each.reason} for each in priced.refused],
        "gifts": [
            {
                "sku": gift.sku,
                "qty": gift.quantity,
                "unit": gift.unit_price,
                "amount": priced.money(gift.amount).decimal,
                "rule": plan.source(gift.rule_no).id,
            }
            for gift in priced.gifts
        ],
    }
    if priced.unit_discounts:
        found["unit_discounts"] = {
            request.lines[index].id: [priced.money(share).decimal for share in shares]
            for index, shares in priced.unit_discounts
        }
    return found


def _order_discount(plan: PricePlan, request: PriceRequest, priced: Priced, each: OrderDiscount) -> dict[str, Any]:
    return {
        "rule": plan.source(each.rule_no).id,
        "amount": priced.money(each.amount).decimal,
        "split": {request.lines[index].id: priced.money(share).decimal for index, share in each.split},
    }


def _converted(priced: Priced, request: PriceRequest, fx: Case, mode: Rounding) -> dict[str, Any]:
    target = Currency(fx["to"]["code"], int(fx["to"]["exponent"]))
    found = convert(priced, Decimal(fx["rate"]), target, ConversionPoint(fx.get("at", "unit")), mode)
    units = {line.id: unit for line, unit in zip(request.lines, found.units, strict=True)}
    return {"currency": target.code, "units": units, "total": found.total.decimal}


def differences(expected: Case, found: Case) -> list[str]:
    """Where the answer says something else than expected; an amount that is not mentioned is zero."""
    if "error" in expected or "error" in found:
        return [
            f"{key}: {value!r} is not {found.get(key)!r}" for key, value in expected.items() if found.get(key) != value
        ]
    said: list[str] = []
    for name in ("applied", "refused"):
        if name in expected and expected[name] != found[name]:
            said.append(f"{name}: {expected[name]} is not {found[name]}")
    _compare("totals", {"order_discount": "0", **expected["totals"]}, found["totals"], said)
    _lines(expected["lines"], found["lines"], said)
    _listed("gifts", expected.get("gifts", []), found["gifts"], said)
    _discounts(expected.get("order_discounts", []), found["order_discounts"], said)
    if "converted" in expected:
        _compare("converted", expected["converted"], found["converted"], said)
    for line, shares in expected.get("unit_discounts", {}).items():
        if [Decimal(share) for share in shares] != found["unit_discounts"].get(line):
            said.append(f"unit_discounts.{line}: {shares} is not {found['unit_discounts'].get(line)}")
    return said


def _lines(expected: list[Case], found: list[Case], said: list[str]) -> None:
    if [line["id"] for line in expected] != [line["id"] for line in found]:
        said.append(f"lines: {[line['id'] for line in expected]} are not {[line['id'] for line in found]}")
    for wanted, line in zip(expected, found, strict=False):
        _compare(f"lines.{wanted['id']}", {"order_discount": "0", **wanted}, line, said)


def _listed(name: str, expected: list[Case], found: list[Case], said: list[str]) -> None:
    if len(expected) != len(found):
        said.append(f"{name}: {expected} is not {found}")
    for index, (wanted, each) in enumerate(zip(expected, found, strict=False)):
        _compare(f"{name}[{index}]", wanted, each, said)


def _discounts(expected: list[Case], found: list[Case], said: list[str]) -> None:
    if [each["rule"] for each in expected] != [each["rule"] for each in found]:
        said.append(f"order_discounts: {[e['rule'] for e in expected]} are not {[e['rule'] for e in found]}")
    for wanted, each in zip(expected, found, strict=False):
        name = f"order_discounts.{wanted['rule']}"
        if Decimal(wanted["amount"]) != each["amount"]:
            said.append(f"{name}: {wanted['amount']} is not {each['amount']}")
        for line in {*wanted.get("split", {}), *each["split"]}:
            want = Decimal(wanted.get("split", {}).get(line, "0"))
            if want != each["split"].get(line, 0):
                said.append(f"{name}.split.{line}: {want} is not {each['split'].get(line, 0)}")


def _compare(name: str, expected: Case, found: Case, said: list[str]) -> None:
    for key, value in expected.items():
        have = found.get(key)
        if isinstance(value, Mapping) and isinstance(have, Mapping):
            _compare(f"{name}.{key}", value, have, said)
            continue
        same = Decimal(value) == have if isinstance(have, Decimal) else value == have
        if not same:
            said.append(f"{name}.{key}: {value} is not {have}")


def money(amount: str, case: Case) -> Money:
    """An amount of a case as money of its currency."""
    return Money.exactly(Decimal(amount), currency_of(case))


def currency_of(case: Case) -> Currency:
    """The currency of a case; ``XXX`` stands for bare minor units."""
    return Currency(case["currency"]["code"], int(case["currency"]["exponent"]))
