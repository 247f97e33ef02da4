"""The lines of a quote while order rules act on them: settled amounts that only shrink to their floors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import add, le, sub

from engine.pricing.effects import Condition, Effect
from engine.pricing.matches import matches_of
from engine.pricing.request import Replaces, RequestLine, TaxAnswer, stated
from engine.pricing.rows import Rows
from engine.pricing.ruleplan import RulePlan, Test
from engine.pricing.shown import show_values
from engine.pricing.spread import proportional, spread
from engine.pricing.state import Record, major
from engine.pricing.units import UnitLedger
from engine.pricing.work import Work

_DISCOUNTABLE = stated("discountable")


@dataclass(frozen=True, slots=True)
class SavedOrder:
    """What order discounts change, as it stood once."""

    running: tuple[int, ...]
    discounts: tuple[int, ...]
    ledger: UnitLedger | None


class OrderState:
    """Running line amounts in minor units, and the records that order rules read."""

    __slots__ = (
        "_dirty",
        "_ledger",
        "_lowest",
        "_records",
        "discounts",
        "final",
        "lines",
        "list_amounts",
        "rate_by_code",
        "rows",
        "running",
        "work",
    )

    def __init__(self, work: Work, rows: Rows) -> None:
        self.work = work
        self.rows = rows
        self.lines: tuple[RequestLine, ...] = work.request.lines
        self.running = list(rows.stage_amount)
        self.list_amounts = rows.list_amount
        self.discounts = [0] * len(self.lines)
        self.rate_by_code: dict[str, TaxAnswer | None] = {}
        self._records: list[Record] | None = None
        self._ledger: UnitLedger | None = None
        self._lowest: list[int] | None = None
        self._dirty = True
        final = Replaces.FINAL
        self.final = frozenset(each.target for each in work.request.manual if each.replaces is final)
        work.quote["list"] = major(sum(rows.list_amount), work.currency)
        work.quote["net"] = work.quote["running"] = major(sum(self.running), work.currency)
        if work.plan.reads_values:
            show_values(work, self.running)

    @property
    def records(self) -> list[Record]:
        """What conditions read about the lines, made when the first one asks."""
        if self._records is None:
            self._records = self.rows.records(self.work)
            self.work.lines = self._records
        return self._records

    @property
    def lowest(self) -> list[int]:
        """The least that each line may come down to, worked out when the first rule has something to give."""
        if self._lowest is None and not any(self.rows.floor):
            self._lowest = [0] * len(self.lines)
        if self._lowest is None:
            lowest = self.work.amounts.lowest
            self._lowest = [
                0 if floor is None else lowest(floor, line.quantity)
                for floor, line in zip(self.rows.floor, self.lines, strict=True)
            ]
        return self._lowest

    @property
    def ledger(self) -> UnitLedger:
        """The single units of all lines, made when the first rule asks for them."""
        if self._ledger is None:
            amounts = [major(amount, self.work.currency) for amount in self.running]
            self._ledger = UnitLedger(amounts, [line.quantity for line in self.lines])
        return self._ledger

    def show(self) -> None:
        """Let conditions see what is left, of each line and in all."""
        if not self._dirty:
            return
        for record, amount in zip(self.records, self.running, strict=True):
            record["running"] = major(amount, self.work.currency)
        self.show_total()
        self._dirty = False

    def show_total(self) -> None:
        """Let conditions that look at no line see what is left in all."""
        if self._dirty:
            self.work.quote["running"] = major(sum(self.running), self.work.currency)

    def effect(self, rule: RulePlan) -> Effect | None:
        """What a rule gives in the quote's currency, or in any."""
        effects = rule.rule.effects
        return effects.get(self.work.currency.code, effects.get(""))

    def room(self, index: int) -> int | None:
        """What a line can still take; None for a line of negative amount."""
        running = self.running[index]
        return None if running < 0 else max(running - self.lowest[index], 0)

    def rooms(self, lines: Sequence[int]) -> list[int | None]:
        """What each of some lines can still take."""
        running, lowest = self.running, self.lowest
        if len(lines) == len(running) and min(running) >= 0 and not any(lowest):
            return list(running)
        return [None if running[each] < 0 else max(running[each] - lowest[each], 0) for each in lines]

    def spread(self, total: int, weights: Sequence[int], lines: Sequence[int]) -> tuple[list[int], int]:
        """Spread an amount over some lines in proportion to weights, within what each can still take."""
        shares = self._with_room(total, weights, lines) if total > 0 and weights else None
        return spread(total, weights, self.rooms(lines)) if shares is None else (shares, 0)

    def _with_room(self, total: int, weights: Sequence[int], lines: Sequence[int]) -> list[int] | None:
        """The shares in proportion when every line has room for its own, told without working out its floor exactly;
        None when that does not tell.
        """
        shares = proportional(total, weights)
        running, floors = self.running, self.rows.floor
        if not any(floors):
            left = running if len(lines) == len(running) else [running[index] for index in lines]
            return shares if min(left) > 0 and all(map(le, shares, left)) else None
        leasts = self._leasts(lines)
        if None in leasts:
            return None
        rooms = [running[index] - least for index, least in zip(lines, leasts, strict=True) if least is not None]
        return shares if min(rooms) > 0 and all(map(le, shares, rooms)) else None

    def _leasts(self, lines: Sequence[int]) -> Sequence[int | None]:
        """What some lines cannot come down below, as good as it is told at little cost."""
        rows, not_below = self.rows, self.work.amounts.not_below
        leasts, floors = rows.least, rows.floor
        for index in [index for index in lines if leasts[index] is None]:
            floor = floors[index]
            least = leasts[index] = 0 if floor is None else not_below(floor, self.lines[index].quantity)
            rows.is_known = rows.is_known and least is None
        return leasts if len(lines) == len(leasts) else [leasts[index] for index in lines]

    def wheres(self, where: tuple[Condition, ...]) -> tuple[Test, ...]:
        """The compiled functions of conditions inside an effect."""
        return tuple(self.work.plan.functions[id(condition)] for condition in where)

    def matching(self, tests: tuple[Test, ...]) -> list[int]:
        """The lines that conditions about a line admit."""
        if not tests:
            return list(range(len(self.lines)))
        self.show()
        return [index for index, record in enumerate(self.records) if self.work.holds(tests, record)]

    def taking_part(self, rule: RulePlan) -> Sequence[int]:
        """The discountable lines that an order rule is for; none whose price is final."""
        found = self._admitted(rule)
        return [index for index in found if self.lines[index].id not in self.final] if self.final else found

    def _admitted(self, rule: RulePlan) -> Sequence[int]:
        if not rule.target:
            if all(map(_DISCOUNTABLE, self.lines)):
                return range(len(self.lines))
            return [index for index, line in enumerate(self.lines) if line.discountable]
        if rule.target_index is not None:
            matching = matches_of(rule.target_index, 1)
            return [index for index, line in enumerate(self.lines) if line.discountable and matching(line)]
        return [index for index in self.matching(rule.target) if self.lines[index].discountable]

    def take(self, split: Sequence[tuple[int, int]], *, revalue: bool) -> None:
        """Take shares off lines; ``revalue`` when whole lines were meant, so that their units follow."""
        running, discounts = self.running, self.discounts
        if revalue and self._ledger is not None:
            currency = self.work.currency
            for index, share in split:
                if share:
                    before = running[index]
                    self._ledger.lower(index, major(before, currency), major(before - share, currency))
        if len(split) == len(running):  # in the order of lines, as all splits are: of all of them
            shares = [share for _, share in split]
            running[:] = map(sub, running, shares)
            discounts[:] = map(add, discounts, shares)
        else:
            for index, share in split:
                running[index] -= share
                discounts[index] += share
        self._dirty = True

    def saved(self) -> SavedOrder:
        """What discounts change, to come back to after a trial."""
        ledger = None if self._ledger is None else self._ledger.copy()
        return SavedOrder(tuple(self.running), tuple(self.discounts), ledger)

    def restore(self, saved: SavedOrder) -> None:
        """Come back to what was before a trial."""
        self.running[:] = saved.running
        self.discounts[:] = saved.discounts
        self._ledger = None if saved.ledger is None else saved.ledger.copy()
        self._dirty = True
