"""Steps 4 to 8 on one line: rule groups in order, each picking, combining and capping as it declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.money import EXACT
from engine.pricing.adjust import Entry, Take, entry_of, line_take
from engine.pricing.best import best_set
from engine.pricing.compiled import GROUP_CAP, GroupPlan
from engine.pricing.effects import Effect
from engine.pricing.plan import Across, Cap, CapScope, Combine, Mode, Pick, RuleGroup, Within
from engine.pricing.rows import Rows
from engine.pricing.ruleplan import RulePlan
from engine.pricing.spread import spread
from engine.pricing.state import HUNDRED, ZERO, Capped, LineState, major, minor_units
from engine.pricing.told import Notes
from engine.pricing.usability import BUDGET, said_why
from engine.pricing.work import Work


@dataclass(slots=True)
class LineRun:
    """One line going through the groups; ``stopped`` names the rule that ended the level."""

    work: Work
    state: LineState
    stopped: str = ""
    greedy: bool = False
    trial: bool = False

    def lost(self, rule: RulePlan, reason: str) -> None:
        """Note why a rule does not act, when somebody wants to know."""
        told = self.told
        if told is not None:
            told.lost[rule.no] = reason

    @property
    def told(self) -> Notes | None:
        """Where to note what happens, when a reader asks about this line."""
        told = self.work.told
        return None if told is None or self.trial else told.about(self.state.line.id)

    def effect(self, rule: RulePlan) -> Effect | None:
        """What the rule gives in the quote's currency, or in any."""
        effects = rule.rule.effects
        return effects.get(self.work.currency.code, effects.get(""))

    def live(self, rule: RulePlan) -> bool:
        """Whether the conditions on the line's running state hold now."""
        if not rule.live:
            return True
        self.state.show()
        return self.work.holds(rule.live, self.state.record)

    def measure(self, rule: RulePlan, entry: Entry) -> Take:
        """What the rule would take off now, before caps and floors."""
        effect = self.effect(rule)
        if effect is None:
            return Take(ZERO)
        self.state.show()
        return line_take(effect, self.state, entry, self.work.evaluator(self.state.record), rule.rule.limit)

    def clash(self, rule: RulePlan) -> str:
        """The id of an applied rule that this one cannot stand beside, or nothing."""
        for no in self.state.applied:
            other = self.work.plan.sources[no].id
            if other in rule.rule.not_with or rule.rule.id in self.work.plan.rule_plan(no).rule.not_with:
                return other
        return ""


def run_groups(run: LineRun, candidates: Sequence[RulePlan], groups: Sequence[GroupPlan]) -> None:
    """Work a line through its groups; ``candidates`` are the rules whose fixed conditions hold, in working order."""
    position = 0
    for group in groups:
        members = []
        while position < len(candidates) and candidates[position].no < group.end_no:
            members.append(candidates[position])
            position += 1
        if members and not run.stopped:
            run_group(run, group, members)
            continue
        for rule in members:
            run.lost(rule, f"stopped by {run.stopped}")
        if is_capped_over_quote(group.group):  # a percent of all lines counts those that a group has nothing for, too
            run.state.capped.append(Capped(group.group.id, run.state.running_amount, ZERO))


def alone(run: LineRun, candidates: Sequence[RulePlan]) -> Sequence[RulePlan]:
    """An exclusive rule that holds stands alone in its level: the one of highest priority, then the earlier."""
    exclusive = [rule for rule in candidates if rule.rule.exclusive and run.live(rule)]
    if not exclusive:
        return candidates
    winner = max(exclusive, key=lambda each: (each.rule.priority, -each.no))
    for rule in candidates:
        if rule is not winner:
            run.lost(rule, f"{winner.rule.id} is exclusive")
    return [winner]


def run_group(run: LineRun, group: GroupPlan, members: Sequence[RulePlan]) -> None:
    """Pick, combine and cap the rules of one group on one line."""
    state = run.state
    entry = entry_of(state)
    giver = Giver(run, group.group, entry)
    match group.group.pick:
        case Pick.ALL:
            giver.give_all(members)
        case Pick.FIRST:
            giver.give_first(members)
        case Pick.BEST:
            giver.give_best(members)
        case Pick.WORST:
            giver.give_worst(members)
        case Pick.BANDS:
            giver.give_bands(members)
    if is_capped_over_quote(group.group):
        state.capped.append(Capped(group.group.id, entry.amount, giver.given))


def is_capped_over_quote(group: RuleGroup) -> bool:
    """Whether the lines of a quote share what a group may take off."""
    return group.cap is not None and group.cap.scope is CapScope.QUOTE


def cap_over_quote(work: Work, rows: Rows, group: str, cap: Cap) -> None:
    """Give back what a group took off all lines together beyond its cap, in proportion to what each got."""
    mode = work.plan.rules.rounding.mode
    given, found = [], ZERO
    for state in rows.states:
        capped = [each for each in (() if state is None else state.capped) if each.group == group]
        given.append(minor_units(sum((each.given for each in capped), ZERO), work.currency, mode))
        found = EXACT.add(found, sum((each.entry for each in capped), ZERO))
    limits = [cap.amounts[work.currency.code]] if work.currency.code in cap.amounts else []
    if cap.percent is not None:
        limits.append(EXACT.divide(EXACT.multiply(found, cap.percent), HUNDRED))
    if not limits:
        return
    excess = sum(given) - max(minor_units(min(limits), work.currency, mode), 0)
    if excess <= 0:
        return
    shares, _ = spread(excess, given, [max(each, 0) for each in given])
    for state, share in zip(rows.states, shares, strict=True):
        if state is not None and share:
            state.take(GROUP_CAP, -major(share, work.currency), None)


class Giver:
    """Gives what a group's rules give on one line, and keeps count of it."""

    def __init__(self, run: LineRun, group: RuleGroup, entry: Entry) -> None:
        self.run = run
        self.group = group
        self.entry = entry
        self.given = ZERO
        self.count = 0
        self.left = self._cap_left()
        self.pays_all = False

    def give(self, rule: RulePlan) -> bool:
        """Apply one rule; False, with the reason noted, when it has nothing to give."""
        run, state = self.run, self.run.state
        if run.stopped:
            run.lost(rule, f"stopped by {run.stopped}")
            return False
        clash = run.clash(rule)
        if clash:
            run.lost(rule, f"cannot stand beside {clash}")
            return False
        take = run.measure(rule, self._base())
        if self.left is not None and take.amount > self.left:
            take = Take(self.left)
        if rule.rule.usage.budgets and not self.pays_all:
            take = self._within_budget(rule, take)
        told = run.told
        if told is not None:
            told.acted(rule.no, rule.rule.when, run.work.records(state.record))
        granted = state.take(rule.no, take.amount, take.unit)
        if not granted:
            run.lost(rule, _why_nothing(run, rule, self.left))
            return False
        state.applied.append(rule.no)
        self.given = EXACT.add(self.given, granted)
        self.count += 1
        if self.left is not None:
            self.left = max(EXACT.subtract(self.left, granted), ZERO)
        if rule.rule.usage.budgets and not run.trial:
            run.work.spend(rule.no, granted)
        if rule.rule.stop:
            run.stopped = rule.rule.id
        return True

    def _within_budget(self, rule: RulePlan, take: Take) -> Take:
        """What the budget of a rule pays of what the line has room for."""
        run, room = self.run, self.run.state.room
        wanted = take.amount if room is None else min(take.amount, room)
        paid = run.work.within_budget(rule.no, rule.rule, wanted, on_trial=run.trial)
        return take if paid == wanted else Take(paid)

    def give_all(self, members: Sequence[RulePlan]) -> None:
        """Each in working order, as long as its conditions hold then."""
        most = self.group.at_most
        for rule in members:
            if self.run.stopped:
                self.run.lost(rule, f"stopped by {self.run.stopped}")
            elif most is not None and self.count >= most:
                self.run.lost(rule, f"{self.group.id} takes at most {most}")
            elif self._holds(rule):
                self.give(rule)

    def give_first(self, members: Sequence[RulePlan]) -> None:
        """The first that has something to give."""
        winner = ""
        for rule in members:
            if winner:
                self.run.lost(rule, f"{winner} came first in {self.group.id}")
            elif self._holds(rule) and self.give(rule):
                winner = rule.rule.id

    def give_best(self, members: Sequence[RulePlan]) -> None:
        """The set of at most so many that takes off most; where every rule adds something, the one that adds least."""
        members = [rule for rule in members if self._holds(rule) and not self._clashes(rule)]
        alone = [self._alone(rule) for rule in members]
        at_most = self.group.at_most or 1
        chosen: tuple[int, ...] = ()
        if at_most > 1:
            clashes = [_clashing(rule, members) for rule in members]
            # What a budget cannot pay of a rule by itself it may pay beside another that leaves less to take.
            most = [
                self._alone(rule, pays_all=True) if rule.rule.usage.budgets else worth
                for rule, worth in zip(members, alone, strict=True)
            ]
            found = best_set(most, clashes, at_most, lambda taken: self._together([members[each] for each in taken]))
            self.run.greedy = self.run.greedy or not found.exact
            chosen = found.positions
        best = None if chosen else _argmax(alone)
        self._give_chosen(members, chosen if best is None else (best,))

    def give_worst(self, members: Sequence[RulePlan]) -> None:
        """The one that takes off least, but something."""
        members = [rule for rule in members if self._holds(rule) and not self._clashes(rule)]
        worths = [self._alone(rule) for rule in members]
        giving = [index for index, worth in enumerate(worths) if worth]
        chosen = min(giving, key=lambda index: (worths[index], index), default=None)
        self._give_chosen(members, () if chosen is None else (chosen,))

    def give_bands(self, members: Sequence[RulePlan]) -> None:
        """Rules of one priority are a band; bands are worked from the highest down."""
        members = [rule for rule in members if self._holds(rule)]
        winners = ""
        while members:
            priority = members[0].rule.priority
            band = [rule for rule in members if rule.rule.priority == priority]
            members = members[len(band) :]
            ended = self._ended(winners)
            if ended:
                for rule in band:
                    self.run.lost(rule, ended)
                continue
            before = len(self.run.state.applied)
            self._give_chosen(band, self._band(band))
            given = self.run.state.applied[before:]
            winners = ", ".join(self.run.work.plan.sources[no].id for no in given) or winners

    def _ended(self, winners: str) -> str:
        """Why no further band is worked, or nothing."""
        if self.run.stopped:
            return f"stopped by {self.run.stopped}"
        return f"beaten by {winners} of a higher band" if winners and self.group.across is Across.STOP else ""

    def _band(self, band: Sequence[RulePlan]) -> tuple[int, ...]:
        """The positions of the rules of a band that win."""
        options: list[tuple[int, ...]] = []
        if self.group.within is Within.COMPOUND_VS_BEST:
            stacked = tuple(index for index, rule in enumerate(band) if rule.rule.mode is Mode.COMPOUND)
            options = [stacked] if stacked else []
            options += [(index,) for index, rule in enumerate(band) if rule.rule.mode is Mode.BEST_PRICE]
        else:
            options = [(index,) for index in range(len(band))]
        worths = [self._together([band[index] for index in option]) for option in options]
        chosen = _argmax(worths)
        return () if chosen is None else options[chosen]

    def _give_chosen(self, members: Sequence[RulePlan], chosen: Sequence[int]) -> None:
        names = ", ".join(members[index].rule.id for index in chosen)
        for index, rule in enumerate(members):
            if index in chosen:
                self.give(rule)
            else:
                self.run.lost(rule, f"beaten by {names} in group {self.group.id}" if names else "nothing left to give")
        self.run.work.settle_trials()

    def _holds(self, rule: RulePlan) -> bool:
        if self.run.live(rule):
            return True
        self.run.lost(rule, "its condition on the running price does not hold")
        return False

    def _clashes(self, rule: RulePlan) -> bool:
        clash = self.run.clash(rule)
        if clash:
            self.run.lost(rule, f"cannot stand beside {clash}")
        return bool(clash)

    def _base(self) -> Entry:
        return self.entry if self.group.combine is Combine.ADDITIVE else entry_of(self.run.state)

    def _alone(self, rule: RulePlan, *, pays_all: bool = False) -> Decimal:
        return self._together([rule], pays_all=pays_all)

    def _together(self, rules: Sequence[RulePlan], *, pays_all: bool = False) -> Decimal:
        """What rules take off together, tried on a copy of the line; ``pays_all`` when no budget is to be asked."""
        trial = Giver(LineRun(self.run.work, self.run.state.copy(), trial=True), self.group, self.entry)
        trial.left, trial.pays_all = self.left, pays_all
        for rule in rules:
            trial.give(rule)
        return trial.given

    def _cap_left(self) -> Decimal | None:
        """The most that the group may take off this line, if it says so."""
        cap = self.group.cap
        if cap is None or cap.scope is not CapScope.LINE:
            return None
        limits = []
        if cap.percent is not None:
            limits.append(EXACT.divide(EXACT.multiply(self.entry.amount, cap.percent), HUNDRED))
        most = cap.amounts.get(self.run.work.currency.code)
        if most is not None:
            limits.append(most)
        return max(min(limits), ZERO) if limits else None


def _argmax(worths: Sequence[Decimal]) -> int | None:
    """The position of the largest worth, the earlier of equals; None when nothing takes anything off."""
    best = None
    for index, worth in enumerate(worths):
        if worth and (best is None or worth > worths[best]):
            best = index
    return best


def _clashing(rule: RulePlan, members: Sequence[RulePlan]) -> frozenset[int]:
    return frozenset(
        index
        for index, other in enumerate(members)
        if other.rule.id in rule.rule.not_with or rule.rule.id in other.rule.not_with
    )


def _why_nothing(run: LineRun, rule: RulePlan, left: Decimal | None) -> str:
    if run.effect(rule) is None:
        return f"gives nothing in {run.work.currency.code}"
    if left is not None and left == 0:
        return "the cap of its group is reached"
    if rule.no in run.work.over_budget:
        return said_why(BUDGET, rule.rule, run.work.request)
    return "nothing left to give"
