"""Whose quantities count together for the tiers of a price model, and what people should know about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from engine.money import EXACT
from engine.pricing.compiled import ModelPlan
from engine.pricing.plan import PoolScope
from engine.pricing.request import RequestLine, meets
from engine.pricing.state import ZERO
from engine.pricing.work import Work, line_record

LINES_NAMED = 3


def pooled_quantity(work: Work, line: RequestLine, plan: ModelPlan) -> Decimal:
    """The quantity that decides the tier: the line's own, or that of all lines of its pool that run beside it; a line
    that is in no group counts alone.
    """
    scope = plan.use.pool
    if scope is PoolScope.LINE or (scope is PoolScope.GROUP and not line.group):
        return line.quantity
    total = ZERO
    for other in work.request.lines:
        if scope is PoolScope.SKU and other.sku != line.sku:
            continue
        if scope is PoolScope.GROUP and other.group != line.group:
            continue
        if not meets(line, other):
            continue
        if other is not line and plan.pool and not work.holds(plan.pool, line_record(work.plan, other)):
            continue
        total = EXACT.add(total, other.quantity)
    return total


def tell_pool(work: Work, line: RequestLine, plan: ModelPlan, pooled: Decimal) -> None:
    """Note, for a reader who asks, what counts towards the tier beside the quantity of the line itself."""
    notes = None if work.told is None else work.told.about(line.id)
    if notes is None:
        return
    scope = plan.use.pool
    read: list[tuple[str, Decimal | str]] = []
    if scope is PoolScope.GROUP and not line.group:
        read.append(("pool", "the line alone, which names no group"))
    elif scope is not PoolScope.LINE:
        named = f" {line.group}" if scope is PoolScope.GROUP else ""
        read.append((f"quantity of the {scope.value}{named}", pooled))
    if line.prior_quantity:
        read.append(("past orders", line.prior_quantity))
    if read:
        notes.read[plan.no] = tuple(read)


def alone_by_mistake(work: Work, lines: Sequence[RequestLine]) -> Iterator[str]:
    """Several lines whose quantities count together by groups, and that are in none: each counts alone."""
    by_group = {sku for sku, uses in work.plan.models.items() if any(each.use.pool is PoolScope.GROUP for each in uses)}
    alone: dict[str, list[str]] = {}
    for line in lines if by_group else ():
        plan = None if line.group or line.sku not in by_group else model_for(work, line)
        if plan is not None and plan.use.pool is PoolScope.GROUP:
            alone.setdefault(plan.use.id, []).append(f"`{line.id}`")
    for model, names in alone.items():
        if len(names) > 1:
            shown = ", ".join(names[:LINES_NAMED]) + (", ..." if len(names) > LINES_NAMED else "")
            yield f"{shown} are in no group, so that each counts alone for `{model}`: name the `group` that they share"


def model_for(work: Work, line: RequestLine) -> ModelPlan | None:
    """The price model of a SKU that holds in this currency on this date."""
    for plan in work.plan.models.get(line.sku, ()):
        if plan.use.currency in ("", work.currency.code) and plan.use.window.holds(work.request.date):
            return plan
    return None
