"""Pricing again after an edit: only what depends on it, with the same answer as from the start."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from operator import itemgetter

from engine.catalog import LineId
from engine.diagnostics import Refusal
from engine.language import EvaluationFault
from engine.money import MoneyError
from engine.pricing.answer import answer, priced_lines
from engine.pricing.checks import line_faults
from engine.pricing.compiled import PricePlan
from engine.pricing.depth import beyond_sums, depths
from engine.pricing.flow import Pricing, price, unknown_tax_codes
from engine.pricing.gifts import untaxed_gifts
from engine.pricing.order_stage import OrderRun
from engine.pricing.order_state import OrderState
from engine.pricing.plan import CapScope, PoolScope
from engine.pricing.request import PriceRequest, RequestLine
from engine.pricing.result import Priced, PricedLine
from engine.pricing.rows import Rows
from engine.pricing.settings import RoundingPoint, TaxLevel
from engine.pricing.taxes import tax_on
from engine.pricing.totals import line_sums, sums_from, totals_of
from engine.pricing.usability import Restrictions
from engine.pricing.work import NotANumberError


@dataclass(frozen=True, slots=True)
class Edit:
    """What changed: lines in their new form (by id), lines taken out, lines put in at the end."""

    changed: tuple[RequestLine, ...] = ()
    removed: frozenset[LineId] = frozenset()
    added: tuple[RequestLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Repriced:
    """The edited request and its prices."""

    request: PriceRequest
    priced: Priced


def _stated(name: str) -> itemgetter[int]:
    """What each of some lines states, read at the speed of the interpreter's own loops."""
    return itemgetter(RequestLine._fields.index(name))


_ID, _SKU, _BUNDLE = _stated("id"), _stated("sku"), _stated("bundle")
FEW = 20


def _column(name: str) -> itemgetter[int]:
    """One column of priced lines, read at the speed of the interpreter's own loops."""
    return itemgetter(PricedLine._fields.index(name))


class Reach(Enum):
    """What an edit of a line can reach: itself and the totals, the order stage too, or every line."""

    LINE = "line"
    ORDER = "order"
    QUOTE = "quote"


class UnknownLineError(LookupError):
    """An edit changes or takes out a line that is not there."""


def reach_of(plan: PricePlan, request: PriceRequest, edit: Edit = Edit()) -> Reach:
    """How far an edit reaches under a plan; when in doubt, everything is priced again."""
    rules = plan.rules
    points = rules.rounding.points
    has_order = any(group.rules for group in plan.order_groups)
    tied = (
        plan.line_sees_lines
        or plan.line_sees_totals
        or (plan.guards and has_order)  # order discounts hold the floors of guards, which an answer does not keep
        or request.manual
        or (RoundingPoint.TOTAL in points and RoundingPoint.LINE not in points)
        or any(g.group.cap is not None and g.group.cap.scope is CapScope.QUOTE for g in plan.line_groups)
        or _has_budgets(plan.restrictions)
        or _has_shared(plan, (*request.lines, *edit.changed, *edit.added))
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


@dataclass(frozen=True, slots=True)
class _Old:
    """What an edit leaves of the quote before: the lines that stay, and those that are taken out."""

    asked: Sequence[RequestLine]
    lines: Sequence[PricedLine]
    priced: Priced
    gone_asked: Sequence[RequestLine] = ()
    gone: Sequence[PricedLine] = ()


def _has_budgets(restrictions: Restrictions) -> bool:
    """Whether a promotion has a budget that lines share; asked of the few rules with a code or a limit."""
    coded = (each for plans in restrictions.codes.values() for each in plans)
    return any(each.rule.usage.budgets for each in (*restrictions.limited, *coded))


def reprice(plan: PricePlan, request: PriceRequest, priced: Priced, edit: Edit) -> Repriced | Refusal:
    """Price an edited request, given the request before and its prices by the same plan.

    Equal to pricing the edited request from the start. Raises ``UnknownLineError`` for an edit of a line that is not
    there.
    """
    places = _places(request, edit)
    edited = _edited(request, edit, places)
    reach = reach_of(plan, request, edit)
    if reach is Reach.QUOTE or priced.warnings or not _is_sound(plan, edited, edit):
        return _whole(plan, edited)
    old = _old(request, priced, edit)
    if edit.removed:
        places = _places(replace(request, lines=tuple(old.asked)), replace(edit, removed=frozenset()))
    places = [*places, *range(len(old.asked), len(edited.lines))]
    try:
        return _some(plan, edited, old, places, reach)
    except (EvaluationFault, NotANumberError, MoneyError, ArithmeticError):
        return _whole(plan, edited)


def _is_sound(plan: PricePlan, edited: PriceRequest, edit: Edit) -> bool:
    """Whether nothing is wrong with the edited lines by themselves; the full treatment lists what is."""
    habits = plan.rules.habits
    fresh = (*edit.changed, *edit.added)
    if not edited.lines or len(edited.lines) > habits.lines_max:
        return False
    if any(next(line_faults(line, "", habits.quantity_decimals_max), None) for line in fresh):
        return False
    if edit.removed and not edit.removed.isdisjoint(line.parent for line in edited.lines if line.parent is not None):
        return False
    if not edit.added and all(line.parent is None for line in fresh):
        return True
    known = set(map(_ID, edited.lines))
    return len(known) == len(edited.lines) and all(line.parent is None or line.parent in known for line in fresh)


def _old(request: PriceRequest, priced: Priced, edit: Edit) -> _Old:
    if not edit.removed:
        return _Old(request.lines, priced.lines, priced)
    pairs = list(zip(request.lines, priced.lines, strict=True))
    kept = [pair for pair in pairs if pair[0].id not in edit.removed]
    gone = [pair for pair in pairs if pair[0].id in edit.removed]
    return _Old(
        [asked for asked, _ in kept],
        [line for _, line in kept],
        priced,
        [asked for asked, _ in gone],
        [line for _, line in gone],
    )


def _places(request: PriceRequest, edit: Edit) -> list[int]:
    """Where the changed lines stand."""
    ids = list(map(_ID, request.lines))
    wanted = [*(line.id for line in edit.changed), *sorted(edit.removed)]
    found: dict[LineId, int] = {}
    if len(wanted) > FEW:
        found = {each: index for index, each in enumerate(ids)}
    else:
        for each in wanted:
            with suppress(ValueError):
                found[each] = ids.index(each)
    missing = sorted(each for each in wanted if each not in found)
    if missing:
        raise UnknownLineError(", ".join(missing))
    return [found[line.id] for line in edit.changed]


def _edited(request: PriceRequest, edit: Edit, places: Sequence[int]) -> PriceRequest:
    lines = list(request.lines)
    for place, line in zip(places, edit.changed, strict=True):
        lines[place] = line
    if edit.removed:
        lines = [line for line in lines if line.id not in edit.removed]
    lines.extend(edit.added)
    return replace(request, lines=tuple(lines))


def _whole(plan: PricePlan, request: PriceRequest) -> Repriced | Refusal:
    found = price(plan, request)
    return found if isinstance(found, Refusal) else Repriced(request, found)


def _some(plan: PricePlan, request: PriceRequest, old: _Old, places: list[int], reach: Reach) -> Repriced | Refusal:
    """Take only the edited lines through the line stage, then what is left of the quote."""
    pricing = Pricing(plan, replace(request, lines=tuple(request.lines[place] for place in places)))
    if places:
        if pricing.start():
            return _whole(plan, request)
        pricing.line_rules()
        if pricing.warnings:
            return _whole(plan, request)
    if reach is Reach.LINE:
        return _lines_only(request, old, places, pricing)
    return _with_order(request, old, places, pricing)


def _lines_only(request: PriceRequest, old: _Old, places: list[int], pricing: Pricing) -> Repriced | Refusal:
    """Put the new lines among the old ones, and their difference into the totals."""
    plan, priced = pricing.plan, old.priced
    fresh: Sequence[PricedLine] = ()
    if places:
        order = OrderState(pricing.work, pricing.rows)
        if unknown_tax_codes(pricing.work, order):
            return _whole(plan, request)
        fresh = priced_lines(pricing.rows, order, tax_on(pricing.work, order).line_tax).lines
    lines = list(old.lines)
    replaced = [place for place in places if place < len(lines)]
    asked = [*old.gone_asked, *(old.asked[place] for place in replaced)]
    gone = [*old.gone, *(lines[place] for place in replaced)]
    for place, line in zip(places, fresh, strict=True):
        if place < len(lines):
            lines[place] = line
        else:
            lines.append(line)
    currency, rounding = priced.currency, plan.rules.rounding
    sums = sums_from(priced.totals, 0)
    if priced.totals.cost is None:
        costs = list(map(_column("cost"), priced.lines))
        sums.cost, sums.unknown = sum(filter(None, costs)), costs.count(None)
    for sign, requested, of in ((-1, asked, gone), (1, pricing.request.lines, fresh)):
        offset = 0
        if plan.may_raise:
            taken = sum(each.taken for each in depths(plan, of, digits=currency.exponent))
            offset = taken - sum(line.list_amount - line.amount for line in of)
        sums.add(line_sums(requested, of, currency, rounding, offset=offset), sign)
    if plan.may_raise and 0 in map(_column("list_amount"), lines):  # else every line is measured by its list price
        sums.unlisted = beyond_sums(plan, lines, (), digits=currency.exponent).base
    totals = totals_of(sums, currency, rounding)
    same = len(gone) == len(fresh) and all(was.applied == now.applied for was, now in zip(gone, fresh, strict=True))
    applied = priced.applied if same and not old.gone else _applied(lines)
    return Repriced(request, replace(priced, lines=tuple(lines), totals=totals, applied=applied))


def _applied(lines: Sequence[PricedLine]) -> tuple[int, ...]:
    """The rules that apply to any line, in the order met."""
    found: dict[int, None] = {}
    for numbers in dict.fromkeys(map(_column("applied"), lines)):
        found.update(dict.fromkeys(numbers))
    return tuple(found)


def _with_order(request: PriceRequest, old: _Old, places: list[int], pricing: Pricing) -> Repriced | Refusal:
    """Put the new lines among the old columns and go on from the order stage."""
    plan = pricing.plan
    rows = Rows(request.lines)
    count = len(old.lines)
    for name, target in (
        ("list_unit", rows.list_unit),
        ("unit", rows.unit),
        ("list_amount", rows.list_amount),
        ("stage_amount", rows.stage_amount),
        ("source", rows.source),
        ("applied", rows.applied),
        ("trace", rows.trace),
    ):
        target[:count] = map(_column(name), old.lines)
    rows.floor = [line.floor for line in request.lines]
    before: list[PricedLine | None] = [*old.lines, *[None] * (len(request.lines) - count)]
    for index, place in enumerate(places):
        rows.take_over(place, pricing.rows, index)
        before[place] = None
    rows.before = before
    whole = Pricing(plan, request)
    whole.rows = rows
    order = OrderState(whole.work, rows)
    if unknown_tax_codes(whole.work, order):
        return _whole(plan, request)
    run = OrderRun(order)
    run.run(plan.order_groups, whole.usable.blocked)
    if untaxed_gifts(whole.work, run.gifts):
        return _whole(plan, request)
    return Repriced(request, answer(order, run, run.discounts, whole.usable.refused, ()))
