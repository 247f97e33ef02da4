"""Answers to "why not X?" and "what would make X apply?" for whatever of a rule book decides on prices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from engine.diagnostics import did_you_mean
from engine.pricing.compiled import PricePlan, Source
from engine.pricing.obstacles import Explanation, Named, explained
from engine.pricing.request import PriceRequest
from engine.pricing.ruleplan import RulePlan
from engine.pricing.story import UnknownLineError
from engine.pricing.why import kind_of, rule_obstacles
from engine.pricing.why_steps import step_obstacles

NAMED_MOST = 8
"""How many rules are named to who asks for one that is not there."""


class UnknownRuleError(LookupError):
    """The rule asked about is not in the rule book."""


def explain_rule(plan: PricePlan, request: PriceRequest, line_id: str, rule_id: str) -> Explanation:
    """Why a rule, a price entry, a contracted price, a model, a bundle price or a guard does not act on a line, and
    what would make it; raises ``UnknownLineError`` or ``UnknownRuleError``.
    """
    rule = _rule_named(plan, rule_id)
    source = None if rule is not None else _step_named(plan, request, rule_id)
    if rule is None and source is None:
        raise UnknownRuleError(rule_id)
    index = next((index for index, line in enumerate(request.lines) if line.id == line_id), None)
    if index is None:
        raise UnknownLineError(line_id)
    if rule is not None:
        named = Named(rule_id, kind_of(rule.rule, plan.level_of(rule.no)), rule.rule.span)
        return explained(plan, request, index, named, partial(rule_obstacles, rule))
    assert source is not None
    obstacles = partial(step_obstacles, source.number)
    return explained(plan, request, index, Named(rule_id, source.step, source.span), obstacles)


def _rule_named(plan: PricePlan, rule_id: str) -> RulePlan | None:
    rules = (rule for group in (*plan.line_groups, *plan.order_groups) for rule in group.rules)
    return next((each for each in rules if each.rule.id == rule_id), None)


def _step_named(plan: PricePlan, request: PriceRequest, name: str) -> Source | None:
    """A step by its id, or by the one in its file, where that stands for one step a currency: that of the quote."""
    own = [each for each in plan.sources if each.id == name]
    by_currency = list(_of_currency(plan, name))
    ours = [each for each in by_currency if each.id == f"{name}/{request.currency}"]
    return next(iter((*own, *ours, *by_currency)), None)


def meant_by(plan: PricePlan, name: str) -> tuple[str, ...]:
    """The rules that are asked about by an id, by a code, or by the record whose table they are rows of; nothing where
    it names none of these and no step.
    """
    if any(each.id == name for each in plan.sources):
        return (name,)
    rows = tuple(str(each.id) for each in plan.rules.rules if each.table and each.table == name)
    if not rows and any(_of_currency(plan, name)):
        return (name,)
    return rows or tuple(str(each.rule.id) for each in plan.restrictions.codes.get(name, ()))


def _of_currency(plan: PricePlan, name: str) -> Iterator[Source]:
    """The steps, one for each currency, that an author wrote under one id."""
    return (each for each in plan.sources if each.id.startswith(f"{name}/") and not plan.is_rule(each.number))


def unknown_rule(plan: PricePlan, rule_id: str, others: Iterable[str] = ()) -> tuple[str, str]:
    """What to say of an id that stands nowhere, and a hint; ``others`` may be meant, too."""
    rules = [source.id for source in plan.sources if plan.is_rule(source.number)]
    named = ", ".join(f"`{each}`" for each in rules[:NAMED_MOST])
    more = f" and {len(rules) - NAMED_MOST} more" if len(rules) > NAMED_MOST else ""
    known = [*rules, *(each.id for each in plan.sources), *plan.restrictions.codes, *others]
    near = did_you_mean(rule_id, list(dict.fromkeys(known)))
    hint = f"give the id of a rule, such as {named}{more}" if rules else "the rule book has no discount rule"
    return f"nothing in the rule book is called `{rule_id[:80]}`", near or hint
