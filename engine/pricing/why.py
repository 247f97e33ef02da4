"""Why a rule did or did not act on a line, and what would make it act."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from engine.catalog import Value
from engine.diagnostics import did_you_mean
from engine.language import Checked, EvaluationFault, compile_one
from engine.pricing.compiled import PricePlan
from engine.pricing.flow import Lane, Pricing
from engine.pricing.manual import replaces_order_rules
from engine.pricing.order_stage import OrderRun
from engine.pricing.order_state import OrderState
from engine.pricing.plan import Level, Rule
from engine.pricing.request import Facts, PriceRequest
from engine.pricing.result import Priced
from engine.pricing.ruleplan import RulePlan
from engine.pricing.state import Record
from engine.pricing.story import UnknownLineError, place_of, told_of
from engine.pricing.told import facts_read
from engine.pricing.usability import EXPIRED, NOT_STARTED, why_unusable
from engine.pricing.wording import failing_parts

RULES_NAMED = 8
"""How many rules are named to who asks for one that is not there."""


class UnknownRuleError(LookupError):
    """The rule asked about is not in the rule book."""


@dataclass(frozen=True, slots=True)
class FailedCondition:
    """A condition that did not hold: text and place, what it read, what would make it hold ("" when unknown)."""

    text: str
    place: str
    values: tuple[tuple[str, Value], ...]
    wish: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule did or did not act on a line. ``failed`` are its conditions that do not hold, the first one first;
    ``wishes`` what would make it act, all of them together.
    """

    rule_id: str
    place: str
    applied: bool
    reason: str
    failed: tuple[FailedCondition, ...] = ()
    wishes: tuple[str, ...] = ()


def explain_rule(plan: PricePlan, request: PriceRequest, line_id: str, rule_id: str) -> Explanation:
    """Answer "why not rule X?" and "what would make X apply?"; raises ``UnknownLineError`` or ``UnknownRuleError``."""
    rule = _rule_named(plan, rule_id)
    index = next((index for index, line in enumerate(request.lines) if line.id == line_id), None)
    if index is None:
        raise UnknownLineError(line_id)
    closed = _closed(rule.rule, request)
    pricing = Pricing(plan, request, lane=Lane.FULL)
    if pricing.start():
        return _explained(rule, "the quote has no price yet")
    failed = _failed(pricing, rule, index)
    wishes = (*(wish for _, wish in closed), *(each.wish for each in failed))
    known = tuple(wish for wish in wishes if wish) if all(wishes) else ()
    if closed:
        return _explained(rule, closed[0][0], failed, known)
    if failed:
        return _explained(rule, f"`{failed[0].text}` does not hold", failed, known)
    return _outcome(plan, request, index, rule)


def _explained(
    rule: RulePlan, reason: str, failed: Sequence[FailedCondition] = (), wishes: Sequence[str] = ()
) -> Explanation:
    place = place_of(rule.rule.span)
    return Explanation(rule.rule.id, place, applied=False, reason=reason, failed=tuple(failed), wishes=tuple(wishes))


def _closed(rule: Rule, request: PriceRequest) -> list[tuple[str, str]]:
    """Why a rule is not open to the request at all, each with what would open it ("" when nothing does)."""
    found = []
    if rule.code and rule.code not in request.codes:
        found.append((f"its code `{rule.code}` was not entered", f"the code `{rule.code}` is entered"))
    unusable = why_unusable(rule, request)
    if unusable == NOT_STARTED:
        found.append((unusable, f"quote.date is at least {rule.window.start}"))
    elif unusable == EXPIRED:
        found.append((unusable, f"quote.date is before {rule.window.end}"))
    elif unusable:
        found.append((unusable, ""))
    return found


def _outcome(plan: PricePlan, request: PriceRequest, index: int, rule: RulePlan) -> Explanation:
    """What became of a rule whose conditions hold."""
    priced = Pricing(plan, request, lane=Lane.FULL).run()
    if isinstance(priced, Priced):
        line = priced.lines[index]
        shares = [dict(each.split).get(index, 0) for each in priced.order_discounts if each.rule_no == rule.no]
        gave = any(gift.rule_no == rule.no for gift in priced.gifts)
        if rule.no in line.applied or any(shares) or gave:
            return Explanation(rule.rule.id, place_of(rule.rule.span), applied=True, reason="it applied")
    name = request.lines[index].id
    told = told_of(plan, request, (name,))
    lost = told.all_about(name).get(rule.no)
    return _explained(rule, lost or "it does not take part in this line")


def unknown_rule(plan: PricePlan, rule_id: str, lines: Collection[str]) -> tuple[str, str] | None:
    """What to say when no discount rule has an id, and a hint; None for the id of one. ``lines`` may be mistaken."""
    rules = [source.id for source in plan.sources if plan.is_rule(source.number)]
    if rule_id in rules:
        return None
    near = did_you_mean(rule_id, rules)
    names = ", ".join(f"`{each}`" for each in rules[:RULES_NAMED])
    more = f" and {len(rules) - RULES_NAMED} more" if len(rules) > RULES_NAMED else ""
    hint = f"give the id of one: {names}{more}" if rules else "the rule book has none"
    of_currencies = f"{rule_id}/"
    step = next(
        (each.step for each in plan.sources if each.id == rule_id or each.id.startswith(of_currencies)),
        "",
    )
    if step:
        return f"`{rule_id}` is a step `{step}` and no discount rule", near or hint
    if rule_id in lines:
        return f"`{rule_id}` is a line and no discount rule", hint
    return f"there is no discount rule `{rule_id[:80]}`", near or hint


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
        roots = (state.record, work.quote, work.customer, work.lines)
        return _failing(rule.rule.when, work.records(state.record), roots)
    pricing.line_rules()
    order = OrderState(work, pricing.rows)
    if not replaces_order_rules(pricing.request):
        before = takewhile(lambda group: all(each.no != rule.no for each in group.rules), plan.order_groups)
        OrderRun(order).run(tuple(before), pricing.usable.blocked)
    order.show()
    record: Record = order.records[index]
    found = _failing(rule.rule.when, work.records(record), (work.quote, work.customer, work.lines))
    roots = (record, work.quote, work.customer, work.lines)
    return (*found, *_failing(rule.rule.target, work.records(record), roots))


def _failing(
    conditions: tuple[Checked, ...], records: Mapping[str, Facts], roots: tuple[object, ...]
) -> tuple[FailedCondition, ...]:
    found = []
    for condition in conditions:
        if _holds(condition, roots):
            continue
        for part in failing_parts(condition, roots):
            place = place_of(condition.span_of(part.node))
            read = part.checked or condition
            found.append(FailedCondition(part.text, place, facts_read(read, records), part.wish))
    return tuple(found)


def _holds(condition: Checked, roots: tuple[object, ...]) -> bool:
    try:
        return compile_one(condition)(*roots) is True
    except EvaluationFault:
        return False
