"""What ``give`` says, by currency: parsed by the small grammar, its formulas checked in their scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from engine.catalog import ChargeKind, Sku
from engine.diagnostics import DiagnosticError
from engine.language import Scope
from engine.language.types import NUMBER, MoneyType, Type
from engine.pricing.effects import Amount, BuyGet, Condition, Effect, Gift, Operand, Percent, SetPrice, Sign, UnitsOff
from engine.quotes.evaluation import product_facts
from engine.rulebook import values
from engine.rulebook.codes import finding, warning
from engine.rulebook.fractions import fractions
from engine.rulebook.grammar import Formulas, GivenEffect, parse_effect, parse_per_currency
from engine.rulebook.loading.checked import check_condition
from engine.rulebook.loading.pricing_scope import PricingScope, by_currency, known_sku, operand
from engine.rulebook.nodes import Node, RecordNode, Scalar
from engine.rulebook.values import Unreadable

HUNDRED = Decimal(100)
ANY_CURRENCY = ""


def effects_of(node: Node, names: Scope, scope: PricingScope) -> Mapping[str, Effect]:
    """The effect for each currency (``""``: any); empty after reporting its faults.

    A bare amount is in the book's own currency; a currency left out is a warning.
    """
    written: list[tuple[str, Scalar]] = []
    split = parse_per_currency(node) if isinstance(node, Scalar) else None
    if split is not None:
        written = [(currency.text, text) for currency, text in split]
    elif isinstance(node, Scalar):
        return _alone(node, names, scope)
    else:
        written = by_currency(node, scope)
        if isinstance(node, RecordNode) and len(written) < len(node.entries):
            return {}
    found: dict[str, Effect] = {}
    for currency, text in written:
        given = _parse(text, names, scope)
        if given is None:
            return {}
        found[currency] = given.effect
    _warn_of_missing(found, node, scope)
    return MappingProxyType(found)


def percent_effect(cell: Scalar, scope: PricingScope) -> Mapping[str, Effect]:
    """A cell of ``out: percent_off``: so many percent off the unit price."""
    try:
        effect = Percent(values.percent(cell.text))
    except Unreadable as problem:
        scope.report.add(finding(problem.code, problem.message, cell.span, problem.hint))
        return {}
    return MappingProxyType({ANY_CURRENCY: effect}) if _is_possible(effect, cell, scope) else {}


def _alone(text: Scalar, names: Scope, scope: PricingScope) -> Mapping[str, Effect]:
    given = _parse(text, names, scope)
    if given is None:
        return {}
    if not given.in_money:
        return MappingProxyType({ANY_CURRENCY: given.effect})
    found = {scope.default_currency: given.effect}
    _warn_of_missing(found, text, scope)
    return MappingProxyType(found)


def _parse(text: Scalar, names: Scope, scope: PricingScope) -> GivenEffect | None:
    """Parse one effect; every formula in it that cannot be read is reported."""
    failed: list[Scalar] = []

    def value(part: Scalar, expected: Type) -> Operand:
        found = operand(part, names, scope.report, expected)
        if found is None:
            failed.append(part)
            return Decimal(0)
        return found

    def where(part: Scalar) -> tuple[Condition, ...]:
        checked = check_condition(part, scope.line, scope.report)
        if checked is None:
            failed.append(part)
            return ()
        return (checked,)

    formulas = Formulas(lambda part: value(part, NUMBER), lambda part: value(part, MoneyType()), where)
    try:
        given = parse_effect(text, formulas)
    except DiagnosticError as problem:
        scope.report.add(*problem.diagnostics)
        return None
    if failed or not _is_possible(given.effect, text, scope):
        return None
    return replace(given, effect=_of_product(given.effect, scope))


def _of_product(effect: Effect, scope: PricingScope) -> Effect:
    """A gift with the tax code, the costs and the facts of its product."""
    product = scope.catalog.product(effect.sku) if isinstance(effect, Gift) else None
    if product is None or not isinstance(effect, Gift):
        return effect
    return replace(effect, tax_code=product.tax_code, costs=product.costs, facts=product_facts(product, {}))


def _is_possible(effect: Effect, text: Scalar, scope: PricingScope) -> bool:
    """A constant over 100 percent off, a negative amount and an unknown gift are refused at load."""
    match effect:
        case Percent(Decimal() as value, _, sign) if value < 0 or (sign is Sign.OFF and value > HUNDRED):
            message = f"{value} percent is not between 0 and 100"
        case Amount(Decimal() as value) if value < 0:
            message = f"the amount {value} is negative; write `up` instead of `off`"
        case SetPrice(Decimal() as value) if value < 0:
            scope.report.add(
                finding("PRC208", f"the price {value} is negative", text.span, "write an amount of zero or more")
            )
            return False
        case BuyGet(percent_off=Decimal() as value) if not 0 <= value <= HUNDRED:
            message = f"{HUNDRED - value} percent is not between 0 and 100"
        case UnitsOff(effect=inner):
            return _is_possible(inner, text, scope)
        case Gift(sku=sku):
            start = text.text.index(sku)
            return known_sku(text.cut(start, start + len(sku)), scope) and _is_a_gift(effect, text, scope)
        case _:
            return _warn_of_fraction(effect, text, scope)
    scope.report.add(finding("DSC205", message, text.span, "percents are written 15, never 0.15"))
    return False


def _is_a_gift(effect: Gift, text: Scalar, scope: PricingScope) -> bool:
    """What is charged again and again may be given for nothing, not at a price for one period."""
    product = scope.catalog.products[Sku(effect.sku)]
    if effect.unit_price < 0:
        message, hint = f"the price {effect.unit_price} is negative", "write a price of zero or more"
    elif effect.unit_price and product.charge.kind is not ChargeKind.ONE_TIME:
        message = f"`{effect.sku}` is charged every period, and a gift has one price"
        hint = "give it at 0, or use a discount on its line"
    else:
        return True
    scope.report.add(finding("DSC201", message, text.span, hint))
    return False


def _warn_of_fraction(effect: Effect, text: Scalar, scope: PricingScope) -> bool:
    """A percent below a half is possible, and nearly always a fraction."""
    if isinstance(effect, Percent) and isinstance(effect.value, Decimal):
        scope.report.add(*fractions(effect.value, text.span))
    return True


def _text_of(node: Node) -> str:
    """The effect of the first currency as it is written."""
    if isinstance(node, RecordNode):
        return _text_of(node.entries[0].value)
    text = node.text if isinstance(node, Scalar) else ""
    if not text.startswith("{"):
        return text
    return text.strip("{} ").partition(",")[0].rpartition(":")[2].strip()


def _warn_of_missing(found: Mapping[str, Effect], node: Node, scope: PricingScope) -> None:
    left_out = [each for each in scope.currencies if each not in found]
    if found and left_out:
        names = ", ".join(left_out)
        message = f"the rule does not apply to quotes in {names}"
        own, effect = next(iter(found)), _text_of(node)
        hint = f"write an amount for {names} too: `{{{own}: {effect}, {left_out[0]}: …}}`"
        scope.report.add(warning("DSC203", message, node.span, hint))
