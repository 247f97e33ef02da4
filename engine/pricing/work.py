"""One request being priced: the plan, the records that conditions read, and the running states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from engine.language.scope import Checked
from engine.money import EXACT, Currency
from engine.pricing.adjust import Evaluate
from engine.pricing.amounts import Amounts
from engine.pricing.compiled import PercentPlan, PricePlan
from engine.pricing.effects import Operand
from engine.pricing.plan import Rule
from engine.pricing.request import Facts, PriceRequest, RequestLine
from engine.pricing.ruleplan import Test
from engine.pricing.settings import BudgetOverrun
from engine.pricing.state import ZERO, Record
from engine.pricing.told import Told
from engine.pricing.usability import budget_left


class Opened(NamedTuple):
    """What the header of a request decides alone: the records ``customer`` and ``quote`` that conditions read, before
    anything is priced, and the percents of totals in force.
    """

    customer: Facts
    quote: Facts
    percent_of: Mapping[str, PercentPlan]


def opened_by(plan: PricePlan, request: PriceRequest) -> Opened:
    """What a header decides."""
    quote: Record = {**plan.declared["quote"], **request.quote}
    quote["date"] = request.date
    quote["currency"] = request.currency
    quote["codes"] = tuple(request.codes)
    quote["list"] = quote["net"] = quote["running"] = quote["acv"] = quote["tcv"] = ZERO
    return Opened(
        {**plan.declared["customer"], **request.customer},
        quote,
        percents_in_force(plan, request.date) if plan.percent_of else {},
    )


class Work:
    """The working copy of one call; never shared, never kept."""

    __slots__ = (
        "_over_on_trial",
        "amounts",
        "currency",
        "customer",
        "lines",
        "over_budget",
        "percent_of",
        "plan",
        "quote",
        "request",
        "spent",
        "told",
    )

    def __init__(
        self,
        plan: PricePlan,
        request: PriceRequest,
        currency: Currency,
        *,
        told: Told | None = None,
        opened: Opened | None = None,
    ) -> None:
        self.told = told
        self.plan = plan
        self.request = request
        self.currency = currency
        self.amounts = Amounts(currency, plan.rules.rounding.mode)
        header = opened or opened_by(plan, request)
        self.customer: Facts = header.customer
        self.quote: Record = quote_record(plan, request, header)
        self.lines: Sequence[Facts] = ()
        self.spent: dict[int, Decimal] = {}
        self.over_budget: dict[int, None] = {}
        self._over_on_trial: dict[int, None] = {}
        self.percent_of = header.percent_of

    def holds(self, tests: tuple[Test, ...], record: Facts) -> bool:
        """Whether all conditions about a line hold."""
        return all(test(record, self.quote, self.customer, self.lines) is True for test in tests)

    def order_holds(self, tests: tuple[Test, ...]) -> bool:
        """Whether all conditions about the order hold."""
        return all(test(self.quote, self.customer, self.lines) is True for test in tests)

    def number(self, operand: Operand, record: Facts) -> Decimal:
        """A constant, or the value of a formula about a line."""
        if isinstance(operand, Decimal):
            return operand
        found = as_number(self.plan.functions[id(operand)](record, self.quote, self.customer, self.lines))
        return self._within_bounds(operand, found)

    def order_number(self, operand: Operand) -> Decimal:
        """A constant, or the value of a formula about the order."""
        if isinstance(operand, Decimal):
            return operand
        found = as_number(self.plan.functions[id(operand)](self.quote, self.customer, self.lines))
        return self._within_bounds(operand, found)

    def _within_bounds(self, operand: Checked, value: Decimal) -> Decimal:
        """A result as it is; what is refused as a constant when a book is loaded is refused as a result, too."""
        bound = self.plan.bounds.get(id(operand))
        if bound is not None and not bound.admits(value):
            raise NotANumberError(bound.told(value))
        return value

    def within_budget(self, no: int, rule: Rule, amount: Decimal, *, on_trial: bool) -> Decimal:
        """As much of a grant as the rule's budget still pays: all, a part, or nothing, as the book says.

        What it cannot pay is noted; ``on_trial`` only until it is settled what the rules of a group give.
        """
        left = budget_left(rule, self.request)
        if left is None or amount <= 0:
            return amount
        left = max(EXACT.subtract(left, self.spent.get(no, ZERO)), ZERO)
        if amount <= left:
            return amount
        if self.plan.rules.habits.budget_overrun is BudgetOverrun.CAP and left > 0:
            return left
        noted = self._over_on_trial if on_trial else self.over_budget
        noted[no] = None
        return ZERO

    def spend(self, no: int, amount: Decimal) -> None:
        """Note what a rule has given in this call."""
        self.spent[no] = EXACT.add(self.spent.get(no, ZERO), amount)
        self._over_on_trial.pop(no, None)

    def settle_trials(self) -> None:
        """Keep note of the budgets that could not pay on trial what was not given for real either."""
        self.over_budget.update(self._over_on_trial)
        self._over_on_trial.clear()

    def records(self, line: Facts) -> dict[str, Facts]:
        """What conditions about a line read, by root."""
        return {"line": line, "quote": self.quote, "customer": self.customer}

    def evaluator(self, record: Facts) -> Evaluate:
        """``number`` with the record at hand."""
        evaluate: Callable[[Operand], Decimal] = lambda operand: self.number(operand, record)  # noqa: E731
        return evaluate


def percents_in_force(plan: PricePlan, day: date) -> Mapping[str, PercentPlan]:
    """The percent of total of each SKU that is priced so on a day."""
    held = ((sku, each) for sku, found in plan.percent_of.items() for each in reversed(found))
    return {sku: each for sku, each in held if each.use.window.holds(day)}


class NotANumberError(ValueError):
    """A formula of the rule book answered something that is no number."""


def as_number(value: object) -> Decimal:
    """A formula's answer as a finite number."""
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise NotANumberError(f"a formula answered `{value}` instead of a number")


def quote_record(plan: PricePlan, request: PriceRequest, opened: Opened) -> Record:
    """What conditions read as ``quote`` before anything is priced."""
    record: Record = {**opened.quote}
    if plan.reads_quantity:
        quantity = ZERO
        for line in request.lines:
            quantity = EXACT.add(quantity, line.quantity)
        record["qty"] = quantity
    return record


def line_record(plan: PricePlan, line: RequestLine) -> Record:
    """What conditions read as ``line`` before it has a price; declared names nobody gave a value are unknown (None)."""
    record: Record = {**plan.declared["line"], **line.facts}
    record["id"] = line.id
    record["sku"] = line.sku
    record["qty"] = line.quantity
    record["group"] = line.group
    record["bundle"] = line.bundle
    record["segment"] = Decimal(line.segment)
    record["charge"] = line.charge.kind.value
    record["term_months"] = line.term_months
    record["cost"] = line.cost
    record["floor"] = line.floor
    record["discountable"] = line.discountable
    record["discounted"] = False
    record["list"] = record["list_amount"] = record["unit"] = record["net"] = record["running"] = ZERO
    return record
