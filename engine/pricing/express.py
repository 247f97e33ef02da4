"""The express lane: lines whose price is one look-up and a few constants, without a running state of their own.

It gives the same answer as the full treatment (a property test says so) in a fraction of the time. A line that needs
more is handed back. The loops keep everything in local names on purpose: they run once for each of 100 000 lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from engine.money import EXACT
from engine.pricing.atoms import Key
from engine.pricing.compiled import OWN_LIST, ROUNDING, PricePlan
from engine.pricing.finding import Finder
from engine.pricing.index import AttributeIndex, numbers, value_at
from engine.pricing.programs import Program, program_for, run
from engine.pricing.request import PriceRequest, RequestLine
from engine.pricing.rows import Rows
from engine.pricing.settings import RoundingOf, RoundingPoint, RoundingSettings
from engine.pricing.state import ZERO, major, rounded
from engine.pricing.work import Work, line_record

Getter = Callable[[RequestLine], object]

PRICES = ("list", "list_amount", "net")
"""Names of a line that the request does not know; a book that indexes them takes no express lane."""

OWN = (None, OWN_LIST)


def suits(plan: PricePlan, request: PriceRequest) -> bool:
    """Whether lines of this request may take the express lane at all."""
    return (
        _plain_rounding(plan.rules.rounding)
        and not request.manual
        and not plan.line_sees_lines
        and not plan.contracted
        and not plan.guards
        and not any(index.key[1] in PRICES for index in plan.index.line)
    )


def _plain_rounding(rounding: RoundingSettings) -> bool:
    points = rounding.points
    if rounding.of is not RoundingOf.PRICE or RoundingPoint.RULE in points:
        return False
    return RoundingPoint.LINE in points or RoundingPoint.TOTAL not in points


class Express:
    """Prices plain lines of one request into the columns; hands back the numbers of the others."""

    def __init__(self, work: Work, rows: Rows, finder: Finder) -> None:
        self.work = work
        self.plan = work.plan
        self.rows = rows
        self.finder = finder
        self.code = work.currency.code
        self._looked_up: dict[str, tuple[Decimal | None, int] | None] = {}
        self._programs: dict[tuple[int, ...], Program | None] = {}
        self._stages = [group.stage for group in work.plan.line_groups]
        self._scale = Decimal(work.currency.scale)
        self._mode = work.plan.rules.rounding.mode.decimal
        self._unit_places = _unit_places(work)

    def start(self) -> list[int]:
        """Give plain lines their list price; return the numbers of those that need the full treatment."""
        rows, scale, mode, multiply = self.rows, self._scale, self._mode, EXACT.multiply
        constant, looked_up = self.finder.constant_prices(), self._looked_up
        units, sources, amounts, floors = rows.list_unit, rows.source, rows.list_amount, rows.floor
        left = []
        for index, line in enumerate(rows.lines):
            sku = line.sku
            found: tuple[Decimal | None, int] | None = constant.get(sku)
            if found is None:
                if sku not in looked_up:
                    looked_up[sku] = self._look_up(line)
                found = looked_up[sku]
            if found is None or line.surcharges or line.uplift_percent:
                left.append(index)
                continue
            unit, sources[index] = found
            if unit is None:
                unit = line.list_price
                if unit is None or unit < 0:
                    left.append(index)
                    continue
            units[index] = unit
            floors[index] = line.floor
            amounts[index] = int(multiply(multiply(unit, line.quantity), scale).to_integral_value(mode))
        return left

    def _look_up(self, line: RequestLine) -> tuple[Decimal | None, int] | None:
        """The price of a SKU when it is the same for each of its lines: one constant entry decided by the header."""
        plan = self.plan
        sku = line.sku
        if sku in plan.models or sku in plan.percent_of:
            return None
        entries = self.finder.entries_for_sku(sku)
        if entries is None:
            return None
        for entry in entries:
            if not self.finder.header_holds(entry, self.code):
                continue
            if entry.tests or entry.entry.quantity_min is not None or entry.entry.quantity_max is not None:
                return None
            if not isinstance(entry.price, Decimal) or entry.price < 0:
                return None
            return entry.price, entry.no
        return OWN

    def finish(self, header: int) -> list[int]:
        """Take started lines through their rules to their amounts; return those that need the full treatment."""
        rows, scale, mode, multiply = self.rows, self._scale, self._mode, EXACT.multiply
        states, list_units, list_amounts = rows.states, rows.list_unit, rows.list_amount
        units, amounts = rows.unit, rows.stage_amount
        masks = [mask_of(index) for index in self.plan.index.line]
        places = self._unit_places
        left = []
        for index, line in enumerate(rows.lines):
            if states[index] is not None:
                continue
            mask = header
            for allowed in masks:
                if not mask:
                    break
                mask &= allowed(line)
            unit = list_units[index]
            if mask:
                after = self._run_rules(mask, index, line, unit)
                if after is None:
                    left.append(index)
                    continue
                unit = after
            if places is not None:
                unit = self._round_unit(index, unit, places)
            units[index] = unit
            if unit is list_units[index]:
                amounts[index] = list_amounts[index]
            else:
                amounts[index] = int(multiply(multiply(unit, line.quantity), scale).to_integral_value(mode))
        return left

    def _run_rules(self, mask: int, index: int, line: RequestLine, unit: Decimal) -> Decimal | None:
        """The unit price after the rules that match, or None when they are not plain."""
        matched = self._matched(numbers(mask), index, line)
        if not matched:
            return unit
        programs = self._programs
        if matched not in programs:
            programs[matched] = program_for(self._stages, self.plan.line_rules, matched, self.code)
        program = programs[matched]
        if program is None:
            return None
        floor = line.floor
        lowest = floor if floor is not None and floor > 0 else ZERO
        unit, self.rows.applied[index], self.rows.trace[index] = run(program, unit, lowest)
        return unit

    def _matched(self, found: Sequence[int], index: int, line: RequestLine) -> tuple[int, ...]:
        """The rules that match: those the index holds in full, and those whose rest is true when asked."""
        rules = self.plan.line_rules
        for number in found:
            if rules[number].fixed:
                break
        else:
            return tuple(found)
        work = self.work
        record = line_record(self.plan, line)
        record["list"] = record["unit"] = self.rows.list_unit[index]
        amount = major(self.rows.list_amount[index], work.currency)
        record["list_amount"] = record["net"] = record["running"] = amount
        return tuple(number for number in found if work.holds(rules[number].fixed, record))

    def _round_unit(self, index: int, unit: Decimal, places: int) -> Decimal:
        settled = rounded(unit, places, self.plan.rules.rounding.mode)
        if settled == unit:
            return unit
        self.rows.trace[index] = (*self.rows.trace[index], (ROUNDING, unit, settled))
        return settled


def _unit_places(work: Work) -> int | None:
    """The decimals a unit price is rounded to, None when it is not rounded."""
    rounding = work.plan.rules.rounding
    if RoundingPoint.UNIT not in rounding.points:
        return None
    return work.currency.exponent if rounding.unit_exponent is None else rounding.unit_exponent


def mask_of(index: AttributeIndex) -> Callable[[RequestLine], int]:
    """How the rules that an attribute of a line allows are found, with one call a line.

    Intervals are looked up once for each value of a request: quantities repeat.
    """
    getter = getter_of(index.key)
    if not index.slots:
        values, free = index.values, index.free
        return lambda line: values.get(getter(line), free)  # type: ignore[call-overload]
    seen: dict[object, int] = {}

    def by_interval(line: RequestLine) -> int:
        value = getter(line)
        found = seen.get(value)
        if found is None:
            found = seen[value] = index.lookup(value)
        return found

    return by_interval


def getter_of(key: Key) -> Getter:
    """How an attribute of a line is read straight from the request."""
    if len(key) == 2:
        name = key[1]
        if name in _FIELDS:
            return _FIELDS[name]
        return lambda line: line.facts.get(name)
    return lambda line: value_at(line.facts, key)


_FIELDS: dict[str, Getter] = {
    "sku": lambda line: line.sku,
    "qty": lambda line: line.quantity,
    "id": lambda line: line.id,
    "group": lambda line: line.group,
    "charge": lambda line: line.charge.kind.value,
    "term_months": lambda line: line.term_months,
    "cost": lambda line: line.cost,
    "floor": lambda line: line.floor,
    "discountable": lambda line: line.discountable,
}
