"""Which promotions may act at all: codes entered, dates, limits of use and budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.diagnostics import counted
from engine.language.tables.bitmaps import bits
from engine.money import EXACT, currency
from engine.pricing.plan import Rule
from engine.pricing.request import PriceRequest, Redeemed
from engine.pricing.result import Priced, RefusedRule
from engine.pricing.ruleplan import RulePlan
from engine.pricing.window import closed_on

UNUSED = Redeemed()
ZERO = Decimal(0)

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


def said_why(reason: str, rule: Rule, request: PriceRequest) -> str:
    """The reason that ``why_unusable`` or a budget gives, as a sentence for people."""
    usage = rule.usage
    if reason == USE_LIMIT and usage.uses is not None:
        return f"it may be used {counted(usage.uses, 'time')} in all, and was"
    if reason == CUSTOMER_LIMIT and usage.uses_per_customer is not None:
        return f"a customer may use it {counted(usage.uses_per_customer, 'time')}, and this one has"
    if reason == BUDGET:
        left, code = budget_left(rule, request), request.currency
        digits = currency(code).exponent
        if left is None or left <= 0:
            return f"its budget of {usage.budgets.get(code, ZERO):,.{digits}f} {code} is spent"
        return f"the {left:,.{digits}f} {code} that are left of its budget do not pay for it"
    return closed_on(rule.window, request.date)


def refusal_of(rule: Rule, reason: str, request: PriceRequest) -> RefusedRule:
    """A rule that may not act, with the reason in a word and in a sentence."""
    return RefusedRule(rule.id, reason, said_why(reason, rule, request))


def budget_left(rule: Rule, request: PriceRequest) -> Decimal | None:
    """What a promotion's budget still holds in the request's currency; None when it has none."""
    budget = rule.usage.budgets.get(request.currency)
    if budget is None:
        return None
    return EXACT.subtract(budget, request.redeemed.get(rule.id, UNUSED).spent)


def granted(priced: Priced, number: int) -> Decimal:
    """The money that a rule took off a quote; zero for a surcharge."""
    total = Decimal(0)
    for line in priced.lines:
        for row, before, after in line.trace:
            if row == number:
                total = EXACT.add(total, EXACT.multiply(EXACT.subtract(before, after), line.quantity))
    for discount in priced.order_discounts:
        if discount.rule_no == number:
            total = EXACT.add(total, priced.money(discount.amount).decimal)
    return max(total, Decimal(0))


@dataclass(frozen=True, slots=True)
class Restrictions:
    """Which rules of a plan need a look before they may act.

    ``codes`` are the rules of each code, ``limited`` those without a code that have limits (order rules: or dates; the
    dates of line rules are in the match index), ``line_coded`` a bitmap of the line rules that need a code.
    """

    codes: Mapping[str, tuple[RulePlan, ...]]
    limited: tuple[RulePlan, ...]
    line_coded: int
    order_coded: frozenset[int]


@dataclass(frozen=True, slots=True)
class Usable:
    """What may act on one request: line rules as a bitmap, the order rules that may not, and why codes do not work."""

    lines: int
    blocked: frozenset[int]
    refused: tuple[RefusedRule, ...]


def usable_rules(restrictions: Restrictions, request: PriceRequest, everything: int) -> Usable:
    """Sort out codes, dates, limits and budgets for one request."""
    lines = everything & ~restrictions.line_coded
    blocked = set(restrictions.order_coded)
    refused = []
    entered = [plan for code in dict.fromkeys(request.codes) for plan in restrictions.codes.get(code, ())]
    for plan in (*entered, *restrictions.limited):
        reason = why_unusable(plan.rule, request)
        if reason:
            refused.append(refusal_of(plan.rule, reason, request))
            blocked.add(plan.no)
            lines &= ~(1 << plan.no)
        elif plan.rule.code:
            blocked.discard(plan.no)
            lines |= (1 << plan.no) & everything
    return Usable(lines, frozenset(blocked), tuple(refused))


def restrictions_of(line_rules: Sequence[RulePlan], order_rules: Sequence[RulePlan]) -> Restrictions:
    """Which rules of a plan need a look before they may act."""
    codes: dict[str, list[RulePlan]] = {}
    limited = []
    for plan in (*line_rules, *order_rules):
        if plan.rule.code:
            codes.setdefault(plan.rule.code, []).append(plan)
        elif _has_limit(plan.rule):
            limited.append(plan)
    limited.extend(
        plan for plan in order_rules if not plan.rule.code and not _has_limit(plan.rule) and _dated(plan.rule)
    )
    return Restrictions(
        {code: tuple(plans) for code, plans in codes.items()},
        tuple(limited),
        bits([plan.no for plan in line_rules if plan.rule.code]),
        frozenset(plan.no for plan in order_rules if plan.rule.code),
    )


def _has_limit(rule: Rule) -> bool:
    usage = rule.usage
    return usage.uses is not None or usage.uses_per_customer is not None or bool(usage.budgets)


def _dated(rule: Rule) -> bool:
    return rule.window.start is not None or rule.window.end is not None
