"""Step 11: discounts on the order, in their groups, spread over the lines that take part."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from engine.money import EXACT
from engine.pricing.best import count_of_sets, every_set
from engine.pricing.compiled import GroupPlan
from engine.pricing.effects import BuyGet, Gift, UnitsOff
from engine.pricing.gifts import gift_line
from engine.pricing.order_give import OrderGiver, OrderTake
from engine.pricing.order_state import OrderState
from engine.pricing.plan import Combine, Pick
from engine.pricing.result import GiftLine, OrderDiscount
from engine.pricing.ruleplan import RulePlan
from engine.pricing.state import HUNDRED, ZERO, minor_units
from engine.pricing.usability import BUDGET, said_why

SETS_MAX = 2_000
"""How many sets of discounts are tried for the best one before they are chosen one after another."""
SHARES_MAX = 200_000
"""How many times a line may be looked at for that."""


NOTHING_LEFT = "nothing left to give"


class OrderRun:
    """The order rules of one quote at work."""

    def __init__(self, state: OrderState) -> None:
        self.state = state
        self.applied: list[int] = []
        self.discounts: list[OrderDiscount] = []
        self.gifts: list[GiftLine] = []
        self.stopped = ""
        self.greedy = False

    def run(self, groups: Sequence[GroupPlan], blocked: frozenset[int]) -> None:
        """Work through the groups; ``blocked`` are the rules that codes, dates or limits keep from acting."""
        alone = self._exclusive(groups, blocked)
        for group in groups:
            members = [rule for rule in group.rules if rule.no not in blocked]
            if alone is not None:
                for rule in members:
                    if rule is not alone:
                        self.lost(rule, f"{alone.rule.id} is exclusive")
                members = [rule for rule in members if rule is alone]
            if members:
                _GroupRun(self, group).work(members)

    def replaced(self, groups: Sequence[GroupPlan], manual: str) -> None:
        """Note that an agent's discount stands in the place of all of them."""
        for group in groups:
            for rule in group.rules:
                self.lost(rule, f"replaced by the manual discount {manual}")

    def lost(self, rule: RulePlan, reason: str) -> None:
        """Note why a rule does not act, when somebody wants to know."""
        told = self.state.work.told
        if told is not None:
            told.order.lost[rule.no] = reason

    def holds(self, rule: RulePlan) -> bool:
        """Whether the rule's conditions hold on what earlier rules left."""
        if not rule.fixed and not rule.live:
            return True
        if rule.reads_lines:
            self.state.show()
        else:
            self.state.show_total()
        return self.state.work.order_holds(rule.fixed) and self.state.work.order_holds(rule.live)

    def _exclusive(self, groups: Sequence[GroupPlan], blocked: frozenset[int]) -> RulePlan | None:
        """The exclusive rule that holds, has lines to act on, and comes first by priority."""
        found = [
            rule
            for group in groups
            for rule in group.rules
            if rule.rule.exclusive and rule.no not in blocked and self.holds(rule)
            if self.state.taking_part(rule)
        ]
        return max(found, key=lambda each: (each.rule.priority, -each.no), default=None)


class _GroupRun:
    """One group of order rules at work."""

    def __init__(self, run: OrderRun, group: GroupPlan) -> None:
        self.run = run
        self.state = run.state
        self.group = group.group
        self.entry = list(run.state.running)
        self.count = 0
        self.left = self._cap()

    def work(self, members: Sequence[RulePlan]) -> None:
        """Pick as the group says."""
        match self.group.pick:
            case Pick.ALL | Pick.BANDS:
                self._all(members)
            case Pick.FIRST:
                self._first(members)
            case Pick.BEST:
                self._best(members)
            case Pick.WORST:
                self._one(self._all_ready(members), sign=-1)
        self.state.work.settle_trials()

    def _all(self, members: Sequence[RulePlan]) -> None:
        most = self.group.at_most
        for rule in members:
            if self.run.stopped:
                self.run.lost(rule, f"stopped by {self.run.stopped}")
            elif most is not None and self.count >= most:
                self.run.lost(rule, f"{self.group.id} takes at most {most}")
            elif self._ready(rule):
                self._give(rule)

    def _first(self, members: Sequence[RulePlan]) -> None:
        winner = ""
        for rule in members:
            if winner:
                self.run.lost(rule, f"{winner} came first in {self.group.id}")
            elif self.run.stopped:
                self.run.lost(rule, f"stopped by {self.run.stopped}")
            elif self._ready(rule) and self._give(rule):
                winner = rule.rule.id

    def _all_ready(self, members: Sequence[RulePlan]) -> list[RulePlan]:
        if not self.run.stopped:
            return [rule for rule in members if self._ready(rule)]
        for rule in members:
            self.run.lost(rule, f"stopped by {self.run.stopped}")
        return []

    def _best(self, members: Sequence[RulePlan]) -> None:
        """The set that takes off most, of all sets if they can be tried; where every rule adds something, the one that
        adds least.
        """
        ready = self._all_ready(members)
        most = self.group.at_most or 1
        sets = count_of_sets(len(ready), most)
        if most == 1:
            self._one(ready, sign=1)
        elif sets > SETS_MAX or sets * len(self.state.lines) > SHARES_MAX:
            self.run.greedy = True
            self._in_turn(ready, most)
        else:
            self._give_set(ready, self._best_set(ready, most))

    def _best_set(self, ready: Sequence[RulePlan], most: int) -> tuple[int, ...]:
        """The set that takes off most: of equal ones the smaller, then the earlier; empty when none does."""
        chosen: tuple[int, ...] = ()
        best = 0
        for taken in every_set([_clashing(rule, ready) for rule in ready], most):
            worth = self._together([ready[each] for each in taken])
            if worth > best:
                chosen, best = taken, worth
        return chosen

    def _give_set(self, ready: Sequence[RulePlan], chosen: tuple[int, ...]) -> None:
        if not chosen:
            self._one(ready, sign=1)
            return
        for each in chosen:
            self._give(ready[each])
        left = [rule for index, rule in enumerate(ready) if index not in chosen]
        self._beaten(left, ", ".join(ready[each].rule.id for each in chosen))

    def _together(self, rules: Sequence[RulePlan]) -> int:
        """What rules take off one after the other, on trial; a gift counts as the least money."""
        saved, left = self.state.saved(), self.left
        worth = 0
        for rule in rules:
            given = self._try(rule)
            worth += given
            if given and rule.rule.stop:
                break
        self.state.restore(saved)
        self.left = left
        return worth

    def _try(self, rule: RulePlan) -> int:
        """What a rule takes off what those before it left on trial."""
        if isinstance(self.state.effect(rule), Gift):
            return self._worth(rule)
        taken = OrderGiver(self.state, rule, self._base(), self.left).measure(dry=False, on_trial=True)
        if not any(share for _, share in taken.split):
            return 0
        self.state.take(taken.split, revalue=taken.whole_lines)
        self.left = None if self.left is None else max(self.left - taken.amount, 0)
        return taken.amount

    def _one(self, ready: Sequence[RulePlan], *, sign: int) -> None:
        """Give the best or the worst by what each would give alone."""
        winner, left = self._give_one(ready, sign=sign)
        self._beaten(left, winner)

    def _in_turn(self, ready: Sequence[RulePlan], most: int) -> None:
        """The best one by one, as long as there is one that takes something off what the others left."""
        winner, left = self._give_one(ready, sign=1)
        while self.count < most and not self.run.stopped:
            left = [rule for rule in left if not self._beside(rule)]
            if not any(self._worth(rule) > 0 for rule in left):
                break
            found, left = self._give_one(left, sign=1)
            winner = found or winner
        self._beaten(left, winner, note="; chosen one after another: too many sets")

    def _give_one(self, ready: Sequence[RulePlan], *, sign: int) -> tuple[str, list[RulePlan]]:
        """The rule that was given, and the others."""
        left, winner = list(ready), ""
        while left and not winner:
            worths = [self._worth(rule) for rule in left]
            giving = [index for index, worth in enumerate(worths) if worth]
            if not giving:
                break
            rule = left.pop(max(giving, key=lambda index: (sign * worths[index], -index)))
            winner = rule.rule.id if self._give(rule) else ""
        return winner, left

    def _beaten(self, rules: Sequence[RulePlan], winners: str, note: str = "") -> None:
        for rule in rules:
            beaten = f"beaten by {winners} in group {self.group.id}{note}"
            self.run.lost(rule, beaten if winners else self._why_nothing(rule))

    def _beside(self, rule: RulePlan) -> bool:
        """Whether a rule that acted keeps this one out; the reason is noted."""
        clash = self._clash(rule)
        if clash:
            self.run.lost(rule, f"cannot stand beside {clash}")
        return bool(clash)

    def _ready(self, rule: RulePlan) -> bool:
        clash = self._clash(rule)
        if clash:
            self.run.lost(rule, f"cannot stand beside {clash}")
            return False
        if not self.run.holds(rule):
            self.run.lost(rule, "its condition does not hold")
            return False
        return True

    def _clash(self, rule: RulePlan) -> str:
        plan = self.state.work.plan
        for no in self.run.applied:
            other = plan.rule_plan(no).rule
            if other.id in rule.rule.not_with or rule.rule.id in other.not_with:
                return other.id
        return ""

    def _base(self) -> Sequence[int]:
        return self.entry if self.group.combine is Combine.ADDITIVE else self.state.running

    def _worth(self, rule: RulePlan) -> int:
        effect = self.state.effect(rule)
        if isinstance(effect, Gift):
            gift = self._gift(rule, effect)
            return 0 if gift is None else 1
        return OrderGiver(self.state, rule, self._base(), self.left).measure(dry=True).amount

    def _give(self, rule: RulePlan) -> bool:
        if self.run.stopped:
            self.run.lost(rule, f"stopped by {self.run.stopped}")
            return False
        effect = self.state.effect(rule)
        work = self.state.work
        nothing = ""
        if work.told is not None:
            nothing = self._why_nothing(rule)
            work.told.order.acted(rule.no, rule.rule.when, work.records({}))
        if isinstance(effect, Gift):
            gift = self._gift(rule, effect)
            if gift is not None:
                self.run.gifts.append(gift)
            given = gift is not None
        else:
            taken = OrderGiver(self.state, rule, self._base(), self.left).measure(dry=False)
            given = self._book(rule, taken)
        if not given:
            is_over = rule.no in work.over_budget
            self.run.lost(rule, said_why(BUDGET, rule.rule, work.request) if is_over else nothing)
            return False
        self.run.applied.append(rule.no)
        self.count += 1
        if rule.rule.stop:
            self.run.stopped = rule.rule.id
        return True

    def _why_nothing(self, rule: RulePlan) -> str:
        """Why a rule would give nothing, as the order is before it."""
        effect = self.state.effect(rule)
        if effect is None:
            return f"gives nothing in {self.state.work.currency.code}"
        if isinstance(effect, Gift):
            each = effect.for_each
            return "" if each is None else f"there are fewer units than the {each.quantity:f} that one is given for"
        if self.left == 0:
            return "the cap of its group is reached"
        if not self.state.taking_part(rule):
            return "no line takes part in it"
        if not isinstance(effect, BuyGet | UnitsOff):
            return NOTHING_LEFT
        return OrderGiver(self.state, rule, self._base(), self.left).units_missing() or NOTHING_LEFT

    def _book(self, rule: RulePlan, taken: OrderTake) -> bool:
        if not any(share for _, share in taken.split):
            return False
        self.state.take(taken.split, revalue=taken.whole_lines)
        self.run.discounts.append(OrderDiscount(rule.no, taken.amount, taken.split, taken.not_given))
        if self.left is not None:
            self.left = max(self.left - taken.amount, 0)
        return True

    def _gift(self, rule: RulePlan, effect: Gift) -> GiftLine | None:
        times = Decimal(1)
        if effect.for_each is not None:
            quantity = ZERO
            for index in self.state.matching(self.state.wheres(effect.for_each.where)):
                if self.state.lines[index].segment <= 1:  # of a ramp what is sold at first: gifts come once
                    quantity = EXACT.add(quantity, self.state.lines[index].quantity)
            times = EXACT.divide(quantity, effect.for_each.quantity).to_integral_value(ROUND_FLOOR)
        if times <= 0:
            return None
        return gift_line(self.state.work, rule, effect, EXACT.multiply(effect.quantity, times))

    def _cap(self) -> int | None:
        """The most the group may take off the order, in minor units."""
        cap = self.group.cap
        if cap is None:
            return None
        work = self.state.work
        limits = []
        if cap.percent is not None:
            share = EXACT.divide(EXACT.multiply(Decimal(sum(self.entry)), cap.percent), HUNDRED)
            limits.append(int(share.to_integral_value(work.plan.rules.rounding.mode.decimal)))
        most = cap.amounts.get(work.currency.code)
        if most is not None:
            limits.append(minor_units(most, work.currency, work.plan.rules.rounding.mode))
        return max(min(limits), 0) if limits else None


def _clashing(rule: RulePlan, members: Sequence[RulePlan]) -> frozenset[int]:
    """The positions of the rules that a rule cannot stand beside."""
    mine = rule.rule
    return frozenset(
        index for index, each in enumerate(members) if each.rule.id in mine.not_with or mine.id in each.rule.not_with
    )
