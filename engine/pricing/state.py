"""The running state of one line while rules act on it: exact until a declared point rounds."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple, TypeAlias

from engine.catalog import Value
from engine.money import EXACT, Currency, Rounding, step
from engine.pricing.request import RequestLine
from engine.pricing.result import TraceRow
from engine.pricing.settings import RoundingOf, RoundingPoint, RoundingSettings

ZERO = Decimal(0)
HUNDRED = Decimal(100)

Record: TypeAlias = dict[str, Value]
"""A record that compiled conditions read."""


def minor_units(amount: Decimal, currency: Currency, mode: Rounding) -> int:
    """Round an exact amount to whole minor units."""
    return int(amount.scaleb(currency.exponent, EXACT).to_integral_value(mode.decimal))


def major(minor: int, currency: Currency) -> Decimal:
    """Minor units as a decimal amount."""
    return Decimal(minor).scaleb(-currency.exponent, EXACT)


def rounded(value: Decimal, places: int, mode: Rounding) -> Decimal:
    """Round a price to so many decimals."""
    return value.quantize(Decimal(1).scaleb(-places), mode.decimal, EXACT)


class Capped(NamedTuple):
    """What a group with a cap over the quote found on a line, and what it gave."""

    group: str
    entry: Decimal
    given: Decimal


class LineState:
    """One line on its way down. The unit price leads until a rule takes an amount off the line; then the amount leads,
    so that a third of 29.00 never loses a cent.
    """

    __slots__ = (
        "amount",
        "applied",
        "capped",
        "currency",
        "discounted",
        "floor",
        "granted",
        "is_whole",
        "line",
        "list_amount",
        "list_unit",
        "quantity",
        "record",
        "rounding",
        "source",
        "stage_amount",
        "start",
        "trace",
        "unit",
    )

    def __init__(self, line: RequestLine, record: Record, currency: Currency, rounding: RoundingSettings) -> None:
        self.line = line
        self.record = record
        self.currency = currency
        self.rounding = rounding
        self.quantity = line.quantity
        self.list_unit = ZERO
        self.list_amount = 0
        self.unit = ZERO
        self.amount: Decimal | None = None
        self.floor = line.floor
        self.source = 0
        self.granted = ZERO
        self.is_whole = False
        self.discounted = False
        self.start = ZERO
        self.stage_amount = 0
        self.applied: list[int] = []
        self.trace: list[TraceRow] = []
        self.capped: list[Capped] = []

    def copy(self) -> LineState:
        """A state of its own to try something on."""
        other = LineState(self.line, dict(self.record), self.currency, self.rounding)
        for name in (
            "list_unit",
            "list_amount",
            "unit",
            "amount",
            "floor",
            "source",
            "granted",
            "discounted",
            "start",
            "is_whole",
        ):
            setattr(other, name, getattr(self, name))
        other.applied = list(self.applied)
        return other

    @property
    def sold(self) -> Decimal:
        """The quantity in the unit that the line is sold in."""
        factor = self.line.unit_factor
        return self.quantity if factor == 1 else EXACT.divide(self.quantity, factor)

    @property
    def sold_unit(self) -> Decimal:
        """The price of one unit that the line is sold in."""
        return step(EXACT.divide(self.running_amount, self.sold)) if self.quantity else ZERO

    @property
    def running_amount(self) -> Decimal:
        """The exact line amount so far."""
        return EXACT.multiply(self.unit, self.quantity) if self.amount is None else self.amount

    @property
    def running_unit(self) -> Decimal:
        """The unit price so far."""
        return self.unit if self.amount is None else self._per_unit(self.amount)

    @property
    def room(self) -> Decimal | None:
        """How much a discount may still take off the line; None for a line of negative amount."""
        running = self.running_amount
        if running < 0:
            return None
        lowest = ZERO if self.floor is None else max(EXACT.multiply(self.floor, self.quantity), ZERO)
        return max(EXACT.subtract(running, lowest), ZERO)

    def put_unit(self, number: int, unit: Decimal) -> None:
        """Let a source set the unit price."""
        before = self.running_unit
        self.unit = step(unit)
        self.amount = None
        self.trace.append((number, before, self.unit))

    def put_amount(self, number: int, amount: Decimal) -> None:
        """Let a source set the amount of the whole line."""
        before = self.running_unit
        self.amount = step(amount)
        self.unit = self._per_unit(self.amount)
        self.trace.append((number, before, self.unit))

    def take(self, number: int, discount: Decimal, unit_discount: Decimal | None) -> Decimal:
        """Take a discount off the line (negative: a surcharge) within its room; return what was taken.

        ``unit_discount`` keeps the unit price leading where the effect is one on units.
        """
        discount, unit_discount = self._round_rule(discount, unit_discount)
        room = self.room
        if room is not None and discount > room:
            discount = room
            unit_discount = None if self.amount is not None else self._to_floor()
        if not discount:
            return ZERO
        if unit_discount is not None and self.amount is None:
            self.put_unit(number, EXACT.subtract(self.unit, unit_discount))
        else:
            self.put_amount(number, EXACT.subtract(self.running_amount, discount))
        self._round_price(number)
        self.granted = EXACT.add(self.granted, discount)
        self.discounted = self.discounted or discount > 0
        return discount

    def show(self) -> None:
        """Let conditions see the running state of the line."""
        self.record["unit"] = self.running_unit
        self.record["running"] = self.running_amount
        self.record["discounted"] = self.discounted

    def settle(self, rounding_no: int) -> None:
        """Round at the declared points at the end of the line steps; the line amount becomes whole minor units."""
        settings = self.rounding
        if self.is_whole:
            pass  # a step of tiers or a share of a bundle is a price of the whole line: rounded units would break it
        elif RoundingPoint.UNIT in settings.points and self.line.unit:
            self._round_sold(rounding_no)
        elif RoundingPoint.UNIT in settings.points:
            unit = self._round_unit_end()
            if unit != self.unit or self.amount is not None:
                self.put_unit(rounding_no, unit)
        if settings.of is RoundingOf.DISCOUNT:
            exact = EXACT.subtract(self.start, self.running_amount)
            start = minor_units(self.start, self.currency, settings.mode)
            self.stage_amount = start - minor_units(exact, self.currency, settings.mode)
        else:
            self.stage_amount = minor_units(self.running_amount, self.currency, settings.mode)

    def _to_floor(self) -> Decimal:
        return EXACT.subtract(self.unit, max(self.floor or ZERO, ZERO))

    def _per_unit(self, amount: Decimal) -> Decimal:
        return step(EXACT.divide(amount, self.quantity)) if self.quantity else ZERO

    @property
    def _unit_places(self) -> int:
        places = self.rounding.unit_exponent
        return self.currency.exponent if places is None else places

    def _round_rule(self, discount: Decimal, unit_discount: Decimal | None) -> tuple[Decimal, Decimal | None]:
        settings = self.rounding
        if RoundingPoint.RULE not in settings.points:
            return discount, unit_discount
        match settings.of:
            case RoundingOf.DISCOUNT:
                return rounded(discount, self.currency.exponent, settings.mode), None
            case RoundingOf.DISCOUNT_UNIT:
                single = unit_discount if unit_discount is not None else self._per_unit(discount)
                single = rounded(single, self._unit_places, settings.mode)
                return EXACT.multiply(single, self.quantity), single
            case RoundingOf.PRICE:
                return discount, unit_discount

    def _round_price(self, number: int) -> None:
        settings = self.rounding
        if RoundingPoint.RULE not in settings.points or settings.of is not RoundingOf.PRICE:
            return
        if self.line.unit:
            self._round_sold(number)
        else:
            unit = rounded(self.running_unit, self._unit_places, settings.mode)
            if unit != self.running_unit:
                self.put_unit(number, unit)

    def _round_sold(self, number: int) -> None:
        """What stands on a document is the price of the unit sold: it is what is rounded."""
        settings, sold = self.rounding, self.sold
        if settings.of is RoundingOf.PRICE or not sold:
            unit = rounded(self.sold_unit, self._unit_places, settings.mode)
        else:
            start = EXACT.divide(self.start, sold)
            gone = rounded(EXACT.subtract(start, self.sold_unit), self._unit_places, settings.mode)
            unit = EXACT.subtract(start, gone)
        if unit != self.sold_unit:
            self.put_amount(number, EXACT.multiply(unit, sold))

    def _round_unit_end(self) -> Decimal:
        settings = self.rounding
        if settings.of is RoundingOf.PRICE:
            return rounded(self.running_unit, self._unit_places, settings.mode)
        start = self._per_unit(self.start)
        gone = rounded(EXACT.subtract(start, self.running_unit), self._unit_places, settings.mode)
        return EXACT.subtract(start, gone)
