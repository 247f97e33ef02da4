"""The waterfall: the one place that says in which order a price comes about.

1 list price · 2 contracted price · 3 term and ramp · 4 volume: what a line starts from, before any rule
4 to 8 rule groups by step (volume, rules, promotions, manual, partner): each acts on what the last one left
9 line guards: after all line rules, since they hold the result
10 line totals, then lines that are a percent of others: they need settled lines
11 order discounts: they need line totals, and hold the floors of 9
12 tax: on what is finally charged
13 totals and cash rounding
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.diagnostics import Fault, Refusal
from engine.language import EvaluationFault
from engine.money import EXACT, MoneyError, RoundingRule, currency
from engine.pricing import codes
from engine.pricing.checks import request_faults
from engine.pricing.compiled import GROUP_CAP, ROUNDING, PricePlan, RulePlan
from engine.pricing.finding import Finder
from engine.pricing.guarding import guard_line, price_percent_lines
from engine.pricing.index import numbers
from engine.pricing.line_stage import LineRun, alone, run_groups
from engine.pricing.manual import manual_on_line, manual_on_order, replaces_order_rules, replaces_rules_of
from engine.pricing.models.percent_of_total import PercentCycleError
from engine.pricing.models.stairstep import BeyondLastStepError
from engine.pricing.order_stage import OrderRun
from engine.pricing.order_state import OrderState
from engine.pricing.plan import CapScope, Step
from engine.pricing.request import PriceRequest
from engine.pricing.result import OrderDiscount, Priced, PricedLine
from engine.pricing.settings import RoundingPoint
from engine.pricing.spread import spread
from engine.pricing.starting import MissingPriceError, prepare, start_line
from engine.pricing.state import ZERO, LineState, major, minor_units
from engine.pricing.taxes import TaxedAmounts, tax_on, unknown_codes
from engine.pricing.totals import periods_of, term_amount, totals_of
from engine.pricing.usability import refused_rules, restricted, unusable_numbers
from engine.pricing.work import NotANumberError, Work

GREEDY = "the best combination of rules was searched up to a limit; a better one may exist"


def price(plan: PricePlan, request: PriceRequest) -> Priced | Refusal:
    """Price a request by a plan; bad input is a refusal that names every fault."""
    faults = request_faults(plan, request)
    if faults:
        return Refusal(tuple(faults))
    try:
        return Pricing(plan, request).run()
    except EvaluationFault as fault:
        return Refusal((Fault(codes.RULE_FAILED, "", f"a rule could not be evaluated: {fault}"),))
    except NotANumberError as fault:
        return Refusal((Fault(codes.RULE_FAILED, "", str(fault)),))
    except MoneyError as error:
        return Refusal((error.fault(""),))
    except ArithmeticError:
        return Refusal((Fault(codes.OUT_OF_RANGE, "lines", "an amount is beyond what can be computed exactly"),))


class Pricing:
    """One request on its way through the waterfall; ``fault_list`` is what was found wrong on the way."""

    def __init__(self, plan: PricePlan, request: PriceRequest) -> None:
        self.plan = plan
        self.request = request
        self.work = Work(plan, request, currency(request.currency))
        self.restricted = restricted(plan)
        self.unusable = unusable_numbers(self.restricted, request)
        self.warnings: list[str] = []

    def run(self) -> Priced | Refusal:
        """All steps in order."""
        faults = self.start()
        if faults:
            return Refusal(tuple(faults))
        self.line_rules()
        try:
            price_percent_lines(self.work)
        except PercentCycleError as cycle:
            members = ", ".join(f"`{self.request.lines[each].id}`" for each in cycle.members)
            return Refusal((Fault(codes.PERCENT_CYCLE, "lines", f"lines are percents of each other: {members}"),))
        return self.finish()

    def start(self) -> list[Fault]:
        """Steps 1 to 4: what each line starts from, and the totals that line rules see."""
        work = self.work
        prepare(work)
        finder = Finder(work)
        faults: list[Fault] = []
        for index, state in enumerate(work.states):
            try:
                start_line(work, finder, state)
            except MissingPriceError:
                faults.append(self._missing(index, state))
            except BeyondLastStepError as error:
                faults.append(Fault(codes.BEYOND_MODEL, f"lines[{index}].quantity", str(error)))
        if not faults:
            show_start(work)
        return faults

    def line_rules(self) -> None:
        """Steps 4 to 9 on every line."""
        work = self.work
        header = self.header_mask()
        for state in work.states:
            self.line(state, header)
        for group in self.plan.line_groups:
            if group.group.cap is not None and group.group.cap.scope is CapScope.QUOTE:
                cap_over_quote(work, group.first_no, group.group.cap.amounts.get(work.currency.code))
        self.settle()

    def header_mask(self) -> int:
        """The line rules that the header allows and that may act at all."""
        usable = self.plan.index.everything
        for number in self.unusable:
            if number < usable.bit_length():
                usable &= ~(1 << number)
        return self.plan.index.header_mask(self.work.quote, self.work.customer, usable)

    def line(self, state: LineState, header: int, run: LineRun | None = None) -> LineRun:
        """Steps 4 to 9 on one line."""
        work = self.work
        run = run or LineRun(work, state)
        candidates: Sequence[RulePlan] = ()
        if not replaces_rules_of(self.request, state):
            candidates = alone(run, self.candidates(state, header))
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
        guard_line(work, state)
        if run.greedy and GREEDY not in self.warnings:
            self.warnings.append(GREEDY)
        return run

    def candidates(self, state: LineState, header: int) -> list[RulePlan]:
        """The line rules whose fixed conditions hold, in working order: by index first, then asked."""
        found = []
        for number in numbers(self.plan.index.line_mask(header, state.record)):
            rule = self.plan.line_rules[number]
            if not rule.fixed or self.work.holds(rule.fixed, state.record):
                found.append(rule)
        return found

    def settle(self) -> None:
        """Step 10: round at the declared points."""
        for state in self.work.states:
            state.settle(ROUNDING)
        points = self.plan.rules.rounding.points
        if RoundingPoint.TOTAL in points and RoundingPoint.LINE not in points:
            self._settle_total()

    def _settle_total(self) -> None:
        """The sum is rounded once, then allocated to the lines."""
        work, mode = self.work, self.plan.rules.rounding.mode
        exact = [state.running_amount for state in work.states]
        total = minor_units(sum(exact, ZERO), work.currency, mode)
        for state, share in zip(work.states, allocate_total(total, exact, work.currency.exponent), strict=True):
            state.stage_amount = share

    def finish(self) -> Priced | Refusal:
        """Steps 11 to 13."""
        work = self.work
        order = OrderState(work, work.states)
        faults = [
            Fault(codes.UNKNOWN_TAX_CODE, f"lines[{index}].tax_code", f"no tax rate for `{line.tax_code}`")
            for index in unknown_codes(work, order.records)
            for line in (self.request.lines[index],)
        ]
        if faults:
            return Refusal(tuple(faults))
        run = OrderRun(order)
        if not replaces_order_rules(self.request):
            run.run(self.plan.order_groups, self.order_usable())
        discounts = [*run.discounts, *manual_on_order(order)]
        taxed = tax_on(work, order.running, order.records)
        return self.answer(order, run, discounts, taxed)

    def order_usable(self) -> frozenset[int] | None:
        """The order rules that may act, or None when all may."""
        if not self.unusable:
            return None
        rules = (rule.no for group in self.plan.order_groups for rule in group.rules)
        return frozenset(number for number in rules if number not in self.unusable)

    def answer(self, order: OrderState, run: OrderRun, discounts: list[OrderDiscount], taxed: TaxedAmounts) -> Priced:
        """The priced quote."""
        work = self.work
        lines = tuple(self._line(index, order, taxed) for index in range(len(work.states)))
        totals = totals_of(self.request, work.currency, self.plan.rules.rounding, lines, run.gifts, taxed)
        applied = dict.fromkeys(number for line in lines for number in line.applied)
        applied.update(dict.fromkeys(run.applied))
        split: tuple[tuple[int, tuple[int, ...]], ...] = ()
        if self.plan.rules.habits.split_over_units:
            split = tuple(
                (index, over_units(share, self.request.lines[index].quantity))
                for index, share in enumerate(order.discounts)
                if share
            )
        return Priced(
            currency=work.currency,
            lines=lines,
            totals=totals,
            order_discounts=tuple(discounts),
            gifts=tuple(run.gifts),
            refused=refused_rules(self.restricted, self.request),
            applied=tuple(applied),
            unit_discounts=split,
            warnings=tuple(self.warnings),
        )

    def _line(self, index: int, order: OrderState, taxed: TaxedAmounts) -> PricedLine:
        state = self.work.states[index]
        line = state.line
        amount, tax = order.running[index], taxed.line_tax[index]
        settings = self.plan.rules.tax
        net = amount - tax if settings is not None and settings.inclusive else amount
        mode = self.plan.rules.rounding.mode
        cost = None
        if line.cost is not None:
            cost = minor_units(EXACT.multiply(line.cost, line.quantity), self.work.currency, mode)
        periods = periods_of(line)
        term = term_amount(net, periods, self.work.currency, RoundingRule(mode))
        return PricedLine(
            line.id,
            line.sku,
            line.quantity,
            state.list_unit,
            state.running_unit,
            state.list_amount,
            state.stage_amount,
            order.discounts[index],
            amount,
            net,
            tax,
            net + tax,
            cost,
            periods.decimal(9) if periods.denominator != 1 else Decimal(periods.numerator),
            term,
            state.source,
            tuple(state.applied),
            tuple(state.trace),
        )

    def _missing(self, index: int, state: LineState) -> Fault:
        request = self.request
        looked_for = f"`{state.line.sku}` in {request.currency} on {request.date.isoformat()}"
        message = f"no price for {looked_for}, quantity {state.quantity}"
        hint = "add a price book entry, or check SKU, currency, date and quantity"
        return Fault(codes.MISSING_PRICE, f"lines[{index}].sku", message, hint)


def show_start(work: Work) -> None:
    """Let line rules see lines and totals as they are before the first of them."""
    mode = work.plan.rules.rounding.mode
    listed = started = 0
    for state in work.states:
        amount = minor_units(state.start, work.currency, mode)
        listed += state.list_amount
        started += amount
        record = state.record
        record["list_amount"] = major(state.list_amount, work.currency)
        record["net"] = record["running"] = major(amount, work.currency)
        record["unit"] = state.running_unit
    work.quote["list"] = major(listed, work.currency)
    work.quote["net"] = work.quote["running"] = major(started, work.currency)
    if work.plan.line_sees_lines:
        work.lines = [dict(state.record) for state in work.states]


def cap_over_quote(work: Work, first_no: int, most: Decimal | None) -> None:
    """Give back what a group took off all lines together beyond its cap, in proportion to what each got."""
    if most is None:
        return
    limit = minor_units(most, work.currency, work.plan.rules.rounding.mode)
    mode = work.plan.rules.rounding.mode
    given = []
    for state in work.states:
        amount = sum((given for number, given in state.capped if number == first_no), ZERO)
        given.append(minor_units(amount, work.currency, mode))
    excess = sum(given) - limit
    if excess <= 0:
        return
    shares, _ = spread(excess, given, [max(each, 0) for each in given])
    for state, share in zip(work.states, shares, strict=True):
        if share:
            state.take(GROUP_CAP, -major(share, work.currency), None)


def allocate_total(total: int, exact: Sequence[Decimal], exponent: int) -> list[int]:
    """Whole minor units for each exact amount that add up to the total; the largest remainders are rounded up first."""
    scaled = [amount.scaleb(exponent, EXACT) for amount in exact]
    whole = [int(each) for each in scaled]
    left = total - sum(whole)
    sign = 1 if left > 0 else -1
    order = sorted(range(len(whole)), key=lambda index: -sign * EXACT.subtract(scaled[index], whole[index]))
    for index in order[: abs(left)]:
        whole[index] += sign
    return whole


def over_units(share: int, quantity: Decimal) -> tuple[int, ...]:
    """An order discount of a line split over its units; a line of a part quantity stays whole."""
    count = int(quantity)
    if count != quantity or not 0 < count <= 10_000:
        return (share,)
    return tuple(spread(share, [1] * count, [None] * count)[0])
