"""A priced quote as it is sent: by attribute assignment, since keyword constructors cost two to three times as much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from cpq.v1 import common_pb2, pricing_pb2

from engine.approvals.routed import Reason, Route
from engine.catalog import BillingTiming, Charge, ChargeKind, Product, Sku
from engine.diagnostics import Span
from engine.money import EXACT
from engine.pricing import PricePlan, waterfall
from engine.pricing.result import PricedLine, PricedTotals, Waterfall
from engine.quotes.evaluation import PricedQuote
from engine.quotes.request import RequestedLine
from engine.wire.basics import decimal_text, fill_date, fill_value

CHARGE_KINDS: Mapping[ChargeKind, int] = {
    ChargeKind.ONE_TIME: common_pb2.CHARGE_KIND_ONE_TIME,
    ChargeKind.RECURRING: common_pb2.CHARGE_KIND_RECURRING,
    ChargeKind.USAGE: common_pb2.CHARGE_KIND_USAGE,
}
TIMINGS: Mapping[BillingTiming, int] = {
    BillingTiming.ADVANCE: common_pb2.BILLING_TIMING_ADVANCE,
    BillingTiming.ARREARS: common_pb2.BILLING_TIMING_ARREARS,
}
CHUNK = 200
UNIT_DECIMALS = Decimal("1E-8")


def fill_priced(
    message: pricing_pb2.PricedQuote,
    quote: PricedQuote,
    *,
    view: int,
    products: Mapping[Sku, Product],
    plan: PricePlan | None,
) -> None:
    """Set a priced quote as far as the view asks; without a plan there are no rule names and no waterfall."""
    priced = quote.priced
    message.rule_book = f"ruleBooks/{quote.rule_book}"
    message.semantics, message.currency_code = quote.semantics, priced.currency.code
    message.minor_unit_digits = priced.currency.exponent
    fill_date(message.date, quote.request.date)
    _fill_totals(message.totals, priced.totals)
    if view != common_pb2.VIEW_BASIC:
        fill_lines(message.lines, quote, view=view, products=products, plan=plan)
    for discount in priced.order_discounts:
        row = message.order_discounts.add()
        row.rule, row.place = _source(plan, discount.rule_no)
        row.amount, row.not_given = discount.amount, discount.not_given
    for gift in priced.gifts:
        given = message.gifts.add()
        given.rule, _ = _source(plan, gift.rule_no)
        given.sku, given.quantity = gift.sku, decimal_text(gift.quantity)
        given.unit_price, given.amount = decimal_text(gift.unit_price), gift.amount
        given.line_id, given.tax, given.net = gift.id, gift.tax, gift.net
    for refused in priced.refused:
        message.refused_rules.add(rule=refused.rule_id, reason=refused.reason)
    for finding in quote.findings:
        found = message.findings.add()
        found.line_id, found.rule, found.message = finding.line, finding.rule, finding.message
        found.place, found.blocking = place_of(finding.span), finding.blocking
    for rate in quote.request.exchange:
        frozen = message.exchange_rates.add()
        frozen.source_currency, frozen.rate, frozen.origin = rate.source, decimal_text(rate.rate), rate.origin
        fill_date(frozen.date, rate.day)
    message.valid = quote.valid
    fill_route(message.approval_route, quote.route)
    message.warnings.extend(priced.warnings)


def fill_lines(
    target: object,
    quote: PricedQuote,
    *,
    view: int,
    products: Mapping[Sku, Product],
    plan: PricePlan | None,
    lines: Iterable[PricedLine] | None = None,
) -> None:
    """Append priced lines to a repeated field."""
    add = target.add  # type: ignore[attr-defined]
    asked = {each.id: each for each in quote.request.lines}
    told = view == common_pb2.VIEW_WATERFALL and plan is not None
    for line in quote.priced.lines if lines is None else lines:
        row = add()
        _fill_line(row, line, asked.get(line.id), products.get(line.sku))
        if told and plan is not None:
            fill_waterfall(row.waterfall, waterfall(plan, quote.priced, line.id))


def _fill_line(
    row: pricing_pb2.PricedLine, line: PricedLine, asked: RequestedLine | None, product: Product | None
) -> None:
    row.id, row.sku, row.quantity = line.id, line.sku, decimal_text(line.quantity)
    row.list_unit_price, row.unit_price = decimal_text(line.list_unit), decimal_text(line.unit)
    row.list_amount, row.order_discount = line.list_amount, line.order_discount
    row.amount, row.net, row.gross, row.term_net = line.amount, line.net, line.gross, line.term
    if line.tax is not None:
        row.tax = line.tax
    if line.cost is not None:
        row.cost = line.cost
    if asked is not None:
        if asked.parent is not None:
            row.parent = asked.parent
        row.group = asked.group
        if asked.unit and product is not None:
            _fill_unit(row, line, asked.unit, product)
    if product is not None:
        row.display_name = product.name
        fill_charge(row.charge, product.charge)


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


def fill_charge(message: common_pb2.Charge, charge: Charge) -> None:
    """Set how a product is charged for."""
    message.kind = CHARGE_KINDS[charge.kind]  # type: ignore[assignment]
    message.timing = TIMINGS[charge.timing]  # type: ignore[assignment]
    message.period_months = charge.period.value if charge.period is not None else 0
    message.meter = charge.meter


def _fill_totals(message: pricing_pb2.Totals, totals: PricedTotals) -> None:
    message.list, message.amount = totals.list.minor_units, totals.amount.minor_units
    message.line_discount, message.order_discount = (
        totals.line_discount.minor_units,
        totals.order_discount.minor_units,
    )
    message.net, message.tax, message.gross = totals.net.minor_units, totals.tax.minor_units, totals.gross.minor_units
    message.cash_rounding, message.payable = totals.cash_rounding.minor_units, totals.payable.minor_units
    message.one_time, message.usage_estimate = totals.one_time.minor_units, totals.usage_estimate.minor_units
    for months, net in totals.recurring:
        row = message.recurring.add()
        row.period_months, row.net = months, net.minor_units
    message.mrr, message.arr = totals.mrr.minor_units, totals.arr.minor_units
    message.acv, message.tcv = totals.acv.minor_units, totals.tcv.minor_units
    if totals.cost is not None:
        message.cost = totals.cost.minor_units
    if totals.margin is not None:
        message.margin = totals.margin.minor_units
    message.margin_percent = decimal_text(totals.margin_percent)
    message.discount_percent = decimal_text(totals.discount_percent)


def fill_waterfall(message: pricing_pb2.Waterfall, story: Waterfall) -> None:
    """Set the story of a line."""
    message.line_id = story.line_id
    for step in story.steps:
        row = message.steps.add()
        row.step, row.rule, row.place, row.say = step.step, step.rule_id, step.place, step.say
        row.before, row.after = decimal_text(step.before), decimal_text(step.after)
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
        for facet in reason.facets:
            value = row.values.add()
            value.expression = facet.expression
            fill_value(value.value, facet.value)


def place_of(span: Span | None) -> str:
    """Where a rule is written: ``path:line:column``; empty when nobody knows."""
    return str(span) if span is not None and span.path else ""


def _source(plan: PricePlan | None, number: int) -> tuple[str, str]:
    if plan is None:
        return "", ""
    source = plan.source(number)
    return source.id, place_of(source.span)
