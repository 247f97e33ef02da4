"""Which promotions may act at all: codes entered, dates, limits of use and budgets."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from engine.money import EXACT
from engine.pricing.compiled import RulePlan
from engine.pricing.plan import Rule
from engine.pricing.request import PriceRequest, Redeemed
from engine.pricing.result import RefusedRule

UNUSED = Redeemed()

NOT_STARTED = "not-started"
EXPIRED = "expired"
USE_LIMIT = "use-limit"
CUSTOMER_LIMIT = "customer-limit"
BUDGET = "budget"


def why_unusable(rule: Rule, request: PriceRequest) -> str:
    """Why a rule may not act on this request, or "" when it may; a code that was not entered is no reason here."""
    start, end = rule.window.start, rule.window.end
    if start is not None and request.date < start:
        return NOT_STARTED
    if end is not None and request.date >= end:
        return EXPIRED
    usage = rule.usage
    redeemed = request.redeemed.get(rule.id, UNUSED)
    if usage.uses is not None and redeemed.uses >= usage.uses:
        return USE_LIMIT
    if usage.uses_per_customer is not None and redeemed.customer_uses >= usage.uses_per_customer:
        return CUSTOMER_LIMIT
    left = budget_left(rule, request)
    return BUDGET if left is not None and left <= 0 else ""


def budget_left(rule: Rule, request: PriceRequest) -> Decimal | None:
    """What a promotion's budget still holds in the request's currency; None when it has none."""
    budget = rule.usage.budgets.get(request.currency)
    if budget is None:
        return None
    return EXACT.subtract(budget, request.redeemed.get(rule.id, UNUSED).spent)


def is_restricted(rule: Rule) -> bool:
    """Whether a rule has a code, dates or limits at all."""
    usage = rule.usage
    return bool(
        rule.code
        or rule.window.start is not None
        or rule.window.end is not None
        or usage.uses is not None
        or usage.uses_per_customer is not None
        or usage.budgets
    )


def refused_rules(plans: Iterable[RulePlan], request: PriceRequest) -> tuple[RefusedRule, ...]:
    """The promotions that would be considered but for their dates or limits."""
    found = []
    for plan in plans:
        rule = plan.rule
        if rule.code and rule.code not in request.codes:
            continue
        reason = why_unusable(rule, request)
        if reason:
            found.append(RefusedRule(rule.id, reason))
    return tuple(found)


def unusable_numbers(plans: Iterable[RulePlan], request: PriceRequest) -> frozenset[int]:
    """The numbers of the restricted rules that may not act: code not entered, outside their dates, or used up."""
    return frozenset(
        plan.no
        for plan in plans
        if (plan.rule.code and plan.rule.code not in request.codes) or why_unusable(plan.rule, request)
    )
