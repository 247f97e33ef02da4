"""The waterfall: the one place that says in which order a price comes about.

1 list price · 2 contracted price · 3 term and ramp · 4 volume, bundle prices: what a line starts from, before any rule
4 to 8 rule groups by step (volume, rules, promotions, manual, partner): each acts on what the last one left
9 line guards: after all line rules, since they hold the result
10 line totals; then lines that are a percent of others take steps 1 to 10 in their turn: they need settled lines, and
   what is agreed for them or holds their price acts on what they come to, as on any other line
11 order discounts: they need line totals, and hold the floors of 9
12 tax: on what is finally charged
13 totals and cash rounding
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from functools import cached_property

from engine.diagnostics import Fault, Refusal
from engine.language import EvaluationFault
from engine.language.tables.bitmaps import rows_of
from engine.money import MoneyError, currency, whole_units
from engine.pricing import codes
from engine.pricing.answer import answer
from engine.pricing.any_quantity import teach_products
from engine.pricing.bundles import price_bundles
from engine.pricing.checks import asks_tax, request_faults
from engine.pricing.compiled import ROUNDING, PricePlan
from engine.pricing.express import Express, suits
from engine.pricing.finding import Finder
from engine.pricing.finite import odd_numbers_asked, odd_numbers_stated
from engine.pricing.gifts import untaxed_gifts
from engine.pricing.guarding import guard_line
from engine.pricing.known_lines import NOTHING_KNOWN, Known, Shelf
from engine.pricing.line_stage import LineRun, alone, cap_over_quote, is_capped_over_quote, run_groups
from engine.pricing.manual import manual_on_line, manual_on_order, replaces_order_rules, replaces_rules_of
from engine.pricing.models.stairstep import BeyondLastStepError
from engine.pricing.order_stage import OrderRun
from engine.pricing.order_state import OrderState
from engine.pricing.percent_lines import in_turn, of_nothing, start_counting
from engine.pricing.plan import Step
from engine.pricing.pools import alone_by_mistake
from engine.pricing.request import PriceRequest, RequestLine, TaxState
from engine.pricing.result import Priced
from engine.pricing.rows import Rows, TooLargeError
from engine.pricing.ruleplan import RulePlan
from engine.pricing.settings import RoundingPoint
from engine.pricing.shown import show_line, show_start
from engine.pricing.starting import MissingPriceError, new_state, start_line
from engine.pricing.state import ZERO, LineState, minor_units
from engine.pricing.taxes import no_rate, unknown_codes
from engine.pricing.told import Told
from engine.pricing.usability import Usable, usable_rules
from engine.pricing.work import NotANumberError, Opened, Work, opened_by


class Lane(Enum):
    """Whether plain lines take the express lane, or every line the full treatment (the slower twin)."""

    EXPRESS = "express"
    FULL = "full"


_ABOUT_PRICES = frozenset(("currency", "lines", "header.price_book"))
"""What a request must have right before it can be told which lines have no price."""
ONE_BY_ONE = "order discounts were chosen one after another: too many sets; a better combination may exist"
OF_OTHERS = "the line is a percent of others: rules act on those, and on it through them"
GREEDY = "the best combination of rules was searched up to a limit; a better one may exist"


def price(
    plan: PricePlan, request: PriceRequest, *, lane: Lane = Lane.EXPRESS, known: Known = NOTHING_KNOWN
) -> Priced | Refusal:
    """Price a request by a plan; bad input is a refusal that names every fault.

    ``known`` are lines that were priced by the same plan under the same header before.
    """
    try:
        faults = () if _is_sound(plan, request, known) else faults_of(plan, request, are_sound=known.is_all)
        if faults:
            return Refusal(faults)
        return Pricing(plan, request, lane=lane, known=known).run()
    except EvaluationFault as fault:
        return Refusal((Fault(codes.RULE_FAILED, "", f"a rule could not be evaluated: {fault}"),))
    except NotANumberError as fault:
        return Refusal((Fault(codes.RULE_FAILED, "", str(fault)),))
    except TooLargeError as error:
        return Refusal(error.faults())
    except MoneyError as error:
        return Refusal((error.fault(""),))
    except (ArithmeticError, ValueError, TypeError) as error:  # a signalling NaN has no hash
        return _not_computed(plan, request, error)


def _is_sound(plan: PricePlan, request: PriceRequest, known: Known) -> bool:
    """Whether nothing is wrong that can be seen before there are prices: lines and header were met, and fine."""
    is_met = known.is_all and known.shelf is not None and known.shelf.header is not None
    is_few = 0 < len(request.lines) <= plan.rules.habits.lines_max
    is_taxed = request.tax_state is not TaxState.FAILED and not asks_tax(plan)
    return is_met and is_few and is_taxed and not request.exchange and not request.manual


def _not_computed(plan: PricePlan, request: PriceRequest, error: Exception) -> Refusal:
    """Why there is no result: numbers that are none, of the request or of the book, else the limits of arithmetic."""
    asked = odd_numbers_asked(request)
    stated = (Fault(each.code, "", each.message, each.hint) for each in odd_numbers_stated(plan.rules))
    odd = (*asked, *stated)
    if odd:
        return Refusal(odd)
    if not isinstance(error, ArithmeticError):
        raise error
    return Refusal((Fault(codes.OUT_OF_RANGE, "lines", "an amount is beyond what can be computed exactly"),))


def faults_of(plan: PricePlan, request: PriceRequest, *, are_sound: bool = False) -> tuple[Fault, ...]:
    """All that is wrong before there are prices; beside it, lines without a price that nothing else is wrong with.

    ``are_sound`` says that nothing is wrong with the lines themselves.
    """
    faults = request_faults(plan, request, are_sound=are_sound)
    if not faults or any(each.field in _ABOUT_PRICES for each in faults):
        return tuple(faults)
    wrong = {each.field.partition("]")[0] for each in faults}
    right = [index for index in range(len(request.lines)) if f"lines[{index}" not in wrong]
    try:
        lines = tuple(request.lines[index] for index in right)
        unpriced = Pricing(plan, replace(request, lines=lines), lane=Lane.FULL).start() if lines else []
    except (EvaluationFault, NotANumberError, MoneyError, ArithmeticError):
        unpriced = []
    return (*faults, *(at_line(each, right) for each in unpriced))


def at_line(fault: Fault, places: Sequence[int]) -> Fault:
    """A fault that was found among some lines, told of where its line stands among all."""
    head, bracket, rest = fault.field.partition("]")
    name, opened, number = head.partition("[")
    if not bracket or not opened or name != "lines":
        return fault
    return replace(fault, field=f"lines[{places[int(number)]}]{rest}")


class Pricing:
    """One request on its way through the waterfall; lines whose rules are plain take the express lane."""

    def __init__(
        self,
        plan: PricePlan,
        request: PriceRequest,
        *,
        lane: Lane = Lane.EXPRESS,
        told: Told | None = None,
        known: Known = NOTHING_KNOWN,
    ) -> None:
        self.plan = plan
        self.request = request
        opened, self.usable = _header(plan, request, known.shelf)
        self.work = Work(plan, request, currency(request.currency), told=told, opened=opened)
        # Whoever knows a line of this plan met it on the express lane: the plan suits it.
        is_suited = not request.manual if known.lines else suits(plan, request)
        is_express = lane is Lane.EXPRESS and is_suited
        self.shelf = known.shelf if is_express else None
        self.rows = Rows(request.lines, known.lines if is_express else ())
        self.warnings: list[str] = []
        self.slow: list[int] = []
        self.counting: list[int] = []
        self.express: Express | None = None
        if is_express and self.rows.fresh:
            self.express = Express(self.work, self.rows, self.finder)

    @cached_property
    def finder(self) -> Finder:
        """Looks up list prices; made when the first line asks, since known lines ask for none."""
        return Finder(self.work)

    def run(self) -> Priced | Refusal:
        """All steps in order; those of lines are behind lines that are known."""
        if self.rows.is_known:
            self.rows.check_range()
            return self.finish()
        faults = self.start()
        if faults:
            return Refusal(tuple(faults))
        self.line_rules()
        fault = self.percent_lines()
        return self.finish() if fault is None else Refusal((fault,))

    def start(self) -> list[Fault]:
        """Steps 1 to 4: what each line starts from, and the totals that line rules see."""
        lines, states = self.request.lines, self.rows.states
        slow = self.rows.fresh if self.express is None else self.express.start()
        faults: list[Fault] = []
        for index in slow:
            states[index] = state = new_state(self.work, lines[index])
            if state.line.sku in self.work.percent_of:
                self.counting.append(index)
                continue
            try:
                start_line(self.work, self.finder, state)
            except MissingPriceError:
                faults.append(missing_price(self.request, index))
            except BeyondLastStepError as error:
                faults.append(Fault(codes.BEYOND_MODEL, f"lines[{index}].quantity", str(error)))
        if not faults:
            self.warnings.extend(price_bundles(self.work, self.rows))
            self.warnings.extend(alone_by_mistake(self.work, lines))
            show_start(self.work, self.rows, slow)
        waiting = set(self.counting)
        self.slow = [index for index in slow if index not in waiting]
        return faults

    def line_rules(self) -> None:
        """Steps 4 to 9 on every line, then the caps of groups over the quote and the rounding of step 10."""
        rows = self.rows
        header = self.header_mask() if rows.fresh else 0
        if self.express is not None:
            for index in self.express.finish(header):
                rows.states[index] = self._off_the_lane(rows.lines[index])
                self.slow.append(index)
            self.slow.sort()
        for index in self.slow:
            state = rows.states[index]
            assert state is not None
            self.line(state, header)
        for group in self.plan.line_groups:
            if group.group.cap is not None and is_capped_over_quote(group.group):
                cap_over_quote(self.work, rows, group.group.id, group.group.cap)
        self.settle()

    def _off_the_lane(self, line: RequestLine) -> LineState:
        """A line that started on the express lane and needs the full treatment after all."""
        state = new_state(self.work, line)
        start_line(self.work, self.finder, state)
        show_line(self.work, state)
        return state

    def header_mask(self) -> int:
        """The line rules that the header allows and that may act at all."""
        return self.plan.index.header_mask(self.work.quote, self.work.customer, self.usable.lines)

    def line(self, state: LineState, header: int, run: LineRun | None = None) -> LineRun:
        """Steps 4 to 9 on one line."""
        run = run or LineRun(self.work, state)
        candidates: Sequence[RulePlan] = ()
        replacing = replaces_rules_of(self.request, state)
        if not replacing:
            candidates = alone(run, self.candidates(state, header))
        elif run.told is not None:
            for rule in self.candidates(state, header):
                run.lost(rule, f"replaced by the manual discount {replacing}")
        before = [group for group in self.plan.line_groups if group.group.step.value < Step.MANUAL.value]
        after = self.plan.line_groups[len(before) :]
        if self.request.manual and after:
            first = after[0].first_no
            run_groups(run, [rule for rule in candidates if rule.no < first], before)
            manual_on_line(self.request, state)
            run_groups(run, [rule for rule in candidates if rule.no >= first], after)
        else:
            run_groups(run, candidates, self.plan.line_groups)
            manual_on_line(self.request, state)
        guard_line(self.work, state)
        if run.greedy and GREEDY not in self.warnings:
            self.warnings.append(GREEDY)
        return run

    def percent_lines(self) -> Fault | None:
        """The turn of lines that are a percent of others, or why they cannot have one."""
        if not self.counting:
            return None
        turns = in_turn(self.work, self.rows, self.counting)
        if isinstance(turns, Fault):
            return turns
        self.warnings.extend(turns.remarks)
        for index, counted in turns.counted.items():
            start_counting(self.work, self.rows, index, counted)
            state = self.rows.states[index]
            assert state is not None
            self._agreed_alone(state)
            state.settle(ROUNDING)
            self.rows.keep(index, state)
            self.warnings.extend(of_nothing(self.work, self.rows, index, counted))
        self.rows.check_range()
        return None

    def _agreed_alone(self, state: LineState) -> None:
        """Steps 7 and 9 on a line that no rule acts on."""
        show_line(self.work, state)
        run = LineRun(self.work, state)
        if run.told is not None:
            for rule in self.candidates(state, self.header_mask()):
                run.lost(rule, OF_OTHERS)
        manual_on_line(self.request, state)
        guard_line(self.work, state)

    def candidates(self, state: LineState, header: int) -> list[RulePlan]:
        """The line rules whose fixed conditions hold, in working order: by index first, then asked."""
        found = []
        for number in rows_of(self.plan.index.line_mask(header, state.record)):
            rule = self.plan.line_rules[number]
            if not rule.fixed or self.work.holds(rule.fixed, state.record):
                found.append(rule)
        return found

    def settle(self) -> None:
        """Step 10: round at the declared points."""
        rows = self.rows
        for index in self.slow:
            state = rows.states[index]
            assert state is not None
            state.settle(ROUNDING)
            rows.keep(index, state)
        rows.check_range()
        points = self.plan.rules.rounding.points
        if RoundingPoint.TOTAL in points and RoundingPoint.LINE not in points:
            self._settle_total()

    def _settle_total(self) -> None:
        """The sum is rounded once, then allocated to the lines (such a book has no express lane)."""
        exact = [state.running_amount for state in self.rows.states if state is not None]
        total = minor_units(sum(exact, ZERO), self.work.currency, self.plan.rules.rounding.mode)
        self.rows.stage_amount = whole_units(total, exact, self.work.currency.exponent)

    def finish(self) -> Priced | Refusal:
        """Steps 11 to 13."""
        order = OrderState(self.work, self.rows)
        if self.shelf is not None and self.request.tax_state is TaxState.TABLE:
            order.rate_by_code = self.shelf.rates
        faults = unknown_tax_codes(self.work, order)
        if faults:
            return Refusal(tuple(faults))
        run = OrderRun(order)
        replacing = replaces_order_rules(self.request)
        if not replacing:
            run.run(self.plan.order_groups, self.usable.blocked)
            if run.greedy:
                self.warnings.append(ONE_BY_ONE)
        else:
            run.replaced(self.plan.order_groups, replacing)
        faults = untaxed_gifts(self.work, run.gifts)
        if faults:
            return Refusal(tuple(faults))
        discounts = [*run.discounts, *manual_on_order(order, sum(gift.amount for gift in run.gifts))]
        priced = answer(order, run, discounts, self.usable.refused, self.warnings)
        if self.shelf is not None:
            self.rows.teach(self.shelf)
            if self.express is not None:
                teach_products(self.rows, self.express, self.shelf)
        return priced


def _header(plan: PricePlan, request: PriceRequest, shelf: Shelf | None) -> tuple[Opened, Usable]:
    """What the header decides, as it is known where lines under it are."""
    known = None if shelf is None else shelf.header
    if known is None:
        known = opened_by(plan, request), usable_rules(plan.restrictions, request, plan.index.everything)
        if shelf is not None:
            shelf.header = known
    return known


def unknown_tax_codes(work: Work, order: OrderState) -> list[Fault]:
    """A fault for each line whose tax code has no rate, where the book refuses that."""
    lines = work.request.lines
    return [
        Fault(codes.UNKNOWN_TAX_CODE, f"lines[{index}].tax_code", *no_rate(work, lines[index].tax_code))
        for index in unknown_codes(work, order)
    ]


def missing_price(request: PriceRequest, index: int) -> Fault:
    """The fault that names what was looked for."""
    line = request.lines[index]
    named = request.quote.get("price_book")
    book = f" in the price book `{named}`" if named else ""
    day = request.date.isoformat()
    message = f"no price for `{line.sku}`{book} in {request.currency} on {day}, quantity {line.quantity}"
    hint = "add a price book entry, or check SKU, currency, date and quantity"
    return Fault(codes.MISSING_PRICE, f"lines[{index}].sku", message, hint)
