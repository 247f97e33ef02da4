"""Lines that rules add: what they are called, what they cost others, and the tax they bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from engine.catalog import LineId, Sku
from engine.diagnostics import Fault
from engine.money import EXACT
from engine.pricing import codes
from engine.pricing.effects import Gift
from engine.pricing.finding import Finder
from engine.pricing.request import RequestLine
from engine.pricing.result import GiftLine
from engine.pricing.ruleplan import RulePlan
from engine.pricing.state import minor_units
from engine.pricing.taxes import Added, no_rate, untaxed
from engine.pricing.work import Work, line_record


def gift_line(work: Work, rule: RulePlan, effect: Gift, quantity: Decimal) -> GiftLine:
    """The line that a rule adds, before tax is known; its id comes from the rule, so that it stays the same."""
    mode, currency = work.plan.rules.rounding.mode, work.currency
    line = _line(effect, _free_id(work, rule.rule.id), quantity)
    found = Finder(work).find(line, line_record(work.plan, line))
    cost = effect.costs.get(currency.code)
    return GiftLine(
        rule_no=rule.no,
        sku=line.sku,
        quantity=quantity,
        unit_price=effect.unit_price,
        amount=minor_units(EXACT.multiply(effect.unit_price, quantity), currency, mode),
        id=line.id,
        list_unit=effect.unit_price if found is None else found.unit,
        cost=None if cost is None else minor_units(EXACT.multiply(cost, quantity), currency, mode),
    )


def added_lines(work: Work, gifts: Sequence[GiftLine]) -> list[Added]:
    """Gifts as lines that tax can be worked out for."""
    found = []
    for gift in gifts:
        effect = _effect(work, gift)
        line = _line(effect, gift.id, gift.quantity)
        found.append(Added(line, gift.amount, line_record(work.plan, line)))
    return found


def taxed_gifts(work: Work, gifts: Sequence[GiftLine], taxes: Sequence[int]) -> tuple[GiftLine, ...]:
    """Gifts with their tax, and what is left of the price before it."""
    settings = work.plan.rules.tax
    inclusive = settings is not None and settings.inclusive
    return tuple(
        replace(gift, tax=tax, net=gift.amount - tax if inclusive else gift.amount)
        for gift, tax in zip(gifts, taxes, strict=True)
    )


def untaxed_gifts(work: Work, gifts: Sequence[GiftLine]) -> list[Fault]:
    """A fault for each gift that is charged for and whose tax nobody knows."""
    return [
        Fault(codes.UNKNOWN_TAX_CODE, "lines", *no_rate(work, each.line.tax_code, f" of the gift `{each.line.sku}`"))
        for each in untaxed(work, added_lines(work, gifts))
    ]


def _line(effect: Gift, name: LineId, quantity: Decimal) -> RequestLine:
    return RequestLine(name, Sku(effect.sku), quantity, facts=effect.facts, tax_code=effect.tax_code)


def _effect(work: Work, gift: GiftLine) -> Gift:
    effects = work.plan.rule_plan(gift.rule_no).rule.effects
    effect = effects.get(work.currency.code, effects.get(""))
    assert isinstance(effect, Gift), "only gifts add lines"
    return effect


def _free_id(work: Work, rule: str) -> LineId:
    """``gift/RULE``, lengthened while a line of the request has that name."""
    taken = {line.id for line in work.request.lines}
    name = f"gift/{rule}"
    while LineId(name) in taken:
        name += "+"
    return LineId(name)
