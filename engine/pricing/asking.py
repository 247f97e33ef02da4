"""Asking something in its turn: the quote is priced with a watch in the place of its conditions, which keeps what they
could see when the engine came to them. What earlier rules left is seen as they left it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.diagnostics import Refusal
from engine.language import Checked, compile_all
from engine.pricing.compiled import GroupPlan, PricePlan
from engine.pricing.flow import Lane, Pricing
from engine.pricing.plan import Level
from engine.pricing.request import Facts, PriceRequest
from engine.pricing.result import Priced
from engine.pricing.ruleplan import RulePlan
from engine.pricing.sight import Sight, is_true, kept
from engine.pricing.state import LineState
from engine.pricing.told import Told


class Watch:
    """Stands in the place of conditions: keeps what they see when they are asked about one line or about the order.

    ``is_open`` says that nothing else (a code, a date, a limit) keeps the rule from acting.
    """

    def __init__(
        self, conditions: Sequence[Checked], request: PriceRequest, index: int, *, is_open: bool = True
    ) -> None:
        self.seen: Sight | None = None
        self._tests = compile_all(conditions)
        self._line, self._index = request.lines[index].id, index
        self._is_open = is_open

    def of_line(self, line: Facts, quote: Facts, customer: Facts, lines: Sequence[Facts]) -> bool:
        """Whether the conditions hold for a line, as the engine asks it."""
        if line["id"] == self._line:
            self.seen = kept(line, quote, customer, lines)
        return self._is_open and all(is_true(each, (line, quote, customer, lines)) for each in self._tests)

    def of_order(self, quote: Facts, customer: Facts, lines: Sequence[Facts]) -> bool:
        """Whether the conditions hold for the order, as the engine asks it."""
        self.seen = kept(lines[self._index], quote, customer, lines)
        return self._is_open and all(is_true(each, (quote, customer, lines)) for each in self._tests)


class Watched(Pricing):
    """A quote that is priced while a rule is watched on one line.

    ``before`` is what the line's rules see before the first of them; ``outcome`` the price of the quote.
    """

    def __init__(self, plan: PricePlan, request: PriceRequest, index: int, rule: RulePlan, watch: Watch) -> None:
        self._is_line_rule = plan.level_of(rule.no) is Level.LINE
        test = watch.of_line if self._is_line_rule else watch.of_order
        self._rule = replace(rule, fixed=(), live=(test,), reads_lines=True)
        self._index = index
        told = Told(frozenset((request.lines[index].id,)))
        super().__init__(with_order_rule(plan, self._rule), request, lane=Lane.FULL, told=told)
        self.usable = replace(self.usable, blocked=self.usable.blocked - {rule.no})
        self.told = told
        self.before: Sight | None = None
        self.outcome: Priced | Refusal = self.run()

    def candidates(self, state: LineState, header: int) -> list[RulePlan]:
        """The candidates, and among them the rule that is watched, whatever its conditions say."""
        found = super().candidates(state, header)
        if state is not self.rows.states[self._index]:
            return found
        work = self.work
        self.before = kept(state.record, work.quote, work.customer, work.lines)
        if not self._is_line_rule:
            return found
        return sorted([*(each for each in found if each.no != self._rule.no), self._rule], key=lambda each: each.no)

    def left(self) -> Sight:
        """What conditions about the order can see after its last rule."""
        work = self.work
        lines = work.lines or self.rows.records(work)
        return kept(lines[self._index], work.quote, work.customer, lines)


def with_order_rule(plan: PricePlan, rule: RulePlan) -> PricePlan:
    """The plan with an order rule in the place of the one of its number."""
    groups = tuple(_with_rule(each, rule) for each in plan.order_groups)
    return replace(plan, order_groups=groups)


def _with_rule(group: GroupPlan, rule: RulePlan) -> GroupPlan:
    return replace(group, rules=tuple(rule if each.no == rule.no else each for each in group.rules))


def with_watch(plan: PricePlan, number: int, watch: Watch) -> PricePlan:
    """The plan with a watch in the place of the conditions of a guard or of a bundle price."""
    tests = (watch.of_line,)
    guards = tuple(replace(each, tests=tests) if each.no == number else each for each in plan.guards)
    bundles = {
        sku: tuple(replace(each, tests=tests) if each.no == number else each for each in found)
        for sku, found in plan.bundle_prices.items()
    }
    return replace(plan, guards=guards, bundle_prices=bundles)
