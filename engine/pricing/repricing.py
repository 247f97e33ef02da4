"""Pricing again after an edit: only what depends on it, with the same answer as from the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from operator import attrgetter, itemgetter

from engine.catalog import LineId
from engine.diagnostics import Refusal
from engine.language import EvaluationFault
from engine.money import MoneyError
from engine.pricing.answer import answer, priced_lines
from engine.pricing.checks import request_faults
from engine.pricing.compiled import PricePlan
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


_ID = attrgetter("id")
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


def reach_of(plan: PricePlan, request: PriceRequest) -> Reach:
    """How far an edit reaches under a plan; when in doubt, everything is priced again."""
    rules = plan.rules
    points = rules.rounding.points
    tied = (
        plan.line_sees_lines
        or plan.line_sees_totals
        or plan.percent_of
        or plan.guards
        or request.manual
        or (RoundingPoint.TOTAL in points and RoundingPoint.LINE not in points)
        or any(each.use.pool is not PoolScope.LINE for uses in plan.models.values() for each in uses)
        or any(g.group.cap is not None and g.group.cap.scope is CapScope.QUOTE for g in plan.line_groups)
        or any(rule.usage.budgets for rule in rules.rules)
    )
    if tied:
        return Reach.QUOTE
    if any(group.rules for group in plan.order_groups) or (
        rules.tax is not None and rules.tax.level not in (TaxLevel.LINE, TaxLevel.UNIT)
    ):
        return Reach.ORDER
    return Reach.LINE


def reprice(plan: PricePlan, request: PriceRequest, priced: Priced, edit: Edit) -> Repriced | Refusal:
    """Price an edited request, given the request before and its prices by the same plan.

    Equal to pricing the edited request from the start. Raises ``UnknownLineError`` for an edit of a line that is not
    there.
    """
    places = _places(request, edit)
    edited = _edited(request, edit, places)
    reach = reach_of(plan, request)
    if reach is Reach.QUOTE or edit.removed or not edited.lines:
        return _whole(plan, edited)
    fresh = (*edit.changed, *edit.added)
    clash = {line.id for line in edit.added} & {line.id for line in request.lines} if edit.added else set()
    if clash or any(line.parent is not None for line in fresh):
        return _whole(plan, edited)
    try:
        return _some(
            plan, edited, Repriced(request, priced), [*places, *range(len(request.lines), len(edited.lines))], reach
        )
    except (EvaluationFault, NotANumberError, MoneyError, ArithmeticError):
        return _whole(plan, edited)


def _places(request: PriceRequest, edit: Edit) -> list[int]:
    """Where the changed lines stand."""
    ids = list(map(_ID, request.lines))
    wanted = [*(line.id for line in edit.changed), *sorted(edit.removed)]
    if len(wanted) > FEW:
        found = {each: index for index, each in enumerate(ids)}
        missing = sorted(each for each in wanted if each not in found)
    else:
        missing = sorted(each for each in wanted if each not in ids)
        found = {each: ids.index(each) for each in wanted if not missing}
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


def _some(
    plan: PricePlan, request: PriceRequest, before: Repriced, places: list[int], reach: Reach
) -> Repriced | Refusal:
    """Take only the edited lines through the line stage, then what is left of the quote."""
    part = replace(request, lines=tuple(request.lines[place] for place in places))
    pricing = Pricing(plan, part)
    if request_faults(plan, part) or pricing.start():
        return _whole(plan, request)
    pricing.line_rules()
    if reach is Reach.LINE:
        return _lines_only(request, before, places, pricing)
    return _with_order(request, before.priced, places, pricing)


def _lines_only(request: PriceRequest, before: Repriced, places: list[int], pricing: Pricing) -> Repriced | Refusal:
    """Put the new lines among the old ones, and their difference into the totals."""
    plan, priced = pricing.plan, before.priced
    order = OrderState(pricing.work, pricing.rows)
    if unknown_tax_codes(pricing.work, order):
        return _whole(plan, request)
    fresh = priced_lines(pricing.rows, order, tax_on(pricing.work, order).line_tax).lines
    lines = list(priced.lines)
    replaced = [place for place in places if place < len(lines)]
    asked = [before.request.lines[place] for place in replaced]
    gone = [lines[place] for place in replaced]
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
    sums.add(line_sums(asked, gone, currency, rounding), -1)
    sums.add(line_sums(pricing.request.lines, fresh, currency, rounding), 1)
    totals = totals_of(sums, currency, rounding)
    same = len(gone) == len(fresh) and all(old.applied == new.applied for old, new in zip(gone, fresh, strict=True))
    applied = priced.applied if same else _applied(lines)
    return Repriced(request, replace(priced, lines=tuple(lines), totals=totals, applied=applied))


def _applied(lines: Sequence[PricedLine]) -> tuple[int, ...]:
    """The rules that apply to any line, in the order met."""
    found: dict[int, None] = {}
    for numbers in dict.fromkeys(map(_column("applied"), lines)):
        found.update(dict.fromkeys(numbers))
    return tuple(found)


def _with_order(request: PriceRequest, before: Priced, places: list[int], pricing: Pricing) -> Repriced | Refusal:
    """Put the new lines among the old columns and go on from the order stage."""
    plan = pricing.plan
    rows = Rows(request.lines)
    count = len(before.lines)
    for name, target in (
        ("list_unit", rows.list_unit),
        ("unit", rows.unit),
        ("list_amount", rows.list_amount),
        ("stage_amount", rows.stage_amount),
        ("source", rows.source),
        ("applied", rows.applied),
        ("trace", rows.trace),
    ):
        target[:count] = map(_column(name), before.lines)
    rows.floor = [line.floor for line in request.lines]
    for index, place in enumerate(places):
        rows.take_over(place, pricing.rows, index)
    whole = Pricing(plan, request)
    whole.rows = rows
    order = OrderState(whole.work, rows)
    if unknown_tax_codes(whole.work, order):
        return _whole(plan, request)
    run = OrderRun(order)
    run.run(plan.order_groups, whole.usable.blocked)
    if untaxed_gifts(whole.work, run.gifts):
        return _whole(plan, request)
    return Repriced(request, answer(order, run, run.discounts, whole.usable.refused, before.warnings))
