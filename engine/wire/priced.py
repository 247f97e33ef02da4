"""A priced quote as it is sent: by attribute assignment, since keyword constructors cost two to three times as much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from cpq.v1 import common_pb2, pricing_pb2

from engine.approvals.routed import Reason, Route
from engine.catalog import LineId, Product
from engine.money import EXACT
from engine.pricing.models import PricePart
from engine.pricing.request import STATED
from engine.pricing.result import Priced, PricedLine, PricedTotals, Waterfall
from engine.pricing.story import Steps
from engine.quotes.evaluation import PricedQuote
from engine.quotes.phases import Phase
from engine.quotes.request import NO_MORE, RequestedLine
from engine.wire.basics import decimal_text, fill_date, fill_value, price_text
from engine.wire.parts import fill_parts
from engine.wire.sheets import Sheets, Texts, fill_length, place_of
from engine.wire.stories import fill_read

CHUNK = 200
UNIT_DECIMALS = Decimal("1E-8")
MOST_LINES = 1_000_000
LINES_NAMED = 20

Parts: TypeAlias = Mapping[LineId, Sequence[PricePart]]
"""What each tier adds, of the lines whose price models have any."""
NO_PARTS: Parts = MappingProxyType({})


def fill_priced(
    message: pricing_pb2.PricedQuote,
    quote: PricedQuote,
    *,
    view: int,
    sheets: Sheets,
    parts: Parts = NO_PARTS,
) -> None:
    """Set a priced quote as far as the view asks; ``parts`` are those of lines with a waterfall."""
    fill_before_lines(message, quote, sheets)
    if view != common_pb2.VIEW_BASIC:
        Lines(quote, view=view, sheets=sheets, parts=parts).fill(message.lines)
    fill_after_lines(message, quote, sheets)


def fill_before_lines(message: pricing_pb2.PricedQuote, quote: PricedQuote, sheets: Sheets) -> None:
    """Set what comes before the lines of a priced quote: what decided, and the totals."""
    priced = quote.priced
    message.rule_book = f"ruleBooks/{quote.rule_book}"
    message.semantics, message.currency_code = quote.semantics, priced.currency.code
    message.minor_unit_digits = priced.currency.exponent
    fill_date(message.date, quote.request.date)
    _fill_totals(message.totals, priced.totals)
    if sheets.plan is not None and sheets.plan.rules.tax is None:
        message.totals.untaxed = True
    _fill_missing_costs(message.totals, priced)
    for phase in quote.phases:
        _fill_phase(message.totals.phases.add(), phase)


def fill_after_lines(message: pricing_pb2.PricedQuote, quote: PricedQuote, sheets: Sheets) -> None:
    """Set what comes after the lines of a priced quote: what the order got, what was refused, who has to agree."""
    priced = quote.priced
    for discount in priced.order_discounts:
        row = message.order_discounts.add()
        row.rule, row.place = sheets.rule(discount.rule_no)
        row.amount, row.not_given = discount.amount, discount.not_given
    for gift in priced.gifts:
        given = message.gifts.add()
        given.rule, _ = sheets.rule(gift.rule_no)
        given.sku, given.quantity = gift.sku, decimal_text(gift.quantity)
        given.unit_price, given.amount = price_text(gift.unit_price, priced.currency.exponent), gift.amount
        given.line_id, given.tax, given.net = gift.id, gift.tax, gift.net
    for refused in priced.refused:
        message.refused_rules.add(rule=refused.rule_id, reason=refused.reason, said=refused.said)
    for finding in quote.findings:
        found = message.findings.add()
        found.line_id, found.rule, found.message = finding.line, finding.rule, finding.message
        found.place, found.blocking = place_of(finding.span), finding.blocking
    for rate in quote.request.exchange:
        frozen = message.exchange_rates.add()
        frozen.source_currency, frozen.rate, frozen.origin = rate.source, decimal_text(rate.rate), rate.origin
        fill_date(frozen.date, rate.day)
    for sku, quantity in quote.request.past.items():
        message.past_orders.add(sku=sku, quantity=decimal_text(quantity))
    message.valid = quote.valid
    fill_route(message.approval_route, quote.route)
    message.warnings.extend(priced.warnings)


class Lines:
    """The priced lines of a quote as they are sent, all at once or chunk by chunk; what they share is made once."""

    def __init__(self, quote: PricedQuote, *, view: int, sheets: Sheets, parts: Parts = NO_PARTS) -> None:
        self._priced, self._sheets, self._parts = quote.priced, sheets, parts
        self._stating = {each.id: each for each in quote.request.lines if each[STATED:] != NO_MORE}
        told = view == common_pb2.VIEW_WATERFALL and sheets.plan is not None
        self._steps = Steps(sheets.plan, quote.priced) if told and sheets.plan is not None else None

    def fill(self, target: object, *, start: int = 0, most: int = MOST_LINES) -> None:
        """Append priced lines to a repeated field: those from ``start``, at most so many."""
        add, stating, steps, sheets = target.add, self._stating, self._steps, self._sheets  # type: ignore[attr-defined]
        digits, texts = self._priced.currency.exponent, Texts({}, {})
        for index, line in enumerate(self._priced.lines[start : start + most], start):
            row = add()
            sheets.fill_line(row, line, digits, texts)
            if line.id in stating:
                _fill_stated(row, line, stating[line.id], sheets)
            if steps is not None:
                row.waterfall.line_id = line.id
                row.waterfall.MergeFromString(sheets.story(line, digits))
                if line.order_discount:
                    row.waterfall.MergeFromString(sheets.steps(steps.of_order(index, line), digits))
                fill_parts(row.waterfall.parts, self._parts.get(line.id, ()))


def _fill_stated(row: pricing_pb2.PricedLine, line: PricedLine, asked: RequestedLine, sheets: Sheets) -> None:
    """Set what few lines were asked for beside product and quantity."""
    if asked.parent is not None:
        row.parent = asked.parent
    row.group = asked.group
    if asked.segment:
        row.segment, row.segment_months = asked.segment, asked.term_months or 0
    if asked.unit and line.sku in sheets.products:
        _fill_unit(row, line, asked.unit, sheets.products[line.sku])


def _fill_unit(row: pricing_pb2.PricedLine, line: PricedLine, unit: str, product: Product) -> None:
    """Quantity and price in the unit that the line is sold in. A price that was stated for it is a rounded share for
    the product's own unit, so the product of both is brought back to what was stated.
    """
    factor = product.factor(unit)
    if factor is None or factor == 1:
        return
    row.unit = unit
    row.unit_quantity = decimal_text(EXACT.divide(line.quantity, factor))
    price = EXACT.multiply(line.unit, factor).quantize(UNIT_DECIMALS, context=EXACT)
    row.price_per_unit = decimal_text(price.normalize(EXACT))


def _fill_totals(message: pricing_pb2.Totals, totals: PricedTotals) -> None:
    message.list, message.amount = totals.list.minor_units, totals.amount.minor_units
    message.line_discount, message.order_discount = (
        totals.line_discount.minor_units,
        totals.order_discount.minor_units,
    )
    message.net, message.tax, message.gross = totals.net.minor_units, totals.tax.minor_units, totals.gross.minor_units
    message.cash_rounding, message.payable = totals.cash_rounding.minor_units, totals.payable.minor_units
    message.one_time, message.usage_estimate = totals.one_time.minor_units, totals.usage_estimate.minor_units
    for length, net in totals.recurring:
        row = message.recurring.add()
        row.net = net.minor_units
        fill_length(row, length)
    message.mrr, message.arr = totals.mrr.minor_units, totals.arr.minor_units
    message.acv, message.tcv = totals.acv.minor_units, totals.tcv.minor_units
    if totals.cost is not None:
        message.cost = totals.cost.minor_units
    if totals.margin is not None:
        message.margin = totals.margin.minor_units
    message.margin_percent = decimal_text(totals.margin_percent)
    message.discount_percent = decimal_text(totals.discount_percent)
    if totals.unlisted is not None:
        message.unlisted = totals.unlisted.minor_units


def _fill_missing_costs(message: pricing_pb2.Totals, priced: Priced) -> None:
    """Name the lines without a cost; where no line has one, costs are no matter of the book."""
    missing = priced.without_cost
    if missing and len(missing) < len(priced.lines) + len(priced.gifts):
        message.lines_without_cost.extend(missing[:LINES_NAMED])
        message.lines_without_cost_count = len(missing)


def _fill_phase(row: pricing_pb2.PhaseTotal, phase: Phase) -> None:
    fill_date(row.days.start, phase.start)
    fill_date(row.days.end, phase.end)
    row.net, row.tax, row.gross = phase.net.minor_units, phase.tax.minor_units, phase.gross.minor_units
    fill_length(row, phase.length)


def fill_waterfall(message: pricing_pb2.Waterfall, story: Waterfall) -> None:
    """Set the story of a line."""
    message.line_id, digits = story.line_id, story.currency.exponent
    for step in story.steps:
        row = message.steps.add()
        row.step, row.rule, row.place, row.say = step.step, step.rule_id, step.place, step.say
        row.before, row.after = price_text(step.before, digits), price_text(step.after, digits)
        fill_read(row.inputs, step.inputs)
    fill_parts(message.parts, story.parts)
    for loser in story.losers:
        lost = message.losers.add()
        lost.rule, lost.place, lost.reason = loser.rule_id, loser.place, loser.reason


def fill_route(message: pricing_pb2.ApprovalRoute, route: Route) -> None:
    """Set who would have to agree."""
    for chain in route.chains:
        for level in chain.levels:
            row = message.levels.add()
            row.chain, row.level = chain.chain, level.level
            row.who = f"{level.who.kind.value} {level.who.name}"
            fill_reasons(row.reasons, level.reasons)
    fill_reasons(message.auto_approved, route.auto_approved)


def fill_reasons(target: object, reasons: Iterable[Reason]) -> None:
    """Append reasons to a repeated field."""
    for reason in reasons:
        row = target.add()  # type: ignore[attr-defined]
        row.policy, row.condition, row.say, row.place = (
            reason.policy,
            reason.condition,
            reason.say,
            place_of(reason.span),
        )
        row.note = reason.note
        for facet in reason.facets:
            value = row.values.add()
            value.expression = facet.expression
            fill_value(value.value, facet.value)
