"""Why a discount or surcharge rule did or did not act on a line, and what would make it act."""

from __future__ import annotations

from collections.abc import Iterator

from engine.pricing.asking import Watch, Watched
from engine.pricing.changes import CODE, Change, Wish
from engine.pricing.compile import LIVE
from engine.pricing.compiled import PricePlan
from engine.pricing.effects import BuyGet, Condition, Effect, Gift, Sign, UnitsOff
from engine.pricing.obstacles import Obstacle, failing, wish_of_window
from engine.pricing.plan import Level, Rule
from engine.pricing.request import PriceRequest, Replaces
from engine.pricing.result import Priced
from engine.pricing.ruleplan import RulePlan
from engine.pricing.sight import Sight
from engine.pricing.usability import said_why, why_unusable

LEFT = ("quote.running", "lines.running")
"""What changes while rules act on the order."""


def kind_of(rule: Rule, level: Level) -> str:
    """What a rule gives, in a word, and whether on the order."""
    effects = rule.effects.values()
    raises = all(getattr(each, "sign", None) is Sign.UP for each in effects)
    what = "gift" if all(isinstance(each, Gift) for each in effects) else "surcharge" if raises else "discount"
    return f"{what} on the order" if level is Level.ORDER else what


def rule_obstacles(rule: RulePlan, plan: PricePlan, request: PriceRequest, index: int) -> list[Obstacle]:
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


def _closed(rule: Rule, request: PriceRequest) -> Iterator[Obstacle]:
    """Why a rule is not open to the request at all."""
    if rule.code and rule.code not in request.codes:
        wish = Wish(f"the code `{rule.code}` is entered", (Change(CODE, rule.code),))
        yield Obstacle(f"its code `{rule.code}` was not entered", wish)
    unusable = why_unusable(rule, request)
    if unusable:
        yield Obstacle(said_why(unusable, rule, request), wish_of_window(rule.window, request.date))


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
