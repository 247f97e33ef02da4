"""The story of a price, told on demand: the steps of a line, the losers, and why a rule did or did not act."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from engine.diagnostics import Span
from engine.language import Checked, EvaluationFault, compile_one
from engine.money import EXACT, Money, step
from engine.pricing.compiled import MANUAL, PricePlan, Source
from engine.pricing.flow import Lane, Pricing
from engine.pricing.line_stage import Journal, LineRun
from engine.pricing.order_stage import OrderRun
from engine.pricing.order_state import OrderState
from engine.pricing.plan import Level
from engine.pricing.request import Facts, PriceRequest
from engine.pricing.result import Loser, Priced, PricedLine, Waterfall, WaterfallStep
from engine.pricing.ruleplan import RulePlan
from engine.pricing.state import ZERO, Record
from engine.pricing.usability import why_unusable
from engine.pricing.wording import conditions_of, facts_read, wish


class UnknownLineError(LookupError):
    """The line asked about is not in the quote."""


class UnknownRuleError(LookupError):
    """The rule asked about is not in the rule book."""


def waterfall(plan: PricePlan, priced: Priced, line_id: str, request: PriceRequest | None = None) -> Waterfall:
    """The story of one line; with the request it also says which rules lost and why.

    Raises ``UnknownLineError``.
    """
    index = _index_of(priced, line_id)
    line = priced.lines[index]
    steps = tuple(
        WaterfallStep(name, source.id, _place(source.span), before, after, source.say)
        for name, source, before, after in Steps(plan, priced).of(index)
    )
    losers = () if request is None else losers_of(plan, request, index)
    return Waterfall(line.id, priced.currency, steps, losers, priced.money(line.amount))


FlatStep: TypeAlias = tuple[str, Source, Decimal, Decimal]
"""The kind of step, what acted, and the unit price before and after."""


class Steps:
    """The steps of every line of a quote as flat rows; how order discounts were split is looked through once."""

    __slots__ = ("_plan", "_priced", "_splits")

    def __init__(self, plan: PricePlan, priced: Priced) -> None:
        self._plan = plan
        self._priced = priced
        self._splits = [(plan.source(each.rule_no), dict(each.split)) for each in priced.order_discounts]

    def of(self, index: int) -> list[FlatStep]:
        """The steps of one line in order."""
        line, plan = self._priced.lines[index], self._plan
        steps: list[FlatStep] = [("list price", plan.source(line.source), ZERO, line.list_unit)]
        for number, before, after in line.trace:
            source = plan.source(number)
            steps.append((source.step, source, before, after))
        if line.order_discount:
            steps += self._order_steps(index, line)
        return steps

    def _order_steps(self, index: int, line: PricedLine) -> list[FlatStep]:
        """Order discounts as they lower the unit price: the line's amount over its quantity."""
        priced, amount = self._priced, line.stage_amount
        steps: list[FlatStep] = []
        for source, split in self._splits:
            share = split.get(index, 0)
            if not share:
                continue
            before = _per_unit(priced, amount, line.quantity)
            amount -= share
            name = "manual discount" if source.number == MANUAL else "order discount"
            steps.append((name, source, before, _per_unit(priced, amount, line.quantity)))
        return steps


def _index_of(priced: Priced, line_id: str) -> int:
    for index, line in enumerate(priced.lines):
        if line.id == line_id:
            return index
    raise UnknownLineError(line_id)


def _place(span: Span) -> str:
    return str(span) if span.path else ""


def _per_unit(priced: Priced, minor: int, quantity: Decimal) -> Decimal:
    return step(EXACT.divide(Money(minor, priced.currency).decimal, quantity)) if quantity else ZERO


def losers_of(plan: PricePlan, request: PriceRequest, index: int) -> tuple[Loser, ...]:
    """The rules that matched a line, or the order, but did not act, each with its reason."""
    journal: Journal = []
    pricing = Pricing(plan, request, lane=Lane.FULL)
    if pricing.start():
        return ()
    header = pricing.header_mask()
    for number, state in enumerate(pricing.rows.states):
        if state is not None:
            pricing.line(state, header, LineRun(pricing.work, state, journal if number == index else None))
    pricing.settle()
    order = OrderRun(OrderState(pricing.work, pricing.rows), journal)
    order.run(plan.order_groups, pricing.usable.blocked)
    reasons = dict(journal)
    for refused in pricing.usable.refused:
        number = next(source.number for source in plan.sources if source.id == refused.rule_id)
        reasons.setdefault(number, refused.reason)
    return tuple(
        Loser(plan.sources[number].id, _place(plan.sources[number].span), reason)
        for number, reason in sorted(reasons.items())
    )


@dataclass(frozen=True, slots=True)
class FailedCondition:
    """A condition that did not hold: text and place, what it read, what would make it hold ("" when unknown)."""

    text: str
    place: str
    values: tuple[tuple[str, str], ...]
    wish: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule did or did not act on a line. ``failed`` are its conditions that do not hold, the first one first."""

    rule_id: str
    place: str
    applied: bool
    reason: str
    failed: tuple[FailedCondition, ...] = ()


def explain_rule(plan: PricePlan, request: PriceRequest, line_id: str, rule_id: str) -> Explanation:
    """Answer "why not rule X?" and "what would make X apply?"; raises ``UnknownLineError`` or ``UnknownRuleError``."""
    rule = _rule_named(plan, rule_id)
    indexes = [index for index, line in enumerate(request.lines) if line.id == line_id]
    if not indexes:
        raise UnknownLineError(line_id)
    place = _place(rule.rule.span)
    if rule.rule.code and rule.rule.code not in request.codes:
        return Explanation(rule_id, place, applied=False, reason=f"its code `{rule.rule.code}` was not entered")
    unusable = why_unusable(rule.rule, request)
    if unusable:
        return Explanation(rule_id, place, applied=False, reason=unusable)
    pricing = Pricing(plan, request, lane=Lane.FULL)
    if pricing.start():
        return Explanation(rule_id, place, applied=False, reason="the quote has no price yet")
    failed = _failed(pricing, rule, indexes[0])
    if failed:
        return Explanation(rule_id, place, applied=False, reason=f"`{failed[0].text}` does not hold", failed=failed)
    return _outcome(plan, request, indexes[0], rule)


def _outcome(plan: PricePlan, request: PriceRequest, index: int, rule: RulePlan) -> Explanation:
    """What became of a rule whose conditions hold."""
    priced = Pricing(plan, request, lane=Lane.FULL).run()
    place = _place(rule.rule.span)
    if isinstance(priced, Priced):
        line = priced.lines[index]
        shares = [dict(each.split).get(index, 0) for each in priced.order_discounts if each.rule_no == rule.no]
        gave = any(gift.rule_no == rule.no for gift in priced.gifts)
        if rule.no in line.applied or any(shares) or gave:
            return Explanation(rule.rule.id, place, applied=True, reason="it applied")
    for loser in losers_of(plan, request, index):
        if loser.rule_id == rule.rule.id:
            return Explanation(rule.rule.id, place, applied=False, reason=loser.reason)
    return Explanation(rule.rule.id, place, applied=False, reason="it does not take part in this line")


def _rule_named(plan: PricePlan, rule_id: str) -> RulePlan:
    for group in (*plan.line_groups, *plan.order_groups):
        for rule in group.rules:
            if rule.rule.id == rule_id:
                return rule
    raise UnknownRuleError(rule_id)


def _failed(pricing: Pricing, rule: RulePlan, index: int) -> tuple[FailedCondition, ...]:
    """The conditions of a rule that do not hold, on the state that the rule would first see."""
    plan, work = pricing.plan, pricing.work
    if plan.level_of(rule.no) is Level.LINE:
        state = pricing.rows.states[index]
        assert state is not None
        return _failing(rule.rule.when, state.record, (state.record, work.quote, work.customer, work.lines), work.quote)
    pricing.line_rules()
    order = OrderState(work, pricing.rows)
    order.show()
    record = order.records[index]
    found = _failing(rule.rule.when, record, (work.quote, work.customer, work.lines), work.quote)
    roots = (record, work.quote, work.customer, work.lines)
    return (*found, *_failing(rule.rule.target, record, roots, work.quote))


def _failing(
    conditions: tuple[Checked, ...], line: Record, roots: tuple[object, ...], quote: Facts
) -> tuple[FailedCondition, ...]:
    customer = roots[-2]
    assert isinstance(customer, dict)
    found = []
    for condition in conditions:
        if _holds(condition, roots):
            continue
        records = {"line": line, "quote": quote, "customer": customer}
        for part in conditions_of(condition, records):
            place = _place(condition.span_of(part.node))
            found.append(FailedCondition(part.text, place, facts_read(condition, records), wish(part)))
    return tuple(found)


def _holds(condition: Checked, roots: tuple[object, ...]) -> bool:
    try:
        return compile_one(condition)(*roots) is True
    except EvaluationFault:
        return False
