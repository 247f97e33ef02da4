"""Step 7: the agent's discounts, on lines within the line stage, on groups and the total after the order rules."""

from __future__ import annotations

from decimal import Decimal

from engine.money import EXACT
from engine.pricing.compiled import MANUAL
from engine.pricing.order_state import OrderState
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, PriceRequest, Replaces
from engine.pricing.result import OrderDiscount
from engine.pricing.spread import spread
from engine.pricing.state import HUNDRED, LineState, minor_units

_LINE_RULES = frozenset({Replaces.ALL, Replaces.FINAL})


def manual_on_line(request: PriceRequest, state: LineState) -> None:
    """Apply the agent's discounts on one line: a percent, an amount off the line, or the unit price wanted."""
    for manual in request.manual:
        if manual.on is not ManualOn.LINE or manual.target != state.line.id:
            continue
        if manual.kind is ManualKind.TARGET:
            discount = EXACT.subtract(state.running_amount, EXACT.multiply(manual.value, state.quantity))
            state.take(MANUAL, discount, EXACT.subtract(state.running_unit, manual.value))
        elif manual.kind is ManualKind.PERCENT:
            share = EXACT.divide(manual.value, HUNDRED)
            unit = EXACT.multiply(state.running_unit, share)
            state.take(MANUAL, EXACT.multiply(state.running_amount, share), unit)
        else:
            state.take(MANUAL, manual.value, None)


def replaces_rules_of(request: PriceRequest, state: LineState) -> str:
    """The agent's discount that replaces the automatic ones of a line, or nothing."""
    for manual in request.manual:
        if manual.replaces in _LINE_RULES and _is_for(manual, state.line.id, state.line.group):
            return manual.id or "of the agent"
    return ""


def replaces_order_rules(request: PriceRequest) -> str:
    """The agent's discount that replaces the automatic ones on the order, or nothing."""
    for manual in request.manual:
        whole = manual.replaces is Replaces.ALL and manual.on is ManualOn.TOTAL
        if manual.replaces is Replaces.ORDER or whole:
            return manual.id or "of the agent"
    return ""


def _is_for(manual: ManualDiscount, line_id: str, group: str) -> bool:
    match manual.on:
        case ManualOn.LINE:
            return manual.target == line_id
        case ManualOn.GROUP:
            return manual.target == group
        case ManualOn.TOTAL:
            return True


def manual_on_order(state: OrderState, gifts: int) -> list[OrderDiscount]:
    """Apply the agent's discounts on groups and the total, spread by net over the discountable lines; floors hold.

    ``gifts`` is what the lines cost that order rules added: a total that is wanted includes it.
    """
    given = []
    for manual in state.work.request.manual:
        if manual.on is ManualOn.LINE:
            continue
        lines = [
            index
            for index, line in enumerate(state.lines)
            if line.discountable and line.id not in state.final and _is_for(manual, line.id, line.group)
        ]
        total = _total(state, manual, lines, gifts)
        if not total or not lines:
            continue
        weights = [state.running[index] for index in lines]
        shares, left = spread(total, weights, [state.room(index) for index in lines])
        split = tuple(zip(lines, shares, strict=True))
        state.take(split, revalue=True)
        given.append(OrderDiscount(MANUAL, total - left, split, left))
    return given


def _total(state: OrderState, manual: ManualDiscount, lines: list[int], gifts: int) -> int:
    mode = state.work.plan.rules.rounding.mode
    running = sum(state.running[index] for index in lines)
    match manual.kind:
        case ManualKind.PERCENT:
            exact = EXACT.divide(EXACT.multiply(Decimal(running), manual.value), HUNDRED)
            return int(exact.to_integral_value(mode.decimal))
        case ManualKind.AMOUNT:
            return min(minor_units(manual.value, state.work.currency, mode), max(running, 0))
        case ManualKind.TARGET:
            rest = sum(state.running) - running + gifts if manual.on is ManualOn.TOTAL else 0
            return running + rest - minor_units(manual.value, state.work.currency, mode)
