"""The express lane: lines whose price is one look-up and a few constants, without a running state of their own.

It gives the same answer as the full treatment (a property test says so) in a fraction of the time. A line that needs
more is handed back. The loops keep everything in local names on purpose: they run once for each of 100 000 lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from engine.pricing.atoms import PRICES
from engine.pricing.compiled import OWN_LIST, ROUNDING, PricePlan
from engine.pricing.finding import Finder
from engine.pricing.masks import RULES
from engine.pricing.matches import matches_of
from engine.pricing.plain_guards import Bounds, PlainGuards, hold
from engine.pricing.plan import Cap, CapScope, Pick
from engine.pricing.programs import Program, Result, Stage, alone, program_for, run
from engine.pricing.request import PriceRequest, RequestLine
from engine.pricing.rows import Rows
from engine.pricing.settings import RoundingOf, RoundingPoint, RoundingSettings
from engine.pricing.state import ZERO, major, rounded
from engine.pricing.work import Work, line_record


class Offer(NamedTuple):
    """A list price for a range of quantities; ``unit`` None is the product's own list price."""

    low: Decimal | None
    high: Decimal | None
    unit: Decimal | None
    source: int
    minor: int | None


ASK: Program = (Stage(Pick.ALL, additive=False, ops=()),)
UNKNOWN: Program = (Stage(Pick.ALL, additive=False, ops=()),)
"""Marks, told by identity: rules to be asked first, and rules not met before."""

OWN = Offer(None, None, None, OWN_LIST, None)


def suits(plan: PricePlan, request: PriceRequest) -> bool:
    """Whether lines of this request may take the express lane at all."""
    return (
        _plain_rounding(plan.rules.rounding)
        and not request.manual
        and not plan.line_sees_lines
        and not plan.contracted
        and not plan.bundle_prices
        and not any(_counts_every_line(group.group.cap) for group in plan.line_groups)
        and not any(index.key[1] in PRICES for index in plan.index.line)
    )


def _counts_every_line(cap: Cap | None) -> bool:
    """Whether a cap is a percent of what the lines of the quote come to at the entry of its group."""
    return cap is not None and cap.scope is CapScope.QUOTE and cap.percent is not None


def _plain_rounding(rounding: RoundingSettings) -> bool:
    points = rounding.points
    if rounding.of is not RoundingOf.PRICE or RoundingPoint.RULE in points:
        return False
    return RoundingPoint.LINE in points or RoundingPoint.TOTAL not in points


class Express:
    """Prices plain lines of one request into the columns; hands back the numbers of the others.

    What several rules make of a price is worked out once for all lines that start from it. Prices are told by identity:
    they last as long as the plan and the request, and equal ones may be written with other decimals.
    """

    def __init__(self, work: Work, rows: Rows, finder: Finder) -> None:
        self.work = work
        self.plan = work.plan
        self.rows = rows
        self.finder = finder
        self.code = work.currency.code
        self._looked_up: dict[str, tuple[Offer, ...]] = {}
        self._programs: dict[tuple[tuple[int, ...], bool], Program | None] = {}
        self._results: dict[tuple[tuple[int, ...], int, int], Result] = {}
        self._lone_ops = work.plan.lone_ops.get(self.code) or work.plan.lone_ops[""]
        self._stages = [group.stage for group in work.plan.line_groups]
        self._unit_places = _unit_places(work)
        self.header = self.guards_header = 0
        """The rules and the guards that the header allows, once lines were taken through them."""

    def start(self) -> list[int]:
        """Give plain lines their list price; return the numbers of those that need the full treatment."""
        rows, amount, of_minor = self.rows, self.work.amounts.of, self.work.amounts.of_minor
        constant = self.finder.constant_prices()
        units, sources, amounts, floors = rows.list_unit, rows.source, rows.list_amount, rows.floor
        left = []
        for index in rows.fresh:
            line = rows.lines[index]
            found: tuple[Decimal | None, int, int | None] | None = constant.get(line.sku) or self._offered(line)
            if found is None or line.surcharges or line.uplift_percent or line.unit or line.segment_price is not None:
                left.append(index)
                continue
            unit, sources[index], minor = found
            if unit is None:
                unit = line.list_price
                if unit is None or unit < 0:
                    left.append(index)
                    continue
            units[index] = unit
            floors[index] = line.floor
            quantity = line.quantity
            amounts[index] = amount(unit, quantity) if minor is None else of_minor(minor, unit, quantity)
        return left

    def _offered(self, line: RequestLine) -> tuple[Decimal | None, int, int | None] | None:
        """The list price for the quantity of a line and what decided it; None when more than the quantity decides."""
        offers = self._looked_up.get(line.sku)
        if offers is None:
            offers = self._looked_up[line.sku] = self._offers(line.sku)
        quantity = line.quantity
        for low, high, unit, source, minor in offers:
            if (low is None or quantity >= low) and (high is None or quantity <= high):
                return unit, source, minor
        return None

    def has_one_price(self, sku: str) -> bool:
        """Whether a product that was priced has one list price in any quantity."""
        if sku in self.finder.constant_prices():
            return True
        offers = self._looked_up.get(sku, ())
        return bool(offers) and offers[0].low is None and offers[0].high is None

    def _offers(self, sku: str) -> tuple[Offer, ...]:
        """The prices of a SKU that the header allows, in order of rank; nothing when they take more than a look."""
        plan = self.plan
        if sku in plan.models or sku in plan.percent_of:
            return ()
        entries = self.finder.entries_for_sku(sku)
        if entries is None:
            return ()
        offers = []
        for plan_entry in entries:
            if not self.finder.header_holds(plan_entry, self.code):
                continue
            if plan_entry.tests or not isinstance(plan_entry.price, Decimal) or plan_entry.price < 0:
                return ()
            entry = plan_entry.entry
            if entry.unit:
                return ()
            low, high = entry.quantity_min, entry.quantity_max
            offers.append(Offer(low, high, plan_entry.price, plan_entry.no, plan_entry.minor))
            if low is None and high is None:
                return tuple(offers)
        return (*offers, OWN)

    def finish(self, header: int) -> list[int]:
        """Take started lines through their rules to their amounts; return those that need the full treatment."""
        rows, amount = self.rows, self.work.amounts.rounded
        states, list_units, list_amounts = rows.states, rows.list_unit, rows.list_amount
        units, amounts = rows.unit, rows.stage_amount
        matching = matches_of(self.plan.index, header, RULES)
        guards = PlainGuards(self.work)
        self.header, self.guards_header = header, guards.header
        is_guarded = guards.is_needed
        places = self._unit_places
        left = []
        for index in rows.fresh:
            if states[index] is not None:
                continue
            line = rows.lines[index]
            unit: Decimal | None = list_units[index]
            found = matching(line)
            if found:
                unit = self._run_rules(found, index, line, list_units[index])
            if unit is not None and is_guarded:
                bounds = guards.on(line)
                unit = None if bounds is None else self._guard(bounds, index, unit)
            if unit is None:
                left.append(index)
                continue
            if places is not None:
                unit = self._round_unit(index, unit, places)
            units[index] = unit
            if unit is list_units[index]:
                amounts[index] = list_amounts[index]
            else:
                amounts[index] = amount(unit, line.quantity)
        return left

    def _run_rules(self, matched: tuple[int, ...], index: int, line: RequestLine, unit: Decimal) -> Decimal | None:
        """The unit price after the rules that match, or None when they are not plain."""
        floor = line.floor
        lowest = floor if floor is not None and floor > 0 else ZERO
        if len(matched) == 1:
            op = self._lone_ops[matched[0]]
            if op is not None:
                unit, self.rows.applied[index], self.rows.trace[index] = alone(op, unit, lowest)
                return unit
        asked = matched, id(unit), id(floor)
        result = self._results.get(asked)
        if result is not None:
            unit, self.rows.applied[index], self.rows.trace[index] = result
            return unit
        program = self._program(matched)
        is_asked = program is ASK
        if is_asked:
            matched = self._asked(matched, index, line)
            if not matched:
                return unit
            program = self._program(matched, are_asked=True)
        if program is None:
            return None
        result = run(program, unit, lowest)
        if not is_asked:
            self._results[asked] = result
        unit, self.rows.applied[index], self.rows.trace[index] = result
        return unit

    def _program(self, matched: tuple[int, ...], *, are_asked: bool = False) -> Program | None:
        """What the rules that match do; ``ASK`` when some of them have to be asked for the rest of their conditions."""
        known = self._programs.get((matched, are_asked), UNKNOWN)
        if known is UNKNOWN:
            rules = self.plan.line_rules
            if not are_asked and any([rules[number].fixed for number in matched]):
                known = ASK
            else:
                known = program_for(self._stages, rules, matched, self.code)
            self._programs[matched, are_asked] = known
        return known

    def _guard(self, bounds: Bounds, index: int, unit: Decimal) -> Decimal:
        """The unit price within the guards of a line; most prices are within all of them as they are."""
        rows, lowest, highest = self.rows, bounds.lowest, bounds.highest
        if lowest is not None:
            floor = rows.floor[index]
            rows.floor[index] = lowest if floor is None else max(floor, lowest)
        if (lowest is None or unit >= lowest) and (highest is None or unit <= highest):
            return unit
        for guard in bounds.guards:
            unit, step = hold(guard, unit)
            if step is not None:
                rows.trace[index] = (*rows.trace[index], step)
        return unit

    def _asked(self, found: Sequence[int], index: int, line: RequestLine) -> tuple[int, ...]:
        """The rules that match: those the index holds in full, and those whose rest is true when asked."""
        rules, work = self.plan.line_rules, self.work
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
