"""What one effect takes off one line, before caps, floors and rounding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from engine.money import EXACT
from engine.pricing.effects import Amount, Basis, Effect, FirstNext, On, Operand, Percent, SetPrice, Sign, Tiered
from engine.pricing.models.ramp import segment_list
from engine.pricing.plan import Limit, UnitsBase
from engine.pricing.state import HUNDRED, ZERO, LineState

Evaluate = Callable[[Operand], Decimal]
"""Turns a constant or a formula into a number, with the roots of the line at hand."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The value that a percent is counted from: the running one, or the one at the entry of an additive group."""

    unit: Decimal
    amount: Decimal


def entry_of(state: LineState) -> Entry:
    """The running value of a line."""
    return Entry(state.running_unit, state.running_amount)


@dataclass(frozen=True, slots=True)
class Take:
    """A discount on a line (negative: a surcharge), and the same for one unit where the effect is one on units."""

    amount: Decimal
    unit: Decimal | None = None


NOTHING = Take(ZERO)


def reached(effect: Effect, value: Evaluate) -> Effect | None:
    """The effect itself, or the step of a tiered one that its measure reaches; None below the first step."""
    if not isinstance(effect, Tiered):
        return effect
    measure = value(effect.measure)
    found = None
    for tier in effect.steps:
        if tier.start <= measure:
            found = tier.effect
    return found


def line_take(effect: Effect, state: LineState, entry: Entry, value: Evaluate, limit: Limit) -> Take:
    """What an effect on units or the line takes off a line; effects on the order give nothing here."""
    chosen = reached(effect, value)
    taken = NOTHING
    match chosen:
        case Percent():
            taken = _percent(chosen, state, entry, value, limit)
        case Amount():
            taken = _amount(chosen, state, value, limit)
        case SetPrice():
            taken = _set(chosen, state, value)
        case FirstNext():
            taken = _first_next(chosen, state, value, limit)
        case _:
            taken = NOTHING
    most = limit.amounts.get(state.currency.code)
    if most is not None and taken.amount > most:
        return Take(most)
    return taken


def _percent(effect: Percent, state: LineState, entry: Entry, value: Evaluate, limit: Limit) -> Take:
    share = EXACT.divide(value(effect.value), HUNDRED)
    share = share if effect.sign is Sign.OFF else -share
    if limit.units_max is not None:
        return Take(EXACT.multiply(_limited_base(state, limit), share))
    unit = _list_unit(state) if effect.of is Basis.LIST else entry.unit
    if state.amount is None:
        single = EXACT.multiply(unit, share)
        return Take(EXACT.multiply(single, state.quantity), single)
    whole = EXACT.multiply(unit, state.quantity) if effect.of is Basis.LIST else entry.amount
    return Take(EXACT.multiply(whole, share))


def _list_unit(state: LineState) -> Decimal:
    line = state.line
    return segment_list(state.list_unit, line.segment_price, line.uplift_percent)


def _amount(effect: Amount, state: LineState, value: Evaluate, limit: Limit) -> Take:
    single = value(effect.value)
    single = single if effect.sign is Sign.OFF else -single
    if effect.on is On.UNIT:
        if limit.units_max is None:
            return Take(EXACT.multiply(single, state.quantity), single)
        units = min(limit.units_max, state.quantity)
        return Take(min(EXACT.multiply(single, units), _limited_base(state, limit)))
    if limit.units_max is not None:
        return Take(min(single, _limited_base(state, limit)))
    return Take(single)


def _set(effect: SetPrice, state: LineState, value: Evaluate) -> Take:
    wanted = value(effect.value)
    if effect.on is On.UNIT:
        single = EXACT.subtract(state.running_unit, wanted)
        return Take(EXACT.subtract(state.running_amount, EXACT.multiply(wanted, state.quantity)), single)
    return Take(max(EXACT.subtract(state.running_amount, wanted), ZERO))


def _first_next(effect: FirstNext, state: LineState, value: Evaluate, limit: Limit) -> Take:
    units = state.quantity if limit.units_max is None else min(limit.units_max, state.quantity)
    if units <= 0:
        return NOTHING
    first = min(units, Decimal(1))
    rest = EXACT.subtract(units, first)
    amount = EXACT.multiply(value(effect.first), first)
    return Take(EXACT.add(amount, EXACT.multiply(value(effect.following), rest)))


def _limited_base(state: LineState, limit: Limit) -> Decimal:
    """What the units that a rule is limited to are worth; earlier grants come off the original when it says so."""
    units = state.quantity if limit.units_max is None else min(limit.units_max, state.quantity)
    if limit.units_base is UnitsBase.CURRENT:
        return EXACT.multiply(state.running_unit, units)
    original = EXACT.divide(EXACT.multiply(state.start, units), state.quantity) if state.quantity else ZERO
    return max(EXACT.subtract(original, state.granted), ZERO)
