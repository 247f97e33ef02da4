"""What each tier of a price model adds to a line, worked out again for a reader who asks: never while pricing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.catalog import LineId
from engine.money import EXACT, Money, currency
from engine.pricing.compiled import ModelPlan, PricePlan
from engine.pricing.models import CostPlus, PricePart, PricePartKind, Rated, Volume, brought_to, price_parts
from engine.pricing.pools import pooled_quantity
from engine.pricing.request import PriceRequest, RequestLine
from engine.pricing.result import Priced, PricedLine
from engine.pricing.starting import agreed_and_model
from engine.pricing.state import ZERO, minor_units
from engine.pricing.work import Work, line_record


def breakdowns(plan: PricePlan, priced: Priced, request: PriceRequest) -> Mapping[LineId, tuple[PricePart, ...]]:
    """The parts of every line that a price model prices by more than a quantity and a price; they add up to its amount.

    The last part of a line is what came after its model: discounts, surcharges and rounding.
    """
    if not any(line.sku in plan.models for line in request.lines):
        return {}
    work = Work(plan, request, currency(request.currency))
    found = {}
    for asked, line in zip(request.lines, priced.lines, strict=True):
        _, model = agreed_and_model(work, asked, line_record(plan, asked))
        if model is not None and asked.segment_price is None:
            parts = _parts(work, model, asked, line)
            if parts:
                found[line.id] = parts
    return found


def _parts(work: Work, plan: ModelPlan, asked: RequestLine, line: PricedLine) -> tuple[PricePart, ...]:
    rounding = work.plan.rules.rounding
    pooled = pooled_quantity(work, asked, plan)
    rated = _rated(plan, asked, pooled, _base(plan, asked, line))
    parts = price_parts(rated, work.currency, rounding.mode)
    model = plan.use.model
    if pooled != asked.quantity and not (isinstance(model, Volume) and model.prices_units):
        share = EXACT.divide(EXACT.multiply(rated.amount, asked.quantity), pooled) if pooled else ZERO
        own = Money(minor_units(share, work.currency, rounding.mode), work.currency)
        parts = brought_to(parts, own, PricePartKind.OTHER_LINES)
    return brought_to(parts, Money(line.amount, work.currency), PricePartKind.ADJUSTMENTS)


def _rated(plan: ModelPlan, asked: RequestLine, pooled: Decimal, base: Decimal) -> Rated:
    model, prior = plan.use.model, asked.prior_quantity or None
    if isinstance(model, Volume) and model.prices_units:  # the pool decides the tier, each line pays for its own units
        return Rated((model.units(asked.quantity, EXACT.add(pooled, asked.prior_quantity), base),))
    return model.rate(pooled, prior=prior, base=base)


def _base(plan: ModelPlan, asked: RequestLine, line: PricedLine) -> Decimal:
    """The unit price that the model found: its own step tells it; without a list price there was none."""
    if isinstance(plan.use.model, CostPlus):
        return asked.cost or ZERO
    return next((before for number, before, _ in line.trace if number == plan.no), ZERO)
