"""Rule books and quotes for pricing tests: short ways to say what a test is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog import LineId, Sku
from engine.diagnostics import Refusal
from engine.language import TEXT, Checked, Scope, check_expression, optional
from engine.pricing import PricePlan, compile_plan, price
from engine.pricing.effects import Effect
from engine.pricing.plan import Level, Match, Narrowness, PriceEntry, PricingRules, Rule, RuleGroup, RuleId
from engine.pricing.request import PriceRequest, RequestLine
from engine.pricing.result import Priced
from engine.pricing.scope import line_roots, order_roots

D = Decimal
DAY = date(2026, 3, 1)
LINE_NAMES = {"family": optional(TEXT), "category": optional(TEXT), "product": optional(TEXT)}
QUOTE_NAMES = {"channel": optional(TEXT)}
CUSTOMER_NAMES = {"segment": optional(TEXT), "region": optional(TEXT), "id": optional(TEXT)}
LINE = Scope(line_roots(LINE_NAMES, QUOTE_NAMES, CUSTOMER_NAMES))
ORDER = Scope(order_roots(LINE_NAMES, QUOTE_NAMES, CUSTOMER_NAMES))


def when(text: str) -> tuple[Checked, ...]:
    """A condition about a line."""
    return (check_expression(text, scope=LINE),)


def order_when(text: str) -> tuple[Checked, ...]:
    """A condition about the order."""
    return (check_expression(text, scope=ORDER),)


def formula(text: str) -> Checked:
    """A formula about a line."""
    return check_expression(text, scope=LINE)


def order_formula(text: str) -> Checked:
    """A formula about the order."""
    return check_expression(text, scope=ORDER)


def entry(sku: str, amount: str, **more: Any) -> PriceEntry:
    """A list price in euro."""
    name = more.pop("id", f"list-{sku}")
    return PriceEntry(RuleId(name), Match(Narrowness.SKU, sku), currency="EUR", price=D(amount), **more)


def rule(name: str, effect: Effect, group: str = "promo", **more: Any) -> Rule:
    """A rule that gives the same in every currency."""
    return Rule(RuleId(name), group, {"": effect}, **more)


PROMO = RuleGroup("promo")
ON_ORDER = RuleGroup("order", Level.ORDER)


def book(*rules: Rule, **more: Any) -> PricingRules:
    """A book with prices A 100, B 20, C 9.99 and the groups ``promo`` (lines) and ``order``."""
    more.setdefault("entries", (entry("A", "100"), entry("B", "20"), entry("C", "9.99")))
    more.setdefault("groups", (PROMO, ON_ORDER))
    return PricingRules("EUR", rules=rules, **more)


def line(sku: str, quantity: str = "1", **more: Any) -> RequestLine:
    """A line whose id is its SKU in small letters, unless said otherwise."""
    name = more.pop("id", sku.lower())
    return RequestLine(LineId(name), Sku(sku), D(quantity), **more)


def asked(*lines: RequestLine, **more: Any) -> PriceRequest:
    """A request in euro."""
    more.setdefault("currency", "EUR")
    currency = more.pop("currency")
    return PriceRequest(more.pop("day", DAY), currency, tuple(lines), **more)


def priced(rules: PricingRules | PricePlan, request: PriceRequest) -> Priced:
    """The priced quote; fails when it is refused."""
    plan = rules if isinstance(rules, PricePlan) else compile_plan(rules)
    found = price(plan, request)
    assert isinstance(found, Priced), str(found)
    return found


def refused(rules: PricingRules | PricePlan, request: PriceRequest) -> Refusal:
    """The refusal; fails when the quote is priced."""
    plan = rules if isinstance(rules, PricePlan) else compile_plan(rules)
    found = price(plan, request)
    assert isinstance(found, Refusal), "priced"
    return found


def amounts(quote: Priced) -> Mapping[str, Decimal]:
    """The line totals after all discounts, by line id."""
    return {str(each.id): quote.money(each.amount).decimal for each in quote.lines}


def units(quote: Priced) -> Mapping[str, Decimal]:
    """The unit prices after the line steps, by line id."""
    return {str(each.id): each.unit for each in quote.lines}


def applied(plan: PricePlan, quote: Priced) -> list[str]:
    """The ids of the rules that gave something."""
    return [plan.source(number).id for number in quote.applied]
