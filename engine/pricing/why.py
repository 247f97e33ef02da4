"""Why a rule did or did not act on a line, and what would make it act."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from engine.catalog import Value
from engine.diagnostics import did_you_mean
from engine.language import Checked
from engine.pricing.asking import Watch, Watched
from engine.pricing.changes import CODE, Change, Wish, changed
from engine.pricing.compile import DAY, LIVE
from engine.pricing.compiled import PricePlan
from engine.pricing.effects import BuyGet, Condition, Effect, UnitsOff
from engine.pricing.expressions import reads
from engine.pricing.flow import faults_of
from engine.pricing.plan import Level, Rule
from engine.pricing.request import PriceRequest, Replaces
from engine.pricing.result import Priced
from engine.pricing.ruleplan import RulePlan
from engine.pricing.sight import Sight, holds
from engine.pricing.story import UnknownLineError, place_of
from engine.pricing.told import facts_read
from engine.pricing.usability import EXPIRED, NOT_STARTED, why_unusable
from engine.pricing.wording import failing_parts, together

RULES_NAMED = 8
"""How many rules are named to who asks for one that is not there."""
LEFT = ("quote.running", "lines.running")
"""What changes while rules act on the order."""


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
    """Why a rule did or did not act on a line. ``failed`` are its conditions that do not hold, the first one first, as
    they were when its turn came; ``wishes`` is what it takes to make it act, all of them together.

    ``enough`` says that they were tried, and it acts; where it does not, ``even_then`` says why, as far as is known.
    """

    rule_id: str
    place: str
    applied: bool
    reason: str
    failed: tuple[FailedCondition, ...] = ()
    wishes: tuple[str, ...] = ()
    enough: bool = False
    even_then: str = ""


def explain_rule(plan: PricePlan, request: PriceRequest, line_id: str, rule_id: str) -> Explanation:
    """Answer "why not rule X?" and "what would make X apply?"; raises ``UnknownLineError`` or ``UnknownRuleError``."""
    rule = _rule_named(plan, rule_id)
    index = next((index for index, line in enumerate(request.lines) if line.id == line_id), None)
    if index is None:
        raise UnknownLineError(line_id)
    found = _obstacles(plan, request, index, rule)
    place = place_of(rule.rule.span)
    if not found:
        return Explanation(rule_id, place, applied=True, reason="it applied")
    failed = tuple(each.failed for each in found if each.failed is not None)
    wish = together([each.wish for each in found])
    first = Explanation(rule_id, place, applied=False, reason=found[0].reason, failed=failed)
    if wish is None:
        return first
    wishes = tuple(each.wish.text for each in found if each.wish is not None)
    enough, even_then = _tried(plan, request, index, rule, wish)
    return replace(first, wishes=wishes, enough=enough, even_then=even_then)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that keeps a rule from acting: why, what would take it away, and the condition that it is."""

    reason: str
    wish: Wish | None = None
    failed: FailedCondition | None = None


def _obstacles(plan: PricePlan, request: PriceRequest, index: int, rule: RulePlan) -> list[Obstacle]:
    """All that keeps a rule from acting on a line, the first one first; nothing when it acts."""
    closed = list(_closed(rule.rule, request))
    watch = Watch(rule.rule.when, request, index, is_open=not closed)
    watched = Watched(plan, request, index, rule, watch)
    priced = watched.outcome
    if not isinstance(priced, Priced):
        return [*closed, Obstacle(f"the quote has no price: {priced.faults[0].message}")]
    if acts(priced, index, rule.no):
        return []
    found = [*closed, *_failed(watched, rule, watch.seen)]
    if found:
        return found
    lost = watched.told.all_about(request.lines[index].id).get(rule.no)
    return [Obstacle(lost)] if lost else list(_aside(watched, request, index, rule))


def acts(priced: Priced, index: int, number: int) -> bool:
    """Whether a rule acts on a line: on the line itself, with a share of what it gives on the order, or with a gift."""
    shares = [dict(each.split).get(index, 0) for each in priced.order_discounts if each.rule_no == number]
    gave = any(gift.rule_no == number for gift in priced.gifts)
    return number in priced.lines[index].applied or any(shares) or gave


def _tried(plan: PricePlan, request: PriceRequest, index: int, rule: RulePlan, wish: Wish) -> tuple[bool, str]:
    """Whether a rule acts once a wish comes true, and why not even then; nothing is told of what cannot be tried."""
    asked = None if wish.changes is None else changed(request, index, wish.changes)
    if asked is None:
        return False, ""
    faults = faults_of(plan, asked)
    if faults:
        return False, f"the quote cannot be priced so: {faults[0].message}"
    left = _obstacles(plan, asked, index, rule)
    return not left, left[0].reason if left else ""


def _closed(rule: Rule, request: PriceRequest) -> Iterator[Obstacle]:
    """Why a rule is not open to the request at all."""
    if rule.code and rule.code not in request.codes:
        wish = Wish(f"the code `{rule.code}` is entered", (Change(CODE, rule.code),))
        yield Obstacle(f"its code `{rule.code}` was not entered", wish)
    unusable, window = why_unusable(rule, request), rule.window
    if unusable == NOT_STARTED and window.start is not None:
        wish = Wish(f"quote.date is at least {window.start}", (Change(DAY, window.start),))
        yield Obstacle(unusable, wish)
    elif unusable == EXPIRED and window.end is not None:
        wish = Wish(f"quote.date is before {window.end}", (Change(DAY, window.end - timedelta(days=1)),))
        yield Obstacle(unusable, wish)
    elif unusable:
        yield Obstacle(unusable)


def _failed(watched: Watched, rule: RulePlan, seen: Sight | None) -> Iterator[Obstacle]:
    """The conditions of a rule that do not hold when its turn comes.

    One whose turn never comes (another rule stands in its place) is judged by what no rule before it changes.
    """
    is_line_rule = watched.plan.level_of(rule.no) is Level.LINE
    changing: tuple[str, ...] = ()
    if seen is not None:
        sight = seen
    elif is_line_rule and watched.before is not None:
        sight, changing = watched.before, LIVE
    else:
        sight, changing = watched.left(), LEFT
    yield from failing(rule.rule.when, sight, sight.of_line if is_line_rule else sight.of_order, besides=changing)
    yield from failing(rule.rule.target, sight, sight.of_line)


def _aside(watched: Watched, request: PriceRequest, index: int, rule: RulePlan) -> Iterator[Obstacle]:
    """Why a rule that acts gives nothing on one line."""
    line, sight = request.lines[index], watched.left()
    final = next((m for m in request.manual if m.replaces is Replaces.FINAL and m.target == line.id), None)
    effects = rule.rule.effects
    effect = effects.get(request.currency, effects.get(""))
    where = list(failing(() if effect is None else units_given(effect), sight, sight.of_line))
    if final is not None:
        yield Obstacle(f"the manual discount {final.id or 'of the agent'} is the last word on the price of this line")
    if not line.discountable:
        wish = Wish("the line is discountable", (Change(("line", "discountable"), value=True),))
        yield Obstacle("no discount on the order is for this line: it is not discountable", wish)
    yield from where
    if final is None and line.discountable and not where:
        yield Obstacle("it gives on other lines only")


def units_given(effect: Effect) -> tuple[Condition, ...]:
    """Which lines an effect on single units gives them on."""
    match effect:
        case BuyGet():
            return effect.get.where
        case UnitsOff():
            return effect.where
        case _:
            return ()


def failing(
    conditions: Iterable[Checked], sight: Sight, roots: tuple[object, ...], *, besides: tuple[str, ...] = ()
) -> Iterator[Obstacle]:
    """The parts of conditions that do not hold on what could be seen, but for those that read some names."""
    for condition in conditions:
        if holds(condition, roots):
            continue
        for part in failing_parts(condition, roots):
            read = part.checked or condition
            if besides and reads((read,), *besides):
                continue
            text = "" if part.wish is None else part.wish.text
            place = place_of(condition.span_of(part.node))
            failed = FailedCondition(part.text, place, facts_read(read, sight.records), text)
            yield Obstacle(f"`{part.text}` does not hold", part.wish, failed)


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
