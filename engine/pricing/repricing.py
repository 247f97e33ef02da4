"""Pricing again after an edit: only what depends on it, with the same answer as from the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import compress
from operator import ne

from engine.diagnostics import Refusal
from engine.language import EvaluationFault
from engine.money import MoneyError
from engine.pricing.answer import line_again, priced_lines, unit_discounts
from engine.pricing.checks import line_faults
from engine.pricing.compiled import PricePlan
from engine.pricing.depth import Depth, beyond_sums, is_raised
from engine.pricing.edits import ID, Edit, Places, places_of, spliced
from engine.pricing.flow import Pricing, price, unknown_tax_codes
from engine.pricing.gifts import added_lines, taxed_gifts, untaxed_gifts
from engine.pricing.order_stage import OrderRun
from engine.pricing.order_state import OrderState
from engine.pricing.plain_guards import PlainGuards
from engine.pricing.plan import CapScope, PoolScope
from engine.pricing.request import PriceRequest, RequestLine, stated
from engine.pricing.result import OrderDiscount, Priced, PricedLine, column
from engine.pricing.rows import Rows
from engine.pricing.settings import RoundingPoint, TaxLevel
from engine.pricing.taxes import tax_on
from engine.pricing.totals import Sums, line_sums, sums_from, totals_of
from engine.pricing.usability import Restrictions
from engine.pricing.work import NotANumberError, Work


@dataclass(frozen=True, slots=True)
class Repriced:
    """The edited request and its prices."""

    request: PriceRequest
    priced: Priced


NO_EDIT = Edit()
_SKU, _BUNDLE = stated("sku"), stated("bundle")


class Reach(Enum):
    """What an edit of a line can reach: itself and the totals, the order stage too, or every line."""

    LINE = "line"
    ORDER = "order"
    QUOTE = "quote"


def reach_of(plan: PricePlan, request: PriceRequest, edit: Edit = NO_EDIT) -> Reach:
    """How far an edit reaches under a plan; when in doubt, everything is priced again."""
    rules = plan.rules
    points = rules.rounding.points
    has_order = any(group.rules for group in plan.order_groups)
    tied = (
        plan.line_sees_lines
        or plan.line_sees_totals
        # Order discounts hold the floors of guards; an answer does not keep them, and only plain ones are found again.
        or (has_order and not all(each.plain for each in plan.guards))
        or request.manual
        or (RoundingPoint.TOTAL in points and RoundingPoint.LINE not in points)
        or any(g.group.cap is not None and g.group.cap.scope is CapScope.QUOTE for g in plan.line_groups)
        or _has_budgets(plan.restrictions)
        or _has_shared(plan, request.lines)
        or _has_shared(plan, edit.fresh)
    )
    if tied:
        return Reach.QUOTE
    if has_order or (rules.tax is not None and rules.tax.level not in (TaxLevel.LINE, TaxLevel.UNIT)):
        return Reach.ORDER
    return Reach.LINE


def _has_shared(plan: PricePlan, lines: Sequence[RequestLine]) -> bool:
    """Whether a price among these lines counts others: a percent of a total, a bundle price, tiers over a pool."""
    pooled = {sku for sku, uses in plan.models.items() if any(each.use.pool is not PoolScope.LINE for each in uses)}
    shared = pooled.union(plan.percent_of, plan.bundle_prices)
    if not shared:
        return False
    if shared.isdisjoint(map(_SKU, lines)):
        return bool(plan.bundle_prices) and not shared.isdisjoint(map(_BUNDLE, lines))
    return True


def _has_budgets(restrictions: Restrictions) -> bool:
    """Whether a promotion has a budget that lines share; asked of the few rules with a code or a limit."""
    coded = (each for plans in restrictions.codes.values() for each in plans)
    return any(each.rule.usage.budgets for each in (*restrictions.limited, *coded))


def reprice(plan: PricePlan, request: PriceRequest, priced: Priced, edit: Edit) -> Repriced | Refusal:
    """Price an edited request, given the request before and its prices by the same plan.

    Equal to pricing the edited request from the start. Raises ``UnknownLineError`` for an edit of a line that is not
    there.
    """
    places = places_of(request.lines, edit)
    edited = replace(request, lines=spliced(request.lines, places, edit.fresh))
    reach = reach_of(plan, request, edit)
    found = None
    if reach is not Reach.QUOTE and not priced.warnings and _is_sound(plan, edited, edit):
        try:
            found = _Again(plan, Repriced(request, priced), edited, edit, places).priced(reach)
        except (EvaluationFault, NotANumberError, MoneyError, ArithmeticError, TypeError):
            pass  # pricing the whole quote tells what is wrong, and where
    answer = found or price(plan, edited)
    return answer if isinstance(answer, Refusal) else Repriced(edited, answer)


def _is_sound(plan: PricePlan, edited: PriceRequest, edit: Edit) -> bool:
    """Whether nothing is wrong with the edited lines by themselves; the full treatment lists what is."""
    habits, fresh = plan.rules.habits, edit.fresh
    if not edited.lines or len(edited.lines) > habits.lines_max or len(set(map(ID, fresh))) < len(fresh):
        return False
    if any(next(line_faults(line, "", habits.quantity_decimals_max), None) for line in fresh):
        return False
    if edit.removed and not edit.removed.isdisjoint(line.parent for line in edited.lines if line.parent is not None):
        return False
    if not edit.added and all(line.parent is None for line in fresh):
        return True
    known = set(map(ID, edited.lines))
    return len(known) == len(edited.lines) and all(line.parent is None or line.parent in known for line in fresh)


class _Change:
    """Lines with what was asked for them: those that left a quote, or those that came."""

    def __init__(self, asked: Sequence[RequestLine], lines: Sequence[PricedLine], places: Sequence[int]) -> None:
        self.asked = [asked[place] for place in places]
        self.lines = [lines[place] for place in places]

    def add(self, other: _Change) -> None:
        """Take in more lines."""
        self.asked += other.asked
        self.lines += other.lines

    def beyond(self, plan: PricePlan, discounts: Sequence[OrderDiscount], *, digits: int) -> Depth:
        """What surcharges make of these lines beyond their plain sums, where there is one order discount at most."""
        split = tuple((index, line.order_discount) for index, line in enumerate(self.lines))
        ours = [replace(each, split=split) for each in discounts]
        return beyond_sums(plan, self.lines, ours, digits=digits)


class _Again:
    """An edited request on its way, with the quote as it was; None where the whole quote has to be priced."""

    def __init__(self, plan: PricePlan, old: Repriced, edited: PriceRequest, edit: Edit, places: Places) -> None:
        self.plan = plan
        self.old = old
        self.edited = edited
        self.fresh = places.after(len(old.request.lines), len(edit.added))
        self.gone = _Change(old.request.lines, old.priced.lines, (*places.changed, *places.removed))
        self._edit = edit
        self._places = places

    def priced(self, reach: Reach) -> Priced | None:
        """Take only the edited lines through the line stage, then what is left of the quote."""
        pricing = Pricing(self.plan, replace(self.edited, lines=self._edit.fresh))
        if self.fresh:
            if pricing.start():
                return None
            pricing.line_rules()
            if pricing.warnings:
                return None
        order = OrderState(pricing.work, pricing.rows)
        tax: Sequence[int] = (0,) * len(self.fresh)
        if reach is Reach.LINE and self.fresh:
            if unknown_tax_codes(pricing.work, order):
                return None
            tax = tax_on(pricing.work, order).line_tax
        fresh = priced_lines(pricing.rows, order, tax).lines if self.fresh else ()
        lines = spliced(self.old.priced.lines, self._places, fresh)
        return self._lines_only(lines) if reach is Reach.LINE else self._with_order(lines, pricing)

    def _lines_only(self, lines: tuple[PricedLine, ...]) -> Priced:
        """What the line stage left is the answer; the difference goes into the totals."""
        came = _Change(self.edited.lines, lines, self.fresh)
        sums = self._sums(came)
        if self.plan.may_raise:
            self._adjust(sums, came, ())
        applied = self._applied(lines)
        return self._answer(replace(self.old.priced, lines=lines, applied=applied), sums)

    def _with_order(self, lines: tuple[PricedLine, ...], pricing: Pricing) -> Priced | None:
        """Go on from the order stage; lines are made anew where it or tax comes to something else than before."""
        plan = self.plan
        work = Work(plan, self.edited, pricing.work.currency)
        order = OrderState(work, Rows.again(self.edited.lines, lines, guards=PlainGuards(work)))
        if unknown_tax_codes(work, order):
            return None
        run = OrderRun(order)
        run.run(plan.order_groups, pricing.usable.blocked)
        if run.greedy or untaxed_gifts(work, run.gifts):
            return None
        taxed = tax_on(work, order, added_lines(work, run.gifts))
        gifts = taxed_gifts(work, run.gifts, taxed.line_tax[len(lines) :])
        others = sorted(self._others(lines, order.discounts, taxed.line_tax))
        made = list(lines)
        for place in (*self.fresh, *others):
            discount, tax = order.discounts[place], taxed.line_tax[place]
            made[place] = line_again(work, self.edited.lines[place], lines[place], discount, tax)
        self.gone.add(_Change(self.edited.lines, lines, others))
        came = _Change(self.edited.lines, made, (*self.fresh, *others))
        sums = self._sums(came)
        sums.add_gifts(self.old.priced.gifts, -1)
        sums.add_gifts(gifts)
        sums.net, sums.tax = taxed.net, taxed.tax
        if plan.may_raise:
            self._adjust(sums, came, run.discounts, made)
        elif is_raised(plan, (), run.discounts):  # by a discount on lines of negative amounts, as this edit has it
            sums.unlisted, sums.offset = beyond_sums(plan, made, run.discounts, digits=work.currency.exponent)
        else:
            sums.unlisted = sums.offset = 0
        priced = replace(
            self.old.priced,
            lines=tuple(made),
            order_discounts=tuple(run.discounts),
            gifts=gifts,
            refused=pricing.usable.refused,
            applied=tuple(dict.fromkeys((*self._applied(lines), *run.applied))),
            unit_discounts=unit_discounts(order),
        )
        return self._answer(priced, sums)

    def _others(self, lines: Sequence[PricedLine], discounts: Sequence[int], taxes: Sequence[int]) -> set[int]:
        """The lines beside those of the edit that the order stage or tax comes to something else on."""
        every = range(len(lines))
        found = set(compress(every, map(ne, discounts, map(column("order_discount"), lines))))
        if self.plan.rules.tax is not None:
            found.update(compress(every, map(ne, taxes, map(column("tax"), lines))))
        return found.difference(self.fresh)

    def _sums(self, came: _Change) -> Sums:
        """The sums of before, less what is gone, with what came."""
        priced = self.old.priced
        sums = sums_from(priced.totals)
        for sign, change in ((-1, self.gone), (1, came)):
            sums.add(line_sums(change.asked, change.lines, priced.currency, self.plan.rules.rounding), sign)
        return sums

    def _adjust(
        self, sums: Sums, came: _Change, discounts: Sequence[OrderDiscount], lines: Sequence[PricedLine] = ()
    ) -> None:
        """Bring what surcharges make of the lines up to date: by difference, unless lines share several discounts, or
        another rule than before gave theirs: a line that takes as much as before may owe it to another price.
        """
        digits, before = self.old.priced.currency.exponent, self.old.priced.order_discounts
        if len(discounts) > 1 or [each.rule_no for each in discounts] != [each.rule_no for each in before]:
            sums.unlisted, sums.offset = beyond_sums(self.plan, lines, discounts, digits=digits)
            return
        for sign, change, given in ((-1, self.gone, before), (1, came, discounts)):
            depth = change.beyond(self.plan, given, digits=digits)
            sums.unlisted += sign * depth.base
            sums.offset += sign * depth.taken

    def _applied(self, lines: Sequence[PricedLine]) -> tuple[int, ...]:
        """The line rules that apply to any line, in the order met."""
        gone, edit = self.gone.lines[: len(self.fresh)], self._edit
        if (
            not edit.removed
            and not edit.added
            and all(was.applied == lines[place].applied for was, place in zip(gone, self.fresh, strict=True))
        ):
            return tuple([number for number in self.old.priced.applied if number < len(self.plan.line_rules)])
        found: dict[int, None] = {}
        for numbers in dict.fromkeys(map(column("applied"), lines)):
            found.update(dict.fromkeys(numbers))
        return tuple(found)

    def _answer(self, priced: Priced, sums: Sums) -> Priced:
        """The quote with its totals; costs are counted anew where one was missing."""
        if priced.totals.cost is None:
            gifts = [gift.cost for gift in priced.gifts]
            sums.unknown = int(None in gifts or None in map(column("cost"), priced.lines))
            sums.cost = 0 if sums.unknown else sum([*map(column("cost"), priced.lines), *filter(None, gifts)])
        return replace(priced, totals=totals_of(sums, priced.currency, self.plan.rules.rounding))
